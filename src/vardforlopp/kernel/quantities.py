"""Numbers and units: read, normalised, and converted with exact factors.

Units are UCUM. An annotation (`{score}`, `{1.73_m2}`) counts as 1, and a pH is a plain number.
Values are fractions, so that 400 pg/mL *equals* 400 ng/L; a float never takes part.

A unit says nothing of what was measured. HbA1c in per cent (NGSP) and in mmol/mol (IFCC) are two
quantities on two scales, joined by a regression and not by a factor: 6.5 % is 48 mmol/mol,
while the bare ratio would be 65. So `convert` refuses `%` to `mmol/mol` and back, and each of
the two needs a selector of its own; either is still a ratio, and converts to `1`.
"""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from vardforlopp.kernel._unit_factors import FACTORS
from vardforlopp.kernel.unit_spellings import ATOMS, SPELLINGS


class UnitError(ValueError):
    """Two units of which one cannot be turned into the other. The message has units, no value."""


# Factor and offset; None where it would change nothing.
_Steps = tuple[Fraction | None, Fraction | None]
_SAME: _Steps = (None, None)


class _Form(NamedTuple):
    """A unit in base units: `value * factor + offset`, in the unit that `dimension` names."""

    dimension: str
    factor: Fraction
    offset: Fraction


_LONGEST_UNIT = 64
_STEPS = 8
_LONGEST_NUMBER = 400
_LONGEST_INTEGER = 1200  # bits
_LARGEST_EXPONENT = 330

_BLANK = re.compile(r"\s+")
# Micro sign and Greek mu; times; middle dot and dot operator; minus.
_SIGNS = str.maketrans("\u00b5\u03bc\u00d7\u00b7\u22c5\u2212", "uux..-")
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
_POWER_OF_TEN = re.compile(r"^x?10(?:(?:\^|\*\*?|[eE]|\()([0-9]{1,2})\)?|([⁰¹²³⁴⁵⁶⁷⁸⁹]{1,2}))(?=$|[/.{])")
_ALONE = re.compile(r"(^|[/.(])\{[^{}]*\}")
_ANNOTATION = re.compile(r"\{[^{}]*\}")
_LEADING_ONE = re.compile(r"^1(?:(?=/)|\.(?=[A-Za-z\[(%]))")
_ATOM = re.compile(r"[^\W\d_]+(?:\[[^\[\]]*\])?|\[[^\[\]]*\]")
_TAME = re.compile(r"(?!.*(?:[A-Za-z\])][-+]?\d\d|10[*^][-+]?\d{3}|\d{5}))[\x21-\x7e]+")

_NOT_A_RATIO = frozenset({("%", "mmol/mol"), ("mmol/mol", "%")})

_NUMBER = re.compile(r"([-+]?)([0-9]+)(?:([.,])([0-9]+))?(?:[eE]([-+]?[0-9]{1,3}))?")


def parse_number(number: str | int | float | Decimal | Fraction) -> Fraction:
    """A number as it was written, exactly: `0.1` is one tenth, as text and as a float.

    A decimal comma is read (`4,5`), unless it could part thousands (`1,250`). Raises
    `ValueError`, without repeating the number, for what is no finite number.
    """
    if isinstance(number, Fraction):
        return number
    return _read(str(number) if isinstance(number, Decimal) else number)


# Typed, since True and 1.0 would else be found under 1.
@lru_cache(maxsize=16384, typed=True)
def _read(number: str | int | float) -> Fraction:
    if isinstance(number, bool):
        raise ValueError("a yes or no is not a number")
    if isinstance(number, int) and number.bit_length() > _LONGEST_INTEGER:
        raise ValueError("the number is too large")
    text = str(number).strip().replace("\N{MINUS SIGN}", "-")
    match = _NUMBER.fullmatch(text) if len(text) <= _LONGEST_NUMBER else None
    if match is None:
        raise ValueError("not a finite number")
    sign, whole, mark, decimals, exponent = match.groups(default="")
    if mark == "," and len(decimals) == 3 and whole[0] != "0" and len(whole) <= 3:
        raise ValueError("the comma may part thousands or decimals: write a point")
    power = int(exponent or 0) - len(decimals)
    if abs(power) > _LARGEST_EXPONENT:
        raise ValueError("the number is too large or too small")
    digits = int(sign + whole + decimals)
    return Fraction(digits * 10**power) if power >= 0 else Fraction(digits, 10**-power)


