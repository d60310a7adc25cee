"""A clinician's case as raw FHIR R4: what another system would have sent of the same things.

Each line becomes the resource of its selector, with a code that means this selector alone; where there is
none, with the selector's own name. Nothing of what the program concludes is in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from vardforlopp.definitions.case_record import case_record
from vardforlopp.definitions.cases import Case, FactLine
from vardforlopp.definitions.catalogue import Catalogue, Selector
from vardforlopp.fhir.care_plan import enrolment_to_fhir
from vardforlopp.fhir.reader import FACT_SYSTEM, Reader
from vardforlopp.fhir.task import acts_to_fhir
from vardforlopp.fhir.written_times import date_text, stamp_text
from vardforlopp.kernel.civil import Interval, start_of_day
from vardforlopp.kernel.quantities import parse_number
from vardforlopp.record.facts import Day, Word
from vardforlopp.record.record import Patient

Json = dict[str, Any]
PATIENT = {"reference": "Patient/case"}
_SNOMED = "http://snomed.info/sct"
_SIDES = {"left": "7771000", "right": "24028007", "both": "51440002"}
_HL7 = "http://terminology.hl7.org/CodeSystem"
_LATERALITY = "urn:x-example:laterality"
#: Types that hold a value; the others only say that something happened.
_WITH_VALUE = ("Observation", "Appointment")
#: Types on which a body site can be written; on the others the side is an extension.
_SITED = ("Observation", "Condition", "Procedure", "ServiceRequest")
#: What each type calls that which was planned, and that which did not come about.
_NEVER = {
    "Observation": ("registered", "cancelled"),
    "Procedure": ("preparation", "not-done"),
    "Encounter": ("planned", "cancelled"),
    "MedicationRequest": ("draft", "cancelled"),
    "MedicationAdministration": ("not-done", "not-done"),
    "ServiceRequest": ("draft", "revoked"),
    "Appointment": ("pending", "cancelled"),
}
#: Types whose own element says when they were recorded: a later knowledge is that of a later version.
_AUTHORED = ("ServiceRequest", "MedicationRequest")


def case_bundle(case: Case, catalogue: Catalogue, reader: Reader) -> Json:
    """The case's record as a Bundle of type collection."""
    record = case_record(case, catalogue)
    resources = [_patient(record.patient)]
    resources += [enrolment_to_fhir(each, PATIENT["reference"]) for each in record.enrolments]
    resources += acts_to_fhir(record.acts, PATIENT["reference"])
    for line in case.record:
        if isinstance(line, FactLine):
            resources += _versions(line, catalogue.selectors[line.selector], reader)
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"fullUrl": _url(number), "resource": each} for number, each in enumerate(resources, 1)],
    }


def _url(number: int) -> str:
    return f"urn:uuid:00000000-0000-4000-8000-{number:012d}"


def _patient(patient: Patient) -> Json:
    made: Json = {"resourceType": "Patient", "id": "case"}
    if patient.birth_lo is not None and patient.birth_hi is not None:
        made["birthDate"] = _days(patient.birth_lo, patient.birth_hi)
    if patient.sex is not None:
        made["gender"] = patient.sex
    if patient.died is not None:
        exact = patient.died.exact
        made["deceasedDateTime"] = stamp_text(patient.died.at) if exact else date_text(patient.died.day)
    return made


def _days(first: int, last: int) -> str:
    """A civil date as precisely as it is known: to the day, the month or the year."""
    text = date_text(first)
    return text if first == last else text[:7] if last - first < 31 else text[:4]


def _when(span: Interval) -> str:
    return stamp_text(span.lo) if span.lo == span.hi else _days(span.day, span.last_day)


