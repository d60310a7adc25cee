"""Durations as the definitions write them: `20 minutes`, `3 working days`, `12 months`."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from vardforlopp.kernel.civil import (
    HOUR,
    MAX_DAY,
    MINUTE,
    Moment,
    add_months,
    civil,
    day_of,
    end_of_day,
    start_of_day,
)

Unit = Literal["minutes", "hours", "days", "working days", "weeks", "months", "years"]
UNITS: tuple[Unit, ...] = ("minutes", "hours", "days", "working days", "weeks", "months", "years")

_WRITTEN = re.compile(r"(-?[0-9]+(?:\.[0-9]+)?) (working )?(minute|hour|day|week|month|year)s?")

# For ranges and for "may only be made shorter"; never for adding to a date.
_ROUGH_DAYS = {
    "minutes": Fraction(1, 1440), "hours": Fraction(1, 24), "days": Fraction(1),
    "working days": Fraction(7, 5), "weeks": Fraction(7), "months": Fraction(365, 12), "years": Fraction(365),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Duration:
    """A whole number of one unit; minutes and hours compare instants, the rest civil days.

    `more`: days on top, as in 12 months and a day. No definition is written so; a mutant is.
    """

    amount: int
    unit: Unit
    more: int = 0

    def __str__(self) -> str:
        text = f"{self.amount} {self.unit if abs(self.amount) != 1 else self.unit[:-1]}"
        return f"{text} {self.more:+d} day" if self.more else text

    def __neg__(self) -> Duration:
        return Duration(-self.amount, self.unit, -self.more)

    @property
    def by_instant(self) -> bool:
        """True for minutes and hours."""
        return self.unit in ("minutes", "hours")

    @property
    def rough_days(self) -> Fraction:
        """Length in days, months as a twelfth of 365: for ordering durations only."""
        return self.amount * _ROUGH_DAYS[self.unit]


NOTHING = Duration(0, "days")


def parse_duration(text: str) -> Duration:
    """`"6 weeks"` as a `Duration`; `ValueError` when it is not written so.

    Half an hour is allowed for hours (`4.5 hours` is 270 minutes); all other amounts are whole.
    """
    match = _WRITTEN.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"'{text}' is not a duration")
    amount, working, unit = Fraction(match[1]), match[2], match[3] + "s"
    if working:
        if unit != "days":
            raise ValueError("only days can be working days")
        unit = "working days"
    if amount.denominator != 1:
        if unit != "hours" or (amount * 60).denominator != 1:
            raise ValueError("write a whole number, or a smaller unit")
        return Duration(int(amount * 60), "minutes")
    return Duration(int(amount), unit)  # type: ignore[arg-type]  # the pattern admits only units


def add(moment: Moment, duration: Duration, working_day: Callable[[int, int], int]) -> Moment:
    """`moment` plus `duration`.

    `working_day(day, n)` gives the n-th working day from `day` (negative counts back).
    Minutes and hours keep the instant; all other units give a civil day.
    """
    amount, unit = duration.amount, duration.unit
    if unit == "days":
        day = moment.day + amount
    elif unit == "weeks":
        day = moment.day + 7 * amount
    elif unit == "months":
        day = add_months(moment.day, amount)
    elif unit == "years":
        day = add_months(moment.day, 12 * amount)
    elif unit == "working days":
        day = working_day(moment.day, amount)
    else:
        at = moment.at + amount * (MINUTE if unit == "minutes" else HOUR)
        at = min(max(at, start_of_day(1)), end_of_day(MAX_DAY - 1))
        return Moment(day_of(at), at, True)
    day += duration.more
    if amount == 0 and not duration.more:
        return moment if unit == "days" and not moment.exact else civil(moment.day)
    return civil(min(max(day, 1), MAX_DAY - 1))
