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
from vardforlopp.fhir.bundle import Collected, Group, Version, collect, in_circles
from vardforlopp.fhir.json_input import parse
from vardforlopp.fhir.patient import Person, the_patient
from vardforlopp.fhir.quality import finding
from vardforlopp.fhir.reader import Reader
from vardforlopp.fhir.reading import Reading
from vardforlopp.fhir.resource_types import KNOWN, SUPPORTING
from vardforlopp.fhir.times import Bounds, Times
from vardforlopp.kernel.civil import civil
from vardforlopp.record.facts import Fact
from vardforlopp.record.record import Finding, NotRead, Patient, Quality, Record, Source, index
from vardforlopp.record.sources import as_shown, assumed
from vardforlopp.record.states import assemble, stop

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
    person = the_patient(collected, reader, name=name)
    reading = _begin(reader, collected, person, now)
    _read_all(reading, collected)
    facts = _assembled(reading)
    not_read = tuple(
        NotRead(kind, reason, tuple(sorted(refs))) for (kind, reason), refs in sorted(reading.skipped.items())
    )
    read = collected.total - sum(group.count for group in not_read)
    return Record(
        patient=_patient(person, facts, reading),
        facts=index(facts),
        acts=tuple(sorted(reading.acts, key=lambda act: (act.day, act.at, act.known_from, act.ref))),
        enrolments=tuple(sorted(reading.enrolments, key=lambda e: (e.started, e.id))),
        sources=as_shown(assumed(reading.kinds) if sources is None else sources, reading.own_kinds),
        mentions=tuple(
            sorted(reading.mentions, key=lambda m: (m.kind, m.day or 0, m.at or 0, m.text, m.ref))
        ),
        quality=Quality(
            resources=collected.total,
            read=read,
            not_read=not_read,
            known_from_assumed=len(set(reading.assumed)),
            findings=_ordered(reading.findings),
        ),
    )


def _begin(reader: Reader, collected: Collected, person: Person, now: int | None) -> Reading:
    born, died = person.patient.birth_lo, person.died
    bounds = Bounds(born=born, died=None if died is None else died.last_day, now=now)
    reading = Reading(reader, collected, times=Times(bounds), me=person.me)
    reading.findings.extend(person.findings)
    if born is not None and person.patient.birth_hi is not None:
        reading.born = born, person.patient.birth_hi
    return reading


def _read_all(reading: Reading, collected: Collected) -> None:
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
            mark = len(reading.facts), len(reading.acts)
            _READERS[version.type][0]({version.id: version.resource}, reading)
            _bound(reading, mark, version)
    _account(reading, collected)


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
        for number, fact in enumerate(reading.facts):
            if fact.ref in since:
                reading.facts[number] = fact._replace(known_from=since[fact.ref])
        for number, act in enumerate(reading.acts):
            if act.ref in since:
                reading.acts[number] = act._replace(known_from=since[act.ref])


def _bound(reading: Reading, mark: tuple[int, int], version: Version) -> None:
    """What an older version said was known from it until the next."""
    facts, acts = reading.facts, reading.acts
    for number in range(mark[0], len(facts)):
        fact = facts[number]
        facts[number] = fact._replace(
            known_from=fact.known_from if version.known_from is None else version.known_from,
            known_to=version.known_to,
        )
    for number in range(mark[1], len(acts)):
        act = acts[number]
        acts[number] = act._replace(
            known_from=act.known_from if version.known_from is None else version.known_from,
            known_to=version.known_to,
        )


def _assembled(reading: Reading) -> list[Fact]:
    """All facts: pieces ended by recorded stops, united to states, with their ends."""
    reader = reading.reader
    plain = reader.as_they_are
    made: list[Fact] = []
    pieces: dict[str, list[Fact]] = {}
    for fact in reading.facts:
        if fact[0] in plain:
            made.append(fact)
        else:
            pieces.setdefault(fact[0], []).append(fact)
    stops: dict[str, list[Fact]] = {}
    for fact in reading.stops:
        stops.setdefault(fact.selector, []).append(fact)
    for name, own in stops.items():
        if name in pieces:
            pieces[name] = stop(pieces[name], own)
    names = {fact[0] for fact in made} | pieces.keys() | stops.keys()
    reading.kinds |= {reader.targets[name].kind for name in names}
    reading.own_kinds |= {reader.targets[name].kind for name in names if reader.targets[name].uncoded}
    made.extend(assemble(pieces, reader.recipes_for(pieces)))
    return made


def _patient(person: Person, facts: list[Fact], reading: Reading) -> Patient:
    """The patient; who is dead without a written date died no later than the record's last day."""
    patient = person.patient
    if not person.dead or patient.died is not None:
        return patient
    reading.find("VF-QUA-044", patient.ref, "deceased[x]")
    last = max((fact.day for fact in facts), default=patient.birth_hi or 1)
    return replace(patient, died=civil(last))


def _ordered(findings: list[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(set(findings), key=lambda found: (found.ref, found.path, found.code)))


def _with_finding(record: Record, found: Finding) -> Record:
    quality = replace(record.quality, findings=_ordered([*record.quality.findings, found]))
    return replace(record, quality=quality)
