"""One person's whole plan: which pathways concern the person, where each stands, and one proposal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from vardforlopp.contract.asks import Ask, Followed, asks
from vardforlopp.contract.disclosure import strictest
from vardforlopp.contract.enrolments import Wanted, enrolments, enrolments_of_the_dead
from vardforlopp.contract.proposal import Proposal
from vardforlopp.contract.propose import nothing_proposed, propose_asked
from vardforlopp.definitions.catalogue import Catalogue
from vardforlopp.definitions.model import Pathway
from vardforlopp.engine.assess import assess_seen
from vardforlopp.engine.compile import Compiled
from vardforlopp.engine.course import Course, Suggestion
from vardforlopp.engine.instances import instances, suggest_seen
from vardforlopp.engine.interactions import Interactions
from vardforlopp.engine.view import View
from vardforlopp.kernel.civil import Moment, reached
from vardforlopp.record.record import Enrolment, Record


@dataclass(frozen=True, slots=True)
class PersonPlan:
    """All that is said of one person at one time. `suggestions` are for staff only (S09).

    `last_day_alive` is the last day for which a plan can be asked of a deceased person.
    """

    record: Record
    as_of: Moment
    known_at: int
    suggestions: tuple[Suggestion, ...]
    followed: tuple[Followed, ...]
    asks: tuple[Ask, ...]
    proposal: Proposal
    last_day_alive: int | None

    @property
    def courses(self) -> tuple[Course, ...]:
        """The courses alone, in the order of the pathways."""
        return tuple(course for course, _ in self.followed)

    @property
    def dead(self) -> bool:
        """True when the person had died by the time asked about."""
        return is_dead(self.record, self.as_of)


def is_dead(record: Record, as_of: Moment) -> bool:
    """True from the moment of death on (safety rule S10)."""
    died = record.patient.died
    return died is not None and reached(died, as_of)


def with_own_steps(compiled: Compiled) -> Pathway:
    """The pathway as it is followed: with the steps that the region has added."""
    added = compiled.overlay.steps.get(compiled.pathway.id) if compiled.overlay else None
    return replace(compiled.pathway, steps={**compiled.pathway.steps, **added}) if added else compiled.pathway


def _disclosed(suggestion: Suggestion, pathway: Pathway) -> Suggestion:
    """An entry never opens what its pathway closes (S09)."""
    closed = strictest((pathway.entries[suggestion.entry].disclosure, pathway.disclosure))
    return suggestion if closed == suggestion.disclosure else replace(suggestion, disclosure=closed)


class Stands(NamedTuple):
    """Where a person stands at one time: what is suggested, and each course that is followed."""

    seen: View
    dead: bool
    suggestions: tuple[Suggestion, ...]
    followed: tuple[Followed, ...]


def follow_person(
    record: Record,
    compiled: Sequence[Compiled],
    *,
    catalogue: Catalogue,
    as_of: Moment,
    known_at: int,
    enrol: Sequence[Wanted] = (),
) -> Stands:
    """Suggest and assess. Pure.

    What the record itself shows is assessed as a suggested enrolment, followed from today, so that
    nothing is late on its first day (S17); what is only possible or only an opportunity is not.
    """
    dead = is_dead(record, as_of)
    seen = View(record, known_at, selectors=catalogue.selectors)
    suggestions: tuple[Suggestion, ...] = ()
    followed: list[Followed] = []
    for each in compiled:
        found = () if dead else suggest_seen(each, seen, as_of=as_of)
        if dead:
            shown = instances(each, record, as_of=as_of, known_at=known_at)
            stays = enrolments_of_the_dead(each.pathway.id, record, shown=shown, as_of=as_of)
        else:
            stays = enrolments(each.pathway.id, record, suggestions=found, as_of=as_of, wanted=enrol)
        suggestions += tuple(_disclosed(suggestion, each.pathway) for suggestion in found)
        followed += [
            Followed(assess_seen(each, seen, stay, as_of=as_of), with_own_steps(each)) for stay in stays
        ]
    return Stands(seen, dead, suggestions, tuple(followed))


def plan_person(
    record: Record,
    compiled: Sequence[Compiled],
    *,
    catalogue: Catalogue,
    interactions: Interactions,
    as_of: Moment,
    known_at: int,
    enrol: Sequence[Wanted] = (),
) -> PersonPlan:
    """Suggest, assess and propose. Pure; the order of `compiled`, all of one region, changes nothing."""
    seen, dead, suggestions, followed = follow_person(
        record, compiled, catalogue=catalogue, as_of=as_of, known_at=known_at, enrol=enrol
    )
    asked = asks(followed, catalogue.activities, today=as_of.day)
    proposal = (
        nothing_proposed(record.sources, today=as_of.day)
        if dead
        else propose_asked(
            asked,
            followed,
            catalogue=catalogue,
            judge=interactions.judging(seen, as_of=as_of),
            as_of=as_of,
            other_plans=record.mentions,
            sources=record.sources,
            adoptions=compiled[0].overlay.adoptions if compiled and compiled[0].overlay else (),
        )
    )
    died = record.patient.died
    return PersonPlan(
        record=record,
        as_of=as_of,
        known_at=known_at,
        suggestions=suggestions,
        followed=followed,
        asks=asked,
        proposal=proposal,
        last_day_alive=None if died is None else died.day - 1,
    )


def already_followed(person: PersonPlan, wanted: Sequence[Wanted]) -> tuple[Enrolment, ...]:
    """The stored enrolments that stood in the way of one asked for: it would have changed nothing."""
    stored = {each.id for each in person.record.enrolments}
    stays = [course.enrolment for course in person.courses if course.enrolment.explicit]
    made = {stay.pathway for stay in stays if stay.id not in stored}
    names = {each.pathway for each in wanted} - made
    day = person.as_of.day
    return tuple(
        stay for stay in stays if stay.pathway in names and (stay.ended is None or stay.ended[0] > day)
    )
