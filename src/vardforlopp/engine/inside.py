"""The inside of an assessment, for proofs against another engine. The program itself asks none of it."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

from vardforlopp.engine.assess import _settle
from vardforlopp.engine.compile import Compiled
from vardforlopp.engine.context import Ctx, Settled
from vardforlopp.engine.course import Course
from vardforlopp.engine.instances import Event, _events
from vardforlopp.engine.program import StepProgram
from vardforlopp.engine.reasons import occurrence_reason
from vardforlopp.engine.standing import Occurrence
from vardforlopp.engine.view import View
from vardforlopp.kernel.civil import Moment


class Looked(NamedTuple):
    """One occurrence with the program and the context that it was judged by."""

    program: StepProgram
    ctx: Ctx
    occurrence: Occurrence


class Inside(NamedTuple):
    """Of each step: what later steps could ask of it, and its occurrences in order of time."""

    settled: dict[str, Settled]
    occurrences: dict[str, list[Looked]]


def inside(course: Course) -> Inside:
    """What the states of a course were made of. What explains the state of an occurrence has it at hand."""
    settled = {
        step: _settle([state for state in course.steps if state.step == step])
        for step in dict.fromkeys(state.step for state in course.steps)
    }
    occurrences: dict[str, list[Looked]] = {}
    for state in course.steps:
        if isinstance(state.explain, partial) and state.explain.func is occurrence_reason:
            looked = Looked(*state.explain.args[:3])
            occurrences.setdefault(looked.program.id, []).append(looked)
    return Inside(settled, occurrences)


def events(compiled: Compiled, view: View, now: Moment) -> list[Event]:
    """What may lead in or out until now, in order of time, each with its truth at its own date."""
    return _events(compiled, (*compiled.entries, *compiled.exits), view, now)
