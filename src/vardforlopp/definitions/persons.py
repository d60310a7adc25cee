"""Invented persons in several pathways at once, and what is expected of their one plan. Pure values.

A person is a case of no single pathway: facts, an enrolment and acts by pathway, and what the one plan
shall hold: what is joined and what must not be, conflicts with their ways out, the burden of a period.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

from vardforlopp.definitions.cases import ActLine, Case, EnrolLine
from vardforlopp.definitions.model import Disclosure, Place, Texts
from vardforlopp.kernel.civil import Moment
from vardforlopp.kernel.errors import DefinitionError

Status = Literal["open", "possible", "settled", "none"]
STATUSES: tuple[Status, ...] = ("open", "possible", "settled", "none")


class StepName(NamedTuple):
    """`kol.spirometri`, or `kritisk-benischemi:left.fotstatus`: a step of one course."""

    pathway: str
    side: str | None
    step: str

    def __str__(self) -> str:
        return f"{self.pathway}{f':{self.side}' if self.side else ''}.{self.step}"


class Apart(NamedTuple):
    """Steps of which no two may be one activity, and why."""

    steps: tuple[StepName, ...]
    why: Texts


class ExpectedConflict(NamedTuple):
    """An interaction by its id, or a kind that the merge itself finds, and what is said of it."""

    name: str
    status: Status
    ways_out: int | None = None
    number: int = 1
    proposal: bool | None = None
    disclosure: Disclosure | None = None


class ExpectedBurden(NamedTuple):
    """What the plan asks of the person in the days from `as_of`; None is not asked about."""

    days: int
    contacts: int | None
    own: int | None


@dataclass(frozen=True, slots=True)
class PersonExpectation:
    """What is expected of the one plan at `as_of`; a part that is None or empty is not asked about.

    `follows`, `joined` and `conflicts` are all of them: what stands there and was not expected is wrong.
    """

    as_of: Moment
    place: Place
    follows: tuple[str, ...] | None = None
    ended: tuple[tuple[str, str], ...] = ()  # pathway, exit
    suggested: tuple[str, ...] = ()
    activities: int | None = None
    joined: tuple[tuple[StepName, ...], ...] | None = None
    apart: tuple[Apart, ...] = ()
    steps: tuple[tuple[StepName, str], ...] = ()  # step, state
    conflicts: tuple[ExpectedConflict, ...] | None = None
    medication_list: str | None = None
    burden: ExpectedBurden | None = None


@dataclass(frozen=True, slots=True)
class PersonCase:
    """An invented person: facts (as a case of no pathway), courses, and expectations."""

    facts: Case
    region: str | None
    enrol: dict[str, tuple[EnrolLine, ...]]
    acts: dict[str, tuple[ActLine, ...]]
    expect: tuple[PersonExpectation, ...]


class LoadedPersons(NamedTuple):
    """The persons in the order of their files, and what is wrong with others."""

    persons: tuple[PersonCase, ...]
    errors: list[DefinitionError]
