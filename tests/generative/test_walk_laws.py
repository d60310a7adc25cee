"""Laws that walk through time: a random pair of days seldom stands on both sides of an edge."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from world_catalogue import BASE, catalogue, often, positive, spans
from world_criteria import atoms, evidence, moments
from world_records import enrolled, records
from worlds import listed_slots, pathway_of, pathways, step_of, untils

from vardforlopp.definitions.criteria import Criterion, Evidence, First
from vardforlopp.definitions.model import Pathway, Per
from vardforlopp.engine.assess import assess
from vardforlopp.engine.compile import compile_pathway
from vardforlopp.engine.course import OPEN_STATES, Course
from vardforlopp.kernel.civil import HOUR, Moment, as_of_day, exact, iso_instant
from vardforlopp.kernel.workdays import swedish
from vardforlopp.record.record import Enrolment, Record, index

SELECTORS = catalogue()
FOREVER = as_of_day(BASE + 5000).at
days = st.integers(BASE - 30, BASE + 60)
late_days = st.integers(BASE - 30, BASE + 120)
#: A walk asks 75 times of one world: of many whole pathways a fifth is enough.
walk = settings(max_examples=max(60, settings().max_examples // 5))
#: One criterion is soon asked, and there are many kinds of it, each with its own edges.
walk_of_one = settings(max_examples=max(300, settings().max_examples))


def courses(
    pathway: Pathway, record: Record, enrolment: Enrolment, times: Iterable[Moment]
) -> Iterator[Course]:
    """The course at each time, with everything known that is ever known."""
    compiled = compile_pathway(pathway, SELECTORS, calendar=swedish())
    return (assess(compiled, record, enrolment, as_of=t, known_at=FOREVER) for t in times)


def seen(course: Course) -> list[object]:
    """What a change would show in: states, dates, evidence, proposals and branches."""
    states = [
        (s.step, s.occurrence, s.state, s.opens, s.due, s.completed, [f.ref for f in s.evidence], s.proposal)
        for s in course.steps
    ]
    return [*states, *((name, choice.taken) for name, choice in course.choices.items())]


def assert_told(before: Course, after: Course) -> None:
    """Unless a change was told of by then, both courses show the same."""
    change = before.next_change_at
    if change is not None and change <= after.as_of.at:
        return
    between = [iso_instant(course.as_of.at) for course in (before, after)]
    assert seen(before) == seen(after), (between, change and iso_instant(change))


def assert_never_late(
    pathway: Pathway, record: Record, enrolment: Enrolment, times: Iterable[Moment]
) -> None:
    """Each course is as the one before it, unless that one told of a change."""
    before = None
    for course in courses(pathway, record, enrolment, times):
        if before is not None:
            assert_told(before, course)
        before = course


def each_day(first: int) -> list[Moment]:
    """The ends of eleven weeks of days."""
    return [as_of_day(day) for day in range(first, first + 75)]


def plain(record: Record) -> Record:
    """A record without death and acts, so that nothing hides the one thing that is asked."""
    return replace(record, acts=(), patient=replace(record.patient, died=None))


@given(pathways(), records(), enrolled(), late_days, st.integers(1, 120), st.integers(0, 86_399))
def test_the_next_change_is_never_late(pathway, record, enrolment, day, more, second):
    """Between now and `next_change_at` no state, date or choice changes by time alone."""
    now = as_of_day(day)
    [before] = courses(pathway, record, enrolment, [now])
    later = as_of_day(day + more - 1).at + 1 + second * 1_000_000
    change = before.next_change_at
    later = later if change is None else min(later, change - 1)
    if later > now.at:
        [after] = courses(pathway, record, enrolment, [exact(later)])
        assert_told(before, after)


@walk
@given(pathways(), records(), enrolled(), days)
def test_day_by_day_the_next_change_is_never_late(pathway, record, enrolment, day):
    """No day's answer differs from the day before unless the day before said so."""
    assert_never_late(pathway, record, enrolment, each_day(day))


@walk
@given(pathways(), records(), enrolled(), days)
def test_hour_by_hour_the_next_change_is_never_late(pathway, record, enrolment, day):
    """No hour's answer differs from the hour before unless the hour before said so."""
    first = as_of_day(day - 1).at + 1
    assert_never_late(pathway, record, enrolment, [exact(first + i * HOUR + (i % 2)) for i in range(72)])


@walk_of_one
@given(atoms(()), records(), enrolled(), days)
def test_day_by_day_one_criterion_tells_of_its_changes(atom: Criterion, record, enrolment, day):
    """The edges of each kind of criterion, on its own."""
    assert_never_late(pathway_of(step_of("s0", when=atom)), plain(record), enrolment, each_day(day))


