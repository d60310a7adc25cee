"""Small invented pathways for laws, made by Hypothesis.

Every construct of the language occurs: all heads, windows and moments, tables by criterion, age and sex,
minutes and hours, sided and open selectors, every kind of step, entry and end.
"""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from world_catalogue import (
    EVENTS,
    PARAMETERS,
    PLACE,
    TEXT,
    by_patient,
    lengths,
    named,
    often,
    positive,
    positive_clock,
    shifts,
)
from world_criteria import Names, criteria, evidence, moments

from vardforlopp.definitions import criteria as c
from vardforlopp.definitions.model import (
    Choice,
    Entry,
    Exit,
    Option,
    Owner,
    Pathway,
    Per,
    Phase,
    Provenance,
    Slots,
    Step,
    Until,
)
from vardforlopp.kernel.durations import Duration

SOURCED = Provenance({"step": ("S",)}, {"step": "regional"})
UNSOURCED = Provenance({"step": ()}, {"step": "default"})
IN = Entry("IN", ("symtom",), TEXT, SOURCED, PLACE)


def step_of(name: str, **keys: Any) -> Step:
    """A sourced step that `annat` closes, unless it is said otherwise."""
    plain = {"provenance": SOURCED, "done": c.FactLeaf("annat"), **keys}
    owner = Owner(("lakare",), "primarvard")
    return Step(
        id=name, phase="fas", title=TEXT, summary=TEXT, place=PLACE, activity=name, owner=owner, **plain
    )  # fmt: skip


def pathway_of(*steps: Step, **keys: Any) -> Pathway:
    """A pathway of these steps, entered at a symptom unless it is said otherwise."""
    plain = {"entries": {"IN": IN}, "exits": {}, "phases": {"fas": Phase("fas", TEXT)}, "choices": {}, **keys}
    return Pathway(
        id="varld", version="1.0.0", title=TEXT, summary=TEXT, status="draft", place=PLACE, population=None,
        sources={}, parameters=PARAMETERS, indicators={}, steps={step.id: step for step in steps}, **plain,
    )  # fmt: skip


# --- steps ----------------------------------------------------------------------------------------


@named
def tables(steps: Names, *, trigger: bool = False) -> st.SearchStrategy[c.DurationLike]:
    """A duration, a parameter, or a table by criteria."""
    cell = st.one_of(*often(2, positive), by_patient)
    rows = st.lists(st.builds(c.Row, criteria(steps, trigger=trigger), cell), min_size=1, max_size=2)
    table = st.builds(lambda some, last: c.Table((*some, c.Row(None, last))), rows, cell)
    return st.one_of(*often(2, positive), positive_clock, by_patient, *often(2, table))


@named
def openings(steps: Names, *, trigger: bool) -> st.SearchStrategy[c.DurationLike | None]:
    """At the nominal date, before it, after it, or by a table."""
    return st.one_of(
        st.none(),
        st.builds(Duration, st.integers(-10, 10), st.just("days")),
        st.builds(Duration, st.integers(-24, 24), st.just("hours")),
        tables(steps, trigger=trigger),
    )


@named
def untils(steps: Names) -> st.SearchStrategy[Until | None]:
    """No end, or any kind of it."""
    return st.one_of(
        st.none(),
        st.integers(1, 3).map(lambda n: Until(times=n)),
        moments(steps).map(lambda m: Until(moment=m)),
        criteria(steps).map(lambda w: Until(when=w)),
    )


listed_slots = st.lists(st.integers(1, 12), min_size=1, max_size=3, unique=True).map(
    lambda weeks: Slots(offsets=tuple(Duration(n, "weeks") for n in sorted(weeks)))
)
distances = st.one_of(
    *often(2, st.integers(5, 60).map(lambda n: Duration(n, "days"))),
    st.just(Duration(1, "months")),
    st.just(Duration(12, "hours")),
)
slots = st.one_of(
    *often(2, listed_slots),
    distances.map(lambda every: Slots(every=every)),
    st.just(Slots(season=c.Param("sasong"))),
)


@st.composite
def triggers(draw: st.DrawFn, steps: Names) -> Per:
    """A fact, the end of a state, a booking, or an occurrence of an earlier step."""
    if steps and draw(st.booleans()):
        return Per(step=draw(st.sampled_from(steps)), what=draw(st.sampled_from(("done", "due"))))
    selector = st.sampled_from((*EVENTS, "lakemedel", "bokning", "bokning", "sar.end"))
    return Per(selector=draw(selector), apart=draw(st.one_of(st.none(), positive)))


