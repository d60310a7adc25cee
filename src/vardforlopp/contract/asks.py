"""What each course asks for: its open step occurrences, with the key on which they are joined."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from vardforlopp.contract.disclosure import of_step
from vardforlopp.contract.proposal import Origin
from vardforlopp.contract.windows import remaining
from vardforlopp.definitions.catalogue import Activity
from vardforlopp.definitions.model import Disclosure, Pathway, Step
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


def only_afterwards(state: StepState, step: Step) -> bool:
    """True for an open occurrence of a step that is only looked back on: no time of it is live (S06)."""
    return step.mode == "retrospective" and state.state in OPEN_STATES


def join_key(step: Step, side: Side | None, *, activities: Mapping[str, Activity]) -> JoinKey:
    """A step's key; what the step does not say itself, its activity says. `side`: the enrolment's."""
    activity = activities.get(step.activity)
    if activity is None:
        return JoinKey(step.activity, None, step.purpose, step.competence, step.preparation)
    return JoinKey(
        step.activity,
        side if activity.sided else None,
        step.purpose,
        step.competence or activity.competence,
        step.preparation or activity.preparation,
    )


def asks(followed: Sequence[Followed], activities: Mapping[str, Activity], *, today: int) -> tuple[Ask, ...]:
    """What the plan must carry: the open occurrences of all courses, each once, in one order.

    Steps that are only assessed afterwards are not asked for (S06), and the dead ask for nothing (S10).
    """
    if any(course.dead for course, _ in followed):
        return ()
    found: dict[str, Ask] = {}
    for course, pathway in followed:
        steps, enrolment = pathway.steps, course.enrolment
        for state in course.steps:
            step = steps[state.step]
            if state.state in OPEN_STATES and not only_afterwards(state, step):
                shown = of_step(pathway, step, followed=enrolment.explicit)
                origin = _origin(enrolment, state, today, shown)
                key = join_key(step, enrolment.side, activities=activities)
                found[origin.id] = Ask(origin, key, step.owner.roles, step.owner.level)
    return tuple(found[name] for name in sorted(found))


def _origin(enrolment: Enrolment, state: StepState, today: int, disclosure: Disclosure) -> Origin:
    """An occurrence as an origin. By position, not by name: there are hundreds a person."""
    return Origin(
        step_id(enrolment.id, state), enrolment.id, enrolment.pathway, state.step, state.occurrence,
        state.state, remaining(state, today), disclosure, enrolment.explicit, state.level, state.adopted,
        state.proposal,
    )  # fmt: skip
