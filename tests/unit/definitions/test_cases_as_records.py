"""A clinician's case gives the same facts that an import of the same things would give."""

from __future__ import annotations

from fractions import Fraction

import pytest

from made.small_content import CASE, TEXTS, VALUES
from vardforlopp.definitions import load
from vardforlopp.definitions.case_record import case_record
from vardforlopp.definitions.cases import Case, StepExpectation
from vardforlopp.definitions.catalogue import Definitions
from vardforlopp.definitions.read_cases import parse_case
from vardforlopp.kernel.civil import day_from_iso, iso, parse_time, start_of_day
from vardforlopp.kernel.errors import DefinitionError
from vardforlopp.record.facts import Day, Fact, Span, Word
from vardforlopp.record.record import Record

MORE = """
stor-dos:
  title: {sv: Stor dos, en: High dose}
  kind: medications
  resource: MedicationRequest
  unit: mg
  state: true
  includes: [dos]
  where: ">= 5 mg"
dos:
  title: {sv: Dos, en: Dose}
  kind: medications
  resource: MedicationRequest
  unit: mg
  state: true
  gap: 7 days
  codes: []
bokning:
  title: {sv: Bokning, en: Booking}
  kind: contacts
  resource: Appointment
  status: ordered
  date_value: start
  codes: []
"""


@pytest.fixture(scope="module")
def definitions() -> Definitions:
    loaded = load({**TEXTS, VALUES: TEXTS[VALUES] + MORE})
    assert loaded.definitions is not None, loaded.errors
    return loaded.definitions


def parsed(definitions: Definitions, text: str) -> tuple[Case | None, list[DefinitionError]]:
    """One case of the small pathway."""
    return parse_case(text, "01-x.yaml", definitions=definitions, pathway=definitions.pathways["exempel"])


def record_of(definitions: Definitions, *lines: str, **head: str) -> Record:
    """The record of a case with these lines."""
    heads = "".join(f"{key}: {value}\n" for key, value in head.items())
    body = "".join(f"  - {line}\n" for line in lines)
    text = f"title: {{sv: x, en: x}}\n{heads}record:\n{body}expect:\n  - as_of: 2026-03-02\n"
    case, errors = parsed(definitions, text)
    assert case is not None, [str(error) for error in errors]
    return case_record(case, definitions.catalogue)


def facts(record: Record, selector: str) -> tuple[Fact, ...]:
    """The facts of one selector."""
    return tuple(record.facts[selector]) if selector in record.facts else ()


def test_a_value_is_kept_in_the_selectors_unit(definitions: Definitions):
    """Exactly, with what was written beside it."""
    record = record_of(
        definitions, "{on: 2026-03-02T10:15, fact: kalium, value: 5200 umol/L, ref_high: 4.6 mmol/L}"
    )

    (fact,) = facts(record, "kalium")
    assert (fact.value, fact.unit, fact.ref_high) == (Fraction(26, 5), "mmol/L", Fraction(23, 5))
    assert fact.lo == fact.hi == parse_time("2026-03-02T10:15").lo


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ('"<5 mmol/L"', Span(None, Fraction(5), hi_open=True)),
        ('">= 5 mmol/L"', Span(Fraction(5), None)),
        ('"4..5 mmol/L"', Span(Fraction(4), Fraction(5))),
    ],
)
def test_a_value_may_be_known_only_within_limits(definitions: Definitions, written: str, value: Span):
    """As laboratories write it."""
    (fact,) = facts(record_of(definitions, f"{{on: 2026-03-02, fact: kalium, value: {written}}}"), "kalium")

    assert fact.value == value


def test_words_and_dates_are_values_too(definitions: Definitions):
    """An answer is a word; a booked time is the value of its booking."""
    record = record_of(
        definitions,
        "{on: 2026-03-02, fact: svar, value: ja}",
        "{on: 2026-03-03, fact: bokning, value: 2026-03-20}",
    )

    assert facts(record, "svar")[0].value == Word("ja")
    assert facts(record, "bokning")[0].value == Day(day_from_iso("2026-03-20"))


def test_a_partial_date_is_an_interval(definitions: Definitions):
    """March 2026 is any day of March."""
    (fact,) = facts(record_of(definitions, "{on: 2026-03, fact: svar}"), "svar")

    assert (iso(fact.day), iso(fact.last_day)) == ("2026-03-01", "2026-03-31")


def test_a_state_goes_on_until_its_end_which_is_a_fact(definitions: Definitions):
    """`until` is the first day on which it no longer holds."""
    record = record_of(definitions, "{on: 2026-01-01, fact: tablett, until: 2026-02-01}")

    assert facts(record, "tablett")[0].until == start_of_day(day_from_iso("2026-02-01"))
    assert [iso(fact.day) for fact in facts(record, "tablett.end")] == ["2026-02-01"]


def test_pieces_within_the_gap_are_one_state(definitions: Definitions):
    """The catalogue says how close they must be."""
    record = record_of(
        definitions,
        "{on: 2026-01-01, fact: tablett, until: 2026-02-01, known: 2025-12-01}",
        "{on: 2026-02-20, fact: tablett, until: null, known: 2025-12-01}",
    )

    assert [(iso(fact.day), fact.until) for fact in facts(record, "tablett")] == [("2026-01-01", None)]


