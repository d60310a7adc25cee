"""States and sides: what lasts, how long, and on which side."""

from __future__ import annotations

import pytest

from made.fhir_bundles import (
    ATC,
    LOINC,
    NOON,
    SNOMED,
    Json,
    concept,
    condition,
    day,
    drug,
    found,
    local,
    observation,
    only,
    quantity,
    read,
    resource,
    status_of,
)


def test_a_diagnosis_goes_on_until_it_is_recorded_as_over():
    """Without an end it is running; with one, the end is a fact too."""
    running = read(condition())
    over = read(condition(abatementDateTime="2026-02-10", clinicalStatus=status_of("resolved")))

    assert only(running, "hjartsvikt").until is None
    assert day("2026-02-10") == only(over, "hjartsvikt").until_day == only(over, "hjartsvikt.end").day


def test_a_resolved_diagnosis_without_end_ended_when_last_recorded():
    """Else at its onset, with a finding: what is resolved is never running."""
    stored = read(condition(clinicalStatus=status_of("resolved"), recordedDate="2026-02-20"))
    unknown = read(condition(clinicalStatus=status_of("inactive")))

    assert day("2026-02-20") == only(stored, "hjartsvikt").until_day
    assert not found(stored)
    assert day("2026-01-10") == only(unknown, "hjartsvikt").until_day
    assert {"VF-QUA-008"} == found(unknown)


def test_a_habit_ends_with_the_answer_that_ends_it():
    """Smokes in 2020, has stopped in 2024: one state with an end."""

    def answer(own: str, written: str, on: str) -> Json:
        value = concept(SNOMED, written)
        return observation(
            own=own, code=concept(LOINC, "72166-2"), valueCodeableConcept=value, effectiveDateTime=on
        )

    record = read(answer("o1", "449868002", "2020-05-01"), answer("o2", "8517006", "2024-05-01"))
    last = record.facts["rokning"][-1]

    assert (day("2020-05-01"), day("2024-05-01")) == (last.day, last.until_day)
    assert "rokning.end" in record.facts


def test_a_supply_lasts_as_long_as_what_was_handed_over():
    """Dispensed 1 January for 90 days, again 15 April: the gap of 30 days joins them to one state."""
    first = drug(
        "MedicationDispense", "d1", status="completed", whenHandedOver="2026-01-01", daysSupply={"value": 90}
    )
    again = drug(
        "MedicationDispense",
        "d2",
        status="completed",
        whenHandedOver="2026-04-15",
        daysSupply=quantity(90, "d"),
    )
    record = read(first, again)

    assert (day("2026-01-01"), day("2026-07-14")) == (
        record.facts["betablockerare"][-1].day,
        record.facts["betablockerare"][-1].until_day,
    )


@pytest.mark.parametrize(
    "more, until",
    [
        ({"dispenseRequest": {"expectedSupplyDuration": quantity(30, "d")}}, "2026-01-31"),
        (
            {"dispenseRequest": {"expectedSupplyDuration": quantity(30, "d"), "numberOfRepeatsAllowed": 2}},
            "2026-04-01",
        ),
        (
            {"dosageInstruction": [{"timing": {"repeat": {"boundsDuration": quantity(2, "wk")}}}]},
            "2026-01-15",
        ),
        (
            {"dosageInstruction": [{"timing": {"repeat": {"boundsPeriod": {"end": "2026-03-01"}}}}]},
            "2026-03-01",
        ),
        ({}, None),
    ],
)
def test_a_prescription_lasts_as_long_as_its_supply_or_its_dosage(more: Json, until: str | None):
    """An active one without either goes on."""
    asked = drug("MedicationRequest", status="active", intent="order", authoredOn="2026-01-01", **more)

    assert (None if until is None else day(until)) == only(read(asked), "betablockerare").until_day


def test_a_stopped_prescription_without_end_ends_within_the_gap():
    """It is not running now, and the report says that the end is missing."""
    record = read(drug("MedicationRequest", status="stopped", intent="order", authoredOn="2026-01-01"))

    assert day("2026-01-31") == only(record, "betablockerare").until_day
    assert {"VF-QUA-008"} == found(record)


