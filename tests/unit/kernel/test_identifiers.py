"""Swedish identifiers: read, checked, written in one way, never shown."""

from __future__ import annotations

import ast
import inspect
import pickle

import pytest

from vardforlopp.kernel import identifiers
from vardforlopp.kernel.civil import day_from_iso, iso
from vardforlopp.kernel.errors import InputError
from vardforlopp.kernel.identifiers import (
    TEST_NUMBERS,
    HsaId,
    IdentifierError,
    OrganisationNumber,
    Personnummer,
    Reservnummer,
    Samordningsnummer,
    parse_person_number,
)

PERSONNUMMER = [
    "196101182803",
    "195009072553",
    "189002029800",
    "200001252386",
    "199002222397",
    "200302022389",
]
ON = day_from_iso("2026-03-02")


def code_of(kind: type, text: str, **how: int) -> str:
    with pytest.raises(IdentifierError) as raised:
        kind.parse(text, **how)  # type: ignore[attr-defined]
    digits = "".join(sign for sign in text if sign.isdigit())
    told = str(raised.value) + repr(raised.value)
    assert not digits or (text not in told and digits not in told)
    return raised.value.code


@pytest.mark.parametrize("number", PERSONNUMMER)
def test_the_published_examples_are_personnummer(number: str):
    """Twelve digits, with a separator or without, are the same value."""
    value = Personnummer.parse(number)

    assert str(value) == number
    assert Personnummer.parse(f" {number[:8]}-{number[8:]} ") == value
    assert iso(value.born) == f"{number[:4]}-{number[4:6]}-{number[6:8]}"
    assert value.is_test_number


def test_a_samordningsnummer_has_60_added_to_its_day():
    """Day 73 is the 13th."""
    value = Samordningsnummer.parse("19610973-2393")

    assert (str(value), iso(value.born)) == ("196109732393", "1961-09-13")
    assert value.is_test_number


@pytest.mark.parametrize(
    ("text", "on", "full"),
    [
        ("610118-2803", "2026-03-02", "196101182803"),
        ("6101182803", "2026-03-02", "196101182803"),
        ("030202-2389", "2026-03-02", "200302022389"),
        ("900202+9800", "1995-01-01", "189002029800"),
        ("900202-9800", "1985-01-01", "189002029800"),
    ],
)
def test_ten_digits_need_the_day_on_which_they_were_written(text: str, on: str, full: str):
    """`-` is the hundred years up to that day, `+` the hundred before."""
    assert str(Personnummer.parse(text, on=day_from_iso(on))) == full
    assert code_of(Personnummer, text) == "VF-ID-004"


def test_a_birth_after_the_day_of_writing_is_refused():
    """With twelve digits, and when ten would mean later the same year."""
    assert code_of(Personnummer, "200302022389", on=day_from_iso("2003-02-01")) == "VF-ID-006"
    assert code_of(Personnummer, "030202-2389", on=day_from_iso("2003-02-01")) == "VF-ID-006"
    assert str(Personnummer.parse("030202-2389", on=day_from_iso("2003-02-02"))) == "200302022389"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("198912311234", "VF-ID-002"),
        ("196101182804", "VF-ID-002"),
        ("196102302803", "VF-ID-003"),
        ("196113182803", "VF-ID-003"),
        ("196101002803", "VF-ID-003"),
        ("196109732393", "VF-ID-005"),
        ("", "VF-ID-001"),
        ("19610118280", "VF-ID-001"),
        ("1961011828033", "VF-ID-001"),
        ("196101182803\n1", "VF-ID-001"),
        ("1961 0118 2803", "VF-ID-001"),
        ("١٩٦١٠١١٨٢٨٠٣", "VF-ID-001"),
        ("176101182803", "VF-ID-001"),
        ("226101182803", "VF-ID-001"),
        ("196101180001", "VF-ID-001"),
        ("98240301AA06", "VF-ID-001"),
    ],
)
def test_what_is_no_personnummer_is_refused_without_being_repeated(text: str, code: str):
    """Check digit, date, kind, form; digits of other scripts and numbers of other series."""
    assert code_of(Personnummer, text) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [("196101182803", "VF-ID-005"), ("196109922393", "VF-ID-003"), ("196109732394", "VF-ID-002")],
)
def test_what_is_no_samordningsnummer_is_refused(text: str, code: str):
    """A day up to 60 is a personnummer's, and 92 is no day."""
    assert code_of(Samordningsnummer, text) == code


@pytest.mark.parametrize(
    ("text", "born"),
    [("98240301AA06", "2024-03-01"), ("22950606FH20", "1995-06-06"), ("25780404-KHD5", "1978-04-04")],
)
def test_a_reserve_number_states_its_century_in_series_of_three(text: str, born: str):
    """22 and 25 are both the 1900s, 98 the 2000s: never read naively as a year."""
    value = Reservnummer.parse(text.lower())

    assert str(value) == text.replace("-", "")
    assert value.born is not None
    assert iso(value.born) == born


