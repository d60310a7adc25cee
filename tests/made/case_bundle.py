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
from vardforlopp.record.facts import Span, Word
from vardforlopp.record.record import Patient

Json = dict[str, Any]
PATIENT = {"reference": "Patient/case"}
_SNOMED = "http://snomed.info/sct"
_SIDES = {"left": "7771000", "right": "24028007", "both": "51440002"}
_HL7 = "http://terminology.hl7.org/CodeSystem"
#: Types that hold a value; the others only say that something happened.
_WITH_VALUE = ("Observation",)
#: Lines that say that it did not happen: status and, for a diagnosis, verification.
_NEVER = {"planned": "registered", "cancelled": "cancelled", "refuted": "cancelled", "family": "cancelled"}


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
    """The resource of a line; of one that was retracted also the version that takes it back."""
    made = _resource(line, selector, reader)
    if line.known is not None:
        made["meta"] = {"lastUpdated": stamp_text(line.known.lo)}
    if line.retracted is None:
        yield made
        return
    made.setdefault("meta", {"lastUpdated": stamp_text(line.on.lo)})
    yield made
    yield {
        **made,
        "meta": {"lastUpdated": stamp_text(line.retracted.lo)},
        "status": "entered-in-error",
    }


def _resource(line: FactLine, selector: Selector, reader: Reader) -> Json:
    types = [kind for kind in selector.resources if kind in _MAKERS]
    kind = next(kind for kind in types if line.value is None or kind in _WITH_VALUE)
    concept = {"coding": [_coding(selector, kind, reader)]}
    if line.status == "family":  # with the code that a diagnosis of the patient's own would have
        kind = "FamilyMemberHistory"
    made = {"resourceType": kind, "id": f"line-{line.place.line:04d}"}
    made |= _MAKERS[kind](line, selector, concept)
    if line.side is not None:
        made["bodySite"] = _site(line.side, kind)
    return made


def _site(side: str, kind: str) -> Any:
    site = {"coding": [{"system": _SNOMED, "code": _SIDES[side]}]}
    return site if kind == "Observation" else [site]


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
    made = {"status": _NEVER.get(line.status or "", "final"), "subject": PATIENT, "code": concept}
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
    assert isinstance(value, Span), "a date is a value of bookings alone"
    if value.lo is not None and value.hi is not None:
        ends = {"low": _quantity(value.lo, selector.unit), "high": _quantity(value.hi, selector.unit)}
        return {"valueRange": ends}
    limit, sign = (value.lo, ">") if value.lo is not None else (value.hi, "<")
    assert limit is not None
    is_open = value.lo_open if sign == ">" else value.hi_open
    return {
        "valueQuantity": _quantity(limit, selector.unit) | {"comparator": sign if is_open else f"{sign}="}
    }


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
    status = {"planned": "preparation", "cancelled": "not-done"}.get(line.status or "", state)
    return {"status": status, "subject": PATIENT, "code": concept, **_spell("performed", line)}


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
    status = "revoked" if line.status == "cancelled" else "active"
    return {
        "status": status,
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
}
