"""Running invented persons in several pathways: what is joined, what is not, conflicts, burden."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import NamedTuple

from vardforlopp.contract.burden import burden
from vardforlopp.contract.known import tried_of
from vardforlopp.contract.person import PersonPlan, plan_person
from vardforlopp.contract.proposal import Conflict
from vardforlopp.definitions.case_record import act_of, case_record, enrolment_of
from vardforlopp.definitions.cases import ABSENT
from vardforlopp.definitions.catalogue import Catalogue
from vardforlopp.definitions.persons import (
    ExpectedBurden,
    ExpectedConflict,
    PersonCase,
    PersonExpectation,
    StepName,
)
from vardforlopp.engine.casework import occurrence_of
from vardforlopp.engine.compile import Compiled
from vardforlopp.engine.interactions import Interactions
from vardforlopp.kernel.civil import Moment
from vardforlopp.record.record import Record

Group = Sequence[StepName]


@dataclass(frozen=True, slots=True)
class PersonAnswer:
    """One expectation and what the plan says: equal, or not."""

    person: str
    as_of: Moment
    subject: str
    expected: str
    actual: str

    @property
    def right(self) -> bool:
        return self.expected == self.actual


class PersonRun(NamedTuple):
    """The answers, and the interactions that were found and that were tried and not found.

    Of these only the days on which the expectation speaks of conflicts count.
    """

    answers: tuple[PersonAnswer, ...]
    found: frozenset[str]
    quiet: frozenset[str]


def person_record(person: PersonCase, compiled: Mapping[str, Compiled], *, catalogue: Catalogue) -> Record:
    """The record of a person: the facts, an enrolment a course, the acts of each."""
    acts = [act_of(line, name) for name, lines in person.acts.items() for line in lines]
    stays = [
        enrolment_of(line, name, version=compiled[name].pathway.version, name=f"CarePlan/{name}-{number}")
        for name, lines in person.enrol.items()
        for number, line in enumerate(lines, 1)
    ]
    return replace(
        case_record(person.facts, catalogue),
        acts=tuple(sorted(acts, key=lambda act: (act.at, act.known_from, act.ref))),
        enrolments=tuple(stays),
    )


def run_person(
    person: PersonCase, compiled: Mapping[str, Compiled], *, catalogue: Catalogue, interactions: Interactions
) -> PersonRun:
    """Every expectation of a person, answered. `compiled`: all pathways, with the person's region."""
    record = person_record(person, compiled, catalogue=catalogue)
    answers: list[PersonAnswer] = []
    found: set[str] = set()
    quiet: set[str] = set()
    for expected in person.expect:
        plan = plan_person(
            record,
            list(compiled.values()),
            catalogue=catalogue,
            interactions=interactions,
            as_of=expected.as_of,
            known_at=expected.as_of.at,
        )
        told = partial(PersonAnswer, person.facts.id, expected.as_of)
        answers += [told(*answer) for answer in _answers(expected, plan)]
        if expected.conflicts is not None:
            now = {each.interaction for each in plan.proposal.conflicts if each.interaction}
            tried = {rule.id for rule in tried_of(catalogue.interactions.values(), plan.followed)}
            found |= now
            quiet |= tried - now
    return PersonRun(tuple(answers), frozenset(found), frozenset(quiet))


def _answers(expected: PersonExpectation, plan: PersonPlan) -> Iterator[tuple[str, str, str]]:
    """Subject, expected, actual."""
    yield from _courses(expected, plan)
    if expected.activities is not None:
        yield "activities", str(expected.activities), str(len(plan.proposal.activities))
    for name, state in expected.steps:
        yield f"step {name}", state, _state(name, plan)
    if expected.joined is not None:
        yield from _joined(expected.joined, _groups(plan))
    for apart in expected.apart:
        yield f"apart {_written(apart.steps)}", "apart", _together(apart.steps, plan)
    if expected.conflicts is not None:
        yield from _conflicts(expected.conflicts, plan.proposal.conflicts)
    if expected.medication_list is not None:
        yield "medication list", expected.medication_list, plan.proposal.checked.medication_list_status
    if expected.burden is not None:
        yield from _burden(expected.burden, plan)


def _courses(expected: PersonExpectation, plan: PersonPlan) -> Iterator[tuple[str, str, str]]:
    stored = [course for course in plan.courses if course.enrolment.explicit]
    running = {course.pathway for course in stored if course.ended is None and not course.dead}
    if expected.follows is not None:
        yield "follows", _listed(expected.follows), _listed(running)
    for pathway, way_out in expected.ended:
        ends = [course.ended[1] for course in stored if course.pathway == pathway and course.ended]
        yield f"ended {pathway}", way_out, _listed(ends)
    suggested = {each.pathway for each in plan.suggestions}
    for name in expected.suggested:
        yield f"suggests {name}", "yes", "yes" if name in suggested else "no"


