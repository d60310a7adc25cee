"""The committed tables of units, against the libraries that they come from."""

from __future__ import annotations

from fractions import Fraction

import pytest
from ucumvert.xml_util import get_units_with_full_definition

import generate_unit_factors
from vardforlopp.kernel._unit_factors import FACTORS
from vardforlopp.kernel.quantities import convert, known_unit, normalise_unit
from vardforlopp.kernel.ucum import NotUcum, base_form
from vardforlopp.kernel.unit_spellings import ATOMS, SPELLINGS

# Every unit of the bundled generated records, as written there.
IN_RECORDS = [
    "/min", "mg/dL", "mm[Hg]", "%", "g/dL", "kg/m2", "mmol/L", "{score}", "U/L", "fL", "kg", "10*3/uL",
    "cm", "10*6/uL", "pg", "mL/min/{1.73_m2}", "{#}", "Cel", "mL/min", "{nominal}", "g/L", "d", "pH",
    "pg/mL", "ug/dL", "{logmar}", "s", "ug/L", "[pH]", "{INR}", "{presence}", "mg/g", "wk", "ng/mL",
    "{count}", "{T-score}", "mm", "ng/L", "{SG}", "u[IU]/mL", "[iU]/L", "m[IU]/L", "ng/dl", "days",
    "weeks", "K/uL",
]  # fmt: skip

# UCUM counts a mole as a number; here amount of substance is a dimension, as chemists mean it.
# The others rest on pi or on measured constants, or are an angle and a field of view.
APART = {"mol", "[pi]", "'", "[eps_0]", "[mu_0]", "[LPF]", "bit", "Bd"}
NOT_OURS = ("[in_br]", "[pnt_pr]", "[didot]", "Oe", "Gb", "Mx", "G", "AU", "pc")
OLD_CLASSES = {"brit-length", "us-lengths", "typeset", "cgs", "const", "astronomy"}


def test_the_committed_table_is_what_pint_and_ucumvert_say_today():
    """`_unit_factors.py` is generated, number for number."""
    assert generate_unit_factors.TARGET.read_text("utf-8") == generate_unit_factors.render()


def test_the_table_is_exact():
    """Each factor is the fraction that the libraries give, never a float."""
    for unit, (dimension, numerator, denominator, above, below) in FACTORS.items():
        assert base_form(unit) == (dimension, Fraction(numerator, denominator), Fraction(above, below))


@pytest.mark.parametrize("unit", IN_RECORDS)
def test_every_unit_of_the_records_is_in_the_table(unit: str):
    """So that no record loads pint."""
    assert normalise_unit(unit) in FACTORS


def test_the_tables_speak_one_language():
    """Keys and what spellings become are normal forms that are known; no spelling is also a key."""
    assert [unit for unit in FACTORS if normalise_unit(unit) != unit] == []
    assert [unit for unit in {*SPELLINGS.values(), *ATOMS.values()} if normalise_unit(unit) != unit] == []
    assert [unit for unit in {*SPELLINGS.values(), *ATOMS.values()} if not known_unit(unit)] == []
    assert {*SPELLINGS, *ATOMS} & set(FACTORS) == {"1"}
    assert [spelling for spelling in SPELLINGS if spelling != spelling.casefold()] == []


def test_every_linear_unit_of_ucum_has_ucums_own_value():
    """Where pint's value differs (mm[Hg], the food Calorie, g%), UCUM's definition decides."""
    deviating = set()
    for unit in get_units_with_full_definition():
        if unit.is_special or unit.is_arbitrary or unit.class_ in OLD_CLASSES:
            continue
        dimension, factor, _ = base_form(unit.code_cs)
        base_dimension, base_factor, _ = base_form(unit.defining_unit)
        if (dimension, factor) != (base_dimension, base_factor * Fraction(unit.conversion_factor)):
            deviating.add(unit.code_cs)

    assert deviating - APART - set(NOT_OURS) == set()


def test_arbitrary_units_meet_only_themselves():
    """UCUM: an international unit is not a number, nor any other arbitrary unit."""
    arbitrary = [unit.code_cs for unit in get_units_with_full_definition() if unit.is_arbitrary]
    dimensions = {code: base_form(code)[0] for code in arbitrary}
    shared = [codes for codes in (("[iU]", "[IU]"),) if dimensions[codes[0]] == dimensions[codes[1]]]

    assert shared == [("[iU]", "[IU]")]
    assert len(set(dimensions.values())) == len(dimensions) - 1
    assert "" not in dimensions.values()


def test_a_unit_outside_the_table_is_asked_of_the_library():
    """The answer is as exact."""
    assert "[stone_av]" not in FACTORS
    assert convert(Fraction(1), "[stone_av]", "[lb_av]") == 14
    assert convert(Fraction(1), "mg/(24.h)", "mg/d") == 1
    assert convert(Fraction(3), "g/(8.h)", "g/d") == 9


@pytest.mark.parametrize(
    "unit", ["", "blurb", "dB", "B", "[pH]", "Np", "Cel/min", "mg/", "10*-99999", "m[Hg", "\x00"]
)
def test_what_is_not_ucum_or_not_linear_has_no_base_form(unit: str):
    """Logarithms, temperatures inside products, and what no grammar reads."""
    with pytest.raises(NotUcum):
        base_form(unit)
