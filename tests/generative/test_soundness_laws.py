"""Soundness: what is told of an uncertain record stays true however the uncertainty is resolved.

A record hides one kind of thing: on which day of a month something was, which number `<5` or an unusable
value stands for, or what a source that is not connected would have carried. The finer record tells it.
A yes never turns into a no, nor a no into a yes, and a claim of lateness survives it.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from world_catalogue import BASE, ENDS, GOAL, KIND_OF, KINDS, STATES, VALUES, catalogue, positive
from world_criteria import fixed_limits, limits, picks, picks_or_any, value_tests
from world_records import facts
from worlds import pathway_of, step_of

from vardforlopp.definitions import criteria as c
from vardforlopp.definitions.model import Step
from vardforlopp.engine.assess import assess
from vardforlopp.engine.compile import compile_pathway, toolbox
from vardforlopp.engine.context import Ctx
from vardforlopp.engine.course import StepState
from vardforlopp.engine.criteria import compile_criterion
from vardforlopp.engine.view import View
from vardforlopp.kernel.civil import as_of_day, civil, interval_of_day
from vardforlopp.kernel.durations import Duration
from vardforlopp.kernel.workdays import swedish
from vardforlopp.record.facts import Fact, Span
from vardforlopp.record.record import Enrolment, Patient, Record, Source, index

Hidden = Literal["days", "values", "sources"]
Pair = tuple[Record, Record]

#: What the criteria of each law ask for, and so what its records hold.
ASKED: dict[Hidden, tuple[str, ...]] = {
    "days": ("symtom", "undersokning", "remiss", *VALUES),
    "values": (*VALUES, GOAL),
    "sources": ("symtom", "undersokning", "berattat", *STATES),
}
UNSENT = "remiss"  # only ever in the finer record, where a source hides it
CATALOGUE = catalogue()
FOREVER = as_of_day(BASE + 5000).at
BORN = BASE - 50 * 365
days = st.integers(BASE - 20, BASE + 100)

# --- a record, and one that tells what it hides ---------------------------------------------------


def recorded(found: list[Fact], off: set[str]) -> Record:
    """A record of these facts, known at once and never retracted; the sources of `off` not connected."""
    known = [fact._replace(known_from=fact.lo, known_to=None) for fact in found]
    sources = tuple(Source(kind, "källa", kind not in off, None, None) for kind in KINDS)
    return Record(Patient("Patient/p", BORN, BORN, "female", None), index(known), sources=sources)


def on_day(fact: Fact, day: int) -> Fact:
    """The same fact, on a day that is certain."""
    lo, hi, *_ = interval_of_day(day, day)
    return fact._replace(lo=lo, hi=hi, day=day, last_day=day)


def is_vague(fact: Fact) -> bool:
    """True when the number is known only within limits, or not at all."""
    return isinstance(fact.value, Span) or fact.unusable is not None


@st.composite
def numbers_in(draw: st.DrawFn, fact: Fact) -> Fraction:
    """A number that the value of a fact may stand for, often one at its limits."""
    span = fact.value if isinstance(fact.value, Span) else Span(None, None, True, True)
    low = Fraction(-3) if span.lo is None else span.lo
    high = Fraction(12) if span.hi is None else span.hi
    possible = [low + (high - low) * Fraction(share, 4) for share in (1, 2, 3)]
    possible += [] if span.lo_open else [low]
    possible += [] if span.hi_open else [high]
    return draw(st.sampled_from(possible))


@st.composite
def told(draw: st.DrawFn, fact: Fact) -> Fact:
    """One of the facts that an uncertain one may be."""
    if fact.day != fact.last_day:
        fact = on_day(fact, draw(st.integers(fact.day, fact.last_day)))
    if is_vague(fact):
        fact = fact._replace(value=draw(numbers_in(fact)), unusable=None)
    return fact


@st.composite
def unsent(draw: st.DrawFn, off: set[str]) -> list[Fact]:
    """Facts that only the sources of `off` would have carried."""
    names = [name for name in (*ASKED["sources"], UNSENT) if KIND_OF[name] in off]
    if not names:
        return []
    found = []
    for number in range(draw(st.integers(0, 4))):
        name, day = draw(st.sampled_from(names)), BASE + draw(st.integers(-40, 100))
        fact = Fact(name, 0, 0, 0, 0, 0, f"Observation/x{number}", state=name in STATES)
        found.append(on_day(fact, day))
    return found


@st.composite
def refinements(draw: st.DrawFn, hidden: Hidden) -> Pair:
    """A record that hides one kind of thing, and one in which it is told."""
    rough = []
    for fact in draw(facts(st.sampled_from(ASKED[hidden]))):
        if fact.selector in ENDS:  # an end follows from its state
            continue
        if hidden != "days" and fact.day != fact.last_day:
            fact = on_day(fact, fact.day)
        if hidden != "values" and is_vague(fact):
            fact = fact._replace(value=Fraction(1), unusable=None)
        rough.append(fact)
    off = draw(st.sets(st.sampled_from(KINDS), min_size=1, max_size=2)) if hidden == "sources" else set()
    fine = [draw(told(fact)) for fact in rough] + draw(unsent(off))
    return recorded(rough, off), recorded(fine, set())


# --- criteria -------------------------------------------------------------------------------------

events = st.sampled_from(("symtom", "undersokning"))
values = st.sampled_from(VALUES)
trailing = st.one_of(st.none(), st.builds(lambda d: c.Window(last=d), positive))
maybe_apart = st.one_of(st.none(), positive)
rises = st.builds(
    c.Change,
    values,
    st.sampled_from(("rise", "fall")),
    fixed_limits,
    st.just(False),
    st.builds(c.Base, st.none(), picks, trailing),
    picks,
    trailing,
)
of_values = st.one_of(
    st.builds(c.Value, values, value_tests, picks_or_any, trailing, st.none()),
    st.builds(c.Value, values, value_tests, st.just("latest"), st.none(), positive),
    st.builds(c.Has, values, value_tests, trailing),
    st.builds(c.Count, values, fixed_limits, value_tests, trailing, maybe_apart),
    rises,
)
of_days = st.one_of(
    st.builds(c.Has, st.one_of(events, values), st.none(), trailing),
    st.builds(c.Count, events, fixed_limits, st.none(), trailing, st.none()),
    st.builds(c.Value, values, value_tests, st.just("any"), trailing, st.none()),
)
of_sources = st.one_of(
    st.builds(c.Has, st.one_of(events, st.just("berattat")), st.none(), trailing),
    st.builds(c.Active, st.sampled_from(STATES), trailing, st.none()),
    st.builds(c.Count, events, limits, st.none(), trailing, st.none()),
    positive.map(lambda d: c.Reached(c.Shifted(c.First(UNSENT), d))),
)


def truth(criterion: c.Criterion, record: Record, day: int) -> int:
    """What a criterion says at the end of a day, in a stay that began long before."""
    t = as_of_day(day)
    box = toolbox(pathway_of(), CATALOGUE.selectors, calendar=swedish())
    view = View(record, FOREVER, selectors=CATALOGUE.selectors)
    ctx = Ctx(view, t, entry=civil(BASE - 100), entry_id="IN", acts=[])
    return compile_criterion(criterion, box).truth(ctx, t)


def assert_sound(criterion: c.Criterion, pair: Pair, day: int) -> None:
    """A yes is no no in the finer record, nor a no a yes. (A value that came later may be none yet.)"""
    rough, fine = (truth(criterion, record, day) for record in pair)
    assert {rough, fine} != {0, 2}


@given(of_values, refinements("values"), days)
def test_a_value_known_within_limits_is_never_told_wrongly(criterion, pair, day):
    """`<5` and values that could not be used: yes and no hold for every number they may stand for."""
    assert_sound(criterion, pair, day)


@given(of_days, refinements("days"), days)
def test_an_uncertain_day_is_never_told_wrongly(criterion, pair, day):
    """A month without a day: yes and no hold for every day of it."""
    assert_sound(criterion, pair, day)


@given(of_sources, refinements("sources"), days)
def test_what_no_source_would_carry_is_never_told_wrongly(criterion, pair, day):
    """Yes and no hold whatever the sources that are not connected would have carried."""
    assert_sound(criterion, pair, day)


# --- lateness -------------------------------------------------------------------------------------

leaves = st.sampled_from(("undersokning", "remiss", "symtom")).map(c.FactLeaf)
proofs = st.one_of(
    leaves,
    st.integers(1, 2).map(lambda n: c.TimesLeaf(n, "undersokning")),
    st.builds(
        lambda op, of: c.EvidenceNode(op, tuple(of)),
        st.sampled_from(("all", "any")),
        st.lists(leaves, min_size=2, max_size=2),
    ),
)


def state_at(step: Step, record: Record, started: int, day: int) -> StepState:
    """The state of a step alone; a retrospective one is asked for as its stay ends."""
    ended = (day, "UT") if step.mode == "retrospective" else None
    entered = civil(started)
    enrolment = Enrolment("CarePlan/e", "varld", "1.0.0", "IN", entered, started, ended=ended)
    compiled = compile_pathway(pathway_of(step), CATALOGUE, calendar=swedish())
    return assess(compiled, record, enrolment, as_of=as_of_day(day), known_at=FOREVER).steps[-1]


@pytest.mark.parametrize("mode", ["prospective", "retrospective"])
@pytest.mark.parametrize("hidden", ["days", "sources"])
@given(data=st.data(), done=proofs, within=st.integers(0, 30), started=st.integers(BASE - 30, BASE), day=days)
def test_lateness_is_true_however_the_record_is_resolved(mode, hidden, data, done, within, started, day):
    """overdue, missed: whatever unknown days or unconnected sources hide, it was not done in time."""
    guard = data.draw(st.one_of(st.none(), of_days if hidden == "days" else of_sources))
    step = step_of("s0", done=done, mode=mode, when=guard, within=Duration(within, "days"))
    rough, fine = (state_at(step, record, started, day) for record in data.draw(refinements(hidden)))
    if rough.state in ("overdue", "missed"):
        assert fine.state in ("overdue", "missed", "done-late"), (rough.state, rough.due, fine)
