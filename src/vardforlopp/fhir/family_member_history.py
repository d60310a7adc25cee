"""FamilyMemberHistory: what relatives have had. It is never the person's own diagnosis (S08)."""

from __future__ import annotations

from vardforlopp.fhir.bundle import Group
from vardforlopp.fhir.concepts import codings_of
from vardforlopp.fhir.occurrence import add, each, spell
from vardforlopp.fhir.reading import Reading
from vardforlopp.fhir.resource_types import Json


def read(group: Group, reading: Reading) -> None:
    """Facts for the selectors that name this type of resource, and for no others."""
    each("FamilyMemberHistory", group, reading, _one)


def _one(resource: Json, ref: str, shown: int, reading: Reading) -> None:
    kind = "FamilyMemberHistory"
    stamp = (resource.get("meta") or {}).get("lastUpdated")
    told = resource if resource.get("date") is not None else {**resource, "date": stamp}
    when = spell(told, kind, ref, stem=None, reading=reading, instead=("date",))
    if when is None:
        return
    codings = [coding for had in resource.get("condition") or () for coding in codings_of(had, "code")]
    found = reading.reader.tables[kind].matches(codings)
    add(found, when, kind, ref, resource=resource, reading=reading)
