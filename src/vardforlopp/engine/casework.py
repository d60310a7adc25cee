"""Running a clinician's cases: expected, actual and why, and what the cases cover."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from vardforlopp.definitions.case_record import case_record
from vardforlopp.definitions.cases import ABSENT, Case, Expectation, StepExpectation
from vardforlopp.definitions.model import Pathway
from vardforlopp.engine.assess import assess
from vardforlopp.engine.compile import Compiled
from vardforlopp.engine.course import Course, Instance, StepState
from vardforlopp.engine.instances import instances, suggest
from vardforlopp.kernel.civil import Interval, Moment, iso, iso_instant
from vardforlopp.record.record import Enrolment, Record

NONE = "none"


@dataclass(frozen=True, slots=True)
class Answer:
    """One expectation and what the engine says: equal, or not."""

    case: str
    as_of: Moment
    subject: str  # `entered`, `started`, `ended`, `choice X`, `X` or `X@occurrence`, with `.part`
    expected: str
    actual: str
    state: StepState | None = None

    @property
    def right(self) -> bool:
        return self.expected == self.actual


def run_case(case: Case, compiled: Compiled) -> list[Answer]:
    """Every expectation of a case, answered. `compiled` must carry the case's region."""
    record = case_record(case, compiled.catalogue)
    return [answer for expected in case.expect for answer in _answers(case, compiled, record, expected)]


def fails(case: Case, compiled: Compiled) -> bool:
    """True when any expectation of a case is not met; stops at the first."""
    record = case_record(case, compiled.catalogue)
    return any(
        not answer.right for expected in case.expect for answer in _answers(case, compiled, record, expected)
    )


def _answers(case: Case, compiled: Compiled, record: Record, expected: Expectation) -> Iterator[Answer]:
    as_of = expected.as_of
    known_at = expected.known_at.at if expected.known_at is not None else as_of.at
    stay, ended = stay_of(case, compiled, record, as_of, known_at)

    def answer(subject: str, wanted: str, actual: str, state: StepState | None = None) -> Answer:
        return Answer(case.id, as_of, subject, wanted, actual, state)

    if expected.entered is not None:
        yield answer("entered", expected.entered, (stay.entry or NONE) if stay is not None else NONE)
    if expected.possible is not None:
        found = [
            one.entry
            for one in suggest(compiled, record, as_of=as_of, known_at=known_at)
            if one.truth == 1 or one.kind == "opportunity"
        ]
        yield answer("possible", expected.possible, found[-1] if found else NONE)
    if expected.started is not None:
        wanted = expected.started
        yield answer("started", _written(wanted), _moment(stay.started if stay else None, like=wanted))
    if expected.ended is None and not expected.choices and not expected.steps:
        return
    course = None
    if stay is not None:
        course = assess(compiled, record, stay, as_of=as_of, known_at=known_at)
        ended = course.ended[1] if course.ended is not None else None
    if expected.ended is not None:
        yield answer("ended", expected.ended, ended or NONE)
    for name, taken in (expected.choices or {}).items():
        actual = course.choices[name].taken if course is not None else None
        yield answer(f"choice {name}", taken or NONE, actual or NONE)
    for step in expected.steps:
        yield from _step_answers(case, as_of, step, course)


def stay_of(
    case: Case, compiled: Compiled, record: Record, as_of: Moment, known_at: int
) -> tuple[Enrolment | None, str | None]:
    """The enrolment that the case speaks of: the stored one, else the latest that the record shows."""
    stored = [one for one in record.enrolments if one.started.day <= as_of.day]
    if stored:
        return stored[-1], None
    shown = [
        one for one in instances(compiled, record, as_of=as_of, known_at=known_at) if one.side == case.side
    ]
    if not shown:
        return None, None
    return _enrolment(shown[-1], compiled.pathway), shown[-1].ended[1] if shown[-1].ended else None


def _enrolment(instance: Instance, pathway: Pathway) -> Enrolment:
    return Enrolment(
        "CarePlan/case", pathway.id, pathway.version, instance.entry, instance.started, instance.started.day,
        instance.side,
    )  # fmt: skip


