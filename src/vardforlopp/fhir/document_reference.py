"""DocumentReference: that a note or a document of a kind was written; its text is not read."""

from __future__ import annotations

from vardforlopp.fhir.bundle import Group
from vardforlopp.fhir.concepts import codings_of
from vardforlopp.fhir.occurrence import add, each, spell
from vardforlopp.fhir.reading import Reading
from vardforlopp.fhir.resource_types import Json

_FINISHED = frozenset({"final", "amended", None})


def read(group: Group, reading: Reading) -> None:
    """Facts out of all documents of a record."""
    each("DocumentReference", group, reading, _one)


def _one(resource: Json, ref: str, shown: int, reading: Reading) -> None:
    kind = "DocumentReference"
    if resource.get("docStatus") not in _FINISHED:
        reason = "entered in error" if resource["docStatus"] == "entered-in-error" else "planned"
        reading.skip(kind, ref, reason)
        return
    when = spell(resource, kind, ref, stem=None, reading=reading, instead=("date",))
    if when is not None:
        found = reading.reader.tables[kind].matches(codings_of(resource, "type", "category"))
        add(found, when, kind, ref, resource=resource, reading=reading)
