"""ImagingStudy: that images were taken, of what, on which side."""

from __future__ import annotations

from vardforlopp.fhir.bundle import Group
from vardforlopp.fhir.concepts import codings_of
from vardforlopp.fhir.occurrence import Spell, add, each, undated
from vardforlopp.fhir.reading import Reading
from vardforlopp.fhir.resource_types import Json

_LINKS = frozenset({"basedOn"})


def read(group: Group, reading: Reading) -> None:
    """Facts out of all imaging studies of a record."""
    each("ImagingStudy", group, reading, _one)


def _one(resource: Json, ref: str, shown: int, reading: Reading) -> None:
    kind = "ImagingStudy"
    reading.linked(resource, ref, _LINKS)
    series = resource.get("series") or ()
    texts = [resource.get("started"), *(part.get("started") for part in series)]
    written = [text for text in texts if text is not None]
    if not written:
        reading.find("VF-QUA-007", ref, "started")
    start = reading.when(written[0], ref, "started") if written else None
    if start is None:
        undated(kind, ref, "started", reading)
        return
    codings = [*codings_of(resource, "procedureCode", "modality")]
    for part in series:
        codings.extend(codings_of(part, "modality"))
    found = reading.reader.tables[kind].matches(codings)
    if found:
        sites = [part["bodySite"] for part in series if part.get("bodySite")]
        sites += [part["laterality"] for part in series if part.get("laterality")]
        sided = {**resource, "bodySite": sites}
        add(found, Spell(start), kind, ref, resource=sided, reading=reading)
