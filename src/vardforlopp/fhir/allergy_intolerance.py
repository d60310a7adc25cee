"""AllergyIntolerance: what the person does not tolerate."""

from __future__ import annotations

from vardforlopp.fhir.bundle import Group
from vardforlopp.fhir.concepts import codings_of
from vardforlopp.fhir.condition import abated, verified
from vardforlopp.fhir.occurrence import add, each, spell
from vardforlopp.fhir.reading import Reading
from vardforlopp.fhir.resource_types import Json


def read(group: Group, reading: Reading) -> None:
    """Facts out of all allergies of a record."""
    each("AllergyIntolerance", group, reading, _one)


def _one(resource: Json, ref: str, shown: int, reading: Reading) -> None:
    kind = "AllergyIntolerance"
    if not verified(resource, kind, ref, reading):
        return
    when = spell(
        resource, kind, ref, stem="onset", reading=reading, instead=("recordedDate", "lastOccurrence")
    )
    if when is None:
        return
    codings = list(codings_of(resource, "code"))
    for reaction in resource.get("reaction") or ():
        codings.extend(codings_of(reaction, "substance"))
    found = reading.reader.tables[kind].matches(codings)
    end = abated(resource, ref, when, reading)
    add(found, when, kind, ref, resource=resource, reading=reading, end=end)
