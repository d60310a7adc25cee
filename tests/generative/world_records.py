"""Records, acts, sources and enrolments for the small invented worlds.

Values stand within limits, days are uncertain, facts are known late or retracted, several sources carry
one kind, and people speak of one occurrence or of none in particular.
"""

from __future__ import annotations

from fractions import Fraction

from hypothesis import strategies as st
from world_catalogue import (
    BASE,
    EVENTS,
    GAPS,
    GOAL,
    KIND_OF,
    KINDS,
    SIDED,
    STATES,
    VALUES,
    WORDS,
    often,
)

from vardforlopp.kernel.civil import HOUR, civil, day_from_iso, exact, interval_of_day
from vardforlopp.kernel.civil import start_of_day as start
from vardforlopp.record.facts import Act, Day, Fact, FactValue, Span, Word
from vardforlopp.record.record import Enrolment, Patient, Record, Source, index
from vardforlopp.record.states import Recipe, assemble

DAY = 24 * HOUR
NUMBERED = (*VALUES, GOAL)
UNUSABLE = "VF-QUA-020"

#: Days on which months clamp, and days that slots and acts fall on.
_CLAMPING = ("2026-01-31", "2026-02-27", "2026-02-28", "2026-03-01", "2026-03-30", "2026-03-31")
fact_days = st.one_of(
    st.integers(BASE - 60, BASE + 120),
    st.integers(-8, 16).map(lambda n: BASE + 7 * n),
    st.sampled_from(_CLAMPING).map(day_from_iso),
)
# What the definitions ask for most is there most.
usual_selectors = st.one_of(
    st.sampled_from((*EVENTS, *STATES, *STATES, *VALUES, *VALUES)), st.sampled_from(tuple(KIND_OF))
)

numbers = st.integers(0, 6).map(Fraction)
sizes = st.one_of(
    *often(3, numbers),
    st.builds(lambda n, open_: Span(None, n, hi_open=open_), numbers, st.booleans()),
    st.builds(lambda n, open_: Span(n, None, lo_open=open_), numbers, st.booleans()),
    st.builds(lambda a, b: Span(min(a, b), max(a, b)), numbers, numbers),
    st.none(),  # stands for a value that could not be used
)


@st.composite
def values(draw: st.DrawFn, selector: str, day: int) -> FactValue | None:
    """What a fact of this selector carries: a size, a word, a booked time, or nothing."""
    if selector in NUMBERED:
        return draw(sizes)
    if selector == "svar":
        return Word(draw(st.sampled_from(WORDS)))
    if selector == "bokning":
        booked = day + draw(st.integers(0, 60))
        return Day(booked, draw(st.sampled_from((None, start(booked) + 9 * HOUR))))
    return None


@st.composite
def pieces(draw: st.DrawFn, selectors: st.SearchStrategy[str]) -> Fact:
    """One fact, before states are united: perhaps imprecise, known late, or retracted."""
    selector, day = draw(selectors), draw(fact_days)
    last = day + draw(st.sampled_from((0, 0, 0, 0, 5, 30)))
    lo, hi, *_ = interval_of_day(day, last)
    if last == day and draw(st.booleans()):
        lo = hi = lo + draw(st.integers(0, 23)) * HOUR
    known = max(lo, start(day + draw(st.sampled_from((0, 0, 0, 3, 20)))))
    retracted = draw(st.one_of(*often(2, st.none()), st.integers(1, 30)))
    until = until_day = None
    if selector in STATES and draw(st.booleans()):
        until_day = last + draw(st.integers(1, 60))
        until = start(until_day) + draw(st.sampled_from((0, 0, 13))) * HOUR
    value = draw(values(selector, day))
    sides = st.sampled_from(("left", "left", "right", "both", None)) if selector in SIDED else st.none()
    return Fact(
        selector, lo, hi, day, last, known, "", value,
        ref_low=draw(st.sampled_from((None, Fraction(1)))),
        ref_high=draw(st.sampled_from((None, Fraction(3)))),
        side=draw(sides), state=selector in STATES, until=until, until_day=until_day,
        known_to=None if retracted is None else known + retracted * DAY,
        unusable=UNUSABLE if selector in NUMBERED and value is None else None,
    )  # fmt: skip


