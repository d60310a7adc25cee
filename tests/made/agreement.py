"""The answers of both engines in one form (rule 14), so that they can be compared.

Compared: the stay's end, each occurrence's state, nominal date, opening, due date, completion, refs of
evidence and act, proposal and missing leaves, in order; and each branch. Not compared, because only engine
(a) answers them: preferred dates, flags, what a step waits for, reasons and the next change.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from vardforlopp import population
from vardforlopp.engine.assess import assess
from vardforlopp.engine.course import Course
from vardforlopp.engine.instances import instances
from vardforlopp.kernel.workdays import swedish
from vardforlopp.population.assessing import Answer, Question, Showing

Form = dict[str, Any]


def of_course(course: Course) -> Form:
    """What engine (a) answers: the stay's end, and each occurrence and branch."""
    rows = [
        {
            "step": one.step, "state": one.state, "nominal": one.nominal, "opens": one.opens, "due": one.due,
            "completed": one.completed, "evidence": tuple(fact.ref for fact in one.evidence),
            "act": None if one.act is None else one.act.ref, "proposal": one.proposal,
            "missing": frozenset(one.missing),
        }
        for one in course.steps
    ]  # fmt: skip
    branches = {
        name: (one.taken, one.computed, one.decided, frozenset(one.missing))
        for name, one in course.choices.items()
    }
    return {"ended": course.ended, "dead": course.dead, "rows": rows, "branches": branches}


def of_answer(answer: Answer) -> Form:
    """The same of engine (b)."""
    rows = [
        {
            "step": one.step, "state": one.state, "nominal": one.nominal, "opens": one.opens, "due": one.due,
            "completed": one.completed, "evidence": one.evidence, "act": one.act, "proposal": one.proposal,
            "missing": one.missing,
        }
        for one in answer.rows
    ]  # fmt: skip
    branches = {
        name: (one.taken, one.computed, one.decided, one.missing) for name, one in answer.branches.items()
    }
    return {"ended": answer.ended, "dead": answer.dead, "rows": rows, "branches": branches}


def disagreements(asked: Sequence[Question], names: Sequence[str] = ()) -> list[str]:
    """Where the engines differ on some questions, a line each; all asked of engine (b) in one run.

    Each run has a database of its own: nothing is answered by what an earlier one left behind.
    """
    found = []
    answers = population.assess(population.connect(swedish()), asked)
    for number, (question, answer) in enumerate(zip(asked, answers, strict=True)):
        compiled, record, enrolment, as_of, known_at = question
        course = assess(compiled, record, enrolment, as_of=as_of, known_at=known_at)
        name = names[number] if names else str(number)
        found += [f"{name} at {as_of}: {line}" for line in _differences(of_course(course), of_answer(answer))]
    return found


def other_stays(asked: Sequence[Showing]) -> list[str]:
    """Where the engines see different stays in a record."""
    shown = population.instances(population.connect(swedish()), asked)
    return [
        f"{one.as_of}: {reference} is not {other}"
        for one, other in zip(asked, shown, strict=True)
        if (reference := instances(one.compiled, one.record, as_of=one.as_of, known_at=one.known_at)) != other
    ]


def _differences(reference: Form, other: Form) -> list[str]:
    found = [
        f"{part} {reference[part]} is not {other[part]}"
        for part in ("ended", "dead", "branches")
        if reference[part] != other[part]
    ]
    if [row["step"] for row in reference["rows"]] != [row["step"] for row in other["rows"]]:
        return [*found, f"other occurrences: {len(reference['rows'])} are not {len(other['rows'])}"]
    for one, two in zip(reference["rows"], other["rows"], strict=True):
        found += [
            f"{one['step']} {one['state']}: {part} {one[part]} is not {two[part]}"
            for part in one
            if one[part] != two[part]
        ]
    return found
