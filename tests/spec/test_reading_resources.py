"""The other resources, and what the sheet may say."""

from __future__ import annotations

from fractions import Fraction

import pytest

from made.fhir_bundles import (
    ICD,
    LOINC,
    ME,
    NOON,
    SNOMED,
    Json,
    at,
    concept,
    day,
    found,
    local,
    only,
    quantity,
    read,
    resource,
)
from made.fhir_kinds import one_of_each
from vardforlopp.record.facts import Day, Word


def test_a_booking_is_a_fact_when_it_was_made_and_its_time_is_a_value():
    """The booked day may lie ahead; the booking does not. It is also shown as an appointment."""
    booked = {
        "resourceType": "Appointment",
        "id": "a1",
        "status": "booked",
        "created": "2026-03-01",
        "start": "2026-04-10T09:00:00+02:00",
        "end": "2026-04-10T09:45:00+02:00",
        "description": "Ultraljud av hjärtat",
        "serviceType": [local("bokning-eko")],
        "participant": [
            {"actor": ME, "status": "accepted"},
            {"actor": {"display": "Hjärtmottagningen"}, "status": "accepted"},
        ],
    }
    record = read(booked, now=at("2026-03-05"))
    fact, (mention,) = only(record, "bokning-eko"), record.mentions

    assert (day("2026-03-01"), Day(day("2026-04-10"), at("2026-04-10T09:00:00+02:00"))) == (
        fact.day,
        fact.value,
    )
    assert (
        mention.kind,
        mention.text,
        mention.unit,
    ) == ("appointment", "Ultraljud av hjärtat", "Hjärtmottagningen")
    assert at("2026-04-10T09:45:00+02:00") == mention.until


def test_a_booked_time_says_by_its_codes_what_it_is_for():
    """Whatever the type of resource that will show it done; the reason of the visit is not done there."""
    booked = {
        "resourceType": "Appointment",
        "id": "a1",
        "status": "booked",
        "created": "2026-03-01",
        "start": "2026-04-10T09:00:00+02:00",
        "serviceType": [local("spirometri"), local("bokning-eko")],
        "reasonCode": [local("ntprobnp")],
        "participant": [{"actor": ME, "status": "accepted"}],
    }
    (mention,) = read(booked, now=at("2026-03-05")).mentions

    assert mention.selectors == ("spirometri",)


def test_a_visit_that_took_place_is_done_on_its_day():
    """Fulfilled, it is evidence of the visit on that day."""
    came = {
        "resourceType": "Appointment",
        "id": "a1",
        "status": "fulfilled",
        "start": "2026-02-10T09:00:00+01:00",
        "serviceType": [local("besok-lakare")],
        "participant": [{"actor": ME, "status": "accepted"}],
    }

    assert day("2026-02-10") == only(read(came), "besok-lakare").day


def test_forms_and_their_answers_are_facts():
    """By our own names, at any depth; `no` is an answer to what was asked."""
    form = resource(
        "QuestionnaireResponse",
        status="completed",
        authored=NOON,
        questionnaire="urn:x-vardforlopp:fact:checklista|2",
        item=[{"linkId": "1", "item": [{"linkId": "inkontinens", "answer": [{"valueBoolean": False}]}]}],
    )
    record = read(form)

    assert list(record.facts) == ["checklista", "inkontinens"]
    assert Word("nej") == only(record, "inkontinens").value


def test_results_inside_a_report_are_facts_of_the_report():
    """A contained observation has the report's time and names the report."""
    inside = {
        "resourceType": "Observation",
        "id": "x",
        "status": "final",
        "code": concept(LOINC, "33762-6"),
        "valueQuantity": quantity(10.0, "ng/L"),
    }
    report = resource(
        "DiagnosticReport",
        status="final",
        effectiveDateTime=NOON,
        code=concept(LOINC, "81459-0"),
        contained=[inside],
        result=[{"reference": "#x"}],
    )
    record = read(report)

    assert ["hogt-ntprobnp", "ntprobnp", "spirometri"][1:] == list(record.facts)
    assert only(record, "ntprobnp").ref == "DiagnosticReport/r1#x"


