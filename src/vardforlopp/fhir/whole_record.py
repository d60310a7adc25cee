"""A whole record out of parsed FHIR: every resource read or accounted for, in one pass."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from vardforlopp.fhir import (
    allergy_intolerance,
    appointment,
    care_plan,
    care_team,
    communication,
    condition,
    consent,
    diagnostic_report,
    document_reference,
    encounter,
    episode_of_care,
    family_member_history,
    goal,
    imaging_study,
    immunization,
    medication,
    observation,
    procedure,
    questionnaire_response,
    service_request,
    task,
)
from vardforlopp.fhir.assembly import died_undated, put_together
from vardforlopp.fhir.bundle import Collected, Group, Version, collect, in_circles
from vardforlopp.fhir.json_input import parse
from vardforlopp.fhir.patient import Person, the_patient
from vardforlopp.fhir.quality import finding
from vardforlopp.fhir.reader import Reader
from vardforlopp.fhir.reading import Reading
from vardforlopp.fhir.resource_types import KNOWN, SUPPORTING
from vardforlopp.fhir.times import Bounds, Times
from vardforlopp.record.pieces import Pieces, resource_of
from vardforlopp.record.record import Finding, NotRead, Quality, Record, Source

#: Type of resource -> its reader, and the kind of source that its mere presence shows.
_READERS: dict[str, tuple[Callable[[Group, Reading], None], str | None]] = {
    "AllergyIntolerance": (allergy_intolerance.read, "allergies"),
    "Appointment": (appointment.read, "bookings"),
    "CarePlan": (care_plan.read, "plans"),
    "CareTeam": (care_team.read, "plans"),
    "Communication": (communication.read, "documents"),
    "Condition": (condition.read, "diagnoses"),
    "Consent": (consent.read, "consents"),
    "DiagnosticReport": (diagnostic_report.read, None),
    "DocumentReference": (document_reference.read, "documents"),
    "Encounter": (encounter.read, "contacts"),
    "EpisodeOfCare": (episode_of_care.read, "contacts"),
    "FamilyMemberHistory": (family_member_history.read, "family-history"),
    "Goal": (goal.read, "plans"),
    "ImagingStudy": (imaging_study.read, "imaging"),
    "Immunization": (immunization.read, "immunizations"),
    **{kind: (medication.reader_of(kind), "medications") for kind in medication.KINDS},
    "Procedure": (procedure.read, "procedures"),
    "QuestionnaireResponse": (questionnaire_response.read, "questionnaires"),
    "ServiceRequest": (service_request.read, "referrals"),
    "Task": (task.read, "decisions"),
    # Last: which kinds of observations occur need only be asked for kinds not yet seen.
    "Observation": (observation.read, None),
}


_LOOKED_AT = _READERS.keys() | SUPPORTING | {"Patient"}


def read_record(
    data: bytes,
    *,
    name: str,
    reader: Reader,
    sources: tuple[Source, ...] | None = None,
    now: int | None = None,
) -> Record:
    """A record out of the bytes of one file (JSON or NDJSON, UTF-8, unpacked).

    `name` says in errors which file it was. `sources` None = assumed from what occurs. `now` is
    the instant of reading: what lies after it is reported and gives no fact. Raises `InputError`.
    """
    parsed = parse(data, name=name)
    record = record_of(parsed.documents, name=name, reader=reader, sources=sources, now=now)
    return _with_finding(record, finding("VF-QUA-040", "-", "-")) if parsed.marked else record


def record_of(
    documents: list[Any],
    *,
    name: str,
    reader: Reader,
    sources: tuple[Source, ...] | None = None,
    now: int | None = None,
) -> Record:
    """A record out of parsed FHIR: Bundles, or resources of one person."""
    collected = collect(documents, name=name)
    person, reading = read_all(collected, reader, name=name, now=now)
    record = put_together(person, pieces_of(reading), reader, sources=sources)
    if died_undated(person):
        reading.find("VF-QUA-044", person.patient.ref, "deceased[x]")
    return replace(record, quality=_quality(reading, collected.total))


def read_all(
    collected: Collected,
    reader: Reader,
    *,
    name: str,
    now: int | None = None,
    person: Person | None = None,
) -> tuple[Person, Reading]:
    """The person of some resources, unless known already, and all that these say. Raises `InputError`."""
    person = person or the_patient(collected, reader, name=name)
    reading = _begin(reader, collected, person, now)
    _read_groups(reading, collected)
    return person, reading


def pieces_of(reading: Reading) -> Pieces:
    """What was read of a person, as it can be kept."""
    return Pieces(
        reading.facts, reading.stops, reading.acts, reading.enrolments, reading.mentions, reading.kinds,
        reading.ahead,
    )  # fmt: skip


def _quality(reading: Reading, resources: int) -> Quality:
    not_read = tuple(
        NotRead(kind, reason, tuple(sorted(refs))) for (kind, reason), refs in sorted(reading.skipped.items())
    )
    return Quality(
        resources=resources,
        read=resources - sum(group.count for group in not_read),
        not_read=not_read,
        known_from_assumed=len(set(reading.assumed)),
        findings=_ordered(reading.findings),
    )


def _begin(reader: Reader, collected: Collected, person: Person, now: int | None) -> Reading:
    born, died = person.patient.birth_lo, person.died
    bounds = Bounds(born=born, died=None if died is None else died.last_day, now=now)
    reading = Reading(reader, collected, times=Times(bounds), me=person.me)
    reading.findings.extend(person.findings)
    if born is not None and person.patient.birth_hi is not None:
        reading.born = born, person.patient.birth_hi
    return reading


def _read_groups(reading: Reading, collected: Collected) -> None:
    groups = collected.groups
    for kind, (read, source) in _READERS.items():
        group = groups.get(kind)
        if group:
            if source is not None:
                reading.kinds.add(source)
            read(group, reading)
    _date_versions(reading, collected)
    for version in collected.more:
        if version.type in _READERS:
            _older(version, reading)
    _account(reading, collected)


def _older(version: Version, reading: Reading) -> None:
    """What an older version said was known then; what the sheet says, and of stays, only the newest says."""
    read, source = _READERS[version.type]
    if source is not None:
        reading.kinds.add(source)
    dated, undated = _dated(reading), _undated(reading)
    before = [len(made) for made in (*dated, *undated)]
    read({version.id: version.resource}, reading)
    for made, start in zip(dated, before, strict=False):
        _bound(made, start, version)
    if version.known_to is not None:
        for kept, start in zip(undated, before[len(dated) :], strict=True):
            del kept[start:]


def _dated(reading: Reading) -> tuple[list[Any], ...]:
    """What was made that says when it was known."""
    return reading.facts, reading.stops, reading.acts


def _undated(reading: Reading) -> tuple[list[Any], ...]:
    return reading.enrolments, reading.mentions


def _account(reading: Reading, collected: Collected) -> None:
    """Count what no reader has seen, each with its reason."""
    groups = collected.groups
    for kind in groups.keys() - _LOOKED_AT:
        _unused(kind, [f"{kind}/{own}" for own in groups[kind]], reading)
    for version in collected.more:
        if version.type not in _LOOKED_AT:
            _unused(version.type, [f"{version.type}/{version.id}"], reading)
    for kind, ref in collected.doubles:
        reading.skip(kind, ref, "the same resource again")
    for ref in collected.misshapen:
        reading.find("VF-QUA-021", ref, "resourceType")
        reading.skip("?", ref, "not FHIR R4")
    for ref in in_circles(reading.edges):
        reading.find("VF-QUA-013", ref, "reference")


def _unused(kind: str, refs: list[str], reading: Reading) -> None:
    reason = "type not used" if kind in KNOWN else "unknown type"
    reading.skipped.setdefault((kind, reason), []).extend(refs)
    if kind not in KNOWN:
        for ref in refs:
            reading.find("VF-QUA-018", ref, "resourceType")


def _date_versions(reading: Reading, collected: Collected) -> None:
    """What the newest of several versions says was known only since it was written."""
    since = {f"{kind}/{own}": at for (kind, own), at in collected.known_since.items()}
    if since:
        for made in _dated(reading):
            for number, one in enumerate(made):
                known = since.get(resource_of(one.ref))
                if known is not None:
                    made[number] = one._replace(known_from=known)


def _bound(made: list[Any], start: int, version: Version) -> None:
    """What an older version said, from `start` on, was known from it until the next."""
    for number in range(start, len(made)):
        one = made[number]
        known = one.known_from if version.known_from is None else version.known_from
        made[number] = one._replace(known_from=known, known_to=version.known_to)


def _ordered(findings: list[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(set(findings), key=lambda found: (found.ref, found.path, found.code)))


def _with_finding(record: Record, found: Finding) -> Record:
    quality = replace(record.quality, findings=_ordered([*record.quality.findings, found]))
    return replace(record, quality=quality)
