"""Patient: whom the record is about. The sex is what is registered; nothing is inferred."""

from __future__ import annotations

from typing import NamedTuple

from vardforlopp.fhir.bundle import Collected
from vardforlopp.fhir.people import name_of
from vardforlopp.fhir.quality import finding
from vardforlopp.fhir.reader import Reader
from vardforlopp.fhir.reading import SHAPE, identifier_key
from vardforlopp.fhir.resource_types import Json
from vardforlopp.fhir.times import implausible, written
from vardforlopp.kernel.civil import Interval, Moment, civil, exact
from vardforlopp.kernel.errors import InputError
from vardforlopp.kernel.identifiers import IdentifierError, Personnummer, Reservnummer, Samordningsnummer
from vardforlopp.record.record import Finding, Patient, Sex

_SEXES: dict[str, Sex] = {"female": "female", "male": "male", "other": "other", "unknown": "unknown"}
_NUMBERS = (Personnummer, Samordningsnummer, Reservnummer)


class Person(NamedTuple):
    """The patient, all names that mean this person, and the span of this person's life."""

    patient: Patient
    me: set[str]
    died: Interval | None
    dead: bool
    findings: list[Finding]


def the_patient(collected: Collected, reader: Reader, *, name: str) -> Person:
    """The one person of a record; `InputError` when there is none, or more than one."""
    patients = collected.groups.get("Patient") or {}
    if not patients:
        raise InputError("VF-REC-009", name, "there is no Patient", "Send the Patient in the same file.")
    if any(version.type == "Patient" and version.known_to is None for version in collected.more):
        raise _several(name)
    try:
        main = _main(patients, collected, name)
        me = {f"Patient/{own}" for own in patients}
        for resource in patients.values():
            me |= {identifier_key(reader, i) for i in _dicts(resource.get("identifier")) if i.get("value")}
        person = _person(patients[main], f"Patient/{main}", me, reader)
    except SHAPE:
        what = "the Patient is not shaped as FHIR R4 says"
        raise InputError("VF-REC-018", name, what, "Export the person again as FHIR R4.") from None
    linked = [
        finding("VF-QUA-041", f"Patient/{other}", "link") for other in sorted(patients) if other != main
    ]
    return person._replace(findings=[*person.findings, *linked])


def _person(resource: Json, ref: str, me: set[str], reader: Reader) -> Person:
    findings: list[Finding] = []
    born = _span(resource.get("birthDate"), ref, "birthDate", findings)
    if resource.get("birthDate") is None:
        findings.append(finding("VF-QUA-045", ref, "birthDate"))
    died = _span(resource.get("deceasedDateTime"), ref, "deceasedDateTime", findings)
    if died is not None and born is not None and died.last_day < born.day:
        findings.append(finding("VF-QUA-006", ref, "deceasedDateTime"))
        died = None
    gender = resource.get("gender")
    if gender is not None and gender not in _SEXES:
        findings.append(finding("VF-QUA-042", ref, "gender"))
    patient = Patient(
        ref=ref,
        birth_lo=None if born is None else born.day,
        birth_hi=None if born is None else born.last_day,
        sex=_SEXES.get(gender) if gender is not None else None,
        died=None if died is None else _moment(died),
        name=name_of(resource),
        identifier=_identifier(resource, ref, reader, findings),
    )
    dead = resource.get("deceasedDateTime") is not None or resource.get("deceasedBoolean") is True
    return Person(patient, me, died, dead, findings)


def _several(name: str) -> InputError:
    what = "there are several Patients who are not linked as one person"
    return InputError("VF-REC-010", name, what, "Send one person a file.")


def _main(patients: dict[str, Json], collected: Collected, name: str) -> str:
    """The id of the one Patient, or of the newest among those linked as the same person."""
    if len(patients) == 1:
        return next(iter(patients))
    links: dict[str, set[str]] = {own: set() for own in patients}
    replaced: set[str] = set()
    for own, resource in patients.items():
        for link in _dicts(resource.get("link")):
            other = _linked(link, collected)
            if other in patients and other != own:
                links[own].add(other)
                links[other].add(own)
                replaced.add(own if link.get("type") in ("replaced-by", "refer") else "")
                replaced.add(other if link.get("type") == "replaces" else "")
    reached: set[str] = set()
    left = [min(patients)]
    while left:
        own = left.pop()
        if own not in reached:
            reached.add(own)
            left.extend(links[own])
    if reached != set(patients):
        raise _several(name)
    return min(set(patients) - replaced or set(patients))


def _linked(link: Json, collected: Collected) -> str:
    text = str((link.get("other") or {}).get("reference", ""))
    found = collected.urls.get(text)
    return collected.ref_of(found).partition("/")[2] if found is not None else text.rpartition("/")[2]


def _span(text: object, ref: str, path: str, findings: list[Finding]) -> Interval | None:
    if text is None:
        return None
    span = written(text)
    if span is None or implausible(span):
        findings.append(finding("VF-QUA-001" if span is None else "VF-QUA-002", ref, path))
        return None
    return span


def _moment(died: Interval) -> Moment:
    """From when nothing more is due: the first moment that the written time may mean."""
    return exact(died.lo) if died.lo == died.hi else civil(died.day)


def _identifier(resource: Json, ref: str, reader: Reader, findings: list[Finding]) -> str | None:
    """The Swedish number in its canonical form, the strongest kind first; a malformed one is reported."""
    given = {
        reader.systems.canonical(str(identifier.get("system", ""))): str(identifier.get("value", ""))
        for identifier in _dicts(resource.get("identifier"))
    }
    found: str | None = None
    for kind in _NUMBERS:
        if kind.key in given:
            try:
                found = found or str(kind.parse(given[kind.key]))
            except IdentifierError:
                findings.append(finding("VF-QUA-043", ref, "identifier"))
    return found


def _dicts(element: object) -> list[Json]:
    return [part for part in element if isinstance(part, dict)] if isinstance(element, list) else []
