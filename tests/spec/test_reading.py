"""Reading values, codes and times: what a fact says, and since when it was known."""

from __future__ import annotations

from fractions import Fraction

import pytest

from made.fhir_bundles import (
    ICD,
    LOINC,
    NOON,
    SNOMED,
    Json,
    at,
    concept,
    condition,
    day,
    found,
    observation,
    only,
    patient,
    quantity,
    read,
    reasons,
    resource,
    status_of,
)
from vardforlopp.record.facts import Day, Span, Word


@pytest.mark.parametrize(
    "written, value, unit",
    [
        ({"valueQuantity": quantity(2450, "ng/L")}, Fraction(2450), "ng/L"),
        ({"valueQuantity": quantity(400.0, "pg/mL")}, Fraction(400), "ng/L"),
        ({"valueQuantity": quantity(0.1, "ug/L")}, Fraction(100), "ng/L"),
        ({"valueQuantity": quantity(1, "pmol/L")}, Fraction("8.4574"), "ng/L"),
        (
            {"valueQuantity": quantity(5, "ng/L", comparator="<")},
            Span(None, Fraction(5), False, True),
            "ng/L",
        ),
        ({"valueQuantity": quantity(5, "ng/L", comparator=">=")}, Span(Fraction(5), None), "ng/L"),
        (
            {"valueRange": {"low": quantity(10, "ng/L"), "high": quantity(20, "ng/L")}},
            Span(Fraction(10), Fraction(20)),
            "ng/L",
        ),
        ({"valueString": "<5 ng/L"}, Span(None, Fraction(5), False, True), "ng/L"),
        ({"valueString": "12,5 ng/L"}, Fraction("12.5"), "ng/L"),
    ],
)
def test_a_number_is_told_exactly_in_the_unit_of_its_selector(written: Json, value: object, unit: str):
    """Exact factors, a molar mass where the selector has one, and a span for what lies within limits."""
    fact = only(read(observation(code=concept(LOINC, "33762-6"), **written)), "ntprobnp")

    assert value == fact.value
    assert unit == fact.unit


@pytest.mark.parametrize(
    "name, written, value",
    [
        ("nyha", {"valueCodeableConcept": concept(SNOMED, "420300004")}, Word("1")),
        ("nyha", {"valueCodeableConcept": concept(SNOMED, "999")}, Word("999")),
        ("nyha", {"valueInteger": 2}, Fraction(2)),
        ("pass", {"valueBoolean": True}, Word("ja")),
        ("pass", {"valueBoolean": False}, Word("nej")),
        ("pass", {"valueCodeableConcept": concept(LOINC, "LA32-8")}, Word("nej")),
        ("pass", {"valueString": " delvis "}, Word("delvis")),
        ("pass", {"valueDateTime": "2026-05-01"}, Day(day("2026-05-01"))),
        ("pass", {"valuePeriod": {"start": NOON}}, Day(day("2026-03-02"), at(NOON))),
        ("pass", {"valueTime": "10:30:00"}, Word("10:30:00")),
        (
            "pass",
            {"valueRatio": {"numerator": {"value": 1}, "denominator": {"value": 160}}},
            Fraction(1, 160),
        ),
        ("pass", {"valueSampledData": {"data": "1 2 3"}}, None),
        ("pass", {"interpretation": [concept("http://terminology.hl7.org/x", "POS")]}, Word("POS")),
    ],
)
def test_every_type_of_value_is_read(name: str, written: Json, value: object):
    """Quantities, codes, yes and no, text, dates, ranges and ratios; none is lost without a trace."""
    assert value == only(read(observation(name, **written)), name).value


def test_what_was_written_stays_beside_what_it_means():
    """`original` keeps the number and the unit as the sender wrote them."""
    fact = only(read(observation("vikt", valueQuantity=quantity(70500.0, "g"))), "vikt")

    assert Fraction("70.5") == fact.value
    assert fact.original == ("70500.0", "g")


def test_components_give_facts_of_their_own():
    """A blood pressure is two facts of one resource."""
    parts = [
        {"code": concept(LOINC, "8480-6"), "valueQuantity": quantity(140.0, "mm[Hg]")},
        {"code": concept(LOINC, "8462-4"), "valueQuantity": quantity(12.0, "kPa")},
        {"code": concept(LOINC, "1-8"), "valueQuantity": quantity(1.0, "kg")},
    ]
    record = read(observation("okand", component=parts))

    assert Fraction(140) == only(record, "sbt").value
    assert 90 < only(record, "dbt").value < 91
    assert only(record, "sbt").ref == only(record, "dbt").ref == "Observation/o1"


def test_reference_limits_come_in_the_unit_of_the_selector():
    """The laboratory's own limit, that of usual results and not of treatment."""
    ranges = [
        {"low": quantity(9, "pg/mL"), "type": {"coding": [{"code": "therapeutic"}]}},
        {"high": quantity(0.125, "ug/L")},
    ]
    fact = only(
        read(observation("ntprobnp", valueQuantity=quantity(1.0, "ng/L"), referenceRange=ranges)), "ntprobnp"
    )

    assert (None, Fraction(125)) == (fact.ref_low, fact.ref_high)


