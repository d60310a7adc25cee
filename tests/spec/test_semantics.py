"""The chapters on semantics: each example is a small definition, a record, and what follows.

The same files print the manual's page (`docs/reference/semantics.md`); `edges/` holds the corners.
"""

from __future__ import annotations

import pytest
from chapters_as_content import EDGES, EXAMPLES, Example

from vardforlopp.definitions.case_record import case_record
from vardforlopp.definitions.cases import Case
from vardforlopp.definitions.load import load
from vardforlopp.definitions.read_cases import parse_case
from vardforlopp.engine.assess import assess
from vardforlopp.engine.casework import run_case, stay_of
from vardforlopp.engine.compile import Compiled, compile_pathway
from vardforlopp.engine.course import Course, StepState
from vardforlopp.kernel.civil import Moment, as_of_day, day_from_iso, exact, parse_time
from vardforlopp.kernel.workdays import swedish

ALL = EXAMPLES + EDGES
FOREVER = as_of_day(day_from_iso("9999-12-30")).at


def made(example: Example) -> tuple[Compiled, Case]:
    """An example's pathway, compiled, and its case."""
    loaded = load(example.content())
    assert loaded.definitions is not None, "\n".join(map(str, loaded.errors))
    definitions = loaded.definitions
    pathway = definitions.pathways["exempel"]
    case, errors = parse_case(example.case_text(), "case.yaml", definitions=definitions, pathway=pathway)
    assert case is not None, "\n".join(map(str, errors))
    return compile_pathway(pathway, definitions.catalogue, calendar=swedish()), case


@pytest.mark.parametrize("example", ALL, ids=lambda example: f"{example.chapter}: {example.title}")
def test_the_chapters_hold(example: Example) -> None:
    """What the manual says of an example is what the engine answers."""
    compiled, case = made(example)
    wrong = [
        f"{answer.subject}: expected {answer.expected}, got {answer.actual}"
        for answer in run_case(case, compiled)
        if not answer.right
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    "example", [one for one in ALL if "times" in one.data], ids=lambda example: example.title
)
def test_no_change_between_two_times_was_not_foretold(example: Example) -> None:
    """With everything known, an answer holds until its `next_change_at`."""
    compiled, case = made(example)
    courses = [course for time in example.data["times"] if (course := _course(compiled, case, _moment(time)))]
    for i, now in enumerate(courses):
        change = now.next_change_at
        for then in courses[i + 1 :]:
            if change is not None and then.as_of.at >= change:
                break
            assert [_seen(state) for state in now.steps] == [_seen(state) for state in then.steps]


def _moment(time: object) -> Moment:
    span = parse_time(str(time))
    return exact(span.lo) if span.lo == span.hi else as_of_day(span.day)


def _course(compiled: Compiled, case: Case, now: Moment) -> Course | None:
    record = case_record(case, compiled.catalogue)
    stay, _ = stay_of(case, compiled, record, now, FOREVER)
    return None if stay is None else assess(compiled, record, stay, as_of=now, known_at=FOREVER)


def _seen(state: StepState) -> tuple[object, ...]:
    return state.step, state.occurrence, state.state, state.opens, state.due, state.completed


def test_slots_beyond_the_calendar_never_come() -> None:
    """All their dates would be the last one: two of them lie ahead, and not thousands behind."""
    example = next(one for one in EDGES if one.title == "Near the end of the calendar")
    compiled, case = made(example)

    course = _course(compiled, case, as_of_day(day_from_iso("9999-12-30")))

    assert course is not None
    assert len([one for one in course.steps if one.step == "c"]) == 2