@pytest.mark.parametrize(
    "made, name, on",
    [
        (
            resource(
                "Procedure",
                status="completed",
                code=concept(SNOMED, "40701008"),
                performedPeriod={"start": NOON},
            ),
            "eko",
            "2026-03-02",
        ),
        (
            resource("Procedure", status="in-progress", code=local("traning"), performedDateTime=NOON),
            "traning",
            "2026-03-02",
        ),
        (
            resource(
                "ImagingStudy", status="available", started=NOON, procedureCode=[concept(SNOMED, "40701008")]
            ),
            "eko",
            "2026-03-02",
        ),
        (
            resource(
                "Immunization",
                status="completed",
                occurrenceDateTime="2025-11-01",
                vaccineCode=concept("http://hl7.org/fhir/sid/cvx", "140"),
            ),
            "influensavaccin",
            "2025-11-01",
        ),
        (
            resource("Communication", status="completed", sent=NOON, category=[local("brev")]),
            "brev",
            "2026-03-02",
        ),
        (
            resource("DocumentReference", status="current", date=NOON, type=local("anteckning")),
            "anteckning",
            "2026-03-02",
        ),
        (
            resource("EpisodeOfCare", status="active", period={"start": NOON}, type=[local("ansvar")]),
            "ansvar",
            "2026-03-02",
        ),
        (
            resource("AllergyIntolerance", onsetDateTime="2001", code=local("penicillinallergi")),
            "penicillinallergi",
            "2001-01-01",
        ),
        (
            resource("Consent", status="active", dateTime=NOON, category=[local("samtycke")]),
            "samtycke",
            "2026-03-02",
        ),
        (
            resource(
                "Task",
                status="completed",
                intent="order",
                code=local("kontroll"),
                executionPeriod={"end": NOON},
            ),
            "kontroll",
            "2026-03-02",
        ),
        (
            resource(
                "CarePlan",
                status="active",
                intent="plan",
                period={"start": NOON},
                category=[local("egenvardsplan")],
            ),
            "egenvardsplan",
            "2026-03-02",
        ),
        (
            resource("Condition", recordedDate="2026-02-01", code=concept(ICD, "J44.1")),
            "exacerbation",
            "2026-02-01",
        ),
    ],
)
def test_each_used_type_of_resource_gives_its_facts(made: Json, name: str, on: str):
    """One line a type; what each means in detail stands above."""
    record = read(made)

    assert day(on) == only(record, name).day
    assert not found(record)


def test_a_refused_or_withdrawn_consent_is_none():
    """Denied: no fact. Withdrawn: a state that has ended."""
    denied = resource(
        "Consent", status="active", dateTime=NOON, category=[local("samtycke")], provision={"type": "deny"}
    )
    withdrawn = resource(
        "Consent",
        status="inactive",
        dateTime=NOON,
        category=[local("samtycke")],
        meta={"lastUpdated": "2026-04-01T00:00:00Z"},
    )

    assert not read(denied).facts
    assert day("2026-04-01") == read(withdrawn).facts["samtycke"][-1].until_day


def test_an_agreed_goal_is_a_limit_of_one_s_own():
    """`own:mal-blodtryck`: the number that patient and care agreed on; its words go to the sheet."""
    goal = resource(
        "Goal",
        lifecycleStatus="active",
        startDate="2026-01-05",
        description={"text": "Blodtryck under 140"},
        target=[{"measure": local("mal-blodtryck"), "detailQuantity": quantity(140, "mm[Hg]")}],
    )
    record = read(goal)

    assert Fraction(140) == only(record, "mal-blodtryck").value
    assert [(each.kind, each.text) for each in record.mentions] == [("goal", "Blodtryck under 140")]


def test_what_the_sheet_may_say_is_gathered():
    """What matters, whom to turn to, other plans, own actions, what to do if it gets worse."""
    record = read(
        resource(
            "Goal",
            "g1",
            lifecycleStatus="active",
            description={"text": "Orka gå till stallet"},
            expressedBy=ME,
        ),
        {
            "resourceType": "Organization",
            "id": "vc",
            "name": "Exempelbyns vårdcentral",
            "telecom": [{"system": "phone", "value": "010-000 00 01"}],
        },
        resource(
            "CareTeam",
            "t1",
            status="active",
            managingOrganization=[{"reference": "Organization/vc"}],
            participant=[{"role": [{"text": "Fast vårdkontakt"}], "member": {"display": "Sam Exempel"}}],
        ),
        resource(
            "CarePlan",
            "p1",
            status="active",
            intent="plan",
            title="Rehabiliteringsplan",
            activity=[
                {"detail": {"status": "in-progress", "description": "Promenera varje dag", "performer": [ME]}}
            ],
        ),
        resource(
            "Communication",
            "w1",
            status="completed",
            sent=NOON,
            payload=[{"contentString": "Ring 1177"}],
            category=[concept("urn:x-vardforlopp:category", "if-worse")],
        ),
    )

    assert {
        ("matters", "Orka gå till stallet"),
        ("contact", "Sam Exempel"),
        ("plan", "Rehabiliteringsplan"),
        ("own-action", "Promenera varje dag"),
        ("if-worse", "Ring 1177"),
    } == {(each.kind, each.text) for each in record.mentions}
    (contact,) = [each for each in record.mentions if each.kind == "contact"]
    assert (
        contact.role,
        contact.phone,
        contact.unit,
    ) == ("Fast vårdkontakt", "010-000 00 01", "Exempelbyns vårdcentral")


def test_one_of_each_type_is_read_without_a_doubt():
    """Every used type once, as a careful sender writes it: nothing unread, nothing to remark."""
    record = read(*one_of_each())

    assert not record.quality.not_read
    assert not record.quality.findings
    assert len(record.enrolments) == len(record.acts) == 1