def _state(name: StepName, plan: PersonPlan) -> str:
    """The state of a step's open occurrence, or of its last, in each course that the name means."""
    found = (
        occurrence_of(course, name.step)
        for course in plan.courses
        if course.pathway == name.pathway and name.side in (None, course.enrolment.side)
    )
    return _listed({state.state for state in found if state is not None}) or ABSENT


def _joined(wanted: Iterable[Group], actual: Sequence[frozenset[StepName]]) -> Iterator[tuple[str, str, str]]:
    """All groups that were expected, and all that were not."""
    wanted = list(wanted)
    for group in wanted:
        yield f"joined {_written(group)}", "one activity", _best(group, actual)
    for found in actual:
        if not any(_same(group, found) for group in wanted):
            yield f"joined {_written(found)}", "not joined", "one activity"


def _groups(plan: PersonPlan) -> list[frozenset[StepName]]:
    """The steps that each activity serves."""
    sides = {course.enrolment.id: course.enrolment.side for course in plan.courses}
    served = [
        frozenset(StepName(each.pathway, sides.get(each.enrolment), each.step) for each in activity.origins)
        for activity in plan.proposal.activities
    ]
    return [steps for steps in dict.fromkeys(served) if len(steps) > 1]


def _best(group: Group, actual: Sequence[frozenset[StepName]]) -> str:
    """Whether one activity serves this group and nothing else; else how near it comes."""
    if any(_same(group, found) for found in actual):
        return "one activity"
    best = max((sum(_meant(name, found) for name in group) for found in actual), default=0)
    return f"at most {best} of {len(group)} in one, or with others" if best > 1 else "not joined"


def _same(group: Group, found: frozenset[StepName]) -> bool:
    """Every name of the group is served, and nothing else is."""
    return all(_meant(name, found) for name in group) and all(
        any(_meant(name, {step}) for name in group) for step in found
    )


def _meant(name: StepName, steps: Collection[StepName]) -> bool:
    """True when one of the steps is the one named; a name without a side means any side."""
    return any(
        (each.pathway, each.step) == (name.pathway, name.step) and name.side in (None, each.side)
        for each in steps
    )


def _together(group: Group, plan: PersonPlan) -> str:
    """Whether any two of the group are one activity. What is not planned or has no time yet shows nothing."""
    sides = {course.enrolment.id: course.enrolment.side for course in plan.courses}
    planned = {
        StepName(each.pathway, sides.get(each.enrolment), each.step)
        for activity in plan.proposal.activities
        if not activity.waits
        for each in activity.origins
    }
    absent = [name for name in group if not _meant(name, planned)]
    if absent:
        return f"not planned: {_written(absent)}"
    return (
        "joined" if any(sum(_meant(name, each) for name in group) > 1 for each in _groups(plan)) else "apart"
    )


def _conflicts(
    wanted: Iterable[ExpectedConflict], actual: Iterable[Conflict]
) -> Iterator[tuple[str, str, str]]:
    """Those that were expected, by interaction or else by kind, and those that were not."""
    found: dict[str, list[Conflict]] = {}
    for each in actual:
        found.setdefault(each.interaction or each.kind, []).append(each)
    for name, status, ways_out, number, proposal, disclosure in wanted:
        these = found.pop(name, [])
        yield f"conflict {name}", status, _listed({each.status for each in these}) or "none"
        if status != "none":
            yield f"number of {name}", str(number), str(len(these))
        if ways_out is not None:
            yield f"ways out of {name}", str(ways_out), _listed({str(len(each.ways_out)) for each in these})
        if proposal is not None:
            yield f"proposal {name}", str(proposal), _listed({str(each.proposal) for each in these})
        if disclosure is not None:
            yield f"disclosure of {name}", disclosure, _listed({each.disclosure for each in these})
    for name, these in found.items():
        yield f"conflict {name}", "none", _listed({each.status for each in these})


def _burden(expected: ExpectedBurden, plan: PersonPlan) -> Iterator[tuple[str, str, str]]:
    counted = burden(plan.proposal, today=plan.as_of.day, days=expected.days)
    for subject, number, actual in (
        ("contacts", expected.contacts, counted.contacts),
        ("own actions", expected.own, counted.own),
    ):
        if number is not None:
            yield f"{subject} in {expected.days} days", str(number), str(actual)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))


def _written(group: Iterable[StepName]) -> str:
    return _listed(map(str, group))
