"""A person's plan as a FHIR R4 Bundle: courses, the one coherent plan, acts and conflicts.

Every step occurrence of every course stands in it, unknown ones with their missing data (S03).
The same plan gives the same Bundle: ids are made of names, and no clock is asked.
"""

from __future__ import annotations

from collections.abc import Iterable

from vardforlopp.contract.asks import Followed
from vardforlopp.contract.person import PersonPlan
from vardforlopp.contract.proposal import Conflict, PlannedActivity, Proposal
from vardforlopp.contract.titles import activity_texts
from vardforlopp.definitions.catalogue import Definitions
from vardforlopp.definitions.model import Texts
from vardforlopp.engine.course import Suggestion
from vardforlopp.fhir.care_plan import enrolment_to_fhir
from vardforlopp.fhir.names import (
    CATEGORY_SYSTEM,
    COHERENT_PLAN,
    EXTENSION,
    SUGGESTION,
    canonical,
    category,
    made_id,
    own_id,
)
from vardforlopp.fhir.plan_steps import extension, missing_extensions, step_activity
from vardforlopp.fhir.resource_types import Json
from vardforlopp.fhir.task import acts_to_fhir
from vardforlopp.fhir.written_times import date_text, moment_text, stamp_text
from vardforlopp.kernel.codes import SystemTable
from vardforlopp.kernel.identifiers import IdentifierError, parse_person_number
from vardforlopp.record.record import Patient, Record

#: Where the Bundle's resources are said to be; a name that can never be an address.
BASE = "https://vardforlopp.invalid/fhir"
ACTIVITY_SYSTEM = "urn:x-vardforlopp:activity"
_LANG = "sv"


def plan_bundle(person: PersonPlan, definitions: Definitions, systems: SystemTable) -> Json:
    """The whole plan as a Bundle of type collection, in Swedish, for staff (S09)."""
    patient = patient_to_fhir(person.record.patient, systems)
    subject = f"Patient/{patient['id']}"
    courses = [_course(followed, subject) for followed in person.followed]
    resources = [
        patient,
        *courses,
        *(_suggestion(each, subject, definitions) for each in person.suggestions),
        *acts_to_fhir(person.record.acts, subject),
        _coherent(person, courses, subject, definitions),
        *(_conflict(each, subject) for each in person.proposal.conflicts),
    ]
    name = f"{person.record.patient.ref}@{person.as_of.at}/{person.known_at}"
    return {
        "resourceType": "Bundle",
        "id": made_id(f"urn:x-vardforlopp:plan:{name}"),
        "type": "collection",
        "timestamp": stamp_text(person.known_at),
        "entry": [{"fullUrl": _url(resource), "resource": resource} for resource in _once(resources)],
    }


def applied(record: Record, followed: Followed) -> Json:
    """A course as a CarePlan: a draft, where nobody has enrolled the person yet."""
    plan = _course(followed, record.patient.ref)
    if not any(stay.id == followed.course.enrolment.id for stay in record.enrolments):
        plan["status"] = "draft"
    return plan


def _url(resource: Json) -> str:
    return f"{BASE}/{resource['resourceType']}/{resource['id']}"


def _once(resources: Iterable[Json]) -> list[Json]:
    """Each resource once: what several plans share (a suggestion that is followed) is written first."""
    return list({_url(resource): resource for resource in reversed(list(resources))}.values())[::-1]


def _kind_of(number: str) -> str:
    """Which kind of number of a person it is, by how it is written."""
    try:
        return parse_person_number(number).key
    except IdentifierError:
        return "personnummer"


def patient_to_fhir(patient: Patient, systems: SystemTable) -> Json:
    """The patient as a resource: what is needed to know whom the plan is about."""
    written: Json = {"resourceType": "Patient", "id": own_id(patient.ref)}
    if patient.identifier is not None:
        system = systems.uri(_kind_of(patient.identifier))
        written["identifier"] = [{"system": system, "value": patient.identifier}]
    if patient.name is not None:
        written["name"] = [{"text": patient.name}]
    if patient.sex is not None:
        written["gender"] = patient.sex
    if patient.birth_lo is not None and patient.birth_hi is not None:
        written["birthDate"] = _partial(patient.birth_lo, patient.birth_hi)
    if patient.died is not None:
        written["deceasedDateTime"] = moment_text(patient.died)
    return written


def _partial(first: int, last: int) -> str:
    """A run of days as the FHIR date that covers just it."""
    start, end = date_text(first), date_text(last)
    same = next((size for size in (10, 7, 4) if start[:size] == end[:size]), 0)
    return start[:same] if same else start


def _course(followed: Followed, subject: str) -> Json:
    """A course as the CarePlan of its enrolment, with an activity for each step occurrence."""
    course, pathway = followed
    enrolment = course.enrolment
    plan = enrolment_to_fhir(enrolment, subject)
    if not enrolment.explicit:  # what is only suggested is never taken for an enrolment when read back
        plan.update(status="draft", intent="proposal", category=[category(SUGGESTION)])
    plan["title"] = pathway.title[_LANG]
    if course.ended is not None and enrolment.explicit:
        moment, reason = course.ended
        plan["status"] = "completed"
        plan["period"]["end"] = moment_text(moment)
        plan["extension"] = [kept for kept in plan["extension"] if kept["url"] != f"{EXTENSION}ended-reason"]
        plan["extension"].append({"url": f"{EXTENSION}ended-reason", "valueString": reason})
    activities = [step_activity(state, enrolment, pathway=pathway) for state in course.steps]
    if activities:
        plan["activity"] = activities
    return plan


