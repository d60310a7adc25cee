"""The plan of a person as it stands now, out of what is kept: nothing is written but who looked."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Protocol, TypeVar

from vardforlopp.access import Action, Actor
from vardforlopp.contract.asks import Followed
from vardforlopp.contract.enrolments import Wanted
from vardforlopp.contract.person import PersonPlan, follow_person, plan_person
from vardforlopp.fhir.kept_record import Kept, kept, record_of_kept, unpacked
from vardforlopp.fhir.stored_record import TOLD
from vardforlopp.kernel.civil import exact
from vardforlopp.record.record import Record
from vardforlopp.services.doors import Door, subject_of
from vardforlopp.services.in_force import InForce
from vardforlopp.services.outcomes import Refused, refused
from vardforlopp.services.ports import Key, Reading
from vardforlopp.services.projected import Projections, Sent
from vardforlopp.services.rereading import Nobody, reread

T = TypeVar("T")


class View(Reading, Projections, Sent, Protocol):
    """The view of the store that a plan is made of."""


def plan_of(
    unit: View, patient: str, *, in_force: InForce, actor: Actor, at: int, pathway: str | None = None
) -> PersonPlan | Refused:
    """The plan of a person at an instant, for staff: what is only suggested stands in it (S09).

    `pathway`: in this one alone, as if it were followed from today on unless it is already.
    """
    return _looked_at(
        unit,
        patient,
        partial(plan_person, interactions=in_force.interactions),
        in_force=in_force,
        actor=actor,
        at=at,
        pathway=pathway,
    )


def course_of(
    unit: View, patient: str, *, in_force: InForce, actor: Actor, at: int, pathway: str
) -> tuple[Record, Followed] | Refused:
    """Where a person stands in a pathway, as if it were followed from today on unless it is already."""

    def look(record: Record, *those: Any, **more: Any) -> tuple[Record, Followed] | None:
        followed = follow_person(record, *those, **more).followed
        return (record, followed[-1]) if followed else None

    return _looked_at(unit, patient, look, in_force=in_force, actor=actor, at=at, pathway=pathway)


def _looked_at(
    unit: View,
    patient: str,
    look: Callable[..., T | None],
    *,
    in_force: InForce,
    actor: Actor,
    at: int,
    pathway: str | None,
) -> T | Refused:
    """What a look at a patient's record shows; None = the patient has died, and nothing is shown (S10)."""
    door = Door(unit, actor, Action.APPLY, at=at)
    key = Key("Patient", patient)
    head = unit.heads([key]).get(key)
    subject = subject_of(key, head)
    if (no := door.enter(subject)) is not None:
        return no
    known = _known_of(unit, patient, in_force, now=at) if head is not None and not head.deleted else None
    if known is None:
        what = f"there is no Patient/{patient} of whom a plan can be made"
        return door.failed(subject, refused("not-found", "not-found", what, "Search for the patient."))
    compiled = [each for each in in_force.compiled if pathway in (None, each.pathway.id)]
    if not compiled:
        known_ones = ", ".join(each.pathway.id for each in in_force.compiled)
        what = f"no pathway {pathway} is followed here"
        return door.failed(subject, refused("not-found", "not-found", what, f"Known: {known_ones}."))
    heard = unit.heartbeats() if in_force.feeds is not None else {}
    now = exact(at)
    made = look(
        record_of_kept(known, in_force.reader, sources=in_force.sources(heard)),
        compiled,
        catalogue=in_force.definitions.catalogue,
        as_of=now,
        known_at=now.at,
        enrol=[Wanted(pathway)] if pathway is not None else (),
    )
    if made is None:
        what = f"the patient has died, and was not followed in {pathway}"
        return door.failed(
            subject, refused("invalid", "business-rule", what, "Nothing is asked of the dead.")
        )
    door.done(subject)
    return made


def _known_of(unit: View, patient: str, in_force: InForce, *, now: int) -> Kept | None:
    """What is known of a patient now; read anew where what is kept is not of now. None = there is nobody."""
    row = unit.known_of(patient)
    if row is not None and row.stamp == in_force.stamp:
        known = unpacked(row.packed)
        if all(at > now for at in known.ahead.values()):
            return known
    versions = unit.versions_about(patient, types=TOLD)
    try:
        read = reread(unit, patient, versions=versions, reader=in_force.reader, now=now)
    except Nobody:
        return None
    return kept(read.person, read.pieces)
