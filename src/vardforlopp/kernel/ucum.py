"""UCUM units in base units, exactly, through pint and ucumvert.

Apart from `quantities`, because importing pint takes longer than assessing a patient: this
module is imported only for a unit that the committed table `_unit_factors` lacks, and by the
script that writes that table.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Any

from lark.exceptions import LarkError
from pint.errors import PintError
from ucumvert import PintUcumRegistry
from ucumvert.parser import get_ucum_parser, parse_ucum
from ucumvert.ucum_pint import UcumToPintTransformer
from ucumvert.xml_util import get_units_with_full_definition

# Units to which pint gives another value than UCUM (a mercury column by another density, a
# Calorie of one calorie, g% as grams), in an order in which each rests on those before it.
UCUM_DECIDES = (
    "m[Hg]", "[in_i'Hg]", "[in_i'H2O]", "[PRU]", "[wood'U]", "g%", "[Cal]", "cal_[15]", "[Btu_th]", "[Btu]",
    "Bq", "Ci", "a_t", "mo_s", "u", "[cft_i]", "[cyd_i]",
)  # fmt: skip

BASE = {
    "gram": "g", "meter": "m", "second": "s", "mole": "mol", "kelvin": "K", "ampere": "A", "candela": "cd",
    "radian": "rad", "bit": "bit",
}  # fmt: skip

BaseForm = tuple[str, Fraction, Fraction]


class NotUcum(ValueError):
    """The text is not a UCUM unit whose values can be converted by a factor and an offset."""


class _Transformer(UcumToPintTransformer):  # type: ignore[misc, no-any-unimported]  # ucumvert is untyped
    """ucumvert's reading of a parsed unit, with UCUM's own value where pint's differs."""

    def __init__(self, registry: Any) -> None:
        super().__init__(ureg=registry)
        self.own: dict[str, str] = {}

    def simple_unit(self, args: Sequence[Any]) -> Any:
        atom = str(args[-1])
        return super().simple_unit([*args[:-1], self.own[atom]] if atom in self.own else args)


class _Ucum:
    """A registry in fractions, UCUM's parser, and the names of its arbitrary units."""

    def __init__(self) -> None:
        self.registry = PintUcumRegistry(non_int_type=Fraction)
        self._parser = get_ucum_parser()
        self._transformer = _Transformer(self.registry)
        definitions = {unit.code_cs: unit for unit in get_units_with_full_definition()}
        for number, code in enumerate(UCUM_DECIDES):
            value = Fraction(definitions[code].conversion_factor)
            self._define(code, f"ucum_{number}", value * self._root(definitions[code].defining_unit))
        self.arbitrary: dict[str, str] = {}
        for code, unit in definitions.items():
            if unit.is_arbitrary:
                (name,) = self.quantity(code).unit_items()
                self.arbitrary.setdefault(name[0], code)

    def _root(self, text: str) -> Any:
        return (self.quantity(text) * Fraction(1)).to_root_units()

    def _define(self, code: str, name: str, value: Any) -> None:
        factor = Fraction(value.magnitude)
        units = " * ".join(f"{base} ** {power}" for base, power in value.unit_items()) or "dimensionless"
        self.registry.define(f"{name} = {factor.numerator} / {factor.denominator} * {units}")
        self._transformer.own[code] = name

    def quantity(self, text: str) -> Any:
        """A unit as a pint quantity."""
        parsed = self._transformer.transform(parse_ucum(text, self._parser))
        return parsed if hasattr(parsed, "to_root_units") else self.registry.Quantity(1, "dimensionless")

    def arbitrary_powers(self, quantity: Any) -> dict[str, int]:
        """The powers of arbitrary units ([iU] ...), which pint counts as plain numbers."""
        powers: dict[str, int] = {}
        for written, power in quantity.unit_items():
            for _, name, _ in self.registry.parse_unit_name(written)[:1]:
                if name in self.arbitrary:
                    code = self.arbitrary[name]
                    powers[code] = powers.get(code, 0) + int(power)
        return powers


@lru_cache(maxsize=1)
def ucum() -> _Ucum:
    """The one registry of the process."""
    return _Ucum()


def _exact(number: Any) -> Fraction:
    if isinstance(number, float) and not number.is_integer():
        raise NotUcum("not on a linear scale")
    return Fraction(number)


def _dimension(powers: dict[str, int]) -> str:
    return ".".join(f"{unit}{power if power != 1 else ''}" for unit, power in sorted(powers.items()) if power)


def base_form(text: str) -> BaseForm:
    """What a value in this unit is in base units: (dimension, factor, offset).

    `value * factor + offset` is the value in the unit that `dimension` names (grams, metres,
    seconds, moles, kelvin ...). Raises `NotUcum` for what is not UCUM, or not linear (decibel).
    """
    book = ucum()
    try:
        quantity = book.quantity(text)
        one = book.registry.Quantity(Fraction(1), quantity.units).to_root_units()
        zero = book.registry.Quantity(Fraction(0), quantity.units).to_root_units()
    except (LarkError, PintError, OverflowError, ValueError) as error:
        # ValueError: powers so high that Python refuses to write the number.
        raise NotUcum("not a UCUM unit") from error
    offset = _exact(zero.magnitude)
    factor = _exact(quantity.magnitude) * (_exact(one.magnitude) - offset)
    powers = {BASE.get(name, name): int(power) for name, power in one.unit_items()}
    for code, power in book.arbitrary_powers(quantity).items():
        powers[code] = powers.get(code, 0) + power
    return _dimension(powers), factor, offset
