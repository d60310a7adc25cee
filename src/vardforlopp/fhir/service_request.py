"""ServiceRequest: that a referral or an order was sent. It is never the thing itself (S08)."""

from __future__ import annotations

from vardforlopp.fhir.bundle import Group
from vardforlopp.fhir.concepts import codings_of
from vardforlopp.fhir.occurrence import add, each, spell
from vardforlopp.fhir.reading import Reading
from vardforlopp.fhir.resource_types import Json
from vardforlopp.fhir.statuses import ORDERING

_LINKS = frozenset({"basedOn", "replaces"})


def read(group: Group, reading: Reading) -> None:
    """Facts out of all orders of a record."""
    each("ServiceRequest", group, reading, _one)


def _one(resource: Json, ref: str, shown: int, reading: Reading) -> None:
    kind = "ServiceRequest"
    if resource.get("doNotPerform") is True:
        reading.skip(kind, ref, "not performed")
        return
    if resource.get("intent", "order") not in ORDERING:
        reading.skip(kind, ref, "planned")
        return
    reading.linked(resource, ref, _LINKS)
    when = spell(resource, kind, ref, stem=None, reading=reading, instead=("authoredOn",))
    if when is not None:
        found = reading.reader.tables[kind].matches(codings_of(resource, "code", "orderDetail", "category"))
        add(found, when, kind, ref, resource=resource, reading=reading, shown=shown)
