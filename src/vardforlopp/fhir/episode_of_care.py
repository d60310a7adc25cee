"""EpisodeOfCare: a time during which a unit is responsible."""

from __future__ import annotations

from vardforlopp.fhir.bundle import Group
from vardforlopp.fhir.concepts import codings_of
from vardforlopp.fhir.occurrence import Spell, add, each, period, undated
from vardforlopp.fhir.reading import Reading, end_on
from vardforlopp.fhir.resource_types import Json


def read(group: Group, reading: Reading) -> None:
    """Facts out of all episodes of a record."""
    each("EpisodeOfCare", group, reading, _one)


def _one(resource: Json, ref: str, shown: int, reading: Reading) -> None:
    codings = list(codings_of(resource, "type"))
    for diagnosis in resource.get("diagnosis") or ():
        codings.extend(codings_of(reading.follow(diagnosis.get("condition"), resource) or {}, "code"))
    start, end = period(resource.get("period") or {}, ref, "period", reading)
    if start is None:
        if not resource.get("period"):
            reading.find("VF-QUA-007", ref, "period")
        undated("EpisodeOfCare", ref, "period", reading)
        return
    over = None
    if end is None and resource["status"] == "finished":
        reading.find("VF-QUA-008", ref, "period.end")
        over = end_on(start.last_day)
    found = reading.reader.tables["EpisodeOfCare"].matches(codings)
    add(found, Spell(start, end), "EpisodeOfCare", ref, resource=resource, reading=reading, end=over)
