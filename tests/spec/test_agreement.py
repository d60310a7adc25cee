"""Both engines answer alike: on every clinicians' case, and on every example of the manual (rule 14)."""

from __future__ import annotations

from functools import cache

import pytest
from chapters_as_content import EDGES, EXAMPLES
from test_semantics import made

from made.agreement import disagreements, other_stays
from vardforlopp.adapters.content_files import content_texts
from vardforlopp.adapters.definitions import load_definitions
from vardforlopp.definitions.case_record import case_record
from vardforlopp.definitions.cases import Case
from vardforlopp.definitions.read_cases import load_cases
from vardforlopp.engine.casework import stay_of
from vardforlopp.engine.compile import Compiled, compile_pathway
from vardforlopp.kernel.workdays import swedish
from vardforlopp.population.assessing import Question, Showing


@cache
def asked_by_cases() -> tuple[list[Question], list[Showing], list[str]]:
    """What every case of every pathway asks."""
    definitions = load_definitions(None)
    compiled: dict[tuple[str, str | None], Compiled] = {}
    found: list[tuple[Case, Compiled]] = []
    for pathway, cases in load_cases(content_texts(None), definitions).cases.items():
        for case in cases:
            key = pathway, case.region
            if key not in compiled:
                overlay = definitions.overlays[case.region] if case.region else None
                compiled[key] = compile_pathway(
                    definitions.pathways[pathway], definitions.catalogue, overlay=overlay, calendar=swedish()
                )
            found.append((case, compiled[key]))
    return questions_of(found)


def questions_of(cases: list[tuple[Case, Compiled]]) -> tuple[list[Question], list[Showing], list[str]]:
    """Each expectation of some cases as what it asks of a record."""
    questions, showings, names = [], [], []
    for case, compiled in cases:
        record = case_record(case, compiled.catalogue)
        for expected in case.expect:
            as_of = expected.as_of
            known_at = expected.known_at.at if expected.known_at is not None else as_of.at
            showings.append(Showing(compiled, record, as_of, known_at))
            stay, _ = stay_of(case, compiled, record, as_of, known_at)
            if stay is not None:
                questions.append(Question(compiled, record, stay, as_of, known_at))
                names.append(f"{compiled.pathway.id} {case.id}")
    return questions, showings, names


@pytest.mark.slow
def test_both_engines_agree_on_every_case() -> None:
    """Each step's occurrences, dates, states, evidence and missing data are the same."""
    questions, _, names = asked_by_cases()

    assert len(questions) > 400
    assert disagreements(questions, names) == []


def test_both_engines_see_the_same_stays_in_every_case() -> None:
    """Entry, start and end of each instance are the same."""
    _, showings, _ = asked_by_cases()

    assert other_stays(showings) == []


def test_both_engines_agree_on_every_example_of_the_manual() -> None:
    """Also on the corners that the manual does not print."""
    questions, showings, names = questions_of(
        [(case, compiled) for compiled, case in map(made, EXAMPLES + EDGES)]
    )

    assert disagreements(questions, names) == []
    assert other_stays(showings) == []
