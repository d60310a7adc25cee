"""DiagnosticReport: that an investigation was made, its conclusion, and results inside it."""

from __future__ import annotations

from vardforlopp.fhir import observation
from vardforlopp.fhir.bundle import Group
from vardforlopp.fhir.concepts import codings_of
from vardforlopp.fhir.occurrence import Spell, add, each, spell
from vardforlopp.fhir.reading import Reading
from vardforlopp.fhir.resource_types import Json
from vardforlopp.fhir.statuses import SHOWS
from vardforlopp.fhir.values import word_of

_LINKS = frozenset({"basedOn"})
_RESULTS = frozenset({"result"})


def read(group: Group, reading: Reading) -> None:
    """Facts out of all reports of a record."""
    reading.kinds |= {"laboratory" if _from_laboratory(report) else "imaging" for report in group.values()}
    each("DiagnosticReport", group, reading, _one)


def _one(resource: Json, ref: str, shown: int, reading: Reading) -> None:
    kind = "DiagnosticReport"
    reading.linked(resource, ref, _LINKS)
    when = spell(resource, kind, ref, stem="effective", reading=reading, instead=("issued",))
    if when is None:
        return
    if "contained" in resource:
        _results_inside(resource, when, ref, reading)
    found = reading.reader.tables[kind].of_concept(resource.get("code") or {})
    if not found:
        return
    reading.linked(resource, ref, _RESULTS)
    conclusions = list(codings_of(resource, "conclusionCode"))
    value = (lambda target: word_of(conclusions, None, reading.reader, target)) if conclusions else None
    add(found, when, kind, ref, resource=resource, reading=reading, value=value)


def _results_inside(resource: Json, when: Spell, ref: str, reading: Reading) -> None:
    """Facts of results that stand inside the report."""
    for reference in resource.get("result") or ():
        text = reference.get("reference") or ""
        inside = reading.resolve(text, resource) if text.startswith("#") else None
        if inside is not None and inside.get("status") in SHOWS["Observation"]:
            observation.contained(inside, f"{ref}{text}", when, reading)


def _from_laboratory(resource: Json) -> bool:
    """True unless the category says that the report is of images."""
    try:
        codes = {coding.get("code") for coding in codings_of(resource, "category")}
    except (TypeError, AttributeError):
        return False
    return not codes & {"RAD", "imaging", "CT", "NMR", "RUS", "VUS", "NMS"}