def _versions(line: FactLine, selector: Selector, reader: Reader) -> Iterator[Json]:
    """The resource of a line; with the draft of one known later, and what takes back one retracted."""
    made = _resource(line, selector, reader)
    if line.known is not None:
        made["meta"] = {"lastUpdated": stamp_text(line.known.lo)}
        if made["resourceType"] in _AUTHORED:
            yield {**made, "status": "draft", "meta": {"lastUpdated": stamp_text(line.on.lo)}}
    if line.retracted is None:
        yield made
        return
    # A day that was written down at its end stays a whole day; earlier, it would be cut there.
    made.setdefault("meta", {"lastUpdated": stamp_text(min(line.on.hi, line.retracted.lo - 1))})
    yield made
    yield _retracted(made) | {"meta": {"lastUpdated": stamp_text(line.retracted.lo)}}


def _retracted(made: Json) -> Json:
    """The version that says that an earlier one was wrong."""
    if made["resourceType"] != "Condition":
        return {**made, "status": "entered-in-error"}
    wrong = {**made, "verificationStatus": _status("condition-ver-status", "entered-in-error")}
    del wrong["clinicalStatus"]
    return wrong


def _resource(line: FactLine, selector: Selector, reader: Reader) -> Json:
    coded_as = kind = _type(line, selector)
    if kind not in selector.resources:  # coded as the thing itself, which it is not
        coded_as = next(each for each in selector.resources if each in _MAKERS)
    concept = {"coding": [_coding(selector, coded_as, reader)]}
    made = {"resourceType": kind, "id": f"line-{line.place.line:04d}"}
    made |= _MAKERS[kind](line, selector, concept)
    if kind in _NEVER and not _happened(line, selector):
        planned, never = _NEVER[kind]
        made["status"] = planned if line.status == "planned" else never
    return made if line.side is None else made | _site(line.side, kind)


def _type(line: FactLine, selector: Selector) -> str:
    """What tells it: a relative's illness and an order are resources of their own."""
    if line.status == "family":
        return "FamilyMemberHistory"
    if line.status == "ordered" and selector.status != "ordered":
        return "ServiceRequest"
    told_by = _WITH_VALUE if line.value is not None else tuple(_MAKERS)
    return next(kind for kind in selector.resources if kind in told_by)


def _happened(line: FactLine, selector: Selector) -> bool:
    return line.status in (None, "performed", "ordered", "family")


def _site(side: str, kind: str) -> Json:
    site = {"coding": [{"system": _SNOMED, "code": _SIDES[side]}]}
    if kind not in _SITED:
        return {"extension": [{"url": _LATERALITY, "valueCodeableConcept": site}]}
    return {"bodySite": site if kind == "Observation" else [site]}


def _coding(selector: Selector, kind: str, reader: Reader) -> Json:
    """A code that, on this type of resource, means this selector and no other."""
    table = reader.tables[kind]
    for rule in selector.codes:
        coding = {"system": reader.systems.uri(rule.system), "code": rule.code.rstrip("*")}
        meant = {match.target.selector for match in table.matches([coding])}
        if not rule.values and meant == {selector.id}:
            return coding
    return {"system": FACT_SYSTEM, "code": selector.id}


def _observation(line: FactLine, selector: Selector, concept: Json) -> Json:
    made: Json = {"status": "final", "subject": PATIENT, "code": concept}
    made |= _spell("effective", line)
    made |= _value(line, selector)
    limits = {"low": line.ref_low, "high": line.ref_high}
    written = {key: _quantity(limit, selector.unit) for key, limit in limits.items() if limit is not None}
    return made | ({"referenceRange": [written]} if written else {})


def _value(line: FactLine, selector: Selector) -> Json:
    value = line.value
    if value is None:
        return {}
    if isinstance(value, Word):
        return _word(value.word, selector)
    if isinstance(value, Fraction):
        return {"valueQuantity": _as_written(line, value, selector)}
    if isinstance(value, Day):
        return {"valueDateTime": _time_of(value)}
    if value.lo is not None and value.hi is not None:
        ends = {"low": _quantity(value.lo, selector.unit), "high": _quantity(value.hi, selector.unit)}
        return {"valueRange": ends}
    limit, sign = (value.lo, ">") if value.lo is not None else (value.hi, "<")
    assert limit is not None
    is_open = value.lo_open if sign == ">" else value.hi_open
    return {
        "valueQuantity": _quantity(limit, selector.unit) | {"comparator": sign if is_open else f"{sign}="}
    }


