"""The one place in the engine where durations meet moments."""

from __future__ import annotations

from collections.abc import Callable

from vardforlopp.definitions.criteria import Param
from vardforlopp.engine.context import Ctx
from vardforlopp.engine.parameters import Parameters
from vardforlopp.kernel.civil import MAX_DAY, Moment, add_months, civil
from vardforlopp.kernel.durations import Duration, add
from vardforlopp.kernel.workdays import WorkCalendar

Add = Callable[[Ctx, Moment, Moment], Moment | None]


class Deadlines:
    """Adds durations in one calendar of working days."""

    __slots__ = ("_made", "_nth", "_parameters")

    def __init__(self, calendar: WorkCalendar, parameters: Parameters) -> None:
        self._nth = calendar.nth
        self._parameters = parameters
        self._made: dict[tuple[Duration | Param, bool], Add] = {}

    def plus(self, moment: Moment, duration: Duration) -> Moment:
        """`moment` plus `duration`; a civil day unless the duration is in minutes or hours."""
        return add(moment, duration, self._nth)

    def adding(self, written: Duration | Param, *, minus: bool = False) -> Add:
        """A function (ctx, t, moment) -> moment shifted by a duration or parameter; None = unknown."""
        made = self._made.get((written, minus))
        if made is None:
            made = self._made[written, minus] = self._adding(written, minus=minus)
        return made

    def _adding(self, written: Duration | Param, *, minus: bool) -> Add:
        duration = self._parameters.duration(written)
        nth = self._nth
        if isinstance(duration, Duration):
            return _fixed(-duration if minus else duration, nth)

        def shifted(ctx: Ctx, t: Moment, moment: Moment) -> Moment | None:
            length = duration(ctx, t)
            if not isinstance(length, Duration):
                return None
            return add(moment, -length if minus else length, nth)

        return shifted


def _fixed(duration: Duration, nth: Callable[[int, int], int]) -> Add:
    """Adding a constant: the common units without a choice at run time."""
    days = {"days": 1, "weeks": 7}.get(duration.unit, 0) * duration.amount
    months = {"months": 1, "years": 12}.get(duration.unit, 0) * duration.amount
    if duration.more:
        return lambda ctx, t, moment: add(moment, duration, nth)
    if duration.amount == 0 and not duration.by_instant:
        return lambda ctx, t, moment: civil(moment.day) if moment.exact else moment
    if days:
        return lambda ctx, t, moment: civil(day if 0 < (day := moment.day + days) < MAX_DAY else _inside(day))
    if months:
        return lambda ctx, t, moment: civil(min(add_months(moment.day, months), MAX_DAY - 1))
    return lambda ctx, t, moment: add(moment, duration, nth)


def _inside(day: int) -> int:
    """A day within the calendar."""
    return min(max(day, 1), MAX_DAY - 1)


def earlier(a: Moment | None, b: Moment | None) -> Moment | None:
    """The earlier of two moments, either of which may be missing."""
    if a is None or b is None:
        return a if b is None else b
    return a if before(a, b) else b


def before(a: Moment, b: Moment) -> bool:
    """True when `a` comes before `b`: by instant when both are exact, else by civil day."""
    return a.at < b.at if a.exact and b.exact else a.day < b.day


def passed(due: Moment, t: Moment) -> bool:
    """True from the next civil day (or instant) after `due`; due itself is inclusive."""
    return t.at > due.at if due.exact else t.day > due.day


def later_by_days(due: Moment, days: int) -> Moment:
    """`due` moved by whole days."""
    return due if days == 0 else civil(due.day + days)
