"""Communication: that something was told, and what to do if it gets worse."""

from __future__ import annotations

from vardforlopp.fhir.bundle import Group
from vardforlopp.fhir.concepts import codings_of
from vardforlopp.fhir.names import CATEGORY_SYSTEM, IF_WORSE
from vardforlopp.fhir.occurrence import add, each, spell
from vardforlopp.fhir.reading import Reading
from vardforlopp.fhir.resource_types import Json
from vardforlopp.record.facts import Day


def read(group: Group, reading: Reading) -> None:
    """Facts and mentions out of all communications of a record."""
    each("Communication", group, reading, _one)


def _one(resource: Json, ref: str, shown: int, reading: Reading) -> None:
    kind = "Communication"
    when = spell(resource, kind, ref, stem=None, reading=reading, instead=("sent", "received"))
    if when is None:
        return
    codings = list(codings_of(resource, "category", "reasonCode", "topic"))
    if any(c.get("system") == CATEGORY_SYSTEM and c.get("code") == IF_WORSE for c in codings):
        for payload in resource.get("payload") or ():
            told = Day(when.start.day)
            reading.mention("if-worse", payload.get("contentString"), ref, time=told)
    found = reading.reader.tables[kind].matches(codings)
    add(found, when, kind, ref, resource=resource, reading=reading)