@lru_cache(maxsize=4096)
def normalise_unit(text: str) -> str:
    """The UCUM unit that a text means, written in one way; an unknown text stays as it is.

    No unit, and an annotation alone, is `1`.
    """
    if len(text) > _LONGEST_UNIT:
        return text
    unit = _BLANK.sub("", text).translate(_SIGNS)
    # What one step leaves may itself be a spelling (`st{x}`); a few steps are enough for any unit.
    for _ in range(_STEPS):
        before, unit = unit, _simplified(unit)
        if unit == before:
            return unit
    return text


def _simplified(unit: str) -> str:
    unit = SPELLINGS.get(unit.casefold(), unit)
    unit = _POWER_OF_TEN.sub(lambda power: f"10*{power[1] or power[2]}", unit).translate(_RAISED)
    return _ATOM.sub(lambda atom: _atom(atom[0]), _without_annotations(unit)) or "1"


def _without_annotations(unit: str) -> str:
    unit = _ALONE.sub(lambda found: "(1" if found[1] == "(" else "" if found[1] else "1", unit)
    return _LEADING_ONE.sub("", _ANNOTATION.sub("", unit))


def _atom(written: str) -> str:
    """One part of a unit; words of four letters and more whatever their case."""
    return ATOMS.get(written) or (ATOMS.get(written.casefold(), written) if len(written) > 3 else written)


@lru_cache(maxsize=4096)
def _form(unit: str) -> _Form | None:
    """A normalised unit in base units, or None when it is not UCUM (or no linear scale)."""
    row = FACTORS.get(unit)
    if row is not None:
        dimension, numerator, denominator, above, below = row
        return _Form(dimension, Fraction(numerator, denominator), Fraction(above, below))
    if len(unit) > _LONGEST_UNIT or not _TAME.fullmatch(unit):
        return None
    # Here, and not above: pint takes half a second, and few records need it.
    from vardforlopp.kernel.ucum import NotUcum, base_form

    try:
        return _Form(*base_form(unit))
    except NotUcum:
        return None


def known_unit(text: str) -> bool:
    """True when the text, normalised, is a UCUM unit that can be converted."""
    return _form(normalise_unit(text)) is not None


def convert(value: Fraction, unit: str, to: str, molar_mass: Fraction | None = None) -> Fraction:
    """A value in another unit, exactly; `molar_mass` (g/mol) lets mass and amount meet.

    Raises `UnitError` when a unit is unknown or the two do not measure the same thing.
    """
    if unit == to:
        return value
    route = _route(unit, to, molar_mass)
    if isinstance(route, str):
        raise UnitError(route)
    factor, offset = route
    if factor is not None:
        value = value * factor
    return value if offset is None else value + offset


@lru_cache(maxsize=8192)
def _route(unit: str, to: str, molar_mass: Fraction | None) -> _Steps | str:
    """(factor, offset) from one unit to another, or in words why there is no way."""
    source, target = normalise_unit(unit), normalise_unit(to)
    if source == target:
        return _SAME
    if (source, target) in _NOT_A_RATIO:
        return f"{source} and {target} are two scales (NGSP and IFCC), not one: use a selector for each"
    a, b = _form(source), _form(target)
    if a is None or b is None:
        return f"'{(source if a is None else target)[:32]}' is not a known unit"
    bridge = Fraction(1) if a.dimension == b.dimension else _bridge(a.dimension, b.dimension, molar_mass)
    if bridge is None:
        return f"'{source}' cannot be told in '{target}'"
    factor, offset = a.factor * bridge / b.factor, (a.offset * bridge - b.offset) / b.factor
    return factor if factor != 1 else None, offset or None


def _bridge(source: str, target: str, molar_mass: Fraction | None) -> Fraction | None:
    """The power of the molar mass between two dimensions that differ only in mass and amount."""
    if molar_mass is None or molar_mass <= 0:
        return None
    a, b = _powers(source), _powers(target)
    grams = b.pop("g", 0) - a.pop("g", 0)
    moles = b.pop("mol", 0) - a.pop("mol", 0)
    return molar_mass**grams if a == b and grams == -moles else None


def _powers(dimension: str) -> dict[str, int]:
    parts = (re.fullmatch(r"(.*?)(-?\d+)?", part) for part in dimension.split(".") if part)
    return {part[1]: int(part[2] or 1) for part in parts if part}
