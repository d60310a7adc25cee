"""Laws of agreement: both engines answer alike, on worlds that nobody chose (rule 14).

Each example is a dozen worlds, asked at a dozen times each, and answered by engine (b) in one run.
"""

from __future__ import annotations

from functools import cache

from duckdb import DuckDBPyConnection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from world_catalogue import BASE, catalogue
from world_criteria import criteria
from world_records import enrolled, records
from worlds import SOURCED, pathway_of, pathways, step_of

from made.agreement import disagreements, other_stays
from vardforlopp import population
from vardforlopp.definitions.model import Choice, Option, Pathway
from vardforlopp.engine.compile import compile_pathway
from vardforlopp.kernel.civil import HOUR, Moment, as_of_day, exact
from vardforlopp.kernel.workdays import swedish
from vardforlopp.population.assessing import Question, Showing
from vardforlopp.record.record import Enrolment, Record

WORLDS = 12
SELECTORS = catalogue()
TEXT = {"sv": "text", "en": "text"}
batches = settings(
    max_examples=max(4, settings.default.max_examples // WORLDS),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)


@cache
def con() -> DuckDBPyConnection:
    return population.connect(swedish())


def times(day: int, hour: int) -> list[Moment]:
    """Ten ends of days over as many weeks, and two instants."""
    ends = [as_of_day(day + 7 * week) for week in range(10)]
    return [*ends, *(exact(as_of_day(day + more).at + 1 + hour * HOUR) for more in (3, 11))]


@st.composite
def worlds(draw: st.DrawFn, made: st.SearchStrategy[Pathway]) -> list[Question]:
    """One person in one pathway, asked at several times: as known then, or as known long after."""
    compiled = compile_pathway(draw(made), SELECTORS, calendar=swedish())
    record: Record = draw(records())
    enrolment: Enrolment = draw(enrolled())
    known_later = draw(st.booleans())
    asked = times(draw(st.integers(BASE - 40, BASE + 60)), draw(st.integers(0, 23)))
    forever = as_of_day(BASE + 5000).at
    return [Question(compiled, record, enrolment, t, forever if known_later else t.at) for t in asked]


@st.composite
def choosing(draw: st.DrawFn) -> Pathway:
    """A pathway of choices alone: each asks one criterion, and so shows its truth and what it lacks."""
    choices = {}
    for number in range(8):
        only = (Option("a", TEXT, draw(criteria(()))),)
        choices[f"val{number}"] = Choice(
            f"val{number}", "fas", TEXT, only, SOURCED, step_of("s0").place, otherwise="nej"
        )
    return pathway_of(step_of("s0"), choices=choices)


def batch(made: st.SearchStrategy[Pathway]) -> st.SearchStrategy[list[list[Question]]]:
    return st.lists(worlds(made), min_size=1, max_size=WORLDS)


@batches
@given(batch(choosing()))
def test_both_engines_judge_a_criterion_alike(asked: list[list[Question]]) -> None:
    """Every head with every modifier: its truth, and the data that keeps it unknown."""
    assert disagreements(con(), [question for one in asked for question in one]) == []


@batches
@given(batch(pathways()))
def test_both_engines_follow_a_pathway_alike(asked: list[list[Question]]) -> None:
    """Every kind of step: occurrences, dates, evidence, states, branches and missing data."""
    assert disagreements(con(), [question for one in asked for question in one]) == []


@batches
@given(batch(pathways()))
def test_both_engines_see_the_same_stays(asked: list[list[Question]]) -> None:
    """Entries and exits: how each stay begins and ends."""
    showings = [Showing(one.compiled, one.record, one.as_of, one.known_at) for of in asked for one in of]
    assert other_stays(con(), showings) == []
