"""Appointment: a booked time. The booking is the fact; the time, often ahead, is its value."""

from __future__ import annotations

from vardforlopp.fhir.bundle import Group
from vardforlopp.fhir.concepts import codings_of, words_of
from vardforlopp.fhir.measures import Read
from vardforlopp.fhir.occurrence import Spell, add, each_whose
from vardforlopp.fhir.people import contact_of
from vardforlopp.fhir.reader import Matches
from vardforlopp.fhir.reading import Reading
from vardforlopp.fhir.resource_types import Json
from vardforlopp.fhir.statuses import ORDERED, PERFORMED
from vardforlopp.fhir.times import as_value
from vardforlopp.kernel.civil import Interval
from vardforlopp.record.facts import Day

_FOR = ("serviceType", "appointmentType")
_CODES = ("serviceType", "appointmentType", "serviceCategory", "specialty", "reasonCode")


def read(group: Group, reading: Reading) -> None:
    """Facts and mentions out of all booked times of a record."""
    each_whose("Appointment", group, reading, whose=_takes_part, one=_one)


def _one(resource: Json, ref: str, shown: int, reading: Reading) -> None:
    kind = "Appointment"
    start = as_value(resource.get("start"))
    if start is None:
        reading.find("VF-QUA-001" if resource.get("start") else "VF-QUA-007", ref, "start")
        reading.skip(kind, ref, "no usable date")
        return
    if resource["status"] == "booked":
        _mention(resource, ref, reading)
    found = reading.reader.tables[kind].matches(codings_of(resource, *_CODES))
    # A visit that took place is done on its day; a booking is made when it was made.
    came = tuple(match for match in found if not match.target.ordered) if shown & PERFORMED else ()
    booked = tuple(match for match in found if match.target.ordered)
    told = []
    if came:
        told.append(_tell(came, reading.when(resource["start"], ref, "start"), ref, resource, reading))
    if booked:
        told.append(_tell(booked, _made(resource, ref, reading), ref, resource, reading, value=start))
    if told and not any(told):
        reading.skip(kind, ref, "no usable date")


def _tell(
    found: Matches,
    when: Interval | None,
    ref: str,
    resource: Json,
    reading: Reading,
    *,
    value: Day | None = None,
) -> bool:
    """Add the facts; False when their time cannot be used, which has been reported."""
    if when is None or reading.known(resource, ref, when) is None:
        return False
    add(found, Spell(when), "Appointment", ref, resource=resource, reading=reading, shown=PERFORMED | ORDERED,
        value=None if value is None else lambda _: Read(value))  # fmt: skip
    return True


def _takes_part(resource: Json, ref: str, reading: Reading) -> bool:
    actors = [part.get("actor") or {} for part in resource.get("participant") or ()]
    people = [actor for actor in actors if "Patient" in str(actor.get("type") or actor.get("reference"))]
    if any(reading.is_me(actor) for actor in actors):
        return True
    code, reason = ("VF-QUA-014", "another person") if people else ("VF-QUA-015", "no subject")
    reading.find(code, ref, "participant.actor")
    reading.skip("Appointment", ref, reason)
    return False


def _made(resource: Json, ref: str, reading: Reading) -> Interval | None:
    """When it was booked: as written, else when that was last stored or sent."""
    for path, text in (
        ("created", resource.get("created")),
        ("meta.lastUpdated", (resource.get("meta") or {}).get("lastUpdated")),
    ):
        if text is not None:
            return reading.when(text, ref, path)
    if reading.put_together is None:
        reading.find("VF-QUA-007", ref, "created")
    return reading.put_together


def _mention(resource: Json, ref: str, reading: Reading) -> None:
    start = as_value(resource["start"])
    concepts = [c for path in _CODES for c in _listed(resource.get(path))]
    text = resource.get("description") or next((words for c in concepts if (words := words_of(c))), "")
    units = [
        contact_of(part.get("actor"), reading, resource).name
        for part in resource.get("participant") or ()
        if not reading.is_me(part.get("actor") or {})
    ]
    unit = next((unit for unit in units if unit), None)
    end = as_value(resource.get("end"))
    if start is not None:
        until = None if end is None or start.at is None else end.at
        reading.mention(
            "appointment", text or unit or "Bokad tid", ref,
            time=start, unit=unit, until=until, selectors=_booked_for(resource, reading),
        )  # fmt: skip


def _booked_for(resource: Json, reading: Reading) -> tuple[str, ...]:
    """What is to be done at the time, by its codes. It names no side, so nothing that has sides."""
    found = reading.reader.tables.everything.matches(codings_of(resource, *_FOR))
    meant = (match.target for match in found if not match.stops)
    return tuple(sorted({each.selector for each in meant if not (each.ordered or each.sided)}))


def _listed(element: object) -> list[object]:
    return element if isinstance(element, list) else [] if element is None else [element]