@st.composite
def facts(draw: st.DrawFn, selectors: st.SearchStrategy[str] = usual_selectors) -> list[Fact]:
    """Up to a dozen facts within some months; states are united, and their ends are facts."""
    by_selector: dict[str, list[Fact]] = {}
    of_selectors = pieces(selectors)
    for number in range(draw(st.integers(0, 12))):  # evenly many: a drawn list would mostly be short
        piece = draw(of_selectors)
        by_selector.setdefault(piece.selector, []).append(piece._replace(ref=f"Observation/f{number}"))
    return assemble(by_selector, [Recipe(name, name in STATES, GAPS.get(name, 0)) for name in KIND_OF])


@st.composite
def an_act(draw: st.DrawFn) -> Act:
    """A decision, a person's word on a step, a pause or a care focus; perhaps known late."""
    kinds = ("decision", "deviation", "decline", "attestation", "credit", "pause", "care-focus")
    kind, day = draw(st.sampled_from(kinds)), BASE + draw(st.integers(-10, 90))
    known = start(day + draw(st.sampled_from((0, 0, 4)))) + 10 * HOUR
    step = occurrence = value = None
    if kind == "decision":
        step = draw(st.sampled_from(("beslut", "beslut", "val")))
        value = draw(st.sampled_from(WORDS if step == "beslut" else ("a", "b")))
    elif kind == "care-focus":
        value = draw(st.sampled_from(("palliativ", None)))
    elif kind != "pause":
        step = draw(st.sampled_from(("s0", "s1", None)))
        occurrence = draw(st.one_of(st.none(), st.integers(-4, 12).map(lambda n: BASE + 7 * n)))
    return Act(
        kind, day, start(day) + 10 * HOUR, known, "",
        enrolment=draw(st.sampled_from((None, None, "CarePlan/e", "CarePlan/other"))),
        step=step, occurrence=occurrence, value=value,
        until_day=draw(st.one_of(st.none(), st.integers(day + 1, day + 40))),
        done_day=day - draw(st.integers(0, 20)),
    )  # fmt: skip


acts = st.lists(an_act(), max_size=4).map(
    lambda found: [act._replace(ref=f"Task/t{number}") for number, act in enumerate(found)]
)


@st.composite
def sources(draw: st.DrawFn) -> list[Source]:
    """One or two sources of each kind: connected, silent since a day, connected since a day, or off."""
    found = []
    for kind in KINDS:
        for number in range(draw(st.sampled_from((1, 1, 1, 2)))):
            how = draw(st.sampled_from(("on", "on", "on", "silent", "since", "off")))
            silent = (BASE + 40, 10) if how == "silent" else (None, None)
            since = BASE + draw(st.integers(-20, 40)) if how == "since" else None
            own_codes = draw(st.sampled_from((True, True, True, False)))
            source = Source(kind, f"källa {number}", how != "off", *silent, since=since, own_codes=own_codes)
            found.append(source)
    return found


@st.composite
def patients(draw: st.DrawFn) -> Patient:
    """About fifty years old, or of unknown age; perhaps dead, on a day or at an instant."""
    born = draw(st.sampled_from((day_from_iso("1976-02-20"), day_from_iso("1976-02-29"), None)))
    day = draw(st.one_of(*often(3, st.none()), st.integers(BASE, BASE + 120)))
    died = None
    if day is not None:
        died = draw(st.sampled_from((civil(day), exact(start(day) + 14 * HOUR))))
    last = None if born is None else born + draw(st.sampled_from((0, 0, 300)))
    return Patient("Patient/p", born, last, draw(st.sampled_from(("female", "male", None))), died)


@st.composite
def records(draw: st.DrawFn) -> Record:
    """One invented person with facts, acts and sources."""
    return Record(draw(patients()), index(draw(facts())), tuple(draw(acts)), sources=tuple(draw(sources())))


@st.composite
def enrolled(draw: st.DrawFn) -> Enrolment:
    """A stored enrolment, from a day or an instant, followed from its start or later.

    It may have its end written, also ahead.
    """
    day = BASE + 7 * draw(st.integers(-4, 4))
    started = draw(st.sampled_from((civil(day), exact(start(day) + 9 * HOUR))))
    ended = draw(st.one_of(*often(2, st.none()), st.integers(day + 10, day + 90)))
    return Enrolment(
        "CarePlan/e",
        "varld",
        "1.0.0",
        "IN",
        started,
        day + draw(st.sampled_from((0, 0, 15))),
        side=draw(st.sampled_from((None, None, "left", "right"))),
        ended=None if ended is None else (ended, "UT"),
    )
