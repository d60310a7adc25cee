"""Laws of agreement: both engines answer alike, on worlds that nobody chose (rule 14).

Each world is asked at a dozen times, most of them around a change that engine (a) foretells. Engine (b)
answers for hundreds of worlds in the time that it takes for one: so they are drawn first, and asked
together; only if the engines differ is each asked alone, for Hypothesis to find the smallest that shows it.
"""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from world_catalogue import BASE, catalogue
from world_criteria import criteria
from world_records import enrolled, records
from worlds import SOURCED, pathway_of, pathways, slots, step_of

from made.agreement import disagreements, other_stays
from vardforlopp.definitions import criteria as c
from vardforlopp.definitions.model import Choice, Option, Pathway
from vardforlopp.engine.assess import assess
from vardforlopp.engine.compile import compile_pathway
from vardforlopp.engine.course import Course
from vardforlopp.kernel.civil import HOUR, Moment, as_of_day, exact, start_of_day
from vardforlopp.kernel.durations import Duration
from vardforlopp.kernel.workdays import swedish
from vardforlopp.population.assessing import Question, Showing
from vardforlopp.record.record import Enrolment, Record

TOGETHER = 300
LAST = as_of_day(BASE + 5000).at
SELECTORS = catalogue()
TEXT = {"sv": "text", "en": "text"}
roomy = settings(
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]
)


def turning(course: Course) -> list[Moment]:
    """The time of a course, and the instants around the change that engine (a) foretells."""
    change = course.next_change_at
    around = () if change is None or change > LAST else (change - 1, change)
    return [course.as_of, *map(exact, around)]


def edges(record: Record) -> list[int]:
    """The instants at which a fact of the record becomes known, or is retracted."""
    facts = [fact for found in record.facts.values() for fact in found]
    return [at for fact in facts for at in (fact.known_from, fact.known_to) if at is not None]


@st.composite
def worlds(draw: st.DrawFn, made: st.SearchStrategy[Pathway]) -> list[Question]:
    """One person in one pathway, asked at several times: as known then, long after, or on an edge."""
    compiled = compile_pathway(draw(made), SELECTORS, calendar=swedish())
    record: Record = draw(records())
    enrolment: Enrolment = draw(enrolled())
    known_at = draw(st.sampled_from((None, LAST, *edges(record))))
    day, hour = draw(st.integers(BASE - 40, BASE + 60)), draw(st.sampled_from((None, *range(24))))
    asked = []
    for each in range(day, day + 70, 14):
        t = as_of_day(each) if hour is None else exact(start_of_day(each) + hour * HOUR)
        known = t.at if known_at is None else known_at
        asked += turning(assess(compiled, record, enrolment, as_of=t, known_at=known))
    return [Question(compiled, record, enrolment, t, t.at if known_at is None else known_at) for t in asked]


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


@st.composite
def repeating(draw: st.DrawFn) -> Pathway:
    """Slots and rolling steps whose evidence counts from before the opening: two may want one fact."""
    leaf = st.sampled_from(("undersokning", "symtom", "lakemedel")).map(c.FactLeaf)
    days = st.integers(3, 20).map(lambda n: Duration(n, "days"))
    repeated = {
        "s0": {"slots": draw(slots)},
        "s1": {"every": draw(days), "first": draw(st.one_of(st.none(), days))},
    }
    steps = [
        step_of(name, **keys, done=draw(leaf), fresh=draw(days), within=draw(days))
        for name, keys in repeated.items()
    ]
    return pathway_of(*steps)


def differences(asked: list[Question]) -> list[str]:
    """Where the engines differ: in what they answer, and in which stays they see."""
    showings = [Showing(one.compiled, one.record, one.as_of, one.known_at) for one in asked]
    return disagreements(asked) + other_stays(showings)


def assert_agreement(made: st.SearchStrategy[Pathway]) -> None:
    """Both engines answer alike in as many worlds as the profile says."""
    drawn: list[list[Question]] = []
    alone = False

    @roomy
    @given(worlds(made))
    def ask(world: list[Question]) -> None:
        drawn.append(world)
        if alone:
            assert differences(world) == []

    ask()
    for first in range(0, len(drawn), TOGETHER):
        found = differences([question for world in drawn[first : first + TOGETHER] for question in world])
        if found:
            alone = True
            ask()
        assert found == []


def test_both_engines_judge_a_criterion_alike() -> None:
    """Every head with every modifier: its truth, and the data that keeps it unknown."""
    assert_agreement(choosing())


def test_both_engines_follow_a_pathway_alike() -> None:
    """Every kind of step: occurrences, dates, evidence, states, branches, missing data; and every stay."""
    assert_agreement(pathways())


def test_both_engines_repeat_a_step_alike() -> None:
    """One fact closes one slot, and a completion starts the next interval, also where people have spoken."""
    assert_agreement(repeating())
