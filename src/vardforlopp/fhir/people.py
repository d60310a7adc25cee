"""Names, roles and phone numbers of those whom a person may turn to."""

from __future__ import annotations

from typing import NamedTuple

from vardforlopp.fhir.concepts import text_of, words_of
from vardforlopp.fhir.reading import Reading
from vardforlopp.fhir.resource_types import Json

_ENTITIES = ("practitioner", "organization")


class Contact(NamedTuple):
    """Whom to turn to: as much of it as is written."""

    name: str | None = None
    phone: str | None = None
    unit: str | None = None
    role: str | None = None


def contact_of(reference: Json | None, reading: Reading, container: Json | None = None) -> Contact:
    """Name, phone, unit and role behind a reference; its display stands in for what is not here."""
    if not reference:
        return Contact()
    shown = text_of(reference.get("display"))
    found = reading.follow(reference, container)
    if found is None:
        return Contact(shown)
    if found["resourceType"] == "PractitionerRole":
        person, unit = (reading.follow(found.get(part), found) or {} for part in _ENTITIES)
        names = [text_of((found.get(part) or {}).get("display")) for part in _ENTITIES]
        roles = [*(found.get("code") or ()), *(found.get("specialty") or ())]
        return Contact(
            name=name_of(person) or names[0] or shown,
            phone=phone_of(found) or phone_of(unit) or phone_of(person),
            unit=name_of(unit) or names[1],
            role=next((words for role in roles if (words := words_of(role))), None),
        )
    return Contact(name_of(found) or shown, phone_of(found))


def name_of(resource: Json) -> str | None:
    """The name of a person or a unit as one text."""
    name = resource.get("name")
    if isinstance(name, str):
        return name or None
    official = [one for one in name or () if one.get("use") in ("official", "usual", None)] or list(
        name or ()
    )
    for one in official:
        parts = [*(one.get("given") or ()), one.get("family") or ""]
        text = one.get("text") or " ".join(part for part in parts if part)
        if text:
            return str(text)
    return None


def phone_of(resource: Json) -> str | None:
    """The first phone number that is in use."""
    for way in resource.get("telecom") or ():
        if way.get("system") == "phone" and way.get("use") != "old" and way.get("value"):
            return str(way["value"])
    return None
