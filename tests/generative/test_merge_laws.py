"""The laws of the merge, on generated courses."""

from __future__ import annotations

from collections import Counter
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from made.courses import AS_OF, TODAY, answer, catalogue, followed, pathway, state, step
from vardforlopp.contract.asks import Followed, asks
from vardforlopp.contract.join import join
from vardforlopp.contract.proposal import Proposal
from vardforlopp.contract.propose import propose
from vardforlopp.contract.windows import first_day, is_empty, last_day, within
from vardforlopp.engine.course import NO, OPEN_STATES, STATES

CATALOGUE = catalogue()
ACTIVITIES = CATALOGUE.activities

days = st.integers(TODAY - 60, TODAY + 90).map(lambda day: date.fromordinal(day).isoformat())
steps = st.builds(
    step,
    st.just("x"),
    activity=st.sampled_from(["spirometri", "eko", "okand-aktivitet"]),
    preparation=st.sampled_from([None, "fasta"]),
    purpose=st.sampled_from([None, "uppfoljning"]),
    disclosure=st.sampled_from(["open", "after-informed", "staff-only"]),
    mode=st.sampled_from(["prospective", "prospective", "retrospective"]),
)
windows = st.tuples(st.one_of(st.just(""), days), st.one_of(st.just(""), days))


@st.composite
def courses(draw: st.DrawFn) -> list[Followed]:
    """Up to three courses; steps with up to three occurrences in any state."""
    made = []
    for name in draw(st.lists(st.sampled_from(["hjartsvikt", "kol", "artros"]), unique=True)):
        drawn = draw(st.lists(steps, max_size=5))
        own = [step(f"s{n}", **_labels(each)) for n, each in enumerate(drawn)]
        states = [
            state(each.id, draw(st.sampled_from(STATES)), opens=opens, due=due, occurrence=str(number))
            for each in own
            for number, (opens, due) in enumerate(draw(st.lists(windows, min_size=1, max_size=3)))
        ]
        side = draw(st.sampled_from([None, "left", "right"]))
        made.append(followed(pathway(name, *own), *states, side=side))
    return made


def _labels(drawn: object) -> dict[str, object]:
    names = ("activity", "preparation", "purpose", "disclosure", "mode")
    return {name: getattr(drawn, name) for name in names}


def merged(given_courses: list[Followed]) -> Proposal:
    return propose(given_courses, CATALOGUE, judge=lambda _: answer(NO), as_of=AS_OF)


@given(courses(), st.randoms())
def test_the_order_of_courses_does_not_matter(made: list[Followed], rnd: object) -> None:
    """Courses, and the steps in them, may come in any order."""
    shuffled = list(made)
    rnd.shuffle(shuffled)  # type: ignore[attr-defined]

    assert merged(shuffled) == merged(made)


@given(courses())
def test_merging_twice_changes_nothing(made: list[Followed]) -> None:
    """Joining the origins of what was joined gives the same, and so does every course given twice."""
    asked = asks(made, ACTIVITIES, today=TODAY)
    by_id = {ask.origin.id: ask for ask in asked}
    joined = join(asked)

    assert join(by_id[o.id] for activity in joined for o in activity.origins) == joined
    assert merged(made + made) == merged(made)


@given(courses())
def test_nothing_is_lost(made: list[Followed]) -> None:
    """Each open, non-retrospective occurrence stands in exactly one activity or one conflict."""
    proposal = merged(made)
    held = Counter(origin.id for activity in proposal.activities for origin in activity.origins)
    asked = {ask.origin.id: ask for ask in asks(made, ACTIVITIES, today=TODAY)}
    settled = {
        end
        for conflict in proposal.conflicts
        if conflict.kind == "incompatible-timing"
        for end in conflict.between
    }
    expected = sum(
        s.state in OPEN_STATES and path.steps[s.step].mode != "retrospective"
        for course, path in made
        for s in course.steps
    )

    assert len(asked) == expected
    assert set(held) | settled == set(asked)
    assert not set(held) & settled
    assert all(count == 1 for count in held.values())


@given(courses())
def test_each_origin_keeps_its_disclosure(made: list[Followed]) -> None:
    """Joining never opens what is closed: the activity is as closed as its most closed origin."""
    disclosures = {
        f"{course.enrolment.id}#{s.step}@{s.occurrence}": path.steps[s.step].disclosure
        for course, path in made
        for s in course.steps
    }
    order = ("open", "after-informed", "staff-only")

    for activity in merged(made).activities:
        kept = [origin.disclosure for origin in activity.origins]
        assert kept == [disclosures[origin.id] for origin in activity.origins]
        assert activity.disclosure == max(kept, key=order.index)


@given(courses())
def test_the_joined_window_lies_inside_every_origins_window(made: list[Followed]) -> None:
    """Whoever keeps the plan's window keeps every pathway's window."""
    for activity in merged(made).activities:
        assert not is_empty(activity.window)
        assert all(within(activity.window, origin.window) for origin in activity.origins)


@given(courses())
def test_an_activity_never_joins_what_differs(made: list[Followed]) -> None:
    """S11: one key an activity, one occurrence of a series, and nothing without a time."""
    asked = {ask.origin.id: ask for ask in asks(made, ACTIVITIES, today=TODAY)}

    for activity in merged(made).activities:
        keys = {asked[origin.id].key for origin in activity.origins}
        series = [(origin.enrolment, origin.step) for origin in activity.origins]
        waiting = [origin for origin in activity.origins if origin.state == "waiting"]
        assert len(keys) == 1
        assert len(series) == len(set(series))
        assert not waiting or len(activity.origins) == 1


@given(courses(), st.randoms())
def test_a_withdrawn_origin_re_derives_the_window(made: list[Followed], rnd: object) -> None:
    """S11: leaving out asks gives the plan that would have been, had they never been there."""
    asked = asks(made, ACTIVITIES, today=TODAY)
    kept = [ask for ask in asked if rnd.random() < 0.6]  # type: ignore[attr-defined]
    gone = {ask.origin.id for ask in asked} - {ask.origin.id for ask in kept}
    left = join(ask for ask in asked if ask.origin.id not in gone)

    assert left == join(kept)
    for activity in left:
        starts = [first_day(origin.window) for origin in activity.origins]
        ends = [last_day(origin.window) for origin in activity.origins]
        assert (first_day(activity.window), last_day(activity.window)) == (max(starts), min(ends))


@given(courses())
def test_every_unknown_occurrence_is_named(made: list[Followed]) -> None:
    """S03: as many unknown steps come out as went in."""
    unknown = sum(s.state == "unknown" for course, _ in made for s in course.steps)

    assert len(merged(made).unknown) == unknown