def test_a_cut_union_takes_only_what_passes(definitions: Definitions):
    """`stor-dos` is `dos` from 5 mg."""
    record = record_of(
        definitions,
        "{on: 2026-01-01, fact: dos, value: 2.5 mg, until: 2026-01-10}",
        "{on: 2026-02-01, fact: dos, value: 5 mg, until: 2026-02-10}",
    )

    assert [iso(fact.day) for fact in facts(record, "stor-dos")] == ["2026-02-01"]


@pytest.mark.parametrize("status", ["planned", "refuted", "cancelled", "family", "provisional", "ordered"])
def test_what_did_not_happen_gives_no_fact(definitions: Definitions, status: str):
    """Planned, refuted, cancelled, a relative's, provisional, only ordered."""
    record = record_of(definitions, f"{{on: 2026-03-02, fact: svar, status: {status}}}")

    assert facts(record, "svar") == ()


def test_an_order_counts_where_the_order_is_meant(definitions: Definitions):
    """A referral step is done by the referral."""
    record = record_of(definitions, "{on: 2026-03-02, fact: remiss, status: ordered}")

    assert len(facts(record, "remiss")) == 1


def test_known_and_retracted_say_when_it_was_known(definitions: Definitions):
    """A late answer, later withdrawn."""
    record = record_of(definitions, "{on: 2026-03-02, fact: svar, known: 2026-03-04, retracted: 2026-03-09}")

    (fact,) = facts(record, "svar")
    assert (fact.known_from, fact.known_to) == (
        start_of_day(day_from_iso("2026-03-04")),
        start_of_day(day_from_iso("2026-03-09")),
    )


def test_acts_are_read_with_their_parts(definitions: Definitions):
    """Decision, deviation, decline, attestation, credit, pause, care focus, informed."""
    record = record_of(
        definitions,
        "{on: 2026-03-01, decision: vag, is: lugn, by: lakare}",
        "{on: 2026-03-02, deviation: prov, reason: medicinskt}",
        '{on: 2026-03-03, decline: "*", until: 2027-10-01}',
        "{on: 2026-03-04, attest: prov, done: 2026-02-01, where: Annan region, by: lakare}",
        "{on: 2026-03-05, credit: prov, done: 2025-12-01}",
        "{on: 2026-03-06, pause: {from: 2026-03-06, to: 2026-03-20}, reason: resa}",
        "{on: 2026-03-07, care_focus: palliativ}",
        "{on: 2026-03-08, informed: true}",
    )

    assert [(act.kind, act.step, act.value, act.pathway) for act in record.acts] == [
        ("decision", "vag", "lugn", "exempel"),
        ("deviation", "prov", None, "exempel"),
        ("decline", None, None, "exempel"),
        ("attestation", "prov", None, "exempel"),
        ("credit", "prov", None, "exempel"),
        ("pause", None, None, "exempel"),
        ("care-focus", None, "palliativ", None),
        ("informed", None, None, "exempel"),
    ]
    assert record.acts[3].done_day == day_from_iso("2026-02-01")
    assert record.acts[5].until_day == day_from_iso("2026-03-20")


def test_every_kind_of_source_is_connected_unless_said_otherwise(definitions: Definitions):
    """A case names only what is missing or stale."""
    record = record_of(
        definitions, "{on: 2026-03-02, fact: svar}", sources="[{kind: laboratory, connected: false}]"
    )

    assert {source.kind: source.connected for source in record.sources} == {
        "laboratory": False,
        "medications": True,
        "contacts": True,
    }


def test_a_whole_case_is_read(definitions: Definitions):
    """Head, enrolment, expectations; an occurrence is named by its nominal day."""
    case, errors = parsed(definitions, TEXTS[CASE])
    assert case is not None, errors
    record = case_record(case, definitions.catalogue)

    assert (case.sheet, case.region, iso(record.patient.birth_hi or 0)) == (1, "region", "1952-03-31")
    assert [enrolment.entry for enrolment in record.enrolments] == ["IN1"]
    (expected,) = case.expect
    assert (expected.entered, expected.ended, expected.choices) == ("IN1", "none", {"vag": "lugn"})
    assert [(step.step, step.occurrence, step.state) for step in expected.steps] == [
        ("prov", None, "done"),
        ("omprov", "2026-03-02", "not-applicable"),
    ]
    assert isinstance(expected.steps[0], StepExpectation)


def test_all_errors_of_a_case_are_told(definitions: Definitions):
    """A wrong selector, a wrong step and a wrong date in one go."""
    text = (
        TEXTS[CASE]
        .replace("fact: remiss", "fact: remis")
        .replace("prov: {state", "porv: {state")
        .replace("on: 2026-02,", "on: 2026-13,")
    )
    case, errors = parsed(definitions, text)

    assert case is None
    assert [(error.code, error.where) for error in errors] == [
        ("VF-DEF-030", "01-x.yaml:8"),
        ("VF-DEF-023", "01-x.yaml:10"),
        ("VF-DEF-085", "01-x.yaml:19"),
    ]
    assert errors[0].do == "Did you mean 'remiss'?"
