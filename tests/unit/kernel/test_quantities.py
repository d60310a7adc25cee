"""Numbers and units: exact, normalised, and never guessed."""

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from vardforlopp.kernel.quantities import (
    UnitError,
    convert,
    known_unit,
    normalise_unit,
    parse_number,
)

SOURCE = str(Path(__file__).parents[3] / "src")


def number(text: str) -> Fraction:
    return Fraction(text)


@pytest.mark.parametrize(
    ("value", "unit", "to", "then"),
    [
        ("400", "pg/mL", "ng/L", "400"),
        ("1", "mg/L", "ng/L", "1000000"),
        ("1", "mg/dL", "mg/L", "10"),
        ("5.5", "mmol/L", "umol/L", "5500"),
        ("60", "U/L", "ukat/L", "1"),
        ("4", "m[IU]/L", "u[IU]/mL", "4"),
        ("4", "mIE/L", "m[iU]/L", "4"),
        ("120", "mm[Hg]", "kPa", "15.99864"),
        ("16", "kPa", "mmHg", str(Fraction(16000, 1) / Fraction("133.322"))),
        ("7", "10*3/uL", "10*9/L", "7"),
        ("4.5", "10*6/uL", "10*12/L", "4.5"),
        ("37", "Cel", "K", "310.15"),
        ("98.6", "[degF]", "Cel", "37"),
        ("37", "Cel", "[degF]", "98.6"),
        ("1", "wk", "d", "7"),
        ("1440", "mg/d", "mg/min", "1"),
        ("24", "mL/h", "mL/d", "576"),
        ("90", "mL/min/{1.73_m2}", "mL/min", "90"),
        ("12", "{score}", "1", "12"),
        ("12", "{score}", "{points}", "12"),
        ("7.4", "[pH]", "pH", "7.4"),
        ("1", "kg/m2", "g/cm2", "0.1"),
        ("30", "ug/mg", "mg/g", "30"),
        ("1", "mg/mmol", "g/mol", "1"),
    ],
)
def test_values_convert_exactly(value: str, unit: str, to: str, then: str):
    """And back, to the same fraction."""
    assert convert(number(value), unit, to) == number(then)
    assert convert(number(then), to, unit) == number(value)


def test_equal_concentrations_are_equal():
    """400 pg/mL is 400 ng/L: no difference in the last digit, as floats would have."""
    assert convert(parse_number("400"), "pg/mL", "ng/L") == parse_number("400")
    assert convert(parse_number(0.1), "mg/dL", "mg/L") == 1


@pytest.mark.parametrize(
    ("value", "unit", "to", "molar_mass", "then"),
    [
        ("180.156", "mg/dL", "mmol/L", "180.156", "10"),
        ("8457.4", "ng/L", "pmol/L", "8457.4", "1000"),
        ("1", "mmol/L", "mg/dL", "180.156", "18.0156"),
        ("113.12", "mg/g", "mg/mmol", "113.12", "12.7961344"),
        ("1", "g", "mol", "2", "0.5"),
        ("1", "mg/L", "ug/L", "180.156", "1000"),
    ],
)
def test_mass_and_amount_meet_through_a_molar_mass(
    value: str, unit: str, to: str, molar_mass: str, then: str
):
    """In the numerator or in the denominator; where both are masses it changes nothing."""
    mass = number(molar_mass)

    assert convert(number(value), unit, to, mass) == number(then)
    assert convert(number(then), to, unit, molar_mass=mass) == number(value)


@pytest.mark.parametrize(
    ("unit", "to"),
    [
        ("mg/dL", "mmol/L"),
        ("mg/L", "mg"),
        ("U/L", "[iU]/L"),
        ("[iU]/L", "10*9/L"),
        ("[iU]/mL", "/mL"),
        ("kg", "m"),
        ("%", "mg/L"),
        ("{score}", "mm[Hg]"),
        ("mm[Hg]", "furlongs"),
        ("blurb", "mm[Hg]"),
        ("dB", "1"),
        ("E/L", "[iU]/L"),
    ],
)
def test_what_does_not_measure_the_same_is_refused(unit: str, to: str):
    """Mass against amount without a molar mass, arbitrary units, unknown and logarithmic ones."""
    with pytest.raises(UnitError):
        convert(Fraction(1), unit, to)


