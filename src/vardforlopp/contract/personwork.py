"""Running invented persons in several pathways: what is joined, what is not, conflicts, burden."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial

from vardforlopp.contract.burden import burden
from vardforlopp.contract.person import PersonPlan, plan_person
from vardforlopp.contract.proposal import PlannedActivity
from vardforlopp.definitions.case_record import act_of, case_record, enrolment_of
from vardforlopp.definitions.catalogue import Catalogue
from vardforlopp.definitions.persons import PersonCase, PersonExpectation, StepName
from vardforlopp.engine.compile import Compiled
from vardforlopp.engine.interactions import Interactions
from vardforlopp.kernel.civil import Moment
from vardforlopp.record.record import Record


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
) -> list[PersonAnswer]:
    """Every expectation of a person, answered. `compiled`: all pathways, with the person's region."""
    record = person_record(person, compiled, catalogue=catalogue)
    answers: list[PersonAnswer] = []
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
    return answers


def _answers(expected: PersonExpectation, plan: PersonPlan) -> Iterator[tuple[str, str, str]]:
    """Subject, expected, actual."""
    running = sorted({course.enrolment.pathway for course in plan.courses if course.enrolment.explicit})
    suggested = {each.pathway for each in plan.suggestions}
    if expected.follows is not None:
        yield "follows", ", ".join(sorted(expected.follows)), ", ".join(running)
    for name in expected.suggested or ():
        yield f"suggests {name}", "yes", "yes" if name in suggested else "no"
    for group in expected.joined:
        yield f"joined {_written(group)}", "one activity", _joined(group, plan)
    for group in expected.apart:
        together = [each for each in plan.proposal.activities if len(_within(group, each, plan)) > 1]
        yield f"apart {_written(group)}", "apart", "joined" if together else "apart"
    for wanted in expected.conflicts:
        found = [each for each in plan.proposal.conflicts if wanted.name in (each.interaction, each.kind)]
        said = ", ".join(sorted({each.status for each in found})) or "none"
        yield f"conflict {wanted.name}", wanted.status, said
        if wanted.ways_out is not None:
            ways = max((len(each.ways_out) for each in found), default=0)
            yield f"ways out of {wanted.name}", str(wanted.ways_out), str(ways)
    counted = burden(plan.proposal, today=expected.as_of.day)
    for subject, number, actual in (
        ("contacts", expected.contacts, counted.contacts),
        ("own actions", expected.own, counted.own),
    ):
        if number is not None:
            yield subject, str(number), str(actual)


def _joined(group: tuple[StepName, ...], plan: PersonPlan) -> str:
    """Whether one activity serves all of the group; else how many of it each of some serves."""
    served = [len(_within(group, each, plan)) for each in plan.proposal.activities]
    best = max(served, default=0)
    if best == len(group):
        return "one activity"
    return f"at most {best} of {len(group)} in one" if best else "none of them is planned"


def _within(group: tuple[StepName, ...], activity: PlannedActivity, plan: PersonPlan) -> set[StepName]:
    sides = {course.enrolment.id: course.enrolment.side for course in plan.courses}
    return {
        name
        for name in group
        for origin in activity.origins
        if (origin.pathway, origin.step) == (name.pathway, name.step)
        and name.side in (None, sides.get(origin.enrolment))
    }


def _written(group: tuple[StepName, ...]) -> str:
    return ", ".join(map(str, group))
