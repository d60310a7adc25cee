"""Small FHIR R4 records of an invented person, and a catalogue of selectors to read them with."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from vardforlopp.adapters.content_files import content_texts
from vardforlopp.definitions.catalogue import CodeRule, Selector
from vardforlopp.definitions.criteria import Compare, Quantity
from vardforlopp.definitions.load import read_systems
from vardforlopp.definitions.model import Place
from vardforlopp.fhir import Reader, record_of
from vardforlopp.kernel.civil import day_from_iso, parse_time
from vardforlopp.kernel.codes import SystemTable
from vardforlopp.record.facts import Fact
from vardforlopp.record.record import Record

Json = dict[str, Any]

SNOMED, LOINC = "http://snomed.info/sct", "http://loinc.org"
ATC, ICD = "http://www.whocc.no/atc", "http://hl7.org/fhir/sid/icd-10-se"
FACT = "urn:x-vardforlopp:fact"
ME = {"reference": "Patient/p"}
NOON = "2026-03-02T12:00:00+01:00"
DRUGS = ("MedicationRequest", "MedicationStatement", "MedicationAdministration", "MedicationDispense")


def selector(name: str, *resources: str, codes: tuple[CodeRule, ...] = (), **more: Any) -> Selector:
    """A selector of the test catalogue; its own name is a code of it too."""
    return Selector(
        id=name,
        title={"sv": name, "en": name},
        kind=more.pop("kind", "measurements"),
        resources=resources or ("Observation",),
        codes=codes,
        place=Place("test.yaml", 1),
        **more,
    )


def code(system: str, value: str, *answers: tuple[str, str], prefix: bool = False) -> CodeRule:
    return CodeRule(system, value, prefix=prefix, values=answers)


CATALOGUE = {
    each.id: each
    for each in (
        selector("ntprobnp", codes=(code("loinc", "33762-6"),), kind="laboratory", unit="ng/L",
                 molar_mass=Fraction("8457.4")),
        selector("vikt", codes=(code("loinc", "29463-7"),), unit="kg"),
        selector("sbt", codes=(code("loinc", "8480-6"),), unit="mm[Hg]"),
        selector("dbt", codes=(code("loinc", "8462-4"),), unit="mm[Hg]"),
        selector("hogt-ntprobnp", includes=("ntprobnp",), kind="laboratory", unit="ng/L",
                 where=Compare(">=", Quantity(Fraction(1000), "ng/L"))),
        selector("nyha", words={("snomed", "420300004"): "1"}, codes=(code("loinc", "88020-3"),)),
        selector("dyspne", "Observation", "Condition", codes=(code("snomed", "267036007"),)),
        selector("pass", kind="questionnaires"),
        selector("fotstatus", sided=True),
        selector("rokning", "Observation", "Condition", state=True, ends="recorded", kind="lifestyle",
                 codes=(code("loinc", "72166-2", ("snomed", "449868002")),
                        code("icd-10-se", "F17", prefix=True)),
                 ended_by=(code("loinc", "72166-2", ("snomed", "8517006")),)),
        selector("hjartsvikt", "Condition", codes=(code("icd-10-se", "I50", prefix=True),
                 code("snomed", "88805009")), state=True, ends="recorded", kind="diagnoses"),
        selector("exacerbation", "Condition", codes=(code("icd-10-se", "J441"),), kind="diagnoses"),
        selector("fotsar", "Condition", sided=True, state=True, kind="diagnoses"),
        selector("betablockerare", *DRUGS, codes=(code("atc", "C07", prefix=True),), state=True, gap_days=30,
                 ends="supply", kind="medications"),
        selector("klozapin", *DRUGS, codes=(code("atc", "N05AH02"),), state=True, ends="recorded",
                 kind="medications"),
        selector("kortison-5mg", *DRUGS, codes=(code("atc", "H02", prefix=True),), unit="mg/d",
                 kind="medications", where=Compare(">=", Quantity(Fraction(5), "mg/d"))),
        selector("recept", "MedicationRequest", status="ordered", kind="medications",
                 codes=(code("atc", "C03", prefix=True),)),
        selector("eko", "Procedure", "ImagingStudy", codes=(code("snomed", "40701008"),), kind="procedures"),
        selector("traning", "Procedure", state=True, kind="procedures"),
        selector("influensavaccin", "Immunization", codes=(code("cvx", "140"),), kind="immunizations"),
        selector("besok", "Encounter", codes=(code("snomed", "185349003"),), kind="contacts"),
        selector("slutenvard", "Encounter", setting=("IMP",), state=True, gap_days=1, kind="contacts"),
        selector("vardtillfalle-hjartsvikt", "Encounter", setting=("IMP",), state=True, kind="contacts",
                 codes=(code("icd-10-se", "I50", prefix=True),)),
        selector("spirometri", "DiagnosticReport", "Procedure", codes=(code("loinc", "81459-0"),),
                 kind="procedures"),
        selector("remiss-eko", "ServiceRequest", status="ordered", kind="referrals"),
        selector("bokning-eko", "Appointment", status="ordered", date_value="start", kind="bookings"),
        selector("besok-lakare", "Appointment", kind="contacts"),
        selector("mal-blodtryck", "Goal", unit="mm[Hg]", kind="plans"),
        selector("egenvardsplan", "CarePlan", state=True, kind="plans"),
        selector("arftlighet", "FamilyMemberHistory", codes=(code("snomed", "22298006"),),
                 kind="family-history"),
        selector("hjartinfarkt", "Condition", codes=(code("snomed", "22298006"),), kind="diagnoses"),
        selector("samtycke", "Consent", state=True, kind="consents"),
        selector("penicillinallergi", "AllergyIntolerance", state=True, kind="allergies"),
        selector("checklista", "QuestionnaireResponse", kind="questionnaires"),
        selector("inkontinens", "QuestionnaireResponse", kind="questionnaires"),
        selector("brev", "Communication", kind="documents"),
        selector("anteckning", "DocumentReference", kind="documents"),
        selector("kontroll", "Task", kind="decisions"),
        selector("ansvar", "EpisodeOfCare", state=True, kind="contacts"),
    )
}  # fmt: skip


@cache
def reader() -> Reader:
    """The test catalogue with the packaged table of code systems."""
    return Reader(CATALOGUE, SystemTable(read_systems(content_texts())))


def concept(system: str, value: str, **more: Any) -> Json:
    return {"coding": [{"system": system, "code": value}], **more}


def local(name: str) -> Json:
    """A concept in our own system of facts."""
    return concept(FACT, name)


def patient(**more: Any) -> Json:
    return {"resourceType": "Patient", "id": "p", "birthDate": "1950-03-01", "gender": "female", **more}


def resource(kind: str, own: str = "r1", **more: Any) -> Json:
    """A resource about the invented person. A value of None leaves the element out."""
    whose = {
        "Immunization": "patient",
        "AllergyIntolerance": "patient",
        "FamilyMemberHistory": "patient",
        "Consent": "patient",
        "EpisodeOfCare": "patient",
        "Task": "for",
    }.get(kind, "subject")
    made = {"resourceType": kind, "id": own, whose: ME, **more}
    return {key: value for key, value in made.items() if value is not None}


def observation(name: str = "vikt", own: str = "o1", **more: Any) -> Json:
    given = {"status": "final", "code": local(name), "effectiveDateTime": "2026-03-02T10:00:00+01:00"}
    return resource("Observation", own, **(given | more))


def quantity(value: float, unit: str, **more: Any) -> Json:
    return {"value": value, "unit": unit, "system": "http://unitsofmeasure.org", "code": unit, **more}


def condition(own: str = "c1", *, code: Json | None = None, **more: Any) -> Json:
    given: Json = {"code": code or concept(ICD, "I50.9"), "onsetDateTime": "2026-01-10"}
    return resource("Condition", own, **(given | more))


def drug(kind: str, own: str = "m1", *, code: str = "C07AB02", **more: Any) -> Json:
    return resource(kind, own, medicationCodeableConcept=concept(ATC, code), **more)


def status_of(*codes: str) -> Json:
    """A concept of statuses: verification, clinical status, absent reason."""
    system = "http://terminology.hl7.org/CodeSystem/status"
    return {"coding": [{"system": system, "code": each} for each in codes]}


def bundle(*resources: Json, kind: str = "collection", **more: Any) -> Json:
    return {
        "resourceType": "Bundle",
        "type": kind,
        "entry": [{"fullUrl": f"urn:uuid:{each.get('id', '')}", "resource": each} for each in resources],
        **more,
    }


def read(*resources: Json, person: Json | None = None, **how: Any) -> Record:
    """The record of the invented person with these resources."""
    return record_of([bundle(person or patient(), *resources)], name="test.json", reader=reader(), **how)


def only(record: Record, name: str) -> Fact:
    """The one fact of a selector."""
    (fact,) = record.facts[name]
    return fact


def found(record: Record, *codes: str) -> set[str]:
    """The finding codes of a record, without those given."""
    return {finding.code for finding in record.quality.findings} - set(codes)


def reasons(record: Record) -> dict[tuple[str, str], int]:
    """(type, reason) -> how many resources were not read."""
    return {(each.type, each.reason): each.count for each in record.quality.not_read}


def day(text: str) -> int:
    return day_from_iso(text)


def at(text: str) -> int:
    return parse_time(text).lo


def as_bytes(value: Any) -> bytes:
    return orjson.dumps(value)


EXAMPLES = Path(__file__).parents[2] / "examples" / "records"