@walk_of_one
@given(atoms((), trigger=True), records(), enrolled(), days)
def test_day_by_day_one_criterion_of_a_trigger_tells_of_its_changes(atom: Criterion, record, enrolment, day):
    """The edges of a guard at now that may rest on the occurrence's trigger."""
    step = step_of("s0", when=atom, per=Per(selector="symtom"), at="now")
    assert_never_late(pathway_of(step), plain(record), enrolment, each_day(day))


@st.composite
def steps_of_evidence(draw: st.DrawFn, proof: Evidence) -> Pathway:
    """A step that this evidence closes, with `fresh`, an anchor ahead, an `until`."""
    keys = {"after": draw(st.one_of(st.none(), *often(2, moments(()))))}
    keys["fresh"] = draw(st.one_of(st.none(), *often(2, spans)))
    kind = draw(st.sampled_from(("single", "rolling", "slots")))
    if kind == "rolling":
        keys["every"] = draw(positive)
    if kind == "slots":
        keys["slots"] = draw(listed_slots)
    if kind != "single":
        keys["until"] = draw(untils(()))
    return pathway_of(step_of("s0", done=proof, **keys))


@walk
@given(evidence(()).flatmap(steps_of_evidence), records(), enrolled(), days)
def test_day_by_day_one_evidence_tells_of_its_changes(pathway, record, enrolment, day):
    """The edges of each kind of evidence."""
    assert_never_late(pathway, plain(record), enrolment, each_day(day))


@given(pathways(), records(), enrolled(), late_days)
def test_what_was_done_is_undone_only_by_retraction(pathway, record, enrolment, day):
    """S16: with everything known and nothing retracted, what is done stays done."""
    kept = [
        fact._replace(known_from=fact.lo)
        for found in record.facts.values()
        for fact in found
        if fact.known_to is None
    ]
    decisions = tuple(act for act in record.acts if act.kind == "decision")
    whole = replace(record, facts=index(kept), acts=decisions)
    before, after = courses(pathway, whole, enrolment, [as_of_day(day), as_of_day(day + 9)])
    later = {state.step: state.state for state in after.steps}
    for state in before.steps:
        step = pathway.steps[state.step]
        anchored = step.kind == "single" and step.after is None
        if anchored and state.state in ("done", "done-late"):
            assert later[state.step] in ("done", "done-late"), state


@given(pathways(), records(), enrolled(), late_days)
def test_a_repeated_step_without_end_is_never_lost(pathway, record, enrolment, day):
    """S03: while a stay runs, a rolling step without `until` has something open, skipped or not applicable.

    Where its anchor has not come, a person may have attested the step before it began.
    """
    [course] = courses(pathway, record, enrolment, [as_of_day(day)])
    if course.ended or course.dead:
        return
    last = {state.step: state for state in course.steps}
    guarded_phase = pathway.phases["fas"].when is not None
    for step in pathway.steps.values():
        if step.kind != "rolling" or step.until is not None:
            continue
        state = last[step.id]
        allowed = OPEN_STATES | {"skipped"}
        if guarded_phase or step.when is not None or step.after is not None:
            allowed |= {"not-applicable"}
        if state.nominal is None:
            allowed |= {"attested"}
        assert state.state in allowed, (step.id, state.occurrence, state.state, state.flags)


@walk
@given(pathways(), records(), enrolled(), days)
def test_day_by_day_a_state_agrees_with_its_dates(pathway, record, enrolment, day):
    """Upcoming before the opening, due until the due date, late from the day after it.

    Past its due date is due only a goal, what is judged afterwards, and what may have a longer time.
    """
    for course in courses(pathway, record, enrolment, each_day(day)):
        for state in course.steps:
            if state.state in ("upcoming", "due", "overdue", "unseen"):
                assert is_past(state.opens, course.as_of, whole=False) == (state.state != "upcoming"), state
            late = state.due is not None and is_past(state.due, course.as_of, whole=True)
            if state.state in ("overdue", "unseen"):
                assert late, state
            if state.state == "due" and late:
                afterwards = pathway.steps[state.step].mode == "retrospective"
                assert state.proposal or afterwards or "may-be-shorter" in state.flags, state


def is_past(moment: Moment, t: Moment, *, whole: bool) -> bool:
    """True when a moment has begun by t; `whole`: when it is over, a day as a day."""
    if moment.exact:
        return t.at > moment.at if whole else t.at >= moment.at
    return t.day > moment.day if whole else t.day >= moment.day


@given(pathways(), records(), enrolled(), late_days)
def test_an_occurrence_counts_from_the_first_possible_day_of_its_fact(pathway, record, enrolment, day):
    """Rule 3: a moment of an imprecise fact is its first; a trigger, and the first fact as an anchor."""
    [course] = courses(pathway, record, enrolment, [as_of_day(day)])
    for state in course.steps:
        step = pathway.steps[state.step]
        if step.per is not None and step.per.selector is not None and step.after is None and state.trigger:
            assert state.nominal.day == state.trigger.day, state
        if step.kind == "single" and isinstance(step.after, First) and state.anchored_at:
            assert state.nominal.day == state.anchored_at.day, state