def test_a_molar_mass_does_not_make_all_things_meet():
    """Only mass and amount of the same thing; and no molar mass is zero or less."""
    for unit, to, mass in (
        ("mg/L", "mol", "180"),
        ("kg", "s", "180"),
        ("mg/L", "mol/L", "0"),
        ("g", "mol", "-1"),
    ):
        with pytest.raises(UnitError):
            convert(Fraction(1), unit, to, number(mass))


def test_per_cent_and_mmol_per_mol_are_ratios():
    """As pure ratios 1 % is 10 mmol/mol: both are a hundredth of 1."""
    assert convert(Fraction(1), "%", "1") == convert(Fraction(10), "mmol/mol", "1") == Fraction(1, 100)


@pytest.mark.parametrize(("unit", "to"), [("%", "mmol/mol"), ("mmol/mol", "%"), ("%{HbA1c}", "mmol/mol")])
def test_hba1c_in_per_cent_never_becomes_mmol_per_mol(unit: str, to: str):
    """NGSP 6.5 % is IFCC 48 mmol/mol; the bare ratio would say 65. So a factor is refused."""
    with pytest.raises(UnitError, match="NGSP and IFCC"):
        convert(number("6.5"), unit, to)


@pytest.mark.parametrize(
    ("written", "unit"),
    [
        ("µg/L", "ug/L"), ("μg/L", "ug/L"), ("ug/L", "ug/L"), ("mcg/L", "ug/L"), ("mikrog/l", "ug/L"),
        ("µmol/l", "umol/L"), ("μkat/L", "ukat/L"), ("ng/dl", "ng/dL"), ("gm/dL", "g/dL"),
        ("mmHg", "mm[Hg]"), ("mm Hg", "mm[Hg]"), ("mm[Hg]{systolic}", "mm[Hg]"),
        ("×10⁹/L", "10*9/L"), ("10^9/L", "10*9/L"), ("10E9/l", "10*9/L"), ("x10(9)/L", "10*9/L"),
        ("10*9/L", "10*9/L"), ("E9/L", "10*9/L"), ("10*3{cells}/uL", "10*3/uL"), ("K/uL", "10*3/uL"),
        ("kg/m²", "kg/m2"), ("kg/m^2", "kg/m2"), ("°C", "Cel"), ("ºC", "Cel"), ("grader C", "Cel"),
        ("mIE/L", "m[iU]/L"), ("IE/mL", "[iU]/mL"), ("u[IU]/mL", "u[iU]/mL"), ("[IU]/L", "[iU]/L"),
        ("mL/min/{1.73_m2}", "mL/min"), ("mL/min/1,73 m²", "mL/min"), ("ml/min/1.73m2", "mL/min"),
        ("mL/min/1.73.m2", "mL/min"),
        ("slag/min", "/min"), ("{beats}/min", "/min"), ("1/min", "/min"), ("/min", "/min"), ("bpm", "/min"),
        ("{score}", "1"), ("{T-score}", "1"), ("{#}", "1"), ("poäng", "1"), ("st", "1"), ("", "1"),
        ("pH", "1"), ("[pH]", "1"), ("INR", "1"), ("{INR}", "1"), ("/{HPF}", "1"), ("{a}.m", "m"),
        ("dagar", "d"), ("days", "d"), ("Veckor", "wk"), ("år", "a"), ("tim", "h"), ("mm/tim", "mm/h"),
        ("procent", "%"), ("%", "%"), ("%{NGSP}", "%"), ("‰", "[ppth]"), ("ppb", "[ppb]"),
        ("mg/24 h", "mg/d"), ("mg/dygn", "mg/d"), ("m·s⁻¹", "m.s-1"), ("cmH2O", "cm[H2O]"),
    ],
)  # fmt: skip
def test_a_spelling_becomes_the_ucum_unit_that_it_means(written: str, unit: str):
    """Both micro signs, Swedish words, powers of ten, annotations; and a second time changes nothing."""
    assert normalise_unit(written) == unit
    assert normalise_unit(unit) == unit
    assert known_unit(written)