def test_a_drug_of_which_only_a_recorded_stop_ends_is_not_ended_by_its_supply():
    """Clozapine (`ends: recorded`): an empty packet is no stop."""
    given = drug(
        "MedicationDispense",
        code="N05AH02",
        status="completed",
        whenHandedOver="2026-01-01",
        daysSupply={"value": 7},
    )

    assert only(read(given), "klozapin").until is None


def test_a_drug_may_be_coded_in_a_medication_that_is_pointed_at():
    """In the Bundle or contained."""
    code = concept(ATC, "C07AB02")
    here = {"resourceType": "Medication", "id": "med", "code": code}
    inside = resource(
        "MedicationStatement",
        "m2",
        status="active",
        effectiveDateTime=NOON,
        contained=[here],
        medicationReference={"reference": "#med"},
    )
    outside = resource(
        "MedicationStatement",
        "m1",
        status="active",
        effectiveDateTime=NOON,
        medicationReference={"reference": "Medication/med"},
    )

    assert {"MedicationStatement/m1", "MedicationStatement/m2"} == set(
        only(read(inside, outside, here), "betablockerare").refs
    )


def test_the_daily_dose_is_what_a_cut_in_mg_a_day_looks_at():
    """2 mg three times a day passes 5 mg a day; 2 mg once does not."""

    def dosed(own: str, frequency: int) -> Json:
        repeat = {"frequency": frequency, "period": 1, "periodUnit": "d"}
        instruction = {"timing": {"repeat": repeat}, "doseAndRate": [{"doseQuantity": quantity(2, "mg")}]}
        return drug(
            "MedicationStatement",
            own,
            code="H02AB06",
            status="active",
            effectiveDateTime=NOON,
            dosage=[instruction],
        )

    assert [fact.ref for fact in read(dosed("m1", 1), dosed("m3", 3)).facts["kortison-5mg"]] == [
        "MedicationStatement/m3"
    ]


def test_stays_of_the_same_day_become_one():
    """A transfer (gap 1 day) is one stay, with one end."""
    ward = {"class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "IMP"}}
    first = resource(
        "Encounter", "e1", status="finished", period={"start": "2026-01-01", "end": "2026-01-05"}, **ward
    )
    second = resource(
        "Encounter", "e2", status="finished", period={"start": "2026-01-05", "end": "2026-01-09"}, **ward
    )
    visit = resource(
        "Encounter",
        "e3",
        status="finished",
        period={"start": "2026-02-01", "end": "2026-02-01"},
        **{"class": {"code": "AMB"}},
    )
    record = read(first, second, visit)

    assert day("2026-01-09") == record.facts["slutenvard"][-1].until_day
    assert record.facts["slutenvard"][-1].refs == ("Encounter/e1", "Encounter/e2")


def test_a_stay_is_known_by_what_it_was_for():
    """By the diagnosis pointed at, and only in the setting asked for."""
    why = condition(own="why")
    stay = {
        "status": "finished",
        "period": {"start": "2026-01-01", "end": "2026-01-05"},
        "diagnosis": [{"condition": {"reference": "Condition/why"}}],
    }
    ward = resource("Encounter", "e1", **stay, **{"class": {"code": "IMP"}})
    visit = resource("Encounter", "e2", **stay, **{"class": {"code": "AMB"}})

    assert [each.ref for each in read(why, ward, visit).facts["vardtillfalle-hjartsvikt"]] == ["Encounter/e1"]


@pytest.mark.parametrize(
    "sites, side",
    [
        ([concept(SNOMED, "7771000")], "left"),
        ([concept(SNOMED, "24028007")], "right"),
        ([concept(SNOMED, "51440002")], "both"),
        ([concept(SNOMED, "7771000"), concept(SNOMED, "24028007")], "both"),
        ([concept(SNOMED, "56459004:272741003=24028007")], "right"),
        ([concept(SNOMED, "56459004")], None),
    ],
)
def test_the_side_comes_from_the_body_site(sites: list[Json], side: str | None):
    """A sided fact without a side is a named gap in the data."""
    record = read(condition(code=local("fotsar"), bodySite=sites))

    assert side == only(record, "fotsar").side
    assert (set() if side else {"VF-QUA-035"}) == found(record)
