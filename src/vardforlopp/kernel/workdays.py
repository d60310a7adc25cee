"""Working days in Sweden.

A working day is Monday to Friday, no public holiday, and none of the eves on which offices are
closed in practice; which eves count is a setting. Holidays are known for the years of the
committed table; before and after it only weekends are free.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from vardforlopp.kernel._holidays import YEARS

EVES = ("midsummer", "christmas", "new-year")


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """Which civil days are working days: all weekdays but the `holidays`."""

    holidays: frozenset[int]
    _free: tuple[int, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_free", tuple(sorted(day for day in self.holidays if _is_weekday(day))))

    def is_working(self, day: int) -> bool:
        """True for a weekday that is no holiday."""
        return _is_weekday(day) and day not in self.holidays

    def index(self, day: int) -> int:
        """How many working days there are up to and including `day`.

        Working days lie as far apart as their indexes: the one number to store and subtract.
        """
        weeks, rest = divmod(day, 7)
        return 5 * weeks + min(rest, 5) - bisect_right(self._free, day)

    def nth(self, day: int, n: int) -> int:
        """The n-th working day after `day`, before it for a negative n; `day` itself for 0."""
        if n == 0:
            return day
        return self._at(self.index(day) + n if n > 0 else self.index(day - 1) + n + 1)

    def _at(self, index: int) -> int:
        """The working day with this index."""
        passed = 0
        while True:
            weeks, rest = divmod(index + passed - 1, 5)
            day = 7 * weeks + rest + 1
            free = bisect_right(self._free, day)
            if free == passed:
                return day
            passed = free


def _is_weekday(day: int) -> bool:
    # Day 1, 1 January 0001, is a Monday.
    return (day - 1) % 7 < 5


def swedish(eves: Collection[str] = EVES) -> WorkCalendar:
    """The Swedish calendar, with the eves (of `EVES`) that are no working days."""
    unknown = sorted(set(eves) - set(EVES))
    if unknown:
        raise ValueError(f"'{unknown[0]}' is not an eve; write any of: {', '.join(EVES)}")
    return _swedish(frozenset(eves))


@lru_cache(maxsize=8)
def _swedish(eves: frozenset[str]) -> WorkCalendar:
    free: set[int] = set()
    for year, holidays, closed in YEARS:
        days = holidays.split() + [day for eve, day in zip(EVES, closed.split(), strict=True) if eve in eves]
        free.update(date(year, int(day[:2]), int(day[2:])).toordinal() for day in days)
    return WorkCalendar(frozenset(free))