def _time_of(value: Day) -> str:
    return date_text(value.day) if value.at is None else stamp_text(value.at)


def _word(word: str, selector: Selector) -> Json:
    """The answer's own code where the catalogue knows one; yes and no as a truth."""
    if word in ("ja", "nej"):
        return {"valueBoolean": word == "ja"}
    code = next((code for code, meant in selector.words.items() if meant == word), None)
    coding = {"system": FACT_SYSTEM, "code": word} if code is None else {"system": code[0], "code": code[1]}
    return {"valueCodeableConcept": {"coding": [coding], "text": word}}


def _as_written(line: FactLine, value: Fraction, selector: Selector) -> Json:
    """The number in the unit that the case writes, so that reading must convert it."""
    number, _, unit = (line.written or ("", ""))[0].partition(" ")
    try:
        return _quantity(parse_number(number), unit or ("1" if selector.unit else None))
    except ValueError:
        return _quantity(value, selector.unit)


def _quantity(value: Fraction, unit: str | None) -> Json:
    number = int(value) if value.denominator == 1 else float(value)
    if unit is None:
        return {"value": number}
    return {"value": number, "unit": unit, "system": "http://unitsofmeasure.org", "code": unit}


def _spell(stem: str, line: FactLine) -> Json:
    """When, as a time, or as a period where an end is known."""
    if line.until is None:
        return {f"{stem}DateTime": _when(line.on)}
    return {f"{stem}Period": _period(line)}


def _period(line: FactLine) -> Json:
    return {"start": _when(line.on)} | ({} if line.until is None else {"end": _when(line.until)})


def _condition(line: FactLine, selector: Selector, concept: Json) -> Json:
    over = line.until is not None
    made: Json = {"subject": PATIENT, "code": concept, "onsetDateTime": _when(line.on)}
    told = line.status if line.status in ("refuted", "provisional") else "confirmed"
    made["verificationStatus"] = _status("condition-ver-status", told)
    made["clinicalStatus"] = _status("condition-clinical", "resolved" if over else "active")
    return made | ({"abatementDateTime": _when(line.until)} if line.until is not None else {})


def _status(system: str, code: str) -> Json:
    return {"coding": [{"system": f"{_HL7}/{system}", "code": code}]}


def _procedure(line: FactLine, selector: Selector, concept: Json) -> Json:
    state = "in-progress" if selector.state and line.until is None else "completed"
    return {"status": state, "subject": PATIENT, "code": concept, **_spell("performed", line)}


def _prescription(line: FactLine, selector: Selector, concept: Json) -> Json:
    """A prescription; what lasts for a supply says how long, what has an end was stopped."""
    made: Json = {
        "status": "active",
        "intent": "order",
        "subject": PATIENT,
        "medicationCodeableConcept": concept,
        "authoredOn": _when(line.on),
    }
    until = line.until
    if until is None:
        return made
    if selector.ends == "supply" and until.lo == start_of_day(until.day):
        supply = _quantity(Fraction(until.day - line.on.day), "d")
        return made | {"dispenseRequest": {"expectedSupplyDuration": supply}}
    bounds = {"timing": {"repeat": {"boundsPeriod": _period(line)}}}
    return made | {"status": "stopped", "dosageInstruction": [bounds]}


def _administration(line: FactLine, selector: Selector, concept: Json) -> Json:
    made = {"status": "completed", "subject": PATIENT, "medicationCodeableConcept": concept}
    return made | _spell("effective", line)


def _order(line: FactLine, selector: Selector, concept: Json) -> Json:
    return {
        "status": "active",
        "intent": "order",
        "subject": PATIENT,
        "code": concept,
        "authoredOn": _when(line.on),
    }


