"""Moments and windows as closures."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from vardforlopp.definitions.catalogue import Selector
from vardforlopp.definitions.criteria import (
    DateIn,
    Earliest,
    First,
    Last,
    Latest,
    MomentExpr,
    Named,
    Param,
    Shifted,
    StepTime,
    Window,
)
from vardforlopp.engine.carried import carried
from vardforlopp.engine.context import UNSURE, Ctx, Unsure, When, WhenOf
from vardforlopp.engine.deadlines import Deadlines, before
from vardforlopp.engine.parameters import Parameters
from vardforlopp.kernel.civil import MAX_DAY, Moment, civil, exact
from vardforlopp.kernel.durations import Duration
from vardforlopp.record.facts import Day, Fact
from vardforlopp.record.series import Series

FactOf = Callable[[Ctx, Moment], Fact | None]


class Bounds(NamedTuple):
    """A window at one time: civil days, or instants; both ends inclusive and cut at t."""

    by_instant: bool
    lo: int
    hi: int


EMPTY: Final = Bounds(False, 1, 0)
BoundsOf = Callable[[Ctx, Moment], Bounds | None]  # None = cannot be told


@dataclass(frozen=True, slots=True, eq=False)
class MomentClosure:
    """`when` gives the moment; `fact` the fact it rests on, if it is one fact's."""

    when: WhenOf
    fact: FactOf

    @property
    def of_fact(self) -> bool:
        """False when the moment can rest on no fact of its own."""
        return self.fact is not _no_fact


def _no_fact(ctx: Ctx, t: Moment) -> Fact | None:
    return None


def moment_of(fact: Fact) -> Moment:
    """A fact's moment: its `lo`; exact when it was written with a time of day."""
    return Moment(fact.day, fact.lo, fact.lo == fact.hi)


class Moments:
    """Compiles moment expressions and windows of one pathway."""

    def __init__(
        self, parameters: Parameters, deadlines: Deadlines, selectors: Mapping[str, Selector]
    ) -> None:
        self._parameters = parameters
        self._deadlines = deadlines
        self._selectors = selectors
        self._made: dict[MomentExpr, MomentClosure] = {}

    def compile(self, expr: MomentExpr) -> MomentClosure:
        """A moment expression as closures; the same for equal ones."""
        made = self._made.get(expr)
        if made is None:
            made = self._made[expr] = self._compile(expr)
        return made

    def _compile(self, expr: MomentExpr) -> MomentClosure:
        match expr:
            case Named(word):
                return _named(word)
            case First(selector, window):
                return self._of_fact(selector, window, last=False)
            case Last(selector, window):
                return self._of_fact(selector, window, last=True)
            case StepTime(what, step):
                return MomentClosure(_step_time(what, step), _no_fact)
            case DateIn(selector):
                return self._date_in(selector)
            case Earliest(of):
                return self._least([self.compile(part) for part in of])
            case Latest(of):
                return self._greatest([self.compile(part) for part in of])
            case Shifted(base, by, minus):
                return self._shifted(self.compile(base), by, minus=minus)

    def _of_fact(self, selector: str, window: Window | None, *, last: bool) -> MomentClosure:
        bounds = self.window(window) if window is not None else None
        carrier = carried(selector, self._selectors)

        def fact(ctx: Ctx, t: Moment) -> Fact | None:
            seen = ctx.seen(selector)
            if bounds is not None:
                edges = bounds(ctx, t)
                inside = within(seen, edges, t)[0] if edges is not None else ()
                return (inside[-1] if last else inside[0]) if inside else None
            found = seen.until(t.at)
            if ctx.entry is None:
                return (found[-1] if last else found[0]) if found else None
            return _not_over(found, ctx.entry.day, last=last)

        def when(ctx: Ctx, t: Moment) -> When:
            found = fact(ctx, t)
            if found is not None:
                return moment_of(found)
            if bounds is not None:
                edges = bounds(ctx, t)
                if edges is None or within(ctx.seen(selector), edges, t)[1]:
                    return UNSURE
            sure = carrier.closed(ctx.view, t.day) and not ctx.view.without_side(selector)
            return None if sure else UNSURE

        return MomentClosure(when, fact)

    def _date_in(self, selector: str | None) -> MomentClosure:
        carrier = carried(selector, self._selectors) if selector is not None else None

        def fact(ctx: Ctx, t: Moment) -> Fact | None:
            """The trigger, or the last fact whose date had not passed at entry."""
            if selector is None:
                return ctx.trigger
            for one in reversed(ctx.seen(selector).until(t.at)):
                if isinstance(one.value, Day) and (ctx.entry is None or one.value.day >= ctx.entry.day):
                    return one
            return None

        def when(ctx: Ctx, t: Moment) -> When:
            found = fact(ctx, t)
            if found is not None and isinstance(found.value, Day):
                value = found.value
                return civil(value.day) if value.at is None else exact(value.at)
            if found is not None or carrier is None or selector is None:
                return UNSURE
            sure = carrier.closed(ctx.view, t.day) and not ctx.view.without_side(selector)
            return None if sure else UNSURE

        return MomentClosure(when, fact)

    def _least(self, parts: list[MomentClosure]) -> MomentClosure:
        def pick(ctx: Ctx, t: Moment) -> tuple[When, FactOf]:
            best: When = None
            best_fact: FactOf = _no_fact
            for part in parts:
                moment = part.when(ctx, t)
                if isinstance(moment, Unsure):
                    best = UNSURE if best is None else best
                elif moment is not None and (not isinstance(best, Moment) or before(moment, best)):
                    best, best_fact = moment, part.fact
            return best, best_fact

        return MomentClosure(lambda ctx, t: pick(ctx, t)[0], lambda ctx, t: pick(ctx, t)[1](ctx, t))

    def _greatest(self, parts: list[MomentClosure]) -> MomentClosure:
        def pick(ctx: Ctx, t: Moment) -> tuple[When, FactOf]:
            best: When = None
            best_fact: FactOf = _no_fact
            unsure = False
            for part in parts:
                moment = part.when(ctx, t)
                if moment is None:
                    return None, _no_fact
                if isinstance(moment, Unsure):
                    unsure = True
                elif best is None or before(best, moment):  # type: ignore[arg-type]  # best is a Moment here
                    best, best_fact = moment, part.fact
            return (UNSURE, _no_fact) if unsure else (best, best_fact)

        return MomentClosure(lambda ctx, t: pick(ctx, t)[0], lambda ctx, t: pick(ctx, t)[1](ctx, t))

    def _shifted(self, base: MomentClosure, by: Duration | Param, *, minus: bool) -> MomentClosure:
        # A fixed duration is already written negative; `minus` speaks of a parameter.
        adding = self._deadlines.adding(by, minus=minus)

        def when(ctx: Ctx, t: Moment) -> When:
            moment = base.when(ctx, t)
            if not isinstance(moment, Moment):
                return moment
            shifted = adding(ctx, t, moment)
            return UNSURE if shifted is None else shifted

        return MomentClosure(when, base.fact)

    def window(self, window: Window) -> BoundsOf:
        """A window as a function of (ctx, t); EMPTY or None when a moment is missing."""
        if window.last is not None:
            return self._last(window.last)
        start = self.compile(window.start).when if window.start is not None else None
        end = self.compile(window.end).when if window.end is not None else None
        by_instant = any(self._moves_by_instant(node) for node in (window.start, window.end))
        adding = None
        if window.length is not None:
            length = self._parameters.duration(window.length)
            by_instant = by_instant or (isinstance(length, Duration) and length.by_instant)
            adding = self._deadlines.adding(window.length, minus=start is None)

        def bounds(ctx: Ctx, t: Moment) -> Bounds | None:
            low = start(ctx, t) if start is not None else _BEGINNING
            high = end(ctx, t) if end is not None else t
            if low is None or high is None:
                return EMPTY
            if isinstance(low, Unsure) or isinstance(high, Unsure):
                return None
            if adding is not None:
                other = adding(ctx, t, low if start is not None else high)
                if other is None:
                    return None
                low, high = (low, other) if start is not None else (other, high)
            if by_instant:
                return Bounds(True, low.at, min(_last_instant(high), t.at))
            return Bounds(False, low.day, min(high.day, t.day))

        return bounds

    def _moves_by_instant(self, expr: MomentExpr | None) -> bool:
        """True when a window's edge is moved by minutes or hours."""
        if not isinstance(expr, Shifted):
            return False
        length = self._parameters.duration(expr.by)
        return isinstance(length, Duration) and length.by_instant

    def _last(self, written: Duration | Param) -> BoundsOf:
        adding = self._deadlines.adding(written, minus=True)
        length = self._parameters.duration(written)
        by_instant = isinstance(length, Duration) and length.by_instant

        def bounds(ctx: Ctx, t: Moment) -> Bounds | None:
            start = adding(ctx, t, t)
            if start is None:
                return None
            return Bounds(True, start.at, t.at) if by_instant else Bounds(False, start.day, t.day)

        return bounds


