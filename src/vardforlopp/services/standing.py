"""Where a person stands, as rows: courses, the work of them, and what the record suggests. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import orjson

from vardforlopp.contract.asks import only_afterwards
from vardforlopp.contract.disclosure import of_step, strictest
from vardforlopp.contract.person import is_dead, with_own_steps
from vardforlopp.definitions.model import Pathway
from vardforlopp.engine.assess import assess_seen
from vardforlopp.engine.compile import Compiled
from vardforlopp.engine.course import YES, Course, StepState, Suggestion
from vardforlopp.engine.instances import next_event, suggest_seen
from vardforlopp.engine.view import View
from vardforlopp.kernel.civil import Moment, start_of_day
from vardforlopp.record.record import Record
from vardforlopp.services.in_force import InForce
from vardforlopp.services.projected import (
    LONGEST_UNIT,
    STATES,
    CourseRow,
    Shown,
    SuggestionRow,
    WorkRow,
    rank_of,
)


class Standing(NamedTuple):
    """A person in one pathway. `due_at`: the instant at which time alone may change it, None = never."""

    shown: Shown
    due_at: int | None


def looked_at(record: Record, in_force: InForce, *, now: Moment) -> View:
    """A record as it is known now, to be looked at by all pathways."""
    return View(record, now.at, selectors=in_force.definitions.catalogue.selectors)


def standing(compiled: Compiled, seen: View, *, now: Moment) -> Standing:
    """Where a person stands in a pathway: in the stays that were decided on, and what is suggested."""
    record = seen.record
    patient = record.patient.ref.partition("/")[2]
    dead = is_dead(record, now)
    courses: list[CourseRow] = []
    work: list[WorkRow] = []
    suggestions: tuple[SuggestionRow, ...] = ()
    changes: list[int | None] = list(_sources(seen, now.day))
    if not dead:
        found = suggest_seen(compiled, seen, as_of=now)
        suggestions = tuple(_suggestion(patient, each, compiled) for each in found)
        changes.append(next_event(compiled, seen, as_of=now))
    for stay in record.enrolments:
        if stay.pathway != compiled.pathway.id:
            continue
        if stay.started.day > now.day:
            changes.append(start_of_day(stay.started.day))
            continue
        course = assess_seen(compiled, seen, stay, as_of=now)
        change = None if course.dead else course.next_change_at
        courses.append(_course(patient, course, change))
        work += _work(patient, course, with_own_steps(compiled))
        changes.append(change)
    due_at = min((at for at in changes if at is not None), default=None)
    return Standing(Shown(tuple(courses), tuple(work), suggestions), due_at)


def _sources(seen: View, day: int) -> Iterator[int]:
    """When a source goes silent, or begins."""
    return (start_of_day(edge) for edge in seen.source_edges() if edge > day)


def _course(patient: str, course: Course, change: int | None) -> CourseRow:
    stay = course.enrolment
    ended = course.ended
    return CourseRow(
        patient,
        stay.id,
        course.pathway,
        course.version,
        stay.unit,
        stay.started.day,
        None if ended is None else ended[0].day,
        None if ended is None else ended[1],
        change,
        written(course.steps),
    )


def written(states: Iterable[StepState]) -> bytes:
    """Step occurrences as a row's text: step, occurrence, state, then opens, due, preferred and completed as
    `[day, instant, exact]` or null, whether it is a proposal, what it waits for, and what is missing.
    """
    rows = [
        [
            each.step, each.occurrence, each.state, each.opens, each.due, each.preferred, each.completed,
            each.proposal, each.waits_for, each.missing,
        ]
        for each in states
    ]  # fmt: skip
    return orjson.dumps(rows, default=tuple)


def _work(patient: str, course: Course, pathway: Pathway) -> Iterator[WorkRow]:
    """What of a course reaches a worklist: core steps only (S18), none that is only looked back on (S06)."""
    stay = course.enrolment
    for state in course.steps:
        step = pathway.steps[state.step]
        if state.state not in STATES or step.watch != "core" or only_afterwards(state, step):
            continue
        yield WorkRow(
            patient,
            stay.id,
            course.pathway,
            state.step,
            state.occurrence,
            state.state,
            rank_of(state.state, proposal=state.proposal),
            None if state.due is None else state.due.day,
            None if stay.unit is None else stay.unit[:LONGEST_UNIT],
            step.owner.roles[0],
            state.proposal,
            of_step(pathway, step, followed=stay.explicit),
        )


def _suggestion(patient: str, found: Suggestion, compiled: Compiled) -> SuggestionRow:
    pathway = compiled.pathway
    closed = strictest((pathway.entries[found.entry].disclosure, pathway.disclosure))
    return SuggestionRow(
        patient,
        found.pathway,
        found.side or "",
        found.entry,
        found.kind,
        found.truth == YES,
        found.on.day,
        closed,
    )
