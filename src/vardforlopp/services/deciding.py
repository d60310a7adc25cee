"""What people decide about a person's pathways: to follow one, to leave it, and all that is done to a course.

Each is a resource that any system may write as well (`docs/reference/acts.md`), kept by the same doors.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import orjson

from vardforlopp.access import Action, Actor, Subject
from vardforlopp.fhir.care_plan import enrolment_to_fhir
from vardforlopp.fhir.json_splice import elements, value_of, with_members
from vardforlopp.fhir.kept_record import unpacked
from vardforlopp.fhir.names import EXTENSION
from vardforlopp.fhir.task import acts_to_fhir
from vardforlopp.fhir.written_times import date_text
from vardforlopp.record.facts import Act
from vardforlopp.record.record import Enrolment
from vardforlopp.services import keeping
from vardforlopp.services.doors import Door, subject_of
from vardforlopp.services.drafts import Draft, Rules, read_draft
from vardforlopp.services.outcomes import Kept, Refused, refused
from vardforlopp.services.ports import Key
from vardforlopp.services.projected import Projections

_REASON = f"{EXTENSION}ended-reason"


class Unit(keeping.Unit, Projections, Protocol):
    """The transaction in which something is decided."""

    def alone(self, name: str) -> None:
        """Wait until nobody else does what has this name."""


def enrol(
    unit: Unit, stay: Enrolment, *, patient: str, actor: Actor, at: int, rules: Rules
) -> Kept | Refused:
    """Follow a patient in a pathway; a stay that runs there already, on that side, is told instead.

    `stay.id` is `CarePlan/` and an id that nobody has.
    """
    unit.alone(f"enrol Patient/{patient}")  # two who do so at once make one stay
    row = unit.known_of(patient)
    if row is not None and not row.stamp:
        door = Door(unit, actor, Action.UPDATE, at=at)
        what, do = "the patient's record was not read yet", "Try again in a moment."
        return door.failed(Subject("CarePlan", None, (patient,)), refused("conflict", "conflict", what, do))
    for one in unpacked(row.packed).enrolments if row is not None else ():
        if (one.pathway, one.side) == (stay.pathway, stay.side) and one.ended is None:
            head = unit.heads([key := _key(one.id)]).get(key)
            if head is not None and not head.deleted:
                return keeping.keep_what_is(unit, head, actor=actor, at=at)
    plan = enrolment_to_fhir(stay, f"Patient/{patient}")
    return _created(unit, [plan], actor=actor, at=at, rules=rules)


def leave(
    unit: Unit, stay: str, *, day: int, reason: str, actor: Actor, at: int, rules: Rules
) -> Kept | Refused:
    """End a stay (`CarePlan/id`) on a civil day; what it was stays in its history."""
    key = _key(stay)
    door = Door(unit, actor, Action.UPDATE, at=at)
    head = unit.lock([key]).get(key)
    subject = subject_of(key, head)
    if (no := door.enter(subject)) is not None:
        return no
    found = unit.read(key) if head is not None else None
    if found is None or found.body is None:
        what = f"there is no {stay}"
        return door.failed(subject, refused("not-found", "not-found", what, "Look for the patient's stays."))
    draft = read_draft(_ended(found.body, day, reason), rules=rules)
    if isinstance(draft, Refused):
        return door.failed(subject, draft)
    return keeping.update(unit, draft, key=key, actor=actor, at=at, rules=rules, if_match=found.version)


def act(unit: Unit, done: Act, *, patient: str, actor: Actor, at: int, rules: Rules) -> Kept | Refused:
    """Keep what somebody did to a course: a decision, a deviation, an attestation, a decline, a pause ...

    `done.ref` is `Task/` and an id that nobody has; who did it (`done.by`) is kept as its Provenance.
    """
    resources = acts_to_fhir([done], f"Patient/{patient}")
    return _created(unit, resources, actor=actor, at=at, rules=rules)


def _ended(plan: bytes, day: int, reason: str) -> bytes:
    """A stay as it was written, but for its end."""
    written = elements(value_of(plan, "extension") or b"[]")
    others = [each for each in written if orjson.loads(each)["url"] != _REASON]
    told = orjson.dumps({"url": _REASON, "valueString": reason})
    period = with_members(value_of(plan, "period") or b"{}", {"end": orjson.dumps(date_text(day))})
    whole = b"[" + b",".join([*others, told]) + b"]"
    return with_members(plan, {"status": b'"completed"', "period": period, "extension": whole})


def _created(
    unit: Unit, resources: Sequence[dict[str, Any]], *, actor: Actor, at: int, rules: Rules
) -> Kept | Refused:
    """All of them kept, of which the first is told; or, where one of them is not sound, none."""
    drafts: list[tuple[Key, Draft]] = []
    for resource in resources:
        key = Key(resource["resourceType"], resource["id"])
        draft = read_draft(orjson.dumps(resource), rules=rules)
        if isinstance(draft, Refused):
            return Door(unit, actor, Action.UPDATE, at=at).failed(Subject(*key), draft)
        drafts.append((key, draft))
    first, *others = (
        keeping.update(unit, draft, key=key, actor=actor, at=at, rules=rules) for key, draft in drafts
    )
    return next((told for told in others if isinstance(told, Refused)), first)


def _key(ref: str) -> Key:
    kind, _, own = ref.partition("/")
    return Key(kind, own)
