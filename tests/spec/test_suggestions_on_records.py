"""24 generated lives: what a person expects of the sheets' words, against what the program suggests."""

from __future__ import annotations

import datetime
import gzip
import re
from functools import cache
from pathlib import Path
from typing import Any

import orjson
import pytest
import yaml

from made.examples import TODAY, planned, ready
from vardforlopp.contract.person import PersonPlan
from vardforlopp.engine.course import YES, Suggestion
from vardforlopp.fhir import read_record
from vardforlopp.kernel.civil import iso

FOLDER = Path(__file__).parent / "records"
PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "suggestions-on-real-records.md"
EXPECTED: dict[str, dict[str, Any]] = {
    row["record"]: row for row in yaml.safe_load((FOLDER / "suggestions.yaml").read_text("utf-8"))
}
SMOKING = {"266919005": "never", "449868002": "daily", "8517006": "former"}


@cache
def resources(name: str) -> tuple[dict[str, Any], ...]:
    """The extract of a record, in its order."""
    lines = gzip.decompress((FOLDER / f"{name}.ndjson.gz").read_bytes()).splitlines()
    return tuple(orjson.loads(line) for line in lines)


@cache
def plan(name: str, day: str) -> PersonPlan:
    """The plan of an extract in all pathways, as of the end of a day."""
    data = gzip.decompress((FOLDER / f"{name}.ndjson.gz").read_bytes())
    return planned(read_record(data, name=name, reader=ready().reader), day)


def suggested(name: str, day: str) -> dict[str, dict[str, Any]]:
    """Pathway -> what the program suggests. No pathway is suggested twice in these records."""
    found = plan(name, day).suggestions
    assert len({each.pathway for each in found}) == len(found)
    return {each.pathway: _row(each) for each in found}


def _row(each: Suggestion) -> dict[str, Any]:
    row = {"entry": each.entry, "kind": each.kind, "day": datetime.date.fromisoformat(iso(each.on.day))}
    return row if each.truth == YES else {**row, "possible": True}


def as_of(name: str) -> str:
    return str(EXPECTED[name]["person"]["as_of"])


def _answers(expected: dict[str, Any], found: dict[str, Any]) -> bool:
    """True when a suggestion is what the sheet leads to expect: certain, by that entry, of that day."""
    asked = {key: expected[key] for key in ("entry", "kind", "day") if key in expected}
    return "possible" not in found and asked.items() <= found.items()


# --- the expectations stand on what the records hold ------------------------------------------------


@pytest.mark.parametrize("name", EXPECTED)
def test_the_facts_that_an_expectation_stands_on_are_those_of_the_record(name: str) -> None:
    """The person, each condition with its periods and status, and each series of values."""
    row, held = EXPECTED[name], resources(name)
    (patient,) = (one for one in held if one["resourceType"] == "Patient")

    assert (patient["gender"], patient["birthDate"]) == (row["person"]["sex"], str(row["person"]["born"]))
    assert patient.get("deceasedDateTime", "")[:10] == str(row["person"].get("died", ""))
    for condition in row["conditions"]:
        of_code = [one for one in held if _codes(one, "Condition") == condition["code"]]
        assert condition["display"] in of_code[0]["code"]["coding"][0]["display"]
        assert set(condition["periods"]) <= {_period(one) for one in of_code}, condition
        assert {_status(one) for one in of_code} <= {
            ("confirmed", "active", ""),
            ("confirmed", "resolved", "/"),
        }
    for observed in row["observations"]:
        _compare(observed, [one for one in held if _codes(one, "Observation") == observed["code"]])


def _codes(resource: dict[str, Any], kind: str) -> str | None:
    return resource["code"]["coding"][0]["code"] if resource["resourceType"] == kind else None


def _period(condition: dict[str, Any]) -> str:
    return f"{condition['onsetDateTime'][:10]}/{condition.get('abatementDateTime', '')[:10]}"


def _status(condition: dict[str, Any]) -> tuple[str, str, str]:
    verification = condition["verificationStatus"]["coding"][0]["code"]
    clinical = condition["clinicalStatus"]["coding"][0]["code"]
    return verification, clinical, "/" if "abatementDateTime" in condition else ""


