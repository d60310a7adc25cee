"""Numbers of one selector in its own unit: each pair of number and unit converted once."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, NamedTuple

from vardforlopp.kernel.quantities import UnitError, convert, normalise_unit, parse_number
from vardforlopp.record.facts import FactValue


class Read(NamedTuple):
    """A value as a fact holds it. `unusable` is the finding code of one that it cannot hold."""

    value: FactValue | None = None
    unit: str | None = None
    original: tuple[str, str] | None = None
    unusable: str | None = None


NOTHING = Read()

_MOST = 20_000

# Counts, lengths, masses, pressures and rates of a person are never below zero. Differences and
# scores may be (base excess in mmol/L, a T-score), so only these units refuse a minus sign.
NEVER_NEGATIVE = frozenset({
    "kg", "g", "mg", "ug", "cm", "m", "mm", "mm[Hg]", "/min", "1/min", "kg/m2", "mL", "L", "L/min", "mL/min",
    "s", "min", "h", "d", "wk", "mo", "a", "ng/L", "ug/L", "mg/L", "g/L", "pg/mL", "ng/mL", "mg/dL", "g/dL",
    "nmol/L", "umol/L", "pmol/L", "mmol/mol", "10*9/L", "10*12/L", "10*3/uL", "10*6/uL", "U/L", "fL", "pg",
    "ukat/L", "mg/mmol", "mg/g", "mm/h", "mg/d",
})  # fmt: skip


class Numbers(dict[float, Read]):
    """Number as parsed -> its exact value in the selector's unit, for one unit.

    Each holds either floats or whole numbers: `1`, `1.0` and `true` are one key, but three texts.
    """

    def __init__(self, measure: Measure, unit: str) -> None:
        super().__init__()
        self._measure = measure
        self._unit = unit

    def __missing__(self, number: float) -> Read:
        if len(self) > _MOST:
            self.clear()
        self[number] = found = self._measure.read(number, self._unit, shown=self._unit)
        return found


class Measure(dict[str, Numbers]):
    """Unit as written -> its `Numbers`. `unit` None = the value keeps its own unit."""

    def __init__(self, unit: str | None, molar_mass: Fraction | None) -> None:
        super().__init__()
        self.unit = unit
        self.molar_mass = molar_mass
        self.whole: dict[str, Numbers] = {}  # the same for whole numbers: `1` and `1.0` are one key
        self._plain = unit is None or normalise_unit(unit) == "1"

    def __missing__(self, unit: str) -> Numbers:
        if len(self) > _MOST:
            self.clear()
        self[unit] = numbers = Numbers(self, unit)
        return numbers

    def of_whole(self, number: int, unit: str) -> Read:
        """A whole number as a fact holds it, converted once."""
        numbers = self.whole.get(unit)
        if numbers is None:
            if len(self.whole) > _MOST:
                self.whole.clear()
            self.whole[unit] = numbers = Numbers(self, unit)
        return numbers[number]

    def read(self, number: Any, unit: str, *, shown: str) -> Read:
        """A number with its unit as a fact holds it; `shown` is the unit as people saw it."""
        found = self.of(number, unit)
        original = (str(number), shown)
        if isinstance(found, str):
            return Read(None, None, original, found)
        return Read(found, self.unit if self.unit is not None else normalise_unit(unit), original)

    def of(self, number: Any, unit: str) -> Fraction | str:
        """A number with its unit as an exact value, or the finding code of one that is unusable."""
        try:
            value = parse_number(number)
        except (ValueError, TypeError, AttributeError):
            return "VF-QUA-033"
        if self.unit is None:
            return value
        if not unit and not self._plain:
            return "VF-QUA-031"  # a bare 35 is not 35 of anything, and never 3500 %
        try:
            value = convert(value, unit, self.unit, self.molar_mass)
        except UnitError:
            return "VF-QUA-030"
        return "VF-QUA-032" if value < 0 and self.unit in NEVER_NEGATIVE else value
