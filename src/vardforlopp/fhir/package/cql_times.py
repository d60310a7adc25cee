"""Durations, moments and windows of the definition language as CQL expressions."""

from __future__ import annotations

from collections.abc import Callable

from vardforlopp.definitions.criteria import (
    DateIn,
    DurationLike,
    Earliest,
    First,
    Last,
    Latest,
    MomentExpr,
    Named,
    Param,
    Shifted,
    StepTime,
    Table,
    Window,
)
from vardforlopp.fhir.package.cql_facts import Facts
from vardforlopp.fhir.package.cql_words import NotCarriedError
from vardforlopp.kernel.durations import Duration

_DAYS = {"days": 1, "weeks": 7}
_MONTHS = {"months": 1, "years": 12}
_MINUTES = {"minutes": 1, "hours": 60}


class Times:
    """Writes times of one pathway. `entry`: the expression of the entry that moments look from.

    `completed`: writes when a step was completed; None where that must not be asked.
    """

    def __init__(self, facts: Facts, *, entry: str, completed: Callable[[str], str] | None = None) -> None:
        self.facts = facts
        self.entry = entry
        self._completed = completed

    def duration(self, written: DurationLike) -> Duration:
        """A duration that is the same for everybody."""
        if isinstance(written, Table):
            raise NotCarriedError("time-by-table")
        value = self.facts.value(written) if isinstance(written, Param) else written
        if not isinstance(value, Duration):
            raise NotCarriedError("time-by-table")
        return value

    def shifted(self, base: str, written: DurationLike, *, minus: bool = False) -> str:
        """A moment plus (or minus) a duration."""
        length = self.duration(written)
        amount = -length.amount if minus else length.amount
        for units, function in ((_DAYS, "ShiftDays"), (_MONTHS, "ShiftMonths"), (_MINUTES, "ShiftMinutes")):
            if length.unit in units:
                return f"V.{function}({base}, {amount * units[length.unit]})"
        raise NotCarriedError("working-days")

    def length(self, written: DurationLike | None) -> tuple[int, int]:
        """(days, months) of a length in whole days or months."""
        if written is None:
            return 0, 0
        length = self.duration(written)
        if length.unit in _DAYS:
            return length.amount * _DAYS[length.unit], 0
        if length.unit in _MONTHS:
            return 0, length.amount * _MONTHS[length.unit]
        raise NotCarriedError("distance")

    def moment(self, written: MomentExpr) -> str:
        """A moment; null is none, and one without a day cannot be told."""
        match written:
            case First() | Last():
                return self._of_fact(written)
            case Named("entry"):
                return "V.Entry"
            case Named("now"):
                return "t"
            case Named():
                return "trig"
            case Earliest(of):
                return f"V.Earliest({{ {', '.join(self.moment(part) for part in of)} }})"
            case Latest(of):
                return f"V.Latest({{ {', '.join(self.moment(part) for part in of)} }})"
            case Shifted(base, by, minus):
                return self.shifted(self.moment(base), by, minus=minus)
            case StepTime("done", step) if self._completed is not None:
                return self._completed(step)
            case StepTime(_, step):
                raise NotCarriedError("step-time", step)
            case DateIn(None):
                raise NotCarriedError("trigger-date")
            case DateIn(selector):
                assert selector is not None
                return f"V.DateIn({self.facts.of(selector)}, {self.entry}, t, {self.facts.closed(selector)})"

    def _of_fact(self, written: First | Last) -> str:
        selector, which = written.selector, "First" if isinstance(written, First) else "Last"
        closed = self.facts.closed(selector)
        if written.window is not None:
            return f"V.{which}In({self.look(selector, written.window)}, {closed})"
        return f"V.{which}Of({self.facts.of(selector)}, {self.entry}, t, {closed})"

    def look(self, selector: str, window: Window | None) -> str:
        """The facts of a selector in a window, each sure or not."""
        return f"V.Look({self.facts.of(selector)}, {self.window(window)}, t)"

    def window(self, window: Window | None) -> str:
        """A window at t."""
        if window is None:
            return "V.NoWindow"
        if window.last is not None:
            by_instant = self.duration(window.last).by_instant
            return self._between(self.shifted("t", window.last, minus=True), "t", by_instant=by_instant)
        by_instant = any(self._moves_by_instant(edge) for edge in (window.start, window.end))
        low = self.moment(window.start) if window.start is not None else "V.Beginning"
        high = self.moment(window.end) if window.end is not None else "t"
        if window.length is not None:
            by_instant = by_instant or self.duration(window.length).by_instant
            if window.start is not None:
                high = self.shifted(low, window.length)
            else:
                low = self.shifted(high, window.length, minus=True)
        return self._between(low, high, by_instant=by_instant)

    def _between(self, low: str, high: str, *, by_instant: bool) -> str:
        return f"V.Window({low}, {high}, {str(by_instant).lower()}, t)"

    def _moves_by_instant(self, edge: MomentExpr | None) -> bool:
        return isinstance(edge, Shifted) and self.duration(edge.by).by_instant
