"""Laws of the reference engine, on worlds that nobody chose."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from world_catalogue import BASE, catalogue
from world_records import enrolled, records
from worlds import pathways

from vardforlopp.definitions.model import Pathway
from vardforlopp.engine.assess import assess
from vardforlopp.engine.compile import Compiled, compile_pathway
from vardforlopp.engine.course import Course
from vardforlopp.engine.instances import instances, suggest
from vardforlopp.engine.transitions import ALLOWED
from vardforlopp.kernel.civil import Moment, as_of_day, interval_of_day
from vardforlopp.kernel.workdays import swedish
from vardforlopp.record.facts import Fact
from vardforlopp.record.record import Enrolment, Record, index

SELECTORS = catalogue()
days = st.integers(BASE - 40, BASE + 150)


def compiled_of(pathway: Pathway) -> Compiled:
    return compile_pathway(pathway, SELECTORS, calendar=swedish())


def course(compiled: Compiled, record: Record, enrolment: Enrolment, as_of: Moment, known_at: int) -> Course:
    return assess(compiled, record, enrolment, as_of=as_of, known_at=known_at)


@given(pathways(), records(), enrolled(), days)
def test_assessing_twice_gives_the_same(pathway, record, enrolment, day):
    """Deterministic: same arguments, same course, same reasons, also when compiled anew."""
    t = as_of_day(day)
    first = course(compiled_of(pathway), record, enrolment, t, t.at)
    second = course(compiled_of(pathway), record, enrolment, t, t.at)
    assert first.steps == second.steps
    assert first.choices == second.choices
    assert [s.because for s in first.steps] == [s.because for s in second.steps]
    assert first.next_change_at == second.next_change_at


@given(pathways(), records(), enrolled(), days, st.randoms(use_true_random=False))
def test_the_order_of_facts_changes_nothing(pathway, record, enrolment, day, random):
    """Facts in another order give the same course and the same suggestions."""
    t, compiled = as_of_day(day), compiled_of(pathway)
    facts = [fact for found in record.facts.values() for fact in found]
    random.shuffle(facts)
    acts = list(record.acts)
    random.shuffle(acts)
    other = replace(record, facts=index(facts), acts=tuple(acts))
    assert (
        course(compiled, record, enrolment, t, t.at).steps
        == course(compiled, other, enrolment, t, t.at).steps
    )
    assert suggest(compiled, record, as_of=t, known_at=t.at) == suggest(
        compiled, other, as_of=t, known_at=t.at
    )


@given(pathways(), records(), enrolled(), days, days)
def test_an_irrelevant_fact_changes_nothing(pathway, record, enrolment, day, other_day):
    """A fact that no part of the definition looks at has no effect."""
    t, compiled = as_of_day(day), compiled_of(pathway)
    span = interval_of_day(other_day, other_day)
    extra = Fact("annat", span.lo, span.hi, other_day, other_day, span.lo, "Observation/extra")
    other = replace(record, facts={**record.facts, "annat": (*record.facts.get("annat", ()), extra)})
    assert (
        course(compiled, record, enrolment, t, t.at).steps
        == course(compiled, other, enrolment, t, t.at).steps
    )


@given(pathways(), records(), enrolled(), days, days)
def test_as_known_then_is_what_was_known_then(pathway, record, enrolment, day, known_day):
    """Bitemporal replay: assessing as known on day k equals assessing only what was known on day k."""
    t, k, compiled = as_of_day(day), as_of_day(known_day).at, compiled_of(pathway)
    then = {
        name: kept
        for name, found in record.facts.items()
        if (
            kept := tuple(
                f._replace(known_to=None)
                for f in found
                if f.known_from <= k and (f.known_to is None or k < f.known_to)
            )
        )
    }
    acts = tuple(act for act in record.acts if act.known_from <= k)
    replayed = replace(record, facts=then, acts=acts)
    forever = as_of_day(BASE + 5000).at
    now = course(compiled, record, enrolment, t, k)
    before = course(compiled, replayed, enrolment, t, forever)
    assert [_plain(s) for s in now.steps] == [_plain(s) for s in before.steps]
    assert instances(compiled, record, as_of=t, known_at=k) == instances(
        compiled, replayed, as_of=t, known_at=forever
    )


def _plain(state):
    """A state without the retraction dates of its facts, which nobody knew then."""

    def kept(fact):
        return None if fact is None else fact._replace(known_to=None)

    return state._replace(
        evidence=tuple(kept(fact) for fact in state.evidence),
        trigger=kept(state.trigger),
        anchored_at=kept(state.anchored_at),
    )


@given(pathways(), records(), enrolled(), days, st.integers(1, 60))
def test_states_move_only_as_the_table_allows(pathway, record, enrolment, day, more):
    """With the record fixed, time moves an occurrence only along the committed transitions."""
    compiled, known = compiled_of(pathway), as_of_day(BASE + 5000).at
    before = {
        (s.step, s.occurrence): s for s in course(compiled, record, enrolment, as_of_day(day), known).steps
    }
    after = {
        (s.step, s.occurrence): s
        for s in course(compiled, record, enrolment, as_of_day(day + more), known).steps
    }
    for key, state in before.items():
        if key in after:
            assert after[key].state in ALLOWED[state.state], (key, state.state, after[key].state)


@given(pathways(), records(), enrolled(), days)
def test_a_reason_agrees_with_its_state_and_names_only_facts_of_the_record(pathway, record, enrolment, day):
    """Each reason's facts are facts of the record; an unknown step names what is missing."""
    t, compiled = as_of_day(day), compiled_of(pathway)
    known = {fact for found in record.facts.values() for fact in found}
    for state in course(compiled, record, enrolment, t, t.at).steps:
        stack = [state.because]
        while stack:
            reason = stack.pop()
            assert set(reason.facts) <= known
            stack.extend(reason.of)
        if state.state == "unknown":
            assert state.missing
