"""Encounter: visits, contacts and stays, by type, service, class, and what they were for."""

from __future__ import annotations

from typing import Any

from vardforlopp.fhir.bundle import Group
from vardforlopp.fhir.measures import Read
from vardforlopp.fhir.occurrence import Spell, add, each, new_spell, period, undated
from vardforlopp.fhir.reader import Matches
from vardforlopp.fhir.reading import ONGOING, End, Reading, end_at, end_on
from vardforlopp.fhir.resource_types import Json
from vardforlopp.fhir.statuses import PERFORMED
from vardforlopp.fhir.times import as_value

_LINKS = frozenset({"partOf", "basedOn", "appointment", "episodeOfCare"})


def read(group: Group, reading: Reading) -> None:
    """Facts out of all encounters of a record."""
    each("Encounter", group, reading, _one)


def _one(resource: Json, ref: str, shown: int, reading: Reading) -> None:
    reading.linked(resource, ref, _LINKS)
    planned = not shown & PERFORMED
    when = _booked(resource, ref, reading) if planned else _happened(resource, ref, reading)
    if when is None:
        return
    found = _meant(resource, reading)
    if found:
        lasting = [match for match in found if match.target.state]
        end = _end(resource, when, ref, reading) if lasting else None
        value = (lambda _: _booked_for(resource)) if planned else None
        add(
            found,
            when,
            "Encounter",
            ref,
            resource=resource,
            reading=reading,
            shown=shown,
            value=value,
            end=end,
        )


def _happened(resource: Json, ref: str, reading: Reading) -> Spell | None:
    element = resource.get("period")
    if not element:
        reading.find("VF-QUA-007", ref, "period")
        reading.skip("Encounter", ref, "no usable date")
        return None
    start, end = period(element, ref, "period", reading)
    if start is None:
        undated("Encounter", ref, "period", reading)
        return None
    return new_spell((start, end))


def _booked(resource: Json, ref: str, reading: Reading) -> Spell | None:
    """A planned visit counts from when it was planned; its time is its value."""
    stamp = (resource.get("meta") or {}).get("lastUpdated")
    planned = reading.when(stamp, ref, "meta.lastUpdated") if stamp else reading.put_together
    if planned is None:
        reading.skip("Encounter", ref, "planned")
        return None
    return Spell(planned)


def _booked_for(resource: Json) -> Read:
    return Read(as_value((resource.get("period") or {}).get("start")))


def _meant(resource: Json, reading: Reading) -> Matches:
    """Selectors that its codes mean, in a setting they ask for, or that ask for the setting alone."""
    table = reading.reader.tables["Encounter"]
    settings: list[Any] = []
    found: Matches = ()
    if "class" in resource:
        found = table.of_coding(resource["class"])
        settings.append(resource["class"].get("code"))
    for path in ("type", "reasonCode"):
        if path in resource:
            for concept in resource[path]:
                found += table.of_concept(concept)
    if "serviceType" in resource:
        found += table.of_concept(resource["serviceType"])
        settings.extend(coding.get("code") for coding in resource["serviceType"].get("coding") or ())
    if "diagnosis" in resource:
        for diagnosis in resource["diagnosis"]:
            condition = reading.follow(diagnosis.get("condition"), resource)
            found += table.of_concept((condition or {}).get("code") or {})
    if found:
        asked = [(match, match.target.setting) for match in found]
        found = tuple([match for match, words in asked if not words or not words.isdisjoint(settings)])
    found += reading.reader.in_setting(settings)
    return tuple(dict.fromkeys(found)) if len(found) > 1 else found


def _end(resource: Json, when: Spell, ref: str, reading: Reading) -> End:
    """The end of what lasts, as written or as the status lets one conclude."""
    if when.end is not None:
        return end_at(when.end)
    if resource["status"] != "finished":
        return ONGOING
    reading.find("VF-QUA-008", ref, "period.end")
    return end_on(when.start.last_day)
