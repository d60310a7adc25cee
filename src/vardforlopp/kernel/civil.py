"""Civil time in Europe/Stockholm, and instants in UTC.

An *instant* is an `int`: microseconds since 1970-01-01T00:00Z. A *day* is an `int`: the
proleptic Gregorian ordinal of a civil date in Europe/Stockholm. Both order, subtract and
store as plain integers, in Python and in a relational engine alike.
"""

from __future__ import annotations

from bisect import bisect_right
from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
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

    @property
    def precise(self) -> bool:
        """True when the civil day is certain."""
        return self.day == self.last_day


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
    step = 14 * DAY
    while at < end:
        if _offset_of(at + step) != offsets[-1]:
            low, high = at, at + step
            while high - low > SECOND:
                middle = (low + high) // 2 // SECOND * SECOND
                if _offset_of(middle) == offsets[-1]:
                    low = middle
                else:
                    high = middle
            edges.append(high)
            offsets.append(_offset_of(high))
        at += step
    return edges, offsets


def day_of(at: int) -> int:
    """The civil day in Stockholm on which an instant falls."""
    edges, offsets = _offsets()
    return EPOCH_DAY + (at + offsets[bisect_right(edges, at) - 1]) // DAY


def start_of_day(day: int) -> int:
    """The instant at which a civil day begins in Stockholm."""
    edges, offsets = _offsets()
    local = (day - EPOCH_DAY) * DAY
    at = local - offsets[bisect_right(edges, local - HOUR) - 1]
    return local - offsets[bisect_right(edges, at) - 1]


def end_of_day(day: int) -> int:
    """The last microsecond of a civil day in Stockholm."""
    return start_of_day(day + 1) - 1


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


def day_of_date(value: date) -> int:
    """A `date` as a day."""
    return value.toordinal()


def iso(day: int) -> str:
    """A day as `2026-03-02`."""
    return date.fromordinal(day).isoformat()


def iso_instant(at: int) -> str:
    """An instant as ISO 8601 with Stockholm's offset, to the second."""
    return (EPOCH + timedelta(microseconds=at)).astimezone(STOCKHOLM).isoformat(timespec="seconds")


def day_from_iso(text: str) -> int:
    """A day from `2026-03-02`; `ValueError` when no such date exists."""
    return date.fromisoformat(text).toordinal()


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
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=STOCKHOLM)
        at = instant(moment)
        day = day_of(at)
        return Interval(at, at, day, day)
    if size == 10:
        day = date.fromisoformat(text).toordinal()
        return interval_of_day(day, day)
    if size == 7:
        first = date.fromisoformat(text + "-01")
        return interval_of_day(first.toordinal(), add_months(first.toordinal(), 1) - 1)
    if size == 4 and text.isdigit():
        return interval_of_day(date(int(text), 1, 1).toordinal(), date(int(text), 12, 31).toordinal())
    raise ValueError("not a FHIR date or time")