def _step_answers(
    case: Case, as_of: Moment, wanted: StepExpectation, course: Course | None
) -> Iterator[Answer]:
    state = None if course is None else occurrence_of(course, wanted.step, wanted.occurrence)
    subject = wanted.step if wanted.occurrence is None else f"{wanted.step}@{wanted.occurrence}"

    def answer(part: str, expected: str, actual: str) -> Answer:
        return Answer(case.id, as_of, f"{subject}{part}", expected, actual, state)

    if wanted.state is not None:
        yield answer("", wanted.state, state.state if state is not None else ABSENT)
    for part in ("opens", "due", "preferred", "completed"):
        moment = getattr(wanted, part)
        if moment is not None:
            found = getattr(state, part) if state is not None else None
            yield answer(f".{part}", _written(moment), _moment(found, like=moment))
    if wanted.missing is not None:
        found = sorted({one.id for one in state.missing}) if state is not None else []
        yield answer(".missing", ", ".join(sorted(wanted.missing)), ", ".join(found))
    if wanted.waits_for is not None:
        names = [name.partition(":")[2] for name in state.waits_for] if state is not None else []
        yield answer(".waits_for", ", ".join(sorted(wanted.waits_for)), ", ".join(sorted(names)))
    if wanted.proposal is not None:
        yield answer(".proposal", str(wanted.proposal), str(state is not None and state.proposal))
    if wanted.lapsed is not None:
        yield answer(".lapsed", str(wanted.lapsed), str(state is not None and "lapsed" in state.flags))


OPEN = frozenset(("waiting", "unknown", "upcoming", "due", "unseen", "overdue"))


def occurrence_of(course: Course, step: str, occurrence: str | None = None) -> StepState | None:
    """The occurrence meant: by nominal date, else the first open one, else the last."""
    states = [state for state in course.steps if state.step == step]
    if occurrence is not None:
        named = [state for state in states if state.occurrence.startswith(occurrence)]
        return named[0] if named else None
    open_ones = [state for state in states if state.state in OPEN]
    return open_ones[0] if open_ones else (states[-1] if states else None)


def _written(wanted: Interval) -> str:
    return iso_instant(wanted.lo) if wanted.lo == wanted.hi else iso(wanted.day)


def _moment(found: Moment | None, *, like: Interval) -> str:
    """A moment written as precisely as the expectation is."""
    if found is None:
        return NONE
    return iso_instant(found.at) if like.lo == like.hi else iso(found.day)


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the cases of a pathway cover. Names: step ids, `entry X`, `exit X`, `choice X is Y`."""

    wanted: tuple[str, ...]
    uncovered: tuple[str, ...]

    @property
    def share(self) -> float:
        return 1 - len(self.uncovered) / len(self.wanted) if self.wanted else 1.0


def coverage(pathway: Pathway, cases: Sequence[Case]) -> Coverage:
    """Which steps, branches, entries and exits some case speaks of."""
    wanted = [*pathway.steps]
    wanted += [f"entry {name}" for name in pathway.entries] + [f"exit {name}" for name in pathway.exits]
    for choice in pathway.choices.values():
        ways = [option.id for option in choice.options] + [choice.otherwise or ""]
        wanted += [f"choice {choice.id} is {way}" for way in dict.fromkeys(filter(None, ways))]
    seen = {name for case in cases for expected in case.expect for name in _covered(case, expected)}
    return Coverage(tuple(wanted), tuple(name for name in wanted if name not in seen))


def _covered(case: Case, expected: Expectation) -> Iterator[str]:
    for step in expected.steps:
        if step.state != ABSENT:
            yield step.step
    for entry in (expected.entered, expected.possible, case.enrol.entry if case.enrol else None):
        if entry is not None:
            yield f"entry {entry}"
    if expected.ended is not None:
        yield f"exit {expected.ended}"
    for name, taken in (expected.choices or {}).items():
        yield f"choice {name} is {taken}"
