"""Condition: diagnoses and findings; and what it shares with AllergyIntolerance."""

from __future__ import annotations

from collections.abc import Collection

from vardforlopp.fhir.bundle import Group
from vardforlopp.fhir.occurrence import Spell, add, at_age, each, spell
from vardforlopp.fhir.reading import ONGOING, End, Reading, end_at, end_on
from vardforlopp.fhir.resource_types import Json
from vardforlopp.fhir.statuses import UNVERIFIED, VERIFIED

_OVER = frozenset({"inactive", "resolved"})
_ACTIVE = ("active", "recurrence", "relapse")
_ABATED = frozenset({"abatementDateTime", "abatementPeriod", "abatementAge", "abatementRange"})


def read(group: Group, reading: Reading) -> None:
    """Facts out of all conditions of a record."""
    each("Condition", group, reading, _one)


def _one(resource: Json, ref: str, shown: int, reading: Reading) -> None:
    if not verified(resource, "Condition", ref, reading):
        return
    when = spell(resource, "Condition", ref, stem="onset", reading=reading, instead=("recordedDate",))
    if when is None:
        return
    # What an imprecise onset (a Period) covers is when it began, not how long it lasted.
    found = reading.reader.tables["Condition"].of_concept(resource.get("code") or {})
    end = abated(resource, ref, when, reading)
    if found:
        add(found, when, "Condition", ref, resource=resource, reading=reading, end=end)


def verified(resource: Json, kind: str, ref: str, reading: Reading) -> bool:
    """False, and counted as not read, for what is refuted, not confirmed or entered in error."""
    if "verificationStatus" not in resource:
        return True
    codes = [coding.get("code") for coding in resource["verificationStatus"].get("coding") or ()]
    if not VERIFIED.isdisjoint(codes):
        return True
    reason = next((UNVERIFIED[code] for code in codes if code in UNVERIFIED), None)
    if reason is None:
        reading.find("VF-QUA-017", ref, "verificationStatus")
    reading.skip(kind, ref, reason or "status unknown")
    return False


def abated(resource: Json, ref: str, when: Spell, reading: Reading) -> End:
    """When it ended, as written or as the clinical status lets one conclude."""
    concept = resource.get("clinicalStatus") or {}
    over = _says(concept, _OVER)
    if not resource.keys().isdisjoint(_ABATED):
        end = _abatement(resource, ref, when, reading)
        if end is not None:
            if _says(concept, _ACTIVE):
                reading.find("VF-QUA-034", ref, "clinicalStatus")
            return end
    return _concluded(resource, ref, when, reading) if over else ONGOING


def _says(concept: Json, codes: Collection[str]) -> bool:
    for coding in concept.get("coding") or ():  # noqa: SIM110 - `any` of a generator takes twice the time
        if coding.get("code") in codes:
            return True
    return False


def _abatement(resource: Json, ref: str, when: Spell, reading: Reading) -> End | None:
    for path in ("abatementDateTime", "abatementPeriod"):
        text = resource.get(path)
        if text is not None:
            text = text if path == "abatementDateTime" else text.get("end") or text.get("start")
            span = reading.ending(text, ref, path)
            if span is not None and span.hi < when.start.lo:
                reading.find("VF-QUA-006", ref, path)
                span = None
            return None if span is None else end_at(span)
    for path in ("abatementAge", "abatementRange"):
        ages = resource.get(path)
        if ages is not None:
            from_age = at_age(ages.get("low", ages), ages.get("high", ages), ref, path, reading)
            return None if from_age is None else end_at(from_age)
    return None


def _concluded(resource: Json, ref: str, when: Spell, reading: Reading) -> End:
    """It is over, but no end is written: at the latest when that was last recorded."""
    meta = resource.get("meta") or {}
    stamps = [
        reading.stamps[text] for text in (resource.get("recordedDate"), meta.get("lastUpdated")) if text
    ]
    days = [span for span in stamps if span is not None and span.lo > when.start.lo]
    if days:
        return end_at(max(days))
    reading.find("VF-QUA-008", ref, "abatement[x]")
    return end_on(when.start.last_day)
