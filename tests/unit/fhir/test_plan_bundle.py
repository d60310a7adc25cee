"""The plan as a FHIR Bundle: an independent client reads it, and nothing of it is lost."""

from __future__ import annotations

from functools import cache

import pytest
from fhirclient.models.bundle import Bundle

from made.fhir_bundles import EXAMPLES, as_bytes, patient, reader
from made.fhir_bundles import bundle as bundle_of
from vardforlopp.adapters.definitions import Content, load_content
from vardforlopp.adapters.record_files import read_records
from vardforlopp.contract.asks import step_id
from vardforlopp.contract.enrolments import Wanted
from vardforlopp.contract.person import PersonPlan, plan_person
from vardforlopp.engine.compile import compile_pathway
from vardforlopp.engine.interactions import Interactions
from vardforlopp.fhir import record_of
from vardforlopp.fhir.names import EXTENSION
from vardforlopp.fhir.plan_bundle import plan_bundle
from vardforlopp.fhir.resource_types import Json
from vardforlopp.kernel.civil import as_of_day, day_from_iso
from vardforlopp.kernel.workdays import swedish

EXAMPLE = "hjartsvikt-83a7c2b3.json.gz"


@cache
def content() -> Content:
    return load_content()


@cache
def person(name: str, as_of: str) -> PersonPlan:
    made = content()
    calendar = swedish()
    compiled = [
        compile_pathway(each, made.definitions.catalogue, calendar=calendar)
        for each in made.definitions.pathways.values()
    ]
    (record,) = read_records(EXAMPLES / name, made.reader())
    moment = as_of_day(day_from_iso(as_of))
    return plan_person(
        record,
        compiled,
        catalogue=made.definitions.catalogue,
        interactions=Interactions(made.definitions.catalogue, calendar=calendar),
        as_of=moment,
        known_at=moment.at,
        enrol=[Wanted("hjartsvikt", moment.day - 100)],
    )


def exported(name: str = EXAMPLE, as_of: str = "2026-03-01") -> Json:
    made = content()
    return plan_bundle(person(name, as_of), made.definitions, made.systems)


def resources(bundle: Json, kind: str) -> list[Json]:
    return [entry["resource"] for entry in bundle["entry"] if entry["resource"]["resourceType"] == kind]


def values(element: Json, name: str) -> list[object]:
    """The values of our extension `name` on an element."""
    found = [each for each in element.get("extension", ()) if each["url"] == f"{EXTENSION}{name}"]
    return [
        value
        for each in found
        for key, value in each.items()
        if key.startswith("value") or key == "extension"
    ]


@pytest.mark.parametrize("as_of", ["2026-03-01", "2020-01-01"])
def test_an_independent_client_reads_the_bundle(as_of: str):
    """fhirclient checks every element's name, type and number, and writes back the same."""
    bundle = exported(as_of=as_of)

    assert Bundle(bundle, strict=True).as_json() == bundle


def test_the_same_plan_gives_the_same_bundle():
    """Ids are made of names; no clock, no chance."""
    made = content()

    assert as_bytes(exported()) == as_bytes(
        plan_bundle(person(EXAMPLE, "2026-03-01"), made.definitions, made.systems)
    )


def test_every_step_occurrence_stands_in_it_once():
    """Each of each course, open or not, with its state."""
    plan, bundle = person(EXAMPLE, "2026-03-01"), exported()
    wanted = {
        step_id(course.enrolment.id, state): state.state for course in plan.courses for state in course.steps
    }
    details = [
        activity["detail"]
        for care_plan in resources(bundle, "CarePlan")
        for activity in care_plan.get("activity", ())
        if values(activity["detail"], "state")
    ]
    found = {values(detail, "origin")[0]: values(detail, "state")[0] for detail in details}

    assert found == wanted
    assert len(details) == len(wanted)


def test_every_suggestion_stands_in_it_once():
    """With its own id: several suggestions of one person are several plans."""
    plan, bundle = person(EXAMPLE, "2026-03-04"), exported(as_of="2026-03-04")
    written = [each for each in resources(bundle, "CarePlan") if values(each, "kind")]

    assert len(plan.suggestions) == 2
    assert [values(each, "entry") for each in written] == [[each.entry] for each in plan.suggestions]
    assert len({each["id"] for each in written}) == 2


def test_nothing_of_ours_has_the_id_of_the_patient():
    """What is named after the person is another resource."""
    bundle = exported()
    (of,) = resources(bundle, "Patient")
    rest = [entry["resource"] for entry in bundle["entry"] if entry["resource"] is not of]

    assert rest
    assert of["id"] not in {each["id"] for each in rest}


def test_S03_every_unknown_step_is_exported_with_its_missing_data():
    """Round-trip count: as many unknown steps out as in, none without what it lacks."""
    plan, bundle = person(EXAMPLE, "2026-03-01"), exported()
    unknown = [state for course in plan.courses for state in course.steps if state.state == "unknown"]
    written = [
        activity["detail"]
        for care_plan in resources(bundle, "CarePlan")
        for activity in care_plan.get("activity", ())
        if values(activity["detail"], "state") == ["unknown"]
    ]

    assert len(written) == len(unknown)
    assert [len(values(detail, "missing")) for detail in written] == [len(state.missing) for state in unknown]
    assert all(detail["status"] == "unknown" for detail in written)


def test_conflicts_stand_in_it_with_their_ways_out():
    """Each conflict of the proposal is a DetectedIssue that somebody is to settle."""
    plan, bundle = person(EXAMPLE, "2026-03-01"), exported()

    assert len(resources(bundle, "DetectedIssue")) == len(plan.proposal.conflicts)
    for issue, conflict in zip(resources(bundle, "DetectedIssue"), plan.proposal.conflicts, strict=True):
        assert len(issue.get("mitigation", ())) == len(conflict.ways_out)


def test_references_inside_the_bundle_lead_somewhere():
    """Subjects and the plans that the coherent plan rests on."""
    bundle = exported()
    here = {f"{each['resource']['resourceType']}/{each['resource']['id']}" for each in bundle["entry"]}
    plans = resources(bundle, "CarePlan")

    assert {plan["subject"]["reference"] for plan in plans} <= here
    assert {each["reference"] for plan in plans for each in plan.get("basedOn", ())} <= here
    assert len(here) == len(bundle["entry"])


def test_only_what_somebody_decided_comes_back_as_an_enrolment():
    """The export read as a record: asked-for enrolments, never suggestions, never open steps as facts."""
    plan = person(EXAMPLE, "2026-03-01")
    again = record_of([exported()], name="x", reader=reader())

    assert {each.pathway for each in again.enrolments} == {
        course.pathway for course in plan.courses if course.enrolment.explicit
    }
    assert not again.facts


def test_S10_the_plan_of_a_dead_person_has_nothing_open():
    """History stays readable; no activity is proposed."""
    bundle = exported("hjartsvikt-avliden-d2ec3fc5.json.gz", "2026-03-01")
    open_steps = [
        activity
        for care_plan in resources(bundle, "CarePlan")
        for activity in care_plan.get("activity", ())
        if activity["detail"]["status"] in ("not-started", "scheduled", "in-progress", "on-hold", "unknown")
    ]

    assert not open_steps


def test_a_partial_birth_date_is_written_as_partial():
    """1950 is not 1 January 1950."""
    for written in ("1950", "1950-03", "1950-03-01"):
        record = record_of([bundle_of(patient(birthDate=written))], name="x", reader=reader())

        from vardforlopp.fhir.plan_bundle import patient_to_fhir

        assert patient_to_fhir(record.patient, reader().systems)["birthDate"] == written
