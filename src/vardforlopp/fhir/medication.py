"""Medication: requests, statements, administrations and dispensings, as pieces of one state.

A drug that lasts is made of such pieces. How long one lasts depends on the selector: with
`ends: supply` as long as what was prescribed or handed over, with `ends: recorded` until
somebody wrote that it stopped, with `ends: period` until the written end.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from vardforlopp.fhir.bundle import Group
from vardforlopp.fhir.dosage import dose_of, supplied_days, written_end
from vardforlopp.fhir.occurrence import Spell, each, spell
from vardforlopp.fhir.reader import CodeTable, Matches, Target
from vardforlopp.fhir.reading import ONGOING, End, Reading, end_at, end_on
from vardforlopp.fhir.resource_types import Json
from vardforlopp.fhir.statuses import ORDERED, ORDERING, PERFORMED
from vardforlopp.kernel.civil import MAX_DAY

_RUNNING = frozenset({"active", "in-progress"})
_STOPPED = frozenset({"stopped", "on-hold"})
_LINKS = frozenset({"basedOn", "partOf", "priorPrescription", "authorizingPrescription"})
_TIME: dict[str, tuple[str | None, tuple[str, ...]]] = {
    "MedicationRequest": (None, ("authoredOn",)),
    "MedicationStatement": ("effective", ("dateAsserted",)),
    "MedicationAdministration": ("effective", ()),
    "MedicationDispense": (None, ("whenHandedOver", "whenPrepared")),
}
KINDS = tuple(_TIME)


def reader_of(kind: str) -> Callable[[Group, Reading], None]:
    """The reader of one of the four kinds of medication resources."""
    return partial(_read, kind)


def _read(kind: str, group: Group, reading: Reading) -> None:
    each(kind, group, reading, partial(_one, kind))


def _one(kind: str, resource: Json, ref: str, shown: int, reading: Reading) -> None:
    if not _meant_so(resource, kind, ref, reading):
        return
    reading.linked(resource, ref, _LINKS)
    stem, instead = _TIME[kind]
    when = spell(resource, kind, ref, stem=stem, reading=reading, instead=instead)
    if when is None:
        return
    found = drug(resource, ref, reading.reader.tables[kind], reading)
    if not found:
        return
    known = reading.known(resource, ref, when.start, ("recorded", "authoredOn", "dateAsserted"))
    if known is None:
        reading.skip(kind, ref, "dated in the future")
        return
    reading.visit(resource, ref)
    span, since = known
    for target, answers, stops, _ in found:
        if answers is not None or not shown & (ORDERED if target.ordered else PERFORMED):
            continue
        if stops:
            reading.stop(target, span, since, ref, resource=resource)
            continue
        end = _end(kind, resource, when, target, ref=ref, reading=reading) if target.state else None
        read = dose_of(resource, target)
        reading.event(target, span, since, ref, resource=resource, read=read, end=end)


def _meant_so(resource: Json, kind: str, ref: str, reading: Reading) -> bool:
    """False, and counted as not read, for proposals, plans and what is not to be given."""
    if resource.get("doNotPerform") is True:
        reading.skip(kind, ref, "not performed")
        return False
    if kind == "MedicationRequest" and resource.get("intent", "order") not in ORDERING:
        reading.skip(kind, ref, "planned")
        return False
    return True


def drug(resource: Json, ref: str, table: CodeTable, reading: Reading) -> Matches:
    """Which selectors the drug means, coded here or in the Medication that is pointed at."""
    concept = resource.get("medicationCodeableConcept")
    if concept is None:
        reference = resource.get("medicationReference") or {}
        reading.check(reference, ref, "medicationReference", resource)
        medication = reading.follow(reference, resource) or {}
        concept = medication.get("code") or {}
    return table.matches(concept.get("coding") or ())


def _end(kind: str, resource: Json, when: Spell, target: Target, *, ref: str, reading: Reading) -> End:
    written = when.end or written_end(resource, ref, reading)
    if written is not None and written.hi < when.start.lo:
        reading.find("VF-QUA-006", ref, "period")
        written = None
    status = resource["status"]
    if target.ends == "recorded":
        if status in _STOPPED or (kind == "MedicationStatement" and status == "completed"):
            return end_at(written) if written is not None else _early(when, target, ref, reading)
        return ONGOING
    if target.ends == "supply":
        days = supplied_days(resource, kind)
        if days is not None:
            return end_on(min(when.start.day + days, MAX_DAY - 1))
    if written is not None:
        return end_at(written)
    if kind == "MedicationAdministration":
        return End(when.start.lo, when.start.day)
    if status in _RUNNING and kind != "MedicationDispense":
        return ONGOING
    return _early(when, target, ref, reading)


def _early(when: Spell, target: Target, ref: str, reading: Reading) -> End:
    """Over, but not written when: no longer than the gap that is allowed between two pieces."""
    reading.find("VF-QUA-008", ref, "status")
    return end_on(min(when.start.day + max(target.gap_days, 1), MAX_DAY - 1))
