"""Civil time in Europe/Stockholm, and instants in UTC.

An *instant* is an `int`: microseconds since 1970-01-01T00:00Z. A *day* is an `int`: the
proleptic Gregorian ordinal of a civil date in Europe/Stockholm. Both order, subtract and
store as plain integers, in Python and in a relational engine alike.
"""

from __future__ import annotations

from bisect import bisect_right
from calendar import monthrange
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache, partial
from typing import NamedTuple
from zoneinfo import ZoneInfo

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

STOCKHOLM = ZoneInfo("Europe/Stockholm")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EPOCH_DAY = date(1970, 1, 1).toordinal()
MAX_DAY = date.max.toordinal()


class Moment(NamedTuple):
    """A point in time: the civil day, the instant, and whether the instant is meant.

    `exact=False` means that only the civil day counts; `at` is then the start of that day.
    """

    day: int
    at: int
    exact: bool = False


class Interval(NamedTuple):
    """What a written time covers: first and last instant, first and last civil day."""

    lo: int
    hi: int
    day: int
    last_day: int


#: An interval past the constructor: most of a record's are instants, each understood once.
_interval: Callable[[tuple[int, int, int, int]], Interval] = partial(tuple.__new__, Interval)


def instant(moment: datetime) -> int:
    """Microseconds since the epoch of an aware `datetime`, without rounding."""
    gone = moment - EPOCH
    return gone.days * DAY + gone.seconds * SECOND + gone.microseconds


def _offset_of(at: int) -> int:
    seconds = (EPOCH + timedelta(microseconds=at)).astimezone(STOCKHOLM).utcoffset()
    assert seconds is not None
    return int(seconds.total_seconds()) * SECOND


@lru_cache(maxsize=1)
def _offsets() -> tuple[list[int], list[int]]:
    """Instants at which Stockholm's offset changes, and the offset from each on."""
    at = instant(datetime(1900, 1, 1, tzinfo=UTC))
    end = instant(datetime(2101, 1, 1, tzinfo=UTC))
    edges, offsets = [-(1 << 62)], [_offset_of(at)]
    # No two changes lie within four weeks, and each is on a quarter of an hour.
    step, grain = 28 * DAY, 15 * MINUTE
    while at < end:
        if _offset_of(at + step) != offsets[-1]:
            low, high = at, at + step
            while high - low > grain:
                middle = (low + high) // 2 // grain * grain
                if _offset_of(middle) == offsets[-1]:
                    low = middle
                else:
                    high = middle
            edges.append(high)
            offsets.append(_offset_of(high))
        at += step
    return edges, offsets


def _offset(at: int) -> int:
    edges, offsets = _offsets()
    return offsets[bisect_right(edges, at) - 1]


def _at_local(local: int) -> int:
    """The instant of a local clock reading, the first of two in autumn.

    A reading that the clock skips in spring is taken as if it had not been moved.
    """
    before = _offset(local - 3 * HOUR)
    at = local - before
    if _offset(at) == before:
        return at
    after = _offset(local)
    return local - after if _offset(local - after) == after else at


def day_of(at: int) -> int:
    """The civil day in Stockholm on which an instant falls."""
    edges, offsets = _offsets()
    return EPOCH_DAY + (at + offsets[bisect_right(edges, at) - 1]) // DAY


@lru_cache(maxsize=1 << 16)
def start_of_day(day: int) -> int:
    """The instant at which a civil day begins in Stockholm."""
    return _at_local((day - EPOCH_DAY) * DAY)


def end_of_day(day: int) -> int:
    """The last microsecond of a civil day in Stockholm."""
    return start_of_day(day + 1) - 1


@lru_cache(maxsize=1 << 16)
def civil(day: int) -> Moment:
    """A moment of which only the civil day is meant."""
    return Moment(day, start_of_day(day), False)


def exact(at: int) -> Moment:
    """A moment known to the instant."""
    return Moment(day_of(at), at, True)


def as_of_day(day: int) -> Moment:
    """A date as the time asked about: the end of that day."""
    return Moment(day, end_of_day(day), True)


def reached(moment: Moment, t: Moment) -> bool:
    """True when `t` is at or after `moment`, by instant if `moment` is exact, else by day."""
    return t.at >= moment.at if moment.exact else t.day >= moment.day


@lru_cache(maxsize=1 << 16)
def iso(day: int) -> str:
    """A day as `2026-03-02`."""
    return date.fromordinal(day).isoformat()


def iso_instant(at: int) -> str:
    """An instant as ISO 8601 with Stockholm's offset, to the second."""
    # Counted, not asked of datetime: the first day of year 1 begins in UTC's year 0.
    offset = _offset(at)
    days, rest = divmod(at + offset, DAY)
    (hour, minute), second = divmod(rest // MINUTE, 60), rest % MINUTE // SECOND
    ahead = offset // MINUTE
    clock = f"{hour:02}:{minute:02}:{second:02}+{ahead // 60:02}:{ahead % 60:02}"
    return f"{iso(EPOCH_DAY + days)}T{clock}"


def day_from_iso(text: str) -> int:
    """A day from `2026-03-02`; `ValueError` when no such date exists."""
    # Python also reads week dates and dates without dashes, which nobody here means.
    if len(text) != 10 or text[4] != "-" or text[7] != "-":
        raise ValueError("not a date written as 2026-03-02")
    return date.fromisoformat(text).toordinal()


@lru_cache(maxsize=1 << 16)
def add_months(day: int, months: int) -> int:
    """The same day of the month `months` later; clamped at the end of a shorter month."""
    start = date.fromordinal(day)
    index = start.year * 12 + start.month - 1 + months
    year, month = divmod(index, 12)
    if year < 1:
        return 1
    if year > 9999:
        return MAX_DAY
    last = monthrange(year, month + 1)[1]
    return date(year, month + 1, min(start.day, last)).toordinal()


def years_between(born: int, day: int) -> int:
    """Completed years from `born` to `day`; a birthday on 29 February falls on 1 March."""
    b, d = date.fromordinal(born), date.fromordinal(day)
    return d.year - b.year - ((d.month, d.day) < (b.month, b.day))


def interval_of_day(first: int, last: int) -> Interval:
    """What a civil date, or a run of civil dates, covers."""
    return Interval(start_of_day(first), end_of_day(last), first, last)


def parse_time(text: str) -> Interval:
    """A FHIR date, dateTime or instant as what it covers; partial dates give intervals.

    Raises `ValueError` for a time that does not exist (2026-02-30) or is not written so.
    A time of day without an offset is Swedish local time (RIV-TA convention).
    """
    size = len(text)
    if size > 10:
        return _parse_instant(text)
    if size == 10:
        day = day_from_iso(text)
        return interval_of_day(day, day)
    if size == 7:
        first = day_from_iso(text + "-01")
        last = MAX_DAY if text == "9999-12" else add_months(first, 1) - 1
        return interval_of_day(first, last)
    if size == 4 and text.isascii() and text.isdigit():
        return interval_of_day(date(int(text), 1, 1).toordinal(), date(int(text), 12, 31).toordinal())
    raise ValueError("not a FHIR date or time")


def _parse_instant(text: str) -> Interval:
    if text[10] != "T" or text[4] != "-" or text[7] != "-":
        raise ValueError("not a FHIR date and time")
    moment = datetime.fromisoformat(text)
    at = instant(moment) if moment.tzinfo else _at_local(instant(moment.replace(tzinfo=UTC)))
    day = day_of(at)
    if not 1 <= day <= MAX_DAY:
        raise ValueError("outside the calendar, years 1 to 9999 in Swedish time")
    return _interval((at, at, day, day))
