"""Consent: what the person has agreed to. A refusal is no consent (S08)."""

from __future__ import annotations

from vardforlopp.fhir.bundle import Group
from vardforlopp.fhir.concepts import codings_of
from vardforlopp.fhir.occurrence import Spell, add, each, period, spell
from vardforlopp.fhir.reading import ONGOING, End, Reading, end_at, end_on
from vardforlopp.fhir.resource_types import Json


def read(group: Group, reading: Reading) -> None:
    """Facts out of all consents of a record."""
    each("Consent", group, reading, _one)


def _one(resource: Json, ref: str, shown: int, reading: Reading) -> None:
    provision = resource.get("provision") or {}
    when = spell(resource, "Consent", ref, stem=None, reading=reading, instead=("dateTime",))
    if when is None or provision.get("type") == "deny":
        return
    holds = provision.get("period") or {}
    _, last = period(holds, ref, "provision.period", reading) if holds else (None, None)
    end = ONGOING if last is None else end_at(last)
    if resource["status"] == "inactive" and last is None:
        end = _withdrawn(resource, when, ref, reading)
    codings = [*codings_of(resource, "scope", "category"), *codings_of(provision, "code", "purpose")]
    found = reading.reader.tables["Consent"].matches(codings)
    add(found, when, "Consent", ref, resource=resource, reading=reading, end=end)


def _withdrawn(resource: Json, when: Spell, ref: str, reading: Reading) -> End:
    text = (resource.get("meta") or {}).get("lastUpdated")
    last = reading.stamps[text] if text is not None else None
    if last is not None and last.lo > when.start.lo:
        return end_at(last)
    reading.find("VF-QUA-008", ref, "provision.period.end")
    return end_on(when.start.last_day)