def test_a_reserve_number_may_state_no_date():
    """A number that begins with 00 is for somebody whose birth date is unknown."""
    assert Reservnummer.parse("00123456AB12").born is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("19521234TA3C", "VF-ID-001"),
        ("20081234-0123", "VF-ID-001"),
        ("123456-DA0A", "VF-ID-001"),
        ("22950606FI20", "VF-ID-001"),
        ("229506060020", "VF-ID-001"),
        ("99950606FH20", "VF-ID-001"),
        ("22950231FH20", "VF-ID-003"),
    ],
)
def test_regional_reserve_numbers_are_not_national_ones(text: str, code: str):
    """Nor are letters that are not used, numbers without letters, and days that do not exist."""
    assert code_of(Reservnummer, text) == code


def test_only_the_published_examples_count_as_test_numbers():
    """A well-formed number outside the list is not assumed to be one."""
    assert {str(parse_person_number(number)) for number in TEST_NUMBERS} == TEST_NUMBERS
    assert all(parse_person_number(number).is_test_number for number in TEST_NUMBERS)
    assert not Reservnummer.parse("22950606FH20").is_test_number


def test_a_number_of_unknown_kind_becomes_what_it_is():
    """By its day, or by its letters."""
    kinds = [type(parse_person_number(text)) for text in ("196101182803", "196109732393", "98240301AA06")]

    assert kinds == [Personnummer, Samordningsnummer, Reservnummer]
    assert type(parse_person_number("610973-2393", on=ON)) is Samordningsnummer


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("SE2321000131-P000000123456", "SE2321000131-P000000123456"),
        ("se2321000131-p000000123456", "SE2321000131-P000000123456"),
        (" SE165565594230-1001 ", "SE165565594230-1001"),
    ],
)
def test_an_hsa_id_is_compared_without_case(text: str, canonical: str):
    """Upper case is its one form."""
    assert str(HsaId.parse(text)) == canonical


def test_an_hsa_id_names_the_organisation_that_gave_it():
    """When that number is a valid one."""
    assert str(HsaId.parse("SE165565594230-1001").organisation) == "5565594230"
    assert HsaId.parse("SE5565594231-1001").organisation is None


@pytest.mark.parametrize(
    "text", ["", "SE2321000131", "SE2321000131-", "SE232100013-1", "NO2321000131-1", "SE2321000131-å"]
)
def test_what_is_no_hsa_id_is_refused(text: str):
    """Country, ten digits, a dash and a local part."""
    assert code_of(HsaId, text) == "VF-ID-001"


@pytest.mark.parametrize("text", ["5565594230", "556559-4230", "165565594230", "232100-0016", "2321000131"])
def test_an_organisation_number_has_ten_digits(text: str):
    """With a dash or the prefix 16, too."""
    digits = text.replace("-", "")[-10:]

    assert str(OrganisationNumber.parse(text)) == digits


@pytest.mark.parametrize(
    ("text", "code"), [("5565594231", "VF-ID-002"), ("556559", "VF-ID-001"), ("55-65594230", "VF-ID-001")]
)
def test_what_is_no_organisation_number_is_refused(text: str, code: str):
    """Form, then check digit."""
    assert code_of(OrganisationNumber, text) == code


def test_a_value_cannot_be_made_wrong():
    """The constructor takes the canonical form only."""
    for wrong in ("19610118-2803", "196101182804", "6101182803"):
        with pytest.raises(IdentifierError):
            Personnummer(wrong)
    with pytest.raises(AttributeError):
        Personnummer("196101182803").number = "x"  # type: ignore[misc]


def test_a_number_is_shown_only_by_str():
    """Not in a `repr`, so not in a log or a traceback."""
    value = Personnummer("196101182803")

    assert repr(value) == "Personnummer(...)"
    assert f"{[value]}" == "[Personnummer(...)]"
    assert pickle.loads(pickle.dumps(value)) == value
    assert len({value, Personnummer.parse("19610118-2803")}) == 1


def test_a_refused_number_is_an_input_error_that_says_what_to_do():
    """Code, kind, what, and what to do."""
    with pytest.raises(InputError) as raised:
        Personnummer.parse("198912311234")

    said = "VF-ID-002 personnummer  the check digit does not fit. Read the number again at its source."
    assert str(raised.value) == said
    assert raised.value.exit_code == 2


def test_gender_is_never_inferred_and_no_clock_is_asked():
    """No name in the module speaks of it, and nothing imports a library that would."""
    tree = ast.parse(inspect.getsource(identifiers))
    names = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    names |= {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}

    assert not {
        name for name in names if {"sex", "gender", "male", "female", "today", "now"} & set(name.split("_"))
    }
    assert "personnummer" not in imported
