"""What each course asks for: its open step occurrences, with the key on which they are joined."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from vardforlopp.contract.proposal import Origin
from vardforlopp.contract.windows import remaining
from vardforlopp.definitions.model import Activity, Pathway, Step
from vardforlopp.engine.course import OPEN_STATES, Course, StepState
from vardforlopp.record.facts import Side
from vardforlopp.record.record import Enrolment


class Followed(NamedTuple):
    """A course and the pathway text (with its region's own steps) that it follows."""

    course: Course
    pathway: Pathway


class JoinKey(NamedTuple):
    """Only what agrees in all of these is the same thing (safety rule S11)."""

    activity: str
    side: Side | None
    purpose: str | None
    competence: str | None
    preparation: str | None


class Ask(NamedTuple):
    """One open occurrence: where it comes from, what it is, and who should do it."""

    origin: Origin
    key: JoinKey
    roles: tuple[str, ...]
    level: str


def step_id(enrolment: str, state: StepState) -> str:
    """The id of a step occurrence, the same in every output."""
    return f"{enrolment}#{state.step}@{state.occurrence}"


def join_key(step: Step, enrolment: Enrolment, activities: Mapping[str, Activity]) -> JoinKey:
    """A step's key; what the step does not say itself, its activity says."""
    activity = activities.get(step.activity)
    sided = activity is not None and activity.sided
    return JoinKey(
        step.activity,
        enrolment.side if sided else None,
        step.purpose,
        step.competence or (activity.competence if activity else None),
        step.preparation or (activity.preparation if activity else None),
    )


def is_asked(state: StepState, step: Step) -> bool:
    """True for what the plan must carry: open, and not only assessed afterwards (S06)."""
    return state.state in OPEN_STATES and step.mode != "retrospective"


def asks(followed: Sequence[Followed], activities: Mapping[str, Activity], *, today: int) -> tuple[Ask, ...]:
    """The open occurrences of all courses, each once, in one order. The dead ask for nothing (S10)."""
    if any(course.dead for course, _ in followed):
        return ()
    found: dict[str, Ask] = {}
    for course, pathway in followed:
        for state in course.steps:
            step = pathway.steps[state.step]
            if is_asked(state, step):
                ask = _ask(course, state, step=step, activities=activities, today=today)
                found[ask.origin.id] = ask
    return tuple(found[key] for key in sorted(found))


def _ask(
    course: Course, state: StepState, *, step: Step, activities: Mapping[str, Activity], today: int
) -> Ask:
    enrolment = course.enrolment
    origin = Origin(
        id=step_id(enrolment.id, state),
        enrolment=enrolment.id,
        pathway=course.pathway,
        step=state.step,
        occurrence=state.occurrence,
        state=state.state,
        window=remaining(state, today),
        disclosure=step.disclosure,
        followed=enrolment.explicit,
        level=state.level,
        adopted=state.adopted,
        proposal=state.proposal,
    )
    return Ask(origin, join_key(step, enrolment, activities), step.owner.roles, step.owner.level)