@pytest.mark.parametrize(
    "written, code",
    [
        (quantity(70, "mmol/L"), "VF-QUA-030"),
        (quantity(70, "stenar"), "VF-QUA-030"),
        ({"value": 70}, "VF-QUA-031"),
        (quantity(-70.0, "kg"), "VF-QUA-032"),
        ({"value": "NaN", "unit": "kg", "code": "kg"}, "VF-QUA-033"),
        ({"value": True, "unit": "kg", "code": "kg"}, "VF-QUA-033"),
    ],
)
def test_a_value_that_cannot_be_used_is_a_finding_and_no_silent_no(written: Json, code: str):
    """The fact stands, without a value, and says so; nothing is guessed."""
    record = read(observation("vikt", valueQuantity=written))
    fact = only(record, "vikt")

    assert (None, code) == (fact.value, fact.unusable)
    assert {code} == found(record)


def test_a_missing_value_with_a_reason_is_no_value():
    """The measurement stands without a value; what was not performed does not stand at all."""
    unknown = observation("vikt", dataAbsentReason=status_of("unknown"))
    not_done = observation("vikt", dataAbsentReason=status_of("not-performed"))

    assert only(read(unknown), "vikt").value is None
    assert "vikt" not in read(not_done).facts


def test_a_fixed_cut_lets_through_only_what_surely_passes():
    """`where` of a selector: 1,000 passes, 999 does not, and what is only known as above 5 does not."""
    values = [quantity(1000.0, "ng/L"), quantity(999.0, "ng/L"), quantity(5, "ng/L", comparator=">")]
    record = read(*(observation("ntprobnp", f"o{n}", valueQuantity=each) for n, each in enumerate(values)))

    assert [fact.ref for fact in record.facts["hogt-ntprobnp"]] == ["Observation/o0"]
    assert len(record.facts["ntprobnp"]) == 3


@pytest.mark.parametrize(
    "system", [ICD, "https://www.icd10.se/", "urn:oid:1.2.752.116.1.1.1.1.3", "1.2.752.116.1.1.1.1.8"]
)
@pytest.mark.parametrize("written", ["I50", "I50.9", "i509"])
def test_a_code_is_known_under_all_names_of_its_system(system: str, written: str):
    """ICD-10-SE has four names in use, and codes with and without dot."""
    assert "hjartsvikt" in read(condition(code=concept(system, written))).facts


def test_one_resource_with_several_codings_gives_one_fact():
    """SNOMED CT and ICD-10-SE side by side mean the same once."""
    both = {"coding": [{"system": ICD, "code": "I50.9"}, {"system": SNOMED, "code": "88805009"}]}

    assert len(read(condition(code=both)).facts["hjartsvikt"]) == 1


def test_a_code_of_another_system_is_another_code():
    """The same characters in another system, or in none, mean nothing here."""
    assert not read(condition(code=concept("http://other.example", "88805009"))).facts
    assert not read(condition(code={"coding": [{"code": "88805009"}], "text": "hjärtsvikt"})).facts


def test_every_selector_may_be_sent_by_its_own_name():
    """`urn:x-vardforlopp:fact` carries what no code system has."""
    assert "fotstatus" in read(observation("fotstatus")).facts


def test_what_nobody_asks_for_is_read_and_gives_nothing():
    """It was understood; that no selector knows its code is no fault of it."""
    record = read(observation(code=concept(LOINC, "0-0")))

    assert not record.facts
    assert (record.quality.resources, record.quality.read, record.quality.not_read) == (2, 2, ())


@pytest.mark.parametrize(
    "written, first, last",
    [
        ("2026", "2026-01-01", "2026-12-31"),
        ("2026-02", "2026-02-01", "2026-02-28"),
        ("2026-02-03", "2026-02-03", "2026-02-03"),
    ],
)
def test_a_partial_date_is_an_interval(written: str, first: str, last: str):
    """What is known to the year may be any day of it."""
    fact = only(read(observation(effectiveDateTime=written)), "vikt")

    assert (day(first), day(last)) == (fact.day, fact.last_day)


def test_what_is_recorded_cannot_lie_after_its_recording():
    """An imprecise time ends when it was recorded: "2026", told on 2 March, is over by 2 March."""
    fact = only(read(observation(effectiveDateTime="2026", issued=NOON)), "vikt")

    assert (day("2026-01-01"), day("2026-03-02")) == (fact.day, fact.last_day)
    assert (at(NOON), at(NOON)) == (fact.hi, fact.known_from)


