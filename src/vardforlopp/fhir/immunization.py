"""Immunization: vaccines given; a dose that was not given is never one."""

from __future__ import annotations

from vardforlopp.fhir.bundle import Group
from vardforlopp.fhir.occurrence import add, each, spell
from vardforlopp.fhir.reading import Reading
from vardforlopp.fhir.resource_types import Json


def read(group: Group, reading: Reading) -> None:
    """Facts out of all immunizations of a record."""
    each("Immunization", group, reading, _one)


def _one(resource: Json, ref: str, shown: int, reading: Reading) -> None:
    when = spell(resource, "Immunization", ref, stem="occurrence", reading=reading, instead=("recorded",))
    if when is not None:
        found = reading.reader.tables["Immunization"].of_concept(resource.get("vaccineCode") or {})
        add(found, when, "Immunization", ref, resource=resource, reading=reading)
