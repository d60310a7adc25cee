"""Times as FHIR writes them, each text understood once a record."""

from __future__ import annotations

from typing import Any, NamedTuple

from vardforlopp.kernel.civil import Interval, parse_time
from vardforlopp.record.facts import Day

_FIRST_YEAR, _LAST_YEAR = 1850, 2200


class Bounds(NamedTuple):
    """What a fact's time must lie within: the person's life, and the time of reading.

    `born` and `died` are civil days (the first of birth, the last of death), `now` an instant;
    None = not known, nothing is refused by it.
    """

    born: int | None = None
    died: int | None = None
    now: int | None = None


class Stamps(dict[Any, "Interval | None"]):
    """Text -> what it covers; None for what is no time, or a year that stands for "unknown"."""

    def __missing__(self, text: Any) -> Interval | None:
        span = written(text)
        self[text] = found = None if span is None or implausible(span) else span
        return found


class Times(dict[Any, "Interval | None"]):
    """Text -> what it covers; None for a time that no fact may have (see `fault`)."""

    def __init__(self, bounds: Bounds) -> None:
        super().__init__()
        self.bounds = bounds
        self.stamps = Stamps()
        # A day's grace: a birth near midnight may be written in another time zone.
        self._first = _FIRST_DAY if bounds.born is None else max(_FIRST_DAY, bounds.born - 1)
        self._last = _LAST_DAY if bounds.died is None else min(_LAST_DAY, bounds.died)

    def __missing__(self, text: Any) -> Interval | None:
        span = self.stamps[text]
        if span is not None and (span.last_day < self._first or span.day > self._last or self._ahead(span)):
            span = None
        self[text] = span
        return span

    def fault(self, text: object) -> str | None:
        """The finding code of a time that gives no fact; None when it is sound."""
        span = written(text)
        if span is None:
            return "VF-QUA-001"
        if implausible(span):
            return "VF-QUA-002"
        if self.bounds.died is not None and span.day > self.bounds.died:
            return "VF-QUA-004"
        if self._ahead(span):
            return "VF-QUA-003"
        return "VF-QUA-005" if span.last_day < self._first else None

    def _ahead(self, span: Interval) -> bool:
        return self.bounds.now is not None and span.lo > self.bounds.now


def written(text: object) -> Interval | None:
    """What a FHIR date, dateTime or instant covers; None when it is not one, or no such day is."""
    if not isinstance(text, str):
        return None
    if text[17:19] == "60":  # a leap second is the last second of its minute
        text = f"{text[:17]}59{text[19:]}"
    try:
        return parse_time(text)
    except (ValueError, OverflowError):
        return None


def implausible(span: Interval) -> bool:
    """True for years that stand for "unknown" (0001, 9999), not for a time."""
    return span.last_day < _FIRST_DAY or span.day > _LAST_DAY


_FIRST_DAY = parse_time(f"{_FIRST_YEAR}-01-01").day
_LAST_DAY = parse_time(f"{_LAST_YEAR}-12-31").day


def as_value(text: object) -> Day | None:
    """A time as a fact's value: a booking, a stop date. The future is allowed."""
    span = written(text)
    if span is None or implausible(span):
        return None
    return Day(span.day, span.lo if span.lo == span.hi else None)