def _immunization(line: FactLine, selector: Selector, concept: Json) -> Json:
    return {
        "status": "completed",
        "patient": PATIENT,
        "vaccineCode": concept,
        "occurrenceDateTime": _when(line.on),
    }


def _encounter(line: FactLine, selector: Selector, concept: Json) -> Json:
    status = "in-progress" if selector.state and line.until is None else "finished"
    setting = selector.setting[0] if selector.setting else "AMB"
    asks_for_any = selector.setting and not selector.codes
    return {
        "status": status,
        "class": {"system": f"{_HL7}/v3-ActCode", "code": setting},
        "subject": PATIENT,
        "period": _period(line),
        **({} if asks_for_any else {"type": [concept]}),
    }


def _care_plan(line: FactLine, selector: Selector, concept: Json) -> Json:
    status = "completed" if line.until is not None else "active"
    return {
        "status": status,
        "intent": "plan",
        "subject": PATIENT,
        "category": [concept],
        "period": _period(line),
    }


def _care_team(line: FactLine, selector: Selector, concept: Json) -> Json:
    status = "inactive" if line.until is not None else "active"
    return {"status": status, "subject": PATIENT, "category": [concept], "period": _period(line)}


def _episode(line: FactLine, selector: Selector, concept: Json) -> Json:
    status = "finished" if line.until is not None else "active"
    return {"status": status, "patient": PATIENT, "type": [concept], "period": _period(line)}


def _communication(line: FactLine, selector: Selector, concept: Json) -> Json:
    return {"status": "completed", "subject": PATIENT, "category": [concept], "sent": _when(line.on)}


def _document(line: FactLine, selector: Selector, concept: Json) -> Json:
    return {
        "status": "current",
        "subject": PATIENT,
        "type": concept,
        "date": stamp_text(line.on.lo),
        "content": [{"attachment": {"contentType": "text/plain"}}],
    }


def _family(line: FactLine, selector: Selector, concept: Json) -> Json:
    return {
        "status": "completed",
        "patient": PATIENT,
        "date": _when(line.on),
        "relationship": {"coding": [{"system": f"{_HL7}/v3-RoleCode", "code": "PRN"}]},
        "condition": [{"code": concept}],
    }


def _appointment(line: FactLine, selector: Selector, concept: Json) -> Json:
    assert isinstance(line.value, Day), "what is booked is a time"
    return {
        "status": "booked",
        "serviceType": [concept],
        "created": _when(line.on),
        "start": stamp_text(start_of_day(line.value.day) if line.value.at is None else line.value.at),
        "participant": [{"actor": PATIENT, "status": "accepted"}],
    }


def _consent(line: FactLine, selector: Selector, concept: Json) -> Json:
    holds = {} if line.until is None else {"provision": {"type": "permit", "period": _period(line)}}
    return {
        "status": "active",
        "scope": {"coding": [{"system": f"{_HL7}/consentscope", "code": "patient-privacy"}]},
        "category": [concept],
        "patient": PATIENT,
        "dateTime": _when(line.on),
        **holds,
    }


def _goal(line: FactLine, selector: Selector, concept: Json) -> Json:
    return {
        "lifecycleStatus": "active",
        "description": concept,
        "subject": PATIENT,
        "startDate": _when(line.on),
    }


_MAKERS = {
    "Observation": _observation,
    "Condition": _condition,
    "Procedure": _procedure,
    "MedicationRequest": _prescription,
    "MedicationAdministration": _administration,
    "ServiceRequest": _order,
    "Immunization": _immunization,
    "Encounter": _encounter,
    "CarePlan": _care_plan,
    "CareTeam": _care_team,
    "EpisodeOfCare": _episode,
    "Communication": _communication,
    "DocumentReference": _document,
    "FamilyMemberHistory": _family,
    "Appointment": _appointment,
    "Consent": _consent,
    "Goal": _goal,
}