def _compare(observed: dict[str, Any], held: list[dict[str, Any]]) -> None:
    """Symptoms of a day, the years of each smoking status, or a series of values."""
    if "values" in observed:
        of_day = [one for one in held if one["effectiveDateTime"][:10] == str(observed["day"])]
        shown = sorted(
            one["valueCodeableConcept"]["coding"][0]["display"].rpartition(" (")[0] for one in of_day
        )
        assert shown == observed["values"]
    elif "number" in observed:
        series = sorted((one["effectiveDateTime"][:10], one["valueQuantity"]["value"]) for one in held)
        ends = {"first": series[0], "lowest": min(series, key=_value), "highest": max(series, key=_value)}
        assert (len(series), held[0]["valueQuantity"]["unit"]) == (observed["number"], observed["unit"])
        assert {key: [str(observed[key][0]), observed[key][1]] for key in ends} == {
            key: [day, round(value, 1)] for key, (day, value) in ends.items()
        }
    else:
        years: dict[str, list[str]] = {}
        for one in held:
            status = SMOKING[one["valueCodeableConcept"]["coding"][0]["code"]]
            years.setdefault(status, []).append(one["effectiveDateTime"][:10])
        assert {key: value for key, value in observed.items() if key not in ("code", "display")} == {
            status: f"{min(days)}/{max(days)}" for status, days in years.items()
        }


def _value(point: tuple[str, float]) -> float:
    return point[1]


# --- and the program answers as expected, or otherwise for a reason that is told -------------------------


@pytest.mark.parametrize("name", EXPECTED)
def test_the_program_suggests_what_a_person_expects_or_differs_as_explained(name: str) -> None:
    """Every pathway: the expected entry on its day, or what `differs` says, or nothing."""
    row, found = EXPECTED[name], suggested(name, as_of(name))
    differs = row.get("differs", {})

    for pathway, told in differs.items():
        answer = {key: value for key, value in told.items() if key not in ("why", "visit")}
        assert found.get(pathway, {}) == answer, pathway
    left = {pathway: each for pathway, each in found.items() if pathway not in differs}
    expected = {pathway: each for pathway, each in row["expected"].items() if pathway not in differs}
    assert left.keys() == expected.keys()
    for pathway, each in left.items():
        assert _answers(expected[pathway], each), pathway


DIFFERENCES = [(name, pathway) for name, row in EXPECTED.items() for pathway in row.get("differs", {})]


@pytest.mark.parametrize("name, pathway", DIFFERENCES)
def test_each_difference_occurs(name: str, pathway: str) -> None:
    """No dead row: as of that day the program does not answer what the person expects."""
    found, expected = suggested(name, as_of(name)), EXPECTED[name]["expected"]

    assert pathway in found or pathway in expected
    assert pathway not in found or pathway not in expected or not _answers(expected[pathway], found[pathway])


@pytest.mark.parametrize(
    "name, pathway", [(n, p) for n, p in DIFFERENCES if "visit" in EXPECTED[n]["differs"][p]]
)
def test_S18_a_broad_risk_is_offered_on_the_day_of_a_visit_and_on_no_other(name: str, pathway: str) -> None:
    """It is no list to call people from: it waits for the person's next visit."""
    told = EXPECTED[name]["differs"][pathway]

    assert pathway not in suggested(name, as_of(name))
    assert _answers(EXPECTED[name]["expected"][pathway], suggested(name, str(told["visit"]))[pathway])


@pytest.mark.parametrize("name", [name for name, row in EXPECTED.items() if "died" in row["person"]])
def test_S10_nothing_is_suggested_from_the_day_of_death_on(name: str) -> None:
    """What was suggested the day before is gone on the day of death, and stays gone."""
    assert suggested(name, str(EXPECTED[name]["person"]["died"])) == {}
    assert suggested(name, TODAY) == {}


def test_the_page_explains_every_kind_of_difference_and_no_other() -> None:
    """A heading for each `why`, with every record it concerns."""
    sections = dict(re.findall(r"^### (.+)\n([^#]+)", PAGE.read_text("utf-8"), flags=re.MULTILINE))
    told: dict[str, set[str]] = {}
    for name, pathway in DIFFERENCES:
        told.setdefault(EXPECTED[name]["differs"][pathway]["why"], set()).add(name)

    assert sections.keys() == told.keys()
    assert {why: set(re.findall(r"`([0-9a-f]{8})`", text)) for why, text in sections.items()} == told


def test_every_record_is_read_to_the_last_resource() -> None:
    """24 records, and what is not read is counted."""
    assert len(EXPECTED) == 24
    for name in EXPECTED:
        quality = plan(name, as_of(name)).record.quality
        assert quality.resources == len(resources(name))
