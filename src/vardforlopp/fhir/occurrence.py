"""When a thing happened: dateTime, Period, Age, Range or Timing, as one start and one end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

from vardforlopp.fhir.bundle import Group
from vardforlopp.fhir.measures import NOTHING, Read
from vardforlopp.fhir.reader import Matches, Target
from vardforlopp.fhir.reading import ONGOING, SHAPE, End, Reading, end_at, plain_fact
from vardforlopp.fhir.resource_types import SUBJECT, Json
from vardforlopp.fhir.statuses import ELEMENT, ORDERED, PERFORMED, SHOWS
from vardforlopp.kernel.civil import Interval, add_months, interval_of_day
from vardforlopp.kernel.quantities import parse_number

_WHY = {
    "VF-QUA-003": "dated in the future",
    "VF-QUA-004": "dated after death",
    "VF-QUA-005": "dated before birth",
}
_MONTHS = {"a": 12, "mo": 1}
_DAYS = {"wk": 7, "d": 1}


class Spell(NamedTuple):
    """Start and, where one is written, end. An end before the start has been reported and dropped."""

    start: Interval
    end: Interval | None = None


#: A spell past the constructor, as facts are made.
new_spell: Callable[[tuple[Interval, Interval | None]], Spell] = partial(tuple.__new__, Spell)


def each(kind: str, group: Group, reading: Reading, one: Callable[[Json, str, int, Reading], None]) -> None:
    """Read what is about this person and counts by its status; `one` gets what that status shows.

    A resource of another shape than FHIR's is reported and left.
    """
    me, path, shows = reading.me, SUBJECT.get(kind, "subject"), SHOWS.get(kind)
    status = ELEMENT.get(kind, "status")
    for own, resource in group.items():
        ref = f"{kind}/{own}"
        try:
            mine = path in resource and resource[path].get("reference") in me
            if not mine and not reading.about_me(resource, kind, ref):
                continue
            shown = PERFORMED if shows is None else shows.get(resource.get(status, ""), 0)
            if shown or reading.shows(resource, kind, ref):
                one(resource, ref, shown, reading)
        except SHAPE as error:
            reading.misshapen(kind, ref, error)


def each_whose(
    kind: str,
    group: Group,
    reading: Reading,
    *,
    whose: Callable[[Json, str, Reading], bool],
    one: Callable[[Json, str, int, Reading], None],
) -> None:
    """As `each`, for types that say in another way whom they are about."""
    for own, resource in group.items():
        ref = f"{kind}/{own}"
        try:
            shown = reading.shows(resource, kind, ref) if whose(resource, ref, reading) else 0
            if shown:
                one(resource, ref, shown, reading)
        except SHAPE as error:
            reading.misshapen(kind, ref, error)


def spell(
    resource: Json, kind: str, ref: str, *, stem: str | None, reading: Reading, instead: Sequence[str] = ()
) -> Spell | None:
    """When `stem`[x] says it happened, else the first of `instead`; None is counted as not read.

    A year that stands for "unknown" says nothing, and is told.
    `stem` None: there is no such choice of types, only the elements of `instead`.
    """
    path: str | None = None
    start: Interval | None = None
    end: Interval | None = None
    text = resource.get(instead[0] if stem is None else _DATE_TIMES[stem])
    if text is not None:
        span = reading.times[text]
        if span is not None:
            return new_spell((span, None))
    if stem is not None:
        path, start, end = _written(resource, ref, stem, reading)
    if path is None or (start is None and _last_fault(ref, path, reading) == "VF-QUA-002"):
        # A year that stands for "unknown" has been reported; it says no more than no time at all.
        other = next((each for each in instead if each in resource), None)
        if other is not None:
            path, start, end = other, reading.when(resource[other], ref, other), None
        elif path is None:
            reading.find("VF-QUA-007", ref, instead[0] if stem is None else f"{stem}[x]")
            reading.skip(kind, ref, "no usable date")
            return None
    if start is None:
        undated(kind, ref, path, reading)
        return None
    return new_spell((start, end))


class _DateTimes(dict[str, str]):
    """Stem of a time -> the element that most senders write it in."""

    def __missing__(self, stem: str) -> str:
        self[stem] = path = f"{stem}DateTime"
        return path


_DATE_TIMES = _DateTimes()


def add(
    found: Matches,
    when: Spell,
    kind: str,
    ref: str,
    *,
    resource: Json,
    reading: Reading,
    shown: int = PERFORMED,
    value: Callable[[Target], Read] | None = None,
    end: End | None = None,
) -> None:
    """Facts for those who ask, with the `value` that each gets.

    The end of a state is `end`, else the written one, else it goes on.
    """
    if not found:
        return
    known = reading.known(resource, ref, when.start)
    if known is None:
        reading.skip(kind, ref, "dated in the future")
        return
    reading.visit(resource, ref)
    span, since = known
    for target, answers, stops, plain in found:
        if plain and value is None and shown & PERFORMED:
            reading.facts.append(plain_fact(target, span, since, ref))
        elif answers is not None or not shown & (ORDERED if target.ordered else PERFORMED):
            continue
        elif stops:
            reading.stop(target, span, since, ref, resource=resource)
        else:
            read = NOTHING if value is None else value(target)
            piece = None
            if target.state:
                piece = end or (ONGOING if when.end is None else end_at(when.end))
            reading.event(target, span, since, ref, resource=resource, read=read, end=piece)


def known_in_time(resource: Json, kind: str, ref: str, when: Spell, reading: Reading) -> bool:
    """False, and counted as not read, for what was recorded before it happened."""
    if reading.known(resource, ref, when.start) is not None:
        return True
    reading.skip(kind, ref, "dated in the future")
    return False


def undated(kind: str, ref: str, path: str, reading: Reading) -> None:
    """Count a resource as not read for its date, which has been reported at `path`."""
    reading.skip(kind, ref, _WHY.get(_last_fault(ref, path, reading), "no usable date"))


def _last_fault(ref: str, path: str, reading: Reading) -> str:
    """The code of what was just found wrong with a time at `path`, or nothing."""
    last = reading.findings[-1] if reading.findings else None
    return last.code if last is not None and last.ref == ref and last.path.startswith(path) else ""


def period(element: Json, ref: str, path: str, reading: Reading) -> tuple[Interval | None, Interval | None]:
    """Start and end of a Period; without a start, the end stands for both."""
    first, last = element.get("start"), element.get("end")
    # The path of a fault is only put together where there is one.
    end = None if last is None else reading.stamps[last] or reading.ending(last, ref, f"{path}.end")
    if first is None:
        return (None if last is None else reading.when(last, ref, f"{path}.end")), end
    start = reading.times[first] or reading.when(first, ref, f"{path}.start")
    if start is not None and end is not None and end.hi < start.lo:
        reading.find("VF-QUA-006", ref, path)
        end = None
    return start, end


def _written(
    resource: Json, ref: str, stem: str, reading: Reading
) -> tuple[str | None, Interval | None, Interval | None]:
    """(path, start, end) of the form of `stem`[x] that is there; path None when none is."""
    for form in ("DateTime", "Instant", "Date"):
        path = stem + form
        if path in resource:
            return path, reading.when(resource[path], ref, path), None
    path = f"{stem}Period"
    if path in resource:
        start, end = period(resource[path], ref, path, reading)
        return path, start, end
    path = f"{stem}Age"
    if path in resource:
        return path, at_age(resource[path], resource[path], ref, path, reading), None
    path = f"{stem}Range"
    if path in resource:
        ages = resource[path]
        return path, at_age(ages.get("low"), ages.get("high"), ref, path, reading), None
    path = f"{stem}Timing"
    if path in resource:
        events = resource[path].get("event") or ()
        if events:
            return path, reading.when(min(events), ref, path), None
    return None, None, None


def at_age(low: Any, high: Any, ref: str, path: str, reading: Reading) -> Interval | None:
    """The days on which this person had an age, or one between two; None when it cannot be told."""
    low, high = low or high, high or low
    born = reading.born
    try:
        if born is None:
            raise ValueError("no birth date")
        first, last = _add(born[0], low, 0), _add(born[1], high, 1) - 1
    except (ValueError, KeyError, TypeError, AttributeError):
        reading.find("VF-QUA-007", ref, path)
        return None
    return interval_of_day(first, max(first, last))


def _add(day: int, age: Json, more: int) -> int:
    """The day on which `age` (+ `more` of its unit) is reached."""
    unit, amount = age.get("code") or age["unit"], int(parse_number(age["value"])) + more
    if unit in _MONTHS:
        return add_months(day, amount * _MONTHS[unit])
    return day + amount * _DAYS[unit]
