"""Procedure: what was done."""

from __future__ import annotations

from vardforlopp.fhir.bundle import Group
from vardforlopp.fhir.occurrence import add, each, spell
from vardforlopp.fhir.reading import Reading
from vardforlopp.fhir.resource_types import Json

_LINKS = frozenset({"basedOn", "partOf"})


def read(group: Group, reading: Reading) -> None:
    """Facts out of all procedures of a record."""
    each("Procedure", group, reading, _one)


def _one(resource: Json, ref: str, shown: int, reading: Reading) -> None:
    reading.linked(resource, ref, _LINKS)
    when = spell(resource, "Procedure", ref, stem="performed", reading=reading)
    if when is None:
        return
    found = reading.reader.tables["Procedure"].of_concept(resource.get("code") or {})
    if resource["status"] == "in-progress":  # what is under way holds as a state, and is not done yet
        found = tuple(match for match in found if match.target.state)
    if found:
        add(found, when, "Procedure", ref, resource=resource, reading=reading, shown=shown)
