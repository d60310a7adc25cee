"""The report: every resource is accounted for, and every doubt is told."""

from __future__ import annotations

from fractions import Fraction

import pytest

from made.fhir_bundles import (
    ME,
    NOON,
    Json,
    at,
    day,
    found,
    local,
    observation,
    only,
    patient,
    quantity,
    read,
    reasons,
)
from vardforlopp.kernel.civil import start_of_day
from vardforlopp.record.record import Source
from vardforlopp.record.sources import parse_sources


def test_every_resource_is_accounted_for():
    """resources = read + not read, each with its type and reason."""
    record = read(
        observation(),
        {"resourceType": "Claim", "id": "x1"},
        {"resourceType": "Claim", "id": "x2"},
        {"resourceType": "Hittepå", "id": "x3"},
        observation(own="o2", subject={"reference": "Patient/annan"}),
        observation(own="o3", subject=None),
        observation(own="o4", code=None),
        observation(own="o5", code="vikt"),
    )
    quality = record.quality

    assert quality.resources == 9 == quality.read + sum(each.count for each in quality.not_read)
    assert reasons(record) == {
        ("Claim", "type not used"): 2,
        ("Hittepå", "unknown type"): 1,
        ("Observation", "another person"): 1,
        ("Observation", "no subject"): 1,
        ("Observation", "not FHIR R4"): 2,
    }
    assert {"VF-QUA-014", "VF-QUA-015", "VF-QUA-018", "VF-QUA-020", "VF-QUA-021"} == found(record)


def test_a_resource_without_id_is_named_by_its_content():
    """The same name whatever stands around it; a `urn:uuid:` of the entry names it better."""
    plain = {key: value for key, value in observation().items() if key != "id"}
    first, again = read(plain | {"id": ""}), read(observation("sbt", "o9"), plain | {"id": ""})

    assert only(first, "vikt").ref == only(again, "vikt").ref
    assert only(first, "vikt").ref.startswith("Observation/-")
    assert {"VF-QUA-019"} == found(first)


def test_the_same_resource_twice_is_one():
    """Sent twice, read once, and told."""
    record = read(observation(), observation())

    assert len(record.facts["vikt"]) == 1
    assert reasons(record) == {("Observation", "the same resource again"): 1}
    assert {"VF-QUA-011"} == found(record)


def test_two_that_differ_under_one_id_are_both_read_and_told():
    """Nothing is dropped in silence because somebody gave an id twice."""
    record = read(observation(), observation(effectiveDateTime="2026-03-05"))

    assert len(record.facts["vikt"]) == 2
    assert {"VF-QUA-010"} == found(record)


def test_versions_of_a_resource_are_what_was_known_when():
    """A correction holds from when it was written; until then the older value was what was known."""
    older = observation(
        valueQuantity=quantity(70.5, "kg"),
        issued="2026-03-03T00:00:00Z",
        meta={"lastUpdated": "2026-03-03T00:00:00Z"},
    )
    newer = observation(
        status="corrected",
        valueQuantity=quantity(75.5, "kg"),
        issued="2026-03-03T00:00:00Z",
        meta={"lastUpdated": "2026-03-09T00:00:00Z"},
    )
    first, second = read(newer, older).facts["vikt"]
    change = at("2026-03-09T00:00:00Z")

    assert (Fraction("70.5"), at("2026-03-03T00:00:00Z"), change) == (
        first.value,
        first.known_from,
        first.known_to,
    )
    assert (Fraction("75.5"), change, None) == (second.value, second.known_from, second.known_to)


def test_S16_a_retraction_ends_what_was_known():
    """Entered in error on 9 March: until then it was known, from then on it is no evidence."""
    older = observation(meta={"lastUpdated": "2026-03-03T00:00:00Z"})
    retracted = observation(status="entered-in-error", meta={"lastUpdated": "2026-03-09T00:00:00Z"})

    assert at("2026-03-09T00:00:00Z") == only(read(older, retracted), "vikt").known_to


@pytest.mark.parametrize(
    "more, code",
    [
        ({"encounter": {"reference": "Encounter/borta"}}, "VF-QUA-012"),
        ({"hasMember": [{"reference": "Observation/o1"}]}, "VF-QUA-013"),
        ({"basedOn": [{"reference": "ServiceRequest/borta"}]}, "VF-QUA-012"),
    ],
)
def test_references_that_lead_nowhere_or_in_circles_are_reported(more: Json, code: str):
    """The fact stands; the report says that the link is broken."""
    record = read(observation(**more))

    assert "vikt" in record.facts
    assert {code} == found(record)


def test_a_patient_with_a_new_number_is_the_same_person():
    """Linked Patients are read as one: numbers change, persons do not."""
    old = {"resourceType": "Patient", "id": "old", "link": [{"other": ME, "type": "replaced-by"}]}
    record = read(old, observation(subject={"reference": "Patient/old"}))

    assert record.patient.ref == "Patient/p"
    assert "vikt" in record.facts
    assert {"VF-QUA-041"} == found(record)


def test_the_person_may_be_named_by_number():
    """A subject that is only an identifier means the person who has it."""
    number = {"system": "http://electronichealth.se/identifier/personnummer", "value": "19610118-2803"}
    same = {"identifier": {"system": "1.2.752.129.2.1.3.1", "value": "19610118-2803"}}
    record = read(observation(subject=same), person=patient(identifier=[number]))

    assert "vikt" in record.facts
    assert record.patient.identifier == "196101182803"


def test_S01_without_declared_sources_what_occurs_counts_as_connected_and_says_so():
    """Kinds that do not occur are not connected; all are marked as assumed."""
    sources = {each.kind: each for each in read(observation()).sources}

    assert sources["measurements"].connected
    assert not sources["medications"].connected
    assert all(each.assumed for each in sources.values())


def test_S01_declared_sources_are_taken_as_they_are():
    """Nothing is assumed beside them."""
    declared = (
        Source(
            "laboratory", "Lab", connected=True, last_seen=day("2026-03-01"), limit_days=30, own_codes=False
        ),
    )

    assert declared == read(observation(), sources=declared).sources


def test_S01_whether_our_own_names_are_sent_is_told_or_shown():
    """A name of ours in the record shows that its kind sends them; what a source tells of itself wins."""
    coded, own = observation(), observation(own="o2", code=local("fotstatus"))
    told = parse_sources([{"kind": "measurements", "own_codes": False}], where="x")
    two = parse_sources([{"kind": "measurements", "provider": name} for name in "AB"], where="x")

    assert not any(each.own_codes for each in read(coded).sources)
    assert [each.kind for each in read(coded, own).sources if each.own_codes] == ["measurements"]
    assert not any(each.own_codes for each in read(coded, own, sources=told).sources)
    assert not any(each.own_codes for each in read(coded, own, sources=two).sources)


def test_S14_a_fact_keeps_its_own_time():
    """An old result sent today is an old result: whether it is fresh enough is asked where it is used."""
    fact = only(read(observation(effectiveDateTime="2025-05-01", issued=NOON)), "vikt")

    assert (start_of_day(day("2025-05-01")), at(NOON)) == (fact.lo, fact.known_from)


@pytest.mark.parametrize("kind", ["collection", "transaction", "searchset", "batch", "document"])
def test_every_type_of_bundle_is_read(kind: str):
    """What the Bundle was made for does not change what stands in it."""
    from made.fhir_bundles import bundle, reader
    from vardforlopp.fhir import record_of

    record = record_of([bundle(patient(), observation(), kind=kind)], name="x", reader=reader())

    assert "vikt" in record.facts