@pytest.mark.parametrize(
    "text", ["blurb", "MG/DL", "E/L", "mg/", "{open", "(1", "100 mg", "1.5 mg", "år gammal", "mg//L"]
)
def test_an_unknown_unit_is_not_guessed(text: str):
    """`MG` is milligrams to one sender and megagauss to UCUM."""
    assert not known_unit(text)
    with pytest.raises(UnitError):
        convert(Fraction(1), text, "mg")


@pytest.mark.parametrize(
    "text",
    ["10*99999", "m9999999", "m99", "1" * 60, "(" * 60, "m." * 30 + "m", "x" * 100_000, "10^999.10^999"],
)
def test_a_unit_made_to_harm_costs_nothing(text: str):
    """Huge powers, deep nesting and long texts are refused or small; an error stays short."""
    with pytest.raises(UnitError) as raised:
        convert(Fraction(1), text, "mg")

    assert len(str(raised.value)) < 160


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("0.1", "1/10"), (0.1, "1/10"), (1e-07, "1/10000000"), (1e22, str(10**22)), ("4,5", "9/2"),
        ("0,125", "1/8"), ("-3", "-3"), ("\u22123", "-3"), ("+2", "2"), (" 7 ", "7"), (5, "5"),
        (Fraction(1, 3), "1/3"), (Decimal("1.20"), "6/5"), ("1.20", "6/5"), ("1e3", "1000"),
        ("2.5E-3", "1/400"), (-0.0, "0"), ("1234,567", "1234567/1000"),
    ],
)  # fmt: skip
def test_a_number_is_read_as_it_was_written(written: str | float | Decimal, value: str):
    """A float is the shortest decimal that it prints as; a comma is a decimal comma."""
    assert parse_number(written) == number(value)


@pytest.mark.parametrize(
    "written",
    [
        "NaN", float("nan"), float("inf"), float("-inf"), Decimal("NaN"), Decimal("sNaN"),
        Decimal("Infinity"), "inf", "", "abc", "1 200", "1,250", "12,000", "0x10", "1_000", "٣",
        "1e999", "1e-999", "--1", "1.", ".5", "<5", "5-10", "9" * 500, 10**500,
        Decimal("1e9999"), True, False, "1/3",
    ],
)  # fmt: skip
def test_what_is_no_finite_number_is_refused_without_being_repeated(written: str | float | Decimal):
    """NaN, infinite, astronomic, yes and no, and a comma that may part thousands."""
    with pytest.raises(ValueError) as raised:
        parse_number(written)

    assert str(written) == "" or str(written) not in str(raised.value)


def test_one_is_not_found_under_true():
    """Equal in Python, and cached apart."""
    assert parse_number(1) == parse_number(1.0) == 1
    with pytest.raises(ValueError):
        parse_number(True)


def test_no_record_waits_for_pint():
    """Importing the kernel, and converting between units of the table, loads none of the slow libraries."""
    program = """
import sys
from fractions import Fraction
from vardforlopp.kernel import civil, codes, durations, identifiers, quantities, workdays
quantities.convert(Fraction(5), "µkat/l", "U/L")
quantities.convert(Fraction(5), "mg/dL", "mmol/L", Fraction(180))
workdays.swedish()
slow = {"pint", "ucumvert", "lark", "holidays", "babel", "yaml", "personnummer"} & set(sys.modules)
assert not slow, slow
quantities.convert(Fraction(5), "[stone_av]", "kg")
assert "pint" in sys.modules
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env={"PYTHONPATH": SOURCE}
    )

    assert (done.returncode, done.stderr) == (0, "")