def test_known_from_is_the_first_that_is_given():
    """issued, recordedDate, recorded, authoredOn, meta.lastUpdated; else the fact's own time, counted."""
    later = {"lastUpdated": "2026-03-09T08:00:00Z"}
    issued = read(observation(issued="2026-03-04T08:00:00Z", meta=later))
    stored = read(observation(meta=later))
    assumed = read(observation())

    assert at("2026-03-04T08:00:00Z") == only(issued, "vikt").known_from
    assert at("2026-03-09T08:00:00Z") == only(stored, "vikt").known_from
    assert only(assumed, "vikt").lo == only(assumed, "vikt").known_from
    assert [each.quality.known_from_assumed for each in (issued, stored, assumed)] == [0, 0, 1]


@pytest.mark.parametrize(
    "written, code, reason",
    [
        ("2026-02-30", "VF-QUA-001", "no usable date"),
        ("den 2 mars", "VF-QUA-001", "no usable date"),
        ("0001-01-01", "VF-QUA-002", "no usable date"),
        ("9999-12-31", "VF-QUA-002", "no usable date"),
        ("1949-12-31", "VF-QUA-005", "dated before birth"),
        ("2026-06-01", "VF-QUA-003", "dated in the future"),
    ],
)
@pytest.mark.parametrize("name", ["vikt", "okand"])
def test_a_time_that_cannot_be_is_reported_and_gives_no_fact(name: str, written: str, code: str, reason: str):
    """Asked for or not, a bad date is told; `now` is the instant of reading."""
    record = read(observation(name, effectiveDateTime=written), now=at("2026-05-01"))

    assert not record.facts
    assert {code} == found(record)
    assert {("Observation", reason): 1} == reasons(record)


@pytest.mark.parametrize(
    "onset",
    [
        {"onsetDateTime": "0001-01-01"},
        {"onsetDateTime": "9999-12-31"},
        {"onsetDateTime": None, "onsetPeriod": {"start": "0001-01-01", "end": "2026-02-01"}},
    ],
)
def test_a_diagnosis_with_a_year_that_means_unknown_is_dated_by_its_recording(onset: Json):
    """Like one without onset; the year is told, and the diagnosis is not lost."""
    record = read(condition(**onset, recordedDate="2026-03-02"))

    assert only(record, "hjartsvikt").day == day("2026-03-02")
    assert {"VF-QUA-002"} == found(record)
    assert not reasons(record)


def test_a_diagnosis_dated_in_a_year_that_means_unknown_everywhere_is_not_read():
    """No date is made up; what is wrong is told once a place."""
    record = read(condition(onsetDateTime="0001-01-01", recordedDate="0001-01-01"))

    assert not record.facts
    assert {"VF-QUA-002"} == found(record)
    assert reasons(record) == {("Condition", "no usable date"): 1}


def test_what_was_recorded_before_it_happened_lies_in_the_future():
    """Without asking any clock: a result issued the day before the sample."""
    record = read(observation(effectiveDateTime="2026-03-02", issued="2026-03-01T08:00:00Z"))

    assert not record.facts
    assert {"VF-QUA-003"} == found(record)


def test_a_swedish_evening_is_that_day_in_sweden():
    """23:30 in UTC on 2 March is 3 March in Stockholm."""
    assert day("2026-03-03") == only(read(observation(effectiveDateTime="2026-03-02T23:30:00Z")), "vikt").day


def test_an_end_before_the_start_is_reported_and_dropped():
    """The start still counts; the impossible end does not."""
    stay = resource(
        "Encounter",
        status="in-progress",
        period={"start": "2026-03-02", "end": "2026-03-01"},
        **{"class": {"code": "IMP"}},
    )
    record = read(stay)

    assert only(record, "slutenvard").until is None
    assert {"VF-QUA-006"} == found(record)


def test_an_age_at_onset_is_an_interval_of_that_age():
    """ "At 60": from the 60th birthday to the day before the 61st."""
    fact = only(read(condition(onsetDateTime=None, onsetAge=quantity(60, "a"))), "hjartsvikt")

    assert (day("2010-03-01"), day("2011-02-28")) == (fact.day, fact.last_day)


def test_S10_what_is_dated_after_death_is_reported_and_no_evidence():
    """It stands in the report, never among the facts."""
    dead = patient(deceasedDateTime="2026-03-01T10:00:00+01:00")
    record = read(
        observation(), observation("sbt", "o2", effectiveDateTime="2026-03-01T23:00:00+01:00"), person=dead
    )

    assert list(record.facts) == ["sbt"]
    assert reasons(record) == {("Observation", "dated after death"): 1}
    assert {"VF-QUA-004"} == found(record)
    assert record.patient.died is not None
    assert day("2026-03-01") == record.patient.died.day


def test_S10_dead_without_a_date_is_dead_on_the_last_day_of_the_record():
    """A death that is only ticked still stops everything, and is reported."""
    record = read(observation(), person=patient(deceasedBoolean=True))

    assert record.patient.died is not None
    assert day("2026-03-02") == record.patient.died.day
    assert {"VF-QUA-044"} == found(record)