@st.composite
def recurrences(draw: st.DrawFn, steps: Names) -> dict[str, Any]:
    """The keys that make a step single, rolling, slotted or triggered, with its anchor."""
    kind = draw(st.sampled_from(("single", "single", "rolling", "slots", "per")))
    anchor = st.one_of(st.none(), *often(2, moments(steps)))
    if kind == "single":
        return {"after": draw(anchor)}
    keys: dict[str, Any] = {"until": draw(untils(steps))}
    if kind == "per":
        per = draw(triggers(steps))
        booked = per.selector == "bokning" and draw(st.booleans())
        return {**keys, "per": per, "after": c.DateIn(None) if booked else None}
    keys["after"] = draw(anchor)
    if kind == "slots":
        return {**keys, "slots": draw(slots)}
    return {**keys, "every": draw(tables(steps)), "first": draw(st.one_of(st.none(), lengths))}


@st.composite
def a_step(draw: st.DrawFn, name: str, steps: Names, choices: Names) -> Step:
    """A step of any kind that rests only on earlier ones."""
    keys = draw(recurrences(steps))
    trigger = "per" in keys
    table = tables(steps, trigger=trigger)
    guard = st.one_of(st.none(), *often(2, criteria(steps, choices, trigger=trigger)))
    limit = st.one_of(*often(3, st.none()), moments(steps, trigger=trigger))
    return step_of(
        name,
        **keys,
        provenance=draw(st.sampled_from((SOURCED, SOURCED, UNSOURCED))),
        done=draw(evidence(steps)),
        when=draw(guard),
        at=draw(st.sampled_from((None, None, "now", "nominal"))),
        opens=draw(openings(steps, trigger=trigger)),
        within=draw(st.one_of(st.none(), *often(2, table))),
        before=draw(limit),
        preferred=draw(st.one_of(*often(2, st.none()), table)),
        fresh=draw(st.one_of(*often(2, st.none()), positive, positive_clock, by_patient)),
        preventive=draw(st.booleans()),
        maintenance=draw(st.booleans()),
        mode=draw(st.sampled_from(("prospective", "prospective", "retrospective"))),
    )


# --- ways in and out, pathways --------------------------------------------------------------------

zero_or_more = st.one_of(st.just(Duration(0, "days")), shifts)


@st.composite
def entries(draw: st.DrawFn) -> dict[str, Entry]:
    """One or two ways in, with `plus`, `apart`, `restart`."""
    event = st.lists(st.sampled_from(("symtom", "prov", "sar")), min_size=1, max_size=2, unique=True)
    return {
        name: Entry(
            name,
            tuple(draw(event)),
            TEXT,
            SOURCED,
            PLACE,
            plus=draw(zero_or_more),
            when=draw(st.one_of(st.none(), criteria((), trigger=True))),
            restart=draw(st.booleans()),
            apart=draw(st.one_of(st.none(), positive)),
            opportunity=draw(st.sampled_from((False, False, False, True))),
        )
        for name in ("IN", "ANNAN")[: draw(st.integers(1, 2))]
    }


@st.composite
def exits(draw: st.DrawFn) -> dict[str, Exit]:
    """No way out, or one at a referral."""
    if draw(st.booleans()):
        return {}
    guard = st.one_of(st.none(), criteria((), trigger=True))
    way = Exit("UT", ("remiss",), TEXT, SOURCED, PLACE, plus=draw(zero_or_more), when=draw(guard))
    return {"UT": way}


@st.composite
def a_choice(draw: st.DrawFn) -> dict[str, Choice]:
    """No branch, or one of two options and perhaps a third way."""
    if draw(st.booleans()):
        return {}
    options = tuple(Option(name, TEXT, draw(criteria(()))) for name in ("a", "b"))
    otherwise, after = draw(st.sampled_from((None, "c"))), draw(st.one_of(st.none(), moments(())))
    choice = Choice("val", "fas", TEXT, options, SOURCED, PLACE, otherwise=otherwise, after=after)
    return {"val": choice}


@st.composite
def pathways(draw: st.DrawFn) -> Pathway:
    """A pathway of one to four steps and perhaps a branch, for one body side or for none."""
    choices = draw(a_choice())
    steps: list[Step] = []
    for number in range(draw(st.sampled_from((1, 1, 2, 2, 3, 4)))):
        earlier = tuple(step.id for step in steps)
        steps.append(draw(a_step(f"s{number}", earlier, tuple(choices))))
    guard = draw(st.one_of(*often(2, st.none()), criteria(())))
    return pathway_of(
        *steps,
        entries=draw(entries()),
        exits=draw(exits()),
        phases={"fas": Phase("fas", TEXT, guard)},
        choices=choices,
        sided=draw(st.booleans()),
    )
