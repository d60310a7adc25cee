"""Negated is not present (S08): what was refuted, cancelled or only planned gives no fact."""

from __future__ import annotations

import pytest

from made.fhir_bundles import (
    ATC,
    FACT,
    NOON,
    SNOMED,
    Json,
    concept,
    condition,
    found,
    local,
    observation,
    read,
    reasons,
    resource,
    status_of,
)


@pytest.mark.parametrize(
    "made, reason",
    [
        (condition(verificationStatus=status_of("refuted")), "refuted"),
        (condition(verificationStatus=status_of("entered-in-error")), "entered in error"),
        (condition(verificationStatus=status_of("provisional")), "not confirmed"),
        (condition(verificationStatus=status_of("differential")), "not confirmed"),
        (condition(verificationStatus=status_of("unconfirmed")), "not confirmed"),
        (observation(status="entered-in-error"), "entered in error"),
        (observation(status="cancelled"), "cancelled"),
        (observation(status="registered"), "planned"),
        (observation(status="unknown"), "status unknown"),
        (
            resource("Procedure", status="not-done", code=local("eko"), performedDateTime=NOON),
            "not performed",
        ),
        (resource("Procedure", status="preparation", code=local("eko"), performedDateTime=NOON), "planned"),
        (resource("Procedure", status="stopped", code=local("eko"), performedDateTime=NOON), "cancelled"),
        (
            resource(
                "Immunization",
                status="not-done",
                vaccineCode=local("influensavaccin"),
                occurrenceDateTime=NOON,
            ),
            "not performed",
        ),
        (
            resource(
                "MedicationStatement",
                status="not-taken",
                medicationCodeableConcept=concept(ATC, "C07AB02"),
                effectiveDateTime=NOON,
            ),
            "not performed",
        ),
        (
            resource(
                "MedicationRequest",
                status="draft",
                intent="order",
                authoredOn=NOON,
                medicationCodeableConcept=concept(ATC, "C07AB02"),
            ),
            "planned",
        ),
        (
            resource(
                "MedicationRequest",
                status="active",
                intent="proposal",
                authoredOn=NOON,
                medicationCodeableConcept=concept(ATC, "C07AB02"),
            ),
            "planned",
        ),
        (
            resource(
                "MedicationRequest",
                status="active",
                intent="order",
                authoredOn=NOON,
                doNotPerform=True,
                medicationCodeableConcept=concept(ATC, "C07AB02"),
            ),
            "not performed",
        ),
        (
            resource("Encounter", status="cancelled", type=[local("besok")], period={"start": NOON}),
            "cancelled",
        ),
        (
            resource(
                "ServiceRequest", status="revoked", intent="order", authoredOn=NOON, code=local("remiss-eko")
            ),
            "cancelled",
        ),
        (
            resource("DocumentReference", status="entered-in-error", date=NOON, type=local("anteckning")),
            "entered in error",
        ),
    ],
)
def test_S08_what_was_negated_cancelled_or_planned_gives_no_fact(made: Json, reason: str):
    """Never evidence, never an entry; counted, with the reason."""
    record = read(made)

    assert not record.facts
    assert {(made["resourceType"], reason): 1} == reasons(record)


def test_S08_a_relative_s_disease_is_not_the_person_s_own():
    """Family history feeds only selectors that name it."""
    relative = resource(
        "FamilyMemberHistory",
        status="completed",
        date="2026-01-05",
        condition=[{"code": concept(SNOMED, "22298006")}],
    )
    record = read(relative)

    assert list(record.facts) == ["arftlighet"]


def test_S08_a_referral_is_not_the_thing_referred_to():
    """An order feeds only selectors of orders; a prescription that is taken feeds both kinds."""
    asked = resource(
        "ServiceRequest",
        status="active",
        intent="order",
        authoredOn=NOON,
        code={"coding": [{"system": FACT, "code": "remiss-eko"}, {"system": SNOMED, "code": "40701008"}]},
    )
    drug = resource(
        "MedicationRequest",
        "m1",
        status="active",
        intent="order",
        authoredOn=NOON,
        medicationCodeableConcept=concept(ATC, "C03DA01"),
    )

    assert list(read(asked, drug).facts) == ["recept", "remiss-eko"]


def test_S08_an_answer_no_is_data_only_where_an_answer_is_asked_for():
    """`dyspne: no` is not dyspnoea; `pass: nej` answers the question of the questionnaire."""
    record = read(observation("dyspne", valueBoolean=False), observation("pass", "o2", valueBoolean=False))

    assert list(record.facts) == ["pass"]


def test_S08_a_missing_status_is_not_taken_for_done():
    """It may be planned or cancelled: not used, and told."""
    record = read(observation(status=None))

    assert not record.facts
    assert {"VF-QUA-016"} == found(record)
