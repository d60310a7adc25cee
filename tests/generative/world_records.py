"""Records, acts and enrolments for the small invented worlds."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import strategies as st
from worlds import BASE, KINDS, SELECTORS, VALUES

from vardforlopp.kernel.civil import Moment, day_from_iso, exact, interval_of_day
from vardforlopp.kernel.civil import start_of_day as start
from vardforlopp.record.facts import Act, Day, Fact
from vardforlopp.record.record import Enrolment, Patient, Record, Source, index


@st.composite
def facts(draw: st.DrawFn, *, exact_only: bool = False) -> list[Fact]:
    """Up to a dozen facts within some months; some imprecise, late known, or retracted."""
    found = []
    for number in range(draw(st.integers(0, 12))):
        selector = draw(st.sampled_from(tuple(SELECTORS)))
        day = BASE + draw(st.integers(-60, 120))
        last = day if exact_only else day + draw(st.sampled_from((0, 0, 0, 0, 5, 30)))
        span = interval_of_day(day, last)
        lo, hi = span.lo, span.hi
        if last == day and draw(st.booleans()):
            lo = hi = span.lo + draw(st.integers(0, 23)) * 3_600_000_000
        known = max(lo, start(day + draw(st.sampled_from((0, 0, 0, 3, 20)))))
        state = SELECTORS[selector][1]
        until_day = (
            draw(st.one_of(st.none(), st.integers(1, 60).map(lambda n, d=last: d + n))) if state else None
        )
        value = Fraction(draw(st.integers(0, 6))) if selector in VALUES else None
        found.append(
            Fact(
                selector,
                lo,
                hi,
                day,
                last,
                known,
                f"Observation/f{number}",
                Day(day + draw(st.integers(0, 60))) if selector == "bokning" else value,
                state=state,
                until=None if until_day is None else start(until_day),
                until_day=until_day,
                known_to=draw(
                    st.one_of(
                        st.none(),
                        st.none(),
                        st.integers(1, 30).map(lambda n, k=known: k + n * 86_400_000_000),
                    )
                ),
            )
        )
    return found


@st.composite
def acts(draw: st.DrawFn) -> list[Act]:
    """Some decisions, deviations, declines, pauses."""
    found = []
    for number in range(draw(st.integers(0, 3))):
        day = BASE + draw(st.integers(-10, 90))
        kind = draw(
            st.sampled_from(("decision", "deviation", "decline", "attestation", "pause", "care-focus"))
        )
        step = "beslut" if kind == "decision" else draw(st.sampled_from(("s0", "s1", None)))
        found.append(
            Act(
                kind,
                day,
                start(day) + 36_000_000_000,
                start(day) + 36_000_000_000,
                f"Task/t{number}",
                step=None if kind in ("pause", "care-focus") else step,
                value={"decision": draw(st.sampled_from(("ja", "nej"))), "care-focus": "palliativ"}.get(kind),
                until_day=draw(st.one_of(st.none(), st.integers(1, 40).map(lambda n, d=day: d + n))),
                done_day=day - draw(st.integers(0, 20)),
            )
        )
    return found


@st.composite
def records(draw: st.DrawFn, *, exact_only: bool = False) -> Record:
    """One invented person with facts, acts and sources."""
    sources = []
    for kind in KINDS:
        state = draw(st.sampled_from(("on", "on", "on", "stale", "off")))
        sources.append(
            Source(
                kind,
                "källa",
                state != "off",
                BASE + 40 if state == "stale" else None,
                10 if state == "stale" else None,
            )
        )
    died = draw(st.one_of(st.none(), st.none(), st.none(), st.integers(0, 120)))
    born = day_from_iso("1976-02-20")
    patient = Patient(
        "Patient/p",
        born,
        born + draw(st.sampled_from((0, 0, 300))),
        draw(st.sampled_from(("female", None))),
        None if died is None else exact(start(BASE + died) + 50_000_000_000),
    )
    return Record(
        patient, index(draw(facts(exact_only=exact_only))), tuple(draw(acts())), sources=tuple(sources)
    )


@st.composite
def enrolled(draw: st.DrawFn) -> Enrolment:
    """A stored enrolment, followed from its start or later, perhaps with its end written, also ahead."""
    day = BASE + draw(st.integers(-30, 30))
    ended = draw(st.one_of(st.none(), st.none(), st.integers(10, 90).map(lambda n: (day + n, "UT"))))
    return Enrolment(
        "CarePlan/e",
        "varld",
        "1.0.0",
        "IN",
        Moment(day, start(day)),
        day + draw(st.sampled_from((0, 0, 15))),
        ended=ended,
    )
