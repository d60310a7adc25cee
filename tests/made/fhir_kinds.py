"""One well-made resource of each type that is read, with every part that a reader looks at."""

from __future__ import annotations

from made.fhir_bundles import (
    LOINC,
    ME,
    NOON,
    SNOMED,
    Json,
    concept,
    condition,
    drug,
    local,
    observation,
    quantity,
    resource,
    status_of,
)
from vardforlopp.fhir.care_plan import enrolment_to_fhir
from vardforlopp.fhir.task import acts_to_fhir
from vardforlopp.kernel.civil import civil
from vardforlopp.record.facts import Act
from vardforlopp.record.record import Enrolment

_INSIDE = {
    "resourceType": "Observation",
    "id": "x",
    "status": "final",
    "code": concept(LOINC, "33762-6"),
    "valueQuantity": quantity(10.0, "ng/L"),
}
_DOSED = {
    "timing": {
        "repeat": {"boundsPeriod": {"end": "2026-06-01"}, "frequency": 1, "period": 1, "periodUnit": "d"}
    },
    "doseAndRate": [{"doseQuantity": quantity(5, "mg")}],
}
_STAY = Enrolment("CarePlan/stay", "kol", "1.0.0", "IN1", civil(739_000), 739_000)
_ACT = Act(
    "decision",
    day=739_680,
    at=civil(739_680).at,
    known_from=civil(739_681).at,
    ref="Task/t1",
    pathway="kol",
    enrolment=_STAY.id,
    step="x",
    value="ja",
    by="läkare",
    reason="skäl",
    where="annan ort",
    occurrence=739_000,
    done_day=739_000,
    until_day=739_999,
)


def one_of_each() -> list[Json]:
    """About the invented person of `fhir_bundles`."""
    stay = {"status": "finished", "period": {"start": "2026-01-01", "end": "2026-01-05"}}
    return [
        observation(
            valueQuantity=quantity(70.5, "kg"),
            referenceRange=[{"low": quantity(1, "kg"), "type": status_of("normal")}],
            category=[status_of("vital-signs")],
            encounter={"reference": "Encounter/e1"},
            issued=NOON,
        ),
        observation(
            own="o2", component=[{"code": concept(LOINC, "8480-6"), "valueQuantity": quantity(1.5, "kPa")}]
        ),
        observation("nyha", "o3", valueCodeableConcept=concept(SNOMED, "420300004")),
        condition(
            bodySite=[concept(SNOMED, "7771000")],
            verificationStatus=status_of("confirmed"),
            clinicalStatus=status_of("resolved"),
            abatementDateTime="2026-02-01",
            recordedDate="2026-02-02",
        ),
        condition("c2", onsetDateTime=None, onsetAge=quantity(60, "a"), abatementAge=quantity(61, "a")),
        drug(
            "MedicationRequest", status="active", intent="order", authoredOn=NOON, dosageInstruction=[_DOSED]
        ),
        drug(
            "MedicationDispense",
            status="completed",
            whenHandedOver="2026-01-01",
            daysSupply=quantity(90, "d"),
        ),
        drug("MedicationStatement", status="active", effectivePeriod={"start": NOON, "end": NOON}),
        drug("MedicationAdministration", status="completed", effectiveDateTime=NOON, dosage={"dose": {}}),
        resource("Procedure", status="completed", code=local("eko"), performedPeriod={"start": NOON}),
        resource("ImagingStudy", status="available", started=NOON, procedureCode=[local("eko")], series=[{}]),
        resource("Immunization", status="completed", occurrenceDateTime=NOON, vaccineCode=local("x")),
        resource(
            "Encounter",
            "e1",
            **stay,
            **{"class": {"code": "IMP"}},
            type=[local("besok")],
            diagnosis=[{"condition": {"reference": "Condition/c1"}}],
        ),
        resource("EpisodeOfCare", status="active", period={"start": NOON}, type=[local("ansvar")]),
        resource(
            "DiagnosticReport",
            status="final",
            effectiveDateTime=NOON,
            code=local("spirometri"),
            contained=[_INSIDE],
            result=[{"reference": "#x"}],
            conclusionCode=[concept(SNOMED, "1")],
        ),
        resource(
            "QuestionnaireResponse",
            status="completed",
            authored=NOON,
            questionnaire="urn:x-vardforlopp:fact:checklista",
            item=[{"linkId": "inkontinens", "answer": [{"valueBoolean": True, "item": [{}]}]}],
        ),
        resource(
            "ServiceRequest", status="active", intent="order", authoredOn=NOON, code=local("remiss-eko")
        ),
        {
            "resourceType": "Appointment",
            "id": "a1",
            "status": "booked",
            "created": "2026-03-01",
            "start": "2026-04-10T09:00:00+02:00",
            "serviceType": [local("bokning-eko")],
            "participant": [{"actor": ME}, {"actor": {"reference": "PractitionerRole/pr"}}],
        },
        resource(
            "Goal",
            lifecycleStatus="active",
            startDate="2026-01-05",
            description={"text": "gå ut"},
            target=[{"measure": local("mal-blodtryck"), "detailQuantity": quantity(140, "mm[Hg]")}],
            expressedBy=ME,
        ),
        resource(
            "CareTeam",
            status="active",
            managingOrganization=[{"display": "Vårdcentralen"}],
            participant=[
                {"role": [{"text": "fast vårdkontakt"}], "member": {"reference": "PractitionerRole/pr"}}
            ],
        ),
        resource(
            "CarePlan",
            status="active",
            intent="plan",
            title="Plan",
            period={"start": NOON},
            category=[local("egenvardsplan")],
            activity=[{"detail": {"status": "in-progress", "description": "gå", "performer": [ME]}}],
        ),
        resource(
            "Communication",
            status="completed",
            sent=NOON,
            payload=[{"contentString": "ring"}],
            category=[concept("urn:x-vardforlopp:category", "if-worse")],
        ),
        resource(
            "DocumentReference", status="current", docStatus="final", date=NOON, type=local("anteckning")
        ),
        resource("AllergyIntolerance", onsetDateTime="2001", code=local("penicillinallergi"), reaction=[{}]),
        resource(
            "FamilyMemberHistory", status="completed", date=NOON, condition=[{"code": local("arftlighet")}]
        ),
        resource(
            "Consent",
            status="active",
            dateTime=NOON,
            category=[local("samtycke")],
            provision={"type": "permit", "period": {"end": "2027-01-01"}},
        ),
        {
            "resourceType": "PractitionerRole",
            "id": "pr",
            "practitioner": {"display": "Sam Exempel"},
            "telecom": [{"system": "phone", "value": "010-000 00 01"}],
            "code": [{"text": "sjuksköterska"}],
        },
        enrolment_to_fhir(_STAY, ME["reference"]),
        *acts_to_fhir([_ACT], ME["reference"]),
    ]
