"""Reading, for any record: order does not matter, everything is accounted for, nothing breaks it."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from made.fhir_bundles import DRUGS, FACT, Json, as_bytes, bundle, patient, quantity, reader
from made.fhir_kinds import one_of_each
from vardforlopp.fhir import read_record, record_of
from vardforlopp.kernel.errors import InputError
from vardforlopp.record.facts import order
from vardforlopp.record.record import Record

TIMES = [
    "2024-01-10",
    "2024-02",
    "2025",
    "2025-05-05T10:00:00+02:00",
    "2025-05-05T10:00:00Z",
    "2026-02-30",
    "0001-01-01",
    "x",
]
NAMES = sorted(reader().targets)
KINDS = {
    "Observation": ("subject", "effectiveDateTime", "code"),
    "Condition": ("subject", "onsetDateTime", "code"),
    "Procedure": ("subject", "performedDateTime", "code"),
    "Immunization": ("patient", "occurrenceDateTime", "vaccineCode"),
    "ServiceRequest": ("subject", "authoredOn", "code"),
    "DocumentReference": ("subject", "date", "type"),
    "Communication": ("subject", "sent", "category"),
    **dict.fromkeys(DRUGS, ("subject", "effectiveDateTime", "medicationCodeableConcept")),
    "Claim": ("patient", "created", "type"),
}
STATUSES = ["final", "completed", "active", "stopped", "entered-in-error", "cancelled", "draft", "odd"]
VALUES: list[Json] = [
    {},
    {"valueQuantity": quantity(70.5, "kg")},
    {"valueQuantity": quantity(70, "kg", comparator="<")},
    {"valueBoolean": False},
    {"valueString": "ja"},
    {"dataAbsentReason": {"coding": [{"code": "unknown"}]}},
]


@st.composite
def resources(draw: st.DrawFn) -> Json:
    kind = draw(st.sampled_from(sorted(KINDS)))
    whose, when, what = KINDS[kind]
    concept = {"coding": [{"system": FACT, "code": draw(st.sampled_from(NAMES))}]}
    made: Json = {
        "resourceType": kind,
        "id": f"r{draw(st.integers(0, 12))}",
        "status": draw(st.sampled_from(STATUSES)),
        "intent": "order",
        whose: {"reference": draw(st.sampled_from(["Patient/p", "Patient/p", "Patient/p", "Patient/q"]))},
        when: draw(st.sampled_from(TIMES)),
        what: [concept] if kind == "Communication" else concept,
        **draw(st.sampled_from(VALUES)),
    }
    if draw(st.booleans()):
        made["meta"] = {
            "lastUpdated": draw(st.sampled_from(["2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"]))
        }
    if draw(st.booleans()):
        made["clinicalStatus"] = {"coding": [{"code": "resolved"}]}
    return made


records = st.lists(resources(), max_size=14)
ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 10**6)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(["x", "2026-01-01", "final", "Patient/p", "#a", "kg", ""]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["coding", "code", "reference", "value", "unit", "start", "end", "system", "text"]
            ),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)


def made_of(parts: list[Json]) -> Record:
    return record_of([bundle(patient(), *copy.deepcopy(parts))], name="x", reader=reader())


@given(records, st.randoms(use_true_random=False))
def test_the_order_of_entries_changes_nothing(parts: list[Json], chance: Any):
    """Facts, findings, mentions, what was not read: all the same, in the same order."""
    shuffled = list(parts)
    chance.shuffle(shuffled)

    assert repr(made_of(parts)) == repr(made_of(shuffled))


@given(records)
def test_every_resource_is_read_or_accounted_for(parts: list[Json]):
    """resources = read + not read, and never more facts than something that was read."""
    record = made_of(parts)
    quality = record.quality

    assert quality.resources == len(parts) + 1
    assert quality.read == quality.resources - sum(each.count for each in quality.not_read)
    assert quality.read >= 1
    here = {f"{each['resourceType']}/{each['id']}" for each in parts} | {"Patient/p"}
    assert {finding.ref for finding in quality.findings} <= here
    assert {ref for each in quality.not_read for ref in each.refs} <= here
    assert {fact.ref for facts in record.facts.values() for fact in facts} <= here


@given(records)
def test_facts_stand_in_their_one_order_and_within_their_bounds(parts: list[Json]):
    """lo <= hi, a state does not end before it begins, and the selectors are sorted."""
    facts = made_of(parts).facts

    assert list(facts) == sorted(facts)
    for found in facts.values():
        assert list(found) == sorted(found, key=order)
        assert all(fact.lo <= fact.hi and fact.day <= fact.last_day for fact in found)
        assert all(fact.until_day is None or fact.until_day >= fact.day for fact in found)


@given(records)
def test_a_resource_that_nobody_asks_for_changes_no_fact(parts: list[Json]):
    """Claims and observations with unknown codes are counted, and that is all."""
    more = [
        {"resourceType": "Claim", "id": "other"},
        {
            "resourceType": "Observation",
            "id": "other",
            "status": "final",
            "subject": {"reference": "Patient/p"},
            "effectiveDateTime": "2025-01-01",
            "code": {"coding": [{"system": "http://other.example", "code": "1"}]},
        },
    ]

    assert made_of(parts).facts == made_of(parts + more).facts


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place inside a resource, but for its type."""
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found = [place for key, inner in parts for place in places(inner, (*path, key))]
    return [path, *found] if path and path != ("resourceType",) else found


@given(st.data())
def test_whatever_stands_in_a_resource_it_is_read_or_told(data: st.DataObject):
    """Anything anywhere: an answer or an InputError, never another failure, and all is accounted for."""
    whole = copy.deepcopy([patient(), *one_of_each()])
    for _ in range(data.draw(st.integers(1, 4))):
        victim = data.draw(st.sampled_from(whole))
        *way, last = data.draw(st.sampled_from(places(victim)))
        for key in way:
            victim = victim[key]
        victim[last] = data.draw(ANYTHING)

    try:
        record = record_of([bundle(*whole)], name="x", reader=reader())
    except InputError as refused:
        record = None
        assert_told(refused.code)
    if record is not None:
        quality = record.quality
        assert quality.resources == len(whole)
        assert quality.read == quality.resources - sum(each.count for each in quality.not_read)


def assert_told(code: str) -> None:
    assert code.startswith("VF-REC-")


@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode), st.integers(0, 400))
def test_any_bytes_give_a_record_or_an_input_error(noise: bytes, cut: int):
    """Cut and stitched at will."""
    whole = as_bytes(bundle(patient()))
    for data in (noise, whole[:cut] + noise, whole[:cut] + noise + whole[cut:]):
        try:
            read_record(data, name="x", reader=reader())
        except InputError as refused:
            assert_told(refused.code)
