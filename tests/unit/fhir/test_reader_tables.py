"""The code tables: what they answer, and that what they remember changes nothing."""

from __future__ import annotations

import pytest

from made.fhir_bundles import ATC, CATALOGUE, FACT, ICD, LOINC, SNOMED, reader, selector
from vardforlopp.definitions.catalogue import CodeRule
from vardforlopp.fhir import Reader, times
from vardforlopp.fhir.times import Bounds, Times, written
from vardforlopp.kernel.civil import day_from_iso, parse_time


def names(kind: str, *codings: tuple[str | None, str]) -> list[str]:
    table = reader().tables[kind]
    return [match.target.selector for match in table.matches({"system": s, "code": c} for s, c in codings)]


@pytest.mark.parametrize(
    "kind, coding, found",
    [
        ("Condition", (ICD, "I50.1"), ["hjartsvikt"]),
        ("Condition", (ICD, "I5"), []),
        ("Condition", (ICD, "J44.1"), ["exacerbation"]),
        ("Condition", (ICD, "J44.10"), []),
        ("Observation", (ICD, "I50"), []),
        ("Encounter", (ICD, "I50"), ["vardtillfalle-hjartsvikt"]),
        ("MedicationStatement", (ATC, "c07ab02"), ["betablockerare"]),
        ("Observation", (LOINC, "33762-6"), ["ntprobnp"]),
        ("Observation", (SNOMED, "33762-6"), []),
        ("Observation", (None, "33762-6"), []),
        ("Observation", (FACT, "vikt"), ["vikt"]),
        ("Condition", (FACT, "vikt"), []),
    ],
)
def test_a_code_means_the_selectors_of_its_system_and_type(
    kind: str, coding: tuple[str | None, str], found: list[str]
):
    """Exact codes, prefixes, our own names; in the types of resources that a selector names."""
    assert names(kind, coding) == found


def test_a_selector_found_twice_is_found_once():
    """By an exact code and by a prefix of the same selector."""
    rules = (CodeRule("icd-10-se", "I50", prefix=True), CodeRule("icd-10-se", "I509"))
    made = Reader({"x": selector("x", "Condition", codes=rules)}, reader().systems)

    assert len(made.tables["Condition"].matches([{"system": ICD, "code": "I50.9"}])) == 1


def test_what_a_table_remembers_has_a_limit(monkeypatch: pytest.MonkeyPatch):
    """A million different codes do not fill the memory, and the answers stay the same."""
    monkeypatch.setattr("vardforlopp.fhir.reader._MOST", 10)
    table = Reader(CATALOGUE, reader().systems).tables["Observation"]
    for number in range(1000):
        assert table[f"no-{number}"] is None

    assert len(table) <= 11
    assert [match.target.selector for match in table.matches([{"system": LOINC, "code": "8480-6"}])] == [
        "sbt"
    ]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-3-02",
        "20260302",
        "2026-W10-1",
        "2026-02-30",
        "2026-13-01",
        "2026-03-02 10:00:00Z",
        "٢٠٢٦",
        "2026-03-02T25:00:00Z",
    ],
)
def test_what_fhir_does_not_write_is_no_time(text: str):
    """A date that Python would take in another form is not one."""
    assert written(text) is None


def test_a_leap_second_is_the_last_second_of_its_minute():
    """FHIR allows it, the calendar does not."""
    assert written("2016-12-31T23:59:60Z") == parse_time("2016-12-31T23:59:59Z")


def test_a_time_out_of_bounds_is_none_and_says_why():
    """Before birth, after death, after now; each with its own code."""
    bounds = Bounds(
        born=day_from_iso("1950-03-01"), died=day_from_iso("2020-05-05"), now=parse_time("2026-01-01").lo
    )
    known = Times(bounds)

    assert known["2020-05-05T23:00:00+02:00"] is not None
    assert known["1950-02-28"] is not None  # a birth near midnight, in another time zone
    for text, code in [
        ("1949", "VF-QUA-005"),
        ("2020-05-06", "VF-QUA-004"),
        ("x", "VF-QUA-001"),
        ("0001", "VF-QUA-002"),
    ]:
        assert known[text] is None
        assert known.fault(text) == code
    assert Times(bounds._replace(died=None)).fault("2026-02-01") == "VF-QUA-003"
    assert times.as_value("2026-02-01") is not None