_BEGINNING = Moment(1, -(1 << 62), True)


def _last_instant(moment: Moment) -> int:
    """The last instant that a moment covers."""
    return moment.at if moment.exact or moment.day >= MAX_DAY else civil(moment.day + 1).at - 1


def _named(word: str) -> MomentClosure:
    if word == "entry":
        return MomentClosure(lambda ctx, t: ctx.entry, _no_fact)
    if word == "now":
        return MomentClosure(lambda ctx, t: t, _no_fact)
    return MomentClosure(lambda ctx, t: ctx.trigger_at, lambda ctx, t: ctx.trigger)


def _step_time(what: str, step: str) -> WhenOf:
    def when(ctx: Ctx, t: Moment) -> When:
        result = ctx.steps.get(step)
        if result is None:
            return None
        if what == "due":
            return result.due
        moment = result.done if what == "done" else result.settled
        if moment is None and result.unsure:
            return UNSURE
        return moment

    return when


def _not_over(facts: Sequence[Fact], day: int, *, last: bool) -> Fact | None:
    """The first (last) fact not over before `day`; a state running then counts."""
    for fact in reversed(facts) if last else facts:
        over = fact.until_day if fact.state else fact.last_day
        if over is None or over >= day:
            return fact
    return None


def within(seen: Series, bounds: Bounds | None, t: Moment) -> tuple[Sequence[Fact], Sequence[Fact]]:
    """The visible facts inside a window, and those whose imprecision only overlaps it."""
    if bounds is None:
        facts = seen.until(t.at)
        if seen.plain:
            return facts, ()
        late = [fact for fact in facts if fact.last_day > t.day]
        return (facts, ()) if not late else ([fact for fact in facts if fact.last_day <= t.day], late)
    by_instant, lo, hi = bounds
    if hi < lo:
        return (), ()
    if not by_instant and seen.plain:
        days = seen.days
        first, end = bisect_left(days, lo), bisect_right(days, hi)
        facts = seen[first:end]
        return [fact for fact in facts if fact.lo <= t.at] if facts and facts[-1].lo > t.at else facts, ()
    inside: list[Fact] = []
    overlapping: list[Fact] = []
    for fact in seen.until(t.at):
        a, b = (fact.lo, fact.hi) if by_instant else (fact.day, fact.last_day)
        if a >= lo and b <= hi:
            inside.append(fact)
        elif b >= lo and a <= hi:
            overlapping.append(fact)
    return inside, overlapping
