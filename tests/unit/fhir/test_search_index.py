"""What is indexed of a resource, and how a query is read: examples of each kind."""

from __future__ import annotations

from typing import Any

import pytest

from vardforlopp.fhir.search.index import (
    DateRow,
    QuantityRow,
    ReferenceRow,
    StringRow,
    TokenRow,
    fold,
    rows_of,
)
from vardforlopp.fhir.search.parameters import elements_of, parameters_of
from vardforlopp.fhir.search.query import read_query
from vardforlopp.fhir.search.served import SERVED

BASE = "http://server.example/fhir"


def rows(resource: dict[str, Any], name: str) -> list[Any]:
    number = parameters_of(resource["resourceType"])[name].number
    return [row for row in rows_of(resource, base=BASE) if row.parameter == number]


def observation(**more: Any) -> dict[str, Any]:
    return {"resourceType": "Observation", **more}


def test_no_two_parameters_have_one_number() -> None:
    numbers = [each.number for kind in SERVED for each in parameters_of(kind).values()]
    parts = [
        part.number
        for kind in SERVED
        for each in parameters_of(kind).values()
        for group in each.groups[:1]
        for part in group.parts
    ]
    assert len({*numbers, *parts}) == len(numbers) + len(parts)


def test_what_is_never_left_out_is_known_of_every_type() -> None:
    assert {"status", "code"} <= set(elements_of("Observation").mandatory)
    assert all(elements_of(kind).summary for kind in SERVED)


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("Patient/anna", ("Patient", "anna", None)),
        (f"{BASE}/Patient/anna", ("Patient", "anna", None)),
        ("Patient/anna/_history/2", ("Patient", "anna", None)),
        ("http://other.example/fhir/Patient/anna", (None, None, "http://other.example/fhir/Patient/anna")),
        ("urn:uuid:0c3151bd-1cbf-4d64", (None, None, "urn:uuid:0c3151bd-1cbf-4d64")),
    ],
)
def test_a_reference_is_ours_or_anothers(written: str, found: tuple[object, ...]) -> None:
    (row,) = rows(observation(subject={"reference": written}), "subject")
    assert isinstance(row, ReferenceRow)
    assert (row.type, row.id, row.url) == found


def test_a_reference_within_the_resource_leads_to_nothing() -> None:
    assert rows(observation(subject={"reference": "#p"}), "subject") == []


def test_a_code_is_found_by_each_of_its_codings_and_its_words() -> None:
    code = {"text": "Puls", "coding": [{"system": "http://loinc.org", "code": "8867-4"}, {"code": "p"}]}
    found = rows(observation(code=code), "code")
    assert [(row.system, row.code, row.text) for row in found if isinstance(row, TokenRow)] == [
        ("http://loinc.org", "8867-4", "puls"), (None, "p", "puls"),
    ]  # fmt: skip


def test_a_code_is_found_by_the_words_of_its_codings_beside_those_of_its_text() -> None:
    code = {
        "text": "Puls",
        "coding": [{"code": "8867-4", "display": "Heart rate"}, {"code": "p", "display": "PULS"}],
    }
    found = rows(observation(code=code), "code")
    assert {(row.code, row.text) for row in found if isinstance(row, TokenRow)} == {
        ("8867-4", "puls"), ("p", "puls"), (None, "heart rate"),
    }  # fmt: skip


def test_nothing_is_found_where_only_an_extension_stands() -> None:
    said = {"resourceType": "CarePlan", "instantiatesCanonical": [None, "http://x/p"], "status": "active"}
    assert [getattr(row, "url", None) for row in rows(said, "instantiates-canonical")] == ["http://x/p"]
    days = {"resourceType": "Location", "alias": [None, "Vård"]}
    assert [row.exact for row in rows(days, "name") if isinstance(row, StringRow)] == ["Vård"]


def test_a_time_is_indexed_as_what_it_covers() -> None:
    (row,) = rows(observation(effectiveDateTime="2026-03"), "date")
    assert isinstance(row, DateRow)
    assert (row.hi - row.lo) // 86_400_000_000 == 30
    (row,) = rows(observation(effectivePeriod={"start": "2026-03-01"}), "date")
    assert row.hi == 1 << 62, "it goes on"


def test_a_value_is_a_number_of_its_unit_and_what_is_below_a_limit_is_open() -> None:
    value = {"value": 5.4, "unit": "mmol/L", "system": "http://unitsofmeasure.org", "code": "mmol/L"}
    (row,) = rows(observation(valueQuantity=value), "value-quantity")
    assert isinstance(row, QuantityRow)
    assert (row.lo, row.hi, row.code) == (5.4, 5.4, "mmol/L")
    (row,) = rows(observation(valueQuantity={**value, "comparator": "<"}), "value-quantity")
    assert (row.lo, row.hi) == (float("-inf"), 5.4)


def test_a_name_is_found_without_case_and_accents() -> None:
    person = {"resourceType": "Patient", "name": [{"family": "Östberg", "given": ["Åsa"]}]}
    assert [row.folded for row in rows(person, "name") if isinstance(row, StringRow)] == ["ostberg", "asa"]
    assert fold("  ÅSA  Östberg ") == "asa ostberg" == fold("ASA OSTBERG")


def test_whether_somebody_has_died_is_indexed_also_when_nothing_is_said() -> None:
    for person, dead in (
        ({}, "false"),
        ({"deceasedDateTime": "2026"}, "true"),
        ({"deceasedBoolean": False}, "false"),
    ):
        (row,) = rows({"resourceType": "Patient", **person}, "deceased")
        assert row.code == dead


@pytest.mark.parametrize(
    ("asked", "refused"),
    [
        ([("nothing", "x")], "nothing"),
        ([("code:sounds", "x")], "code:sounds"),
        ([("date", "yesterday")], "date"),
        ([("date:not", "2026")], "date:not"),
        ([("value-quantity", "x")], "value-quantity"),
        ([("_sort", "x")], "_sort"),
        ([("_count", "many")], "_count"),
        ([("_include", "Observation:code")], "_include"),
        ([("subject.performer.name", "x")], "subject.performer.name"),
        ([("_has:Observation:nothing:code", "x")], "_has:Observation:nothing:code"),
        ([("code-value-quantity", "x")], "code-value-quantity"),
        ([("code", "")], "code"),
    ],
)
def test_what_is_not_understood_is_told_and_the_rest_stands(
    asked: list[tuple[str, str]], refused: str
) -> None:
    query = read_query("Observation", [*asked, ("status", "final")], base="")
    assert [each.parameter for each in query.refused] == [refused]
    assert len(query.tests) == 1


def test_the_same_condition_has_the_same_words_in_any_order() -> None:
    one = read_query("Observation", [("code", "a"), ("status", "final"), ("_count", "5")], base="")
    other = read_query("Observation", [("status", "final"), ("code", "a")], base="")
    assert one.asked == other.asked != read_query("Observation", [("code", "a")], base="").asked
