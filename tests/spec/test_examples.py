"""The bundled records: nobody's data, read to the last resource, trimmed by rule."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import orjson
import pytest

import trim_record
from made.examples import (
    FOLDER,
    GENERATED,
    INVENTED,
    NAMES,
    data,
    plan,
    ready,
    record,
    refs,
    resources,
)
from vardforlopp.engine.course import OPEN_STATES, YES
from vardforlopp.kernel.civil import iso
from vardforlopp.kernel.identifiers import HsaId, Personnummer, Reservnummer, Samordningsnummer

LARGEST = 150_000
NUMBERS = {
    "personnummer": Personnummer,
    "samordningsnummer": Samordningsnummer,
    "nationelltReservnummer": Reservnummer,
}


def parts(element: Any) -> Iterator[dict[str, Any]]:
    """Every JSON object in a tree."""
    if isinstance(element, dict):
        yield element
        element = list(element.values())
    for value in element if isinstance(element, list) else ():
        yield from parts(value)


# --- what holds for all of them -------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_every_resource_of_an_example_is_accounted_for(name: str) -> None:
    """What is not read is counted, with its type and reason; nothing disappears."""
    quality = record(name).quality

    assert len(resources(name)) == quality.resources
    assert quality.resources == quality.read + sum(group.count for group in quality.not_read)


@pytest.mark.parametrize("name", NAMES)
def test_every_reference_of_an_example_leads_to_a_resource_in_it(name: str) -> None:
    """Also after trimming; results and targets that went are no longer listed."""
    here = {f"{each['resourceType']}/{each['id']}" for each in resources(name)}
    here |= {f"urn:uuid:{each['id']}" for each in resources(name)}
    dangling = {part["reference"] for part in parts(list(resources(name))) if "reference" in part} - here

    assert not dangling
    assert "VF-QUA-012" not in {finding.code for finding in record(name).quality.findings}


@pytest.mark.parametrize("name", NAMES)
def test_every_reason_rests_on_resources_of_the_record(name: str) -> None:
    """Each fact and act that a state, a suggestion or a conflict names can be looked up."""
    here = {f"{each['resourceType']}/{each['id']}" for each in resources(name)}
    found = plan(name)
    reasons = [state.because for course in found.courses for state in course.steps]
    reasons += [suggestion.because for suggestion in found.suggestions]
    named = {ref for reason in reasons for ref in refs(reason)}
    named |= {ref for each in found.proposal.conflicts for ref in each.refs}

    assert named <= here


def test_no_example_outgrows_its_budget() -> None:
    """A record is at most 150 kB as it lies in the repository."""
    assert {path.name for path in FOLDER.iterdir() if path.stat().st_size > LARGEST} == set()


def test_the_page_beside_the_records_tells_of_each() -> None:
    """All are generated or invented, and the page says which is which."""
    page = (FOLDER.parent / "README.md").read_text("utf-8")

    assert len(INVENTED) >= 4
    assert len(GENERATED) >= 6
    assert [name for name in NAMES if f"`{name}`" not in page] == []


@pytest.mark.parametrize("name", INVENTED)
def test_an_invented_person_bears_a_published_test_number(name: str) -> None:
    """The number is well formed, was never given to anybody, and agrees with the birth date."""
    (person,) = (each for each in resources(name) if each["resourceType"] == "Patient")
    (number,) = person["identifier"]
    parsed = NUMBERS[number["system"].rpartition("/")[2]].parse(number["value"])

    assert str(parsed) == number["value"]
    assert parsed.is_test_number
    assert parsed.born is None or iso(parsed.born) == person["birthDate"]


@pytest.mark.parametrize("name", INVENTED)
def test_an_hsa_id_in_an_example_is_well_formed(name: str) -> None:
    """Staff and units have one, or none."""
    for part in parts(list(resources(name))):
        if part.get("system") == ready().reader.systems.uri("hsa-id"):
            assert str(HsaId.parse(part["value"])) == part["value"]


@pytest.mark.parametrize("name", GENERATED)
def test_a_generated_person_bears_no_number_and_no_address(name: str) -> None:
    """Only the generator's own mark is left; what it borrows of real units is gone."""
    keys = {"address", "telecom", "photo", "position", "text"}
    for each in resources(name):
        assert not keys & set(each), f"{each['resourceType']}/{each['id']}"
        if each["resourceType"] in ("Patient", "Practitioner", "Organization", "Location"):
            assert {one["system"] for one in each.get("identifier", ())} <= {trim_record.ORIGIN}
        if each["resourceType"] in ("Organization", "Location"):
            assert re.fullmatch(r"Exempelenhet \d+", each["name"])