def _suggestion(found: Suggestion, subject: str, definitions: Definitions) -> Json:
    """A possible enrolment, for staff: what would start it, and what is not known."""
    name = f"suggestion:{found.pathway}:{found.entry}:{found.on.at}:{found.side}:{subject}"
    pathway = definitions.pathways.get(found.pathway)
    extensions = [
        {"url": f"{EXTENSION}entry", "valueCode": found.entry},
        {"url": f"{EXTENSION}kind", "valueCode": found.kind},
        {"url": f"{EXTENSION}truth", "valueInteger": found.truth},
        {"url": f"{EXTENSION}disclosure", "valueCode": found.disclosure},
        *missing_extensions(found.missing),
    ]
    if found.side is not None:
        extensions.append({"url": f"{EXTENSION}side", "valueCode": found.side})
    return {
        "resourceType": "CarePlan",
        "id": made_id(name),
        "extension": extensions,
        "instantiatesCanonical": [canonical(found.pathway, found.version)],
        "status": "draft",
        "intent": "proposal",
        "category": [category(SUGGESTION)],
        "title": pathway.title[_LANG] if pathway is not None else found.pathway,
        "subject": {"reference": subject},
        "period": {"start": moment_text(found.on)},
    }


def _coherent(person: PersonPlan, courses: list[Json], subject: str, definitions: Definitions) -> Json:
    """The one plan in which the courses are merged, as a proposal: people decide."""
    name = f"coherent-plan:{subject}@{person.as_of.at}"
    plan: Json = {
        "resourceType": "CarePlan",
        "id": made_id(name),
        "extension": [_checked(person.proposal)],
        "status": "draft",
        "intent": "proposal",
        "category": [category(COHERENT_PLAN)],
        "title": "Sammanhållen planering (förslag)",
        "subject": {"reference": subject},
        "period": {"start": date_text(person.as_of.day)},
    }
    if courses:
        plan["basedOn"] = [{"reference": f"CarePlan/{course['id']}"} for course in courses]
    pathways = {course.enrolment.id: pathway for course, pathway in person.followed}
    planned = [
        _planned(
            each,
            activity_texts(
                each, pathways.get(each.origins[0].enrolment), activities=definitions.catalogue.activities
            ),
        )
        for each in person.proposal.activities
    ]
    if planned:
        plan["activity"] = planned
    return plan


def _checked(proposal: Proposal) -> Json:
    """What the absence of conflicts rests on (S12)."""
    checked = proposal.checked
    parts = [extension("rules", "valueInteger", checked.rules)]
    parts.append(extension("medication-list", "valueCode", checked.medication_list_status))
    if checked.medication_list_source:
        parts.append(extension("medication-list-source", "valueString", checked.medication_list_source))
    if checked.medication_list_at is not None:
        parts.append(extension("medication-list-at", "valueDate", date_text(checked.medication_list_at)))
    return {"url": f"{EXTENSION}checked", "extension": parts}


def _planned(activity: PlannedActivity, title: Texts) -> Json:
    extensions = [{"url": f"{EXTENSION}origin", "valueString": origin.id} for origin in activity.origins]
    extensions.append({"url": f"{EXTENSION}disclosure", "valueCode": activity.disclosure})
    for key in ("side", "purpose", "competence", "preparation"):
        value = getattr(activity, key)
        if value is not None:
            extensions.append({"url": f"{EXTENSION}{key}", "valueString": value})
    detail: Json = {
        "extension": extensions,
        "code": {"coding": [{"system": ACTIVITY_SYSTEM, "code": activity.activity}]},
        "status": "not-started",
        "description": _text(title, activity.activity),
    }
    window = activity.window
    days = {"start": window.start, "end": window.end}
    scheduled = {key: date_text(day) for key, day in days.items() if day is not None}
    if scheduled:
        detail["scheduledPeriod"] = scheduled
    return {"detail": detail}


def _text(texts: Texts, instead: str) -> str:
    return texts.get(_LANG) or instead


def _conflict(conflict: Conflict, subject: str) -> Json:
    """Something that people must settle, with proposed ways out and who decides."""
    issue: Json = {
        "resourceType": "DetectedIssue",
        "id": made_id(f"conflict:{subject}:{conflict.id}"),
        "extension": [
            {"url": f"{EXTENSION}conflict", "valueString": conflict.id},
            {"url": f"{EXTENSION}conflict-status", "valueCode": conflict.status},
            {"url": f"{EXTENSION}decider", "valueCode": conflict.decider},
            {"url": f"{EXTENSION}source", "valueString": conflict.source},
            {"url": f"{EXTENSION}level", "valueCode": conflict.level},
            {"url": f"{EXTENSION}disclosure", "valueCode": conflict.disclosure},
            {"url": f"{EXTENSION}adopted", "valueBoolean": conflict.adopted},
            {"url": f"{EXTENSION}proposal", "valueBoolean": conflict.proposal},
            *({"url": f"{EXTENSION}between", "valueString": part} for part in conflict.between),
            *({"url": f"{EXTENSION}missing", "valueString": part} for part in conflict.missing),
        ],
        "status": "final" if conflict.status == "settled" else "preliminary",
        "code": {"coding": [{"system": CATEGORY_SYSTEM, "code": conflict.kind}]},
        "severity": conflict.severity,
        "patient": {"reference": subject},
    }
    if conflict.refs:
        issue["implicated"] = [{"reference": ref} for ref in conflict.refs]
    if conflict.ways_out:
        issue["mitigation"] = [{"action": {"text": _text(way, conflict.kind)}} for way in conflict.ways_out]
    return issue