# --- trimming ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [name for name in GENERATED if ".ndjson" not in name])
def test_a_trimmed_record_trimmed_again_stays_as_it_is(name: str) -> None:
    """So anybody can see that a bundled record is what the script makes, without the whole one."""
    found = record(name)
    asked = {ref for facts in found.facts.values() for fact in facts for ref in (fact.ref, *fact.refs)}
    asked |= {each.ref for each in (*found.acts, *found.mentions)}
    again = trim_record.trimmed(orjson.loads(data(name))["entry"], asked, ends=1, few=2)

    assert trim_record.as_transaction(again) == data(name)


def test_of_what_nobody_asks_for_the_ends_of_each_series_stay() -> None:
    """What is asked for stays whole; a claim or two stay; a list loses what is gone."""

    def entry(kind: str, number: int, code: str = "", **more: Any) -> dict[str, Any]:
        coded = {"code": {"coding": [{"system": "s", "code": code}]}} if code else {}
        own = {"resourceType": kind, "id": f"{kind}-{number}", **coded, **more}
        return {"fullUrl": f"urn:uuid:{kind}-{number}", "resource": own}

    visit = {"encounter": {"reference": "urn:uuid:Encounter-1"}}
    results = [{"reference": f"urn:uuid:Observation-{number}"} for number in (0, 5)]
    whole = [
        entry("Patient", 1, telecom=[{"value": "1"}], text={"div": "x"}),
        entry("Encounter", 1, "visit"),
        *(entry("Observation", number, "asked") for number in range(3)),
        *(entry("Observation", number, "noise", **visit) for number in range(3, 8)),
        entry("DiagnosticReport", 1, "panel", result=results),
        *(entry("Claim", number) for number in range(5)),
        entry("Practitioner", 1),
    ]
    kept = trim_record.trimmed(whole, {f"Observation/Observation-{n}" for n in range(3)}, ends=1, few=2)

    assert [one["resource"]["id"] for one in kept] == [
        "Patient-1", "Encounter-1", "Observation-0", "Observation-1", "Observation-2", "Observation-3",
        "Observation-7", "DiagnosticReport-1", "Claim-0", "Claim-1",
    ]  # fmt: skip
    assert [one["reference"] for one in kept[7]["resource"]["result"]] == ["urn:uuid:Observation-0"]
    assert set(kept[0]["resource"]) == {"resourceType", "id", "identifier"}


# --- the generated lives ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name, expected",
    [
        ("hjartsvikt-83a7c2b3.json.gz", {("hjartsvikt", "IN6"), ("kol", "IN1")}),
        ("kol-ed63ba13.json.gz", {("kol", "IN7")}),
        ("reumatoid-artrit-b8d9b880.json.gz", set()),
        ("inget-forlopp-2cf4bc80.ndjson.gz", set()),
    ],
)
def test_a_life_that_nobody_shaped_suggests_what_it_holds(name: str, expected: set[tuple[str, str]]) -> None:
    """A known diagnosis, or symptoms in a smoker; for staff, and nothing is late on the first day (S17)."""
    found = plan(name)

    assert {(each.pathway, each.entry) for each in found.suggestions if each.truth == YES} == expected
    assert not [state for course in found.courses for state in course.steps if state.state == "overdue"]


@pytest.mark.parametrize("name", [name for name in GENERATED if "avliden" in name])
def test_S10_for_the_dead_of_the_examples_nothing_is_open(name: str) -> None:
    """The history stays readable; nothing is due, proposed or suggested, though facts may come later."""
    found = plan(name)

    assert found.dead
    assert (found.suggestions, found.proposal.activities, found.proposal.conflicts) == ((), (), ())
    assert not [s for course in found.courses for s in course.steps if s.state in OPEN_STATES]


def test_on_the_last_day_alive_there_was_a_plan() -> None:
    """The woman with heart failure who died on 31 October 2017 had one on the day before."""
    name = "hjartsvikt-avliden-d2ec3fc5.json.gz"
    before = plan(name, "2017-10-30")

    assert plan(name).last_day_alive == before.as_of.day
    assert not before.dead
    assert {each.pathway for each in before.suggestions} == {"hjartsvikt"}
    assert before.proposal.activities


def test_what_is_dated_after_death_is_told() -> None:
    """One procedure of the man with dementia is; it is counted, and nothing rests on it."""
    quality = record("avliden-027c9395.json.gz").quality

    assert {(group.type, group.reason) for group in quality.not_read} >= {("Procedure", "dated after death")}
