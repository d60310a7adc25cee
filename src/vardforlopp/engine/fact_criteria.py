"""The criteria that look at facts: has, active, value, rise and fall, count."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from vardforlopp.definitions.criteria import Active, Change, Count, Has, Param, Pick, Value, Window
from vardforlopp.engine.context import Ctx
from vardforlopp.engine.course import Missing
from vardforlopp.engine.judge import Ground, Judge, Toolbox
from vardforlopp.engine.moments import BoundsOf, within
from vardforlopp.engine.values import (
    TestOf,
    compare_value,
    compile_number_test,
    compile_test,
    number_at,
)
from vardforlopp.kernel.civil import Moment, end_of_day
from vardforlopp.kernel.durations import Duration
from vardforlopp.record.facts import Fact, FactValue, Span, order

Found = tuple[Sequence[Fact], Sequence[Fact]]
Look = Callable[[Ctx, Moment], Found | None]


def asked_at(moment: Moment) -> Moment:
    """A moment as a time asked about: a civil day means its end."""
    return moment if moment.exact else Moment(moment.day, end_of_day(moment.day), True)


def _bounds(window: Window | None, box: Toolbox) -> BoundsOf | None:
    return box.moments.window(window) if window is not None else None


def looking(selector: str, where: TestOf | None, window: BoundsOf | None) -> Look:
    """The facts inside the window and those that only may be; None = the window is unsure."""

    def look(ctx: Ctx, t: Moment) -> Found | None:
        edges = None
        if window is not None:
            edges = window(ctx, t)
            if edges is None:
                return None
        inside, overlapping = within(ctx.seen(selector), edges, t)
        if where is None or not (inside or overlapping):
            return inside, overlapping
        judged = [(where(fact, ctx, t), fact) for fact in inside]
        maybe = [fact for fact in overlapping if where(fact, ctx, t)]
        return [f for truth, f in judged if truth == 2], [f for truth, f in judged if truth == 1] + maybe

    return look


def absent(selector: str, ctx: Ctx, t: Moment) -> tuple[Missing, ...]:
    """Why the absence of a selector is not known to be absence."""
    view = ctx.view
    if view.without_side(selector):
        return (Missing("side", selector, "no-data"),)
    if view.is_open(selector):
        return (Missing("selector", selector, "open"),)
    if not view.closed(selector, t.day):
        return (not_carried(selector, ctx, t.day),)
    return ()


def not_carried(selector: str, ctx: Ctx, day: int) -> Missing:
    """No source carries the selector on a day: none is connected, or one has been silent for too long."""
    since = ctx.view.silent_since(selector, day)
    if since is None:
        return Missing("selector", selector, "not-connected")
    return Missing("selector", selector, "silent", since)


def _absence(selector: str, ctx: Ctx, t: Moment) -> int:
    view = ctx.view
    return 0 if view.closed(selector, t.day) and not view.without_side(selector) else 1


def no_value(selector: str, ctx: Ctx, t: Moment) -> tuple[Missing, ...]:
    """What is missing when no value can be picked: stale, unusable, or no data."""
    visible = ctx.seen(selector).until(t.at)
    usable = [fact for fact in visible if fact.value is not None]
    if usable:
        return (Missing("selector", selector, "stale", usable[-1].day),)
    why = "unusable" if visible else "no-data"
    return (Missing("selector", selector, why),)


def compile_has(node: Has, box: Toolbox) -> Judge:
    """`has`: 2 found, 1 open or only overlapping, 0 not found."""
    selector = node.selector
    where = compile_test(node.where, box.selectors.get(selector), box.parameters) if node.where else None
    look = looking(selector, where, _bounds(node.window, box))

    def truth(ctx: Ctx, t: Moment) -> int:
        found = look(ctx, t)
        if found is None:
            return 1
        if found[0]:
            return 2
        return 1 if found[1] else _absence(selector, ctx, t)

    def ground(ctx: Ctx, t: Moment) -> Ground:
        found = look(ctx, t)
        if found is None:
            return Ground(missing=(Missing("selector", selector, "undetermined"),))
        inside, overlapping = found
        if inside:
            return Ground((inside[-1],))
        if overlapping:
            return Ground(tuple(overlapping[-1:]), missing=(Missing("selector", selector, "imprecise"),))
        return Ground(missing=absent(selector, ctx, t))

    return Judge(node, truth, ground)


def _running(fact: Fact, t: Moment) -> bool:
    """True when a state holds at t: `lo <= t < until`."""
    return fact.lo <= t.at and (fact.until is None or t.at < fact.until)


def _overlap(fact: Fact, lo: int, hi: int, *, by_instant: bool) -> bool:
    start = fact.lo if by_instant else fact.day
    end = fact.until if by_instant else fact.until_day
    return start <= hi and (end is None or end >= lo)


def compile_active(node: Active, box: Toolbox) -> Judge:
    """`active`: a state holds at t, meets a window, or has held for a while."""
    selector = node.selector
    window = _bounds(node.window, box)
    back = box.deadlines.adding(node.held, minus=True) if node.held is not None else None

    def holding(ctx: Ctx, t: Moment) -> Fact | bool | None:
        """The fact that answers yes, None for no, False for cannot be told."""
        facts = ctx.seen(selector).until(t.at)
        if window is not None:
            edges = window(ctx, t)
            if edges is None:
                return False
            by_instant, lo, hi = edges
            if hi < lo:
                return None
            meeting = [f for f in facts if _overlap(f, lo, hi, by_instant=by_instant)]
            return meeting[-1] if meeting else None
        for fact in reversed(facts):
            if _running(fact, t):
                if back is None:
                    return fact
                since = back(ctx, t, t)
                if since is None:
                    return False
                began = fact.lo <= since.at if since.exact else fact.day <= since.day
                return fact if began else None
        return None

    def truth(ctx: Ctx, t: Moment) -> int:
        found = holding(ctx, t)
        if found is None:
            return _absence(selector, ctx, t)
        return 1 if found is False else 2

    def ground(ctx: Ctx, t: Moment) -> Ground:
        found = holding(ctx, t)
        if isinstance(found, Fact):
            return Ground((found,))
        if found is False:
            return Ground(missing=(Missing("selector", selector, "undetermined"),))
        return Ground(missing=absent(selector, ctx, t))

    return Judge(node, truth, ground)


def _size(value: FactValue | None) -> Fraction:
    if isinstance(value, Fraction):
        return value
    if isinstance(value, Span):
        edge = value.lo if value.lo is not None else value.hi
        return edge if edge is not None else Fraction(0)
    return Fraction(0)


def _picked(facts: Sequence[Fact], pick: Pick) -> Fact | None:
    """The fact that `pick` names, among those with a value (or one that could not be used)."""
    valued = [fact for fact in facts if fact.value is not None or fact.unusable is not None]
    if not valued:
        return None
    if pick == "first":
        return valued[0]
    if pick == "highest":
        return max(valued, key=lambda fact: _size(fact.value))
    if pick == "lowest":
        return min(valued, key=lambda fact: _size(fact.value))
    return valued[-1]


def compile_value(node: Value, box: Toolbox) -> Judge:
    """`value`: the picked value passes, or has passed for as long as `held`."""
    selector, pick = node.selector, node.pick
    test = compile_test(node.test, box.selectors.get(selector), box.parameters)
    look = looking(selector, None, _bounds(node.window, box))
    if node.held is not None:
        return _held_value(node, test, look, box, node.held)
    latest = pick == "latest" and node.window is None

    def chosen(ctx: Ctx, t: Moment) -> tuple[Fact | None, bool]:
        if latest:
            for one in reversed(ctx.seen(selector).until(t.at)):
                if one.value is not None or one.unusable is not None:
                    return one, one.last_day <= t.day
            return None, True
        found = look(ctx, t)
        if found is None:
            return None, False
        inside, overlapping = found
        if overlapping:
            inside = sorted((*inside, *overlapping), key=order)
        fact = _picked(inside, pick)
        return fact, fact is None or fact not in overlapping

    def any_passes(ctx: Ctx, t: Moment) -> tuple[int, Fact | None]:
        found = look(ctx, t)
        if found is None:
            return 1, None
        best: tuple[int, Fact | None] = (0, None)
        for sure, facts in ((True, found[0]), (False, found[1])):
            for fact in facts:
                answer = test(fact, ctx, t) if sure else min(test(fact, ctx, t), 1)
                if answer > best[0]:
                    best = answer, fact
        return best if found[0] or found[1] else (1, None)

    def truth(ctx: Ctx, t: Moment) -> int:
        if pick == "any":
            return any_passes(ctx, t)[0]
        fact, sure = chosen(ctx, t)
        return test(fact, ctx, t) if fact is not None and sure else 1

    def ground(ctx: Ctx, t: Moment) -> Ground:
        fact: Fact | None = any_passes(ctx, t)[1] if pick == "any" else chosen(ctx, t)[0]
        if fact is None:
            return Ground(missing=no_value(selector, ctx, t) if truth(ctx, t) == 1 else ())
        if truth(ctx, t) != 1:
            return Ground((fact,))
        return Ground((fact,), missing=(Missing("selector", selector, _why_undecided(fact)),))

    return Judge(node, truth, ground)


def _why_undecided(fact: Fact) -> str:
    if fact.unusable is not None:
        return "unusable"
    return "imprecise" if fact.day != fact.last_day or isinstance(fact.value, Span) else "no-reference"


def _held_value(node: Value, test: TestOf, look: Look, box: Toolbox, held: Duration | Param) -> Judge:
    selector = node.selector
    back = box.deadlines.adding(held, minus=True)

    def stretch(ctx: Ctx, t: Moment) -> tuple[list[Fact], bool]:
        """The latest value at or before t - D and every later one; False when there is none so early."""
        since, found = back(ctx, t, t), look(ctx, t)
        if since is None or found is None:
            return [], False
        valued = [fact for fact in found[0] if fact.value is not None or fact.unusable is not None]
        early = [i for i, f in enumerate(valued) if (f.lo <= since.at if since.exact else f.day <= since.day)]
        return (valued[early[-1] :], True) if early else (valued, False)

    def truth(ctx: Ctx, t: Moment) -> int:
        facts, from_the_start = stretch(ctx, t)
        lowest = min((test(fact, ctx, t) for fact in facts), default=1)
        return lowest if from_the_start else min(lowest, 1)

    def ground(ctx: Ctx, t: Moment) -> Ground:
        facts, from_the_start = stretch(ctx, t)
        shown = (facts[0], facts[-1]) if len(facts) > 1 else tuple(facts)
        if from_the_start or truth(ctx, t) == 0:
            return Ground(shown)
        return Ground(shown, missing=(Missing("selector", selector, "no-data"),))

    return Judge(node, truth, ground)


def compile_change(node: Change, box: Toolbox) -> Judge:
    """`rise` / `fall`: the picked value against one that comes before it in the order."""
    base = node.base
    base_selector = base.selector or node.selector
    look = looking(node.selector, None, _bounds(node.window, box))
    base_look = looking(base_selector, None, _bounds(base.window or node.window, box))
    meta = box.selectors.get(node.selector)
    unit = "%" if node.percent else (meta.unit if meta is not None and meta.unit is not None else "1")
    limit = box.parameters.number(node.test.limit, unit=unit)
    sign = 1 if node.direction == "rise" else -1

    def pair(ctx: Ctx, t: Moment) -> tuple[Fact | None, Fact | None]:
        found, others = look(ctx, t), base_look(ctx, t)
        if found is None or others is None:
            return None, None
        picked = _picked([f for f in found[0] if isinstance(f.value, Fraction)], node.pick)
        if picked is None:
            return None, None
        edge = order(picked)
        earlier = [f for f in others[0] if isinstance(f.value, Fraction) and order(f) < edge]
        return picked, _picked(earlier, base.pick or node.pick)

    def truth(ctx: Ctx, t: Moment) -> int:
        picked, before = pair(ctx, t)
        if picked is None or before is None:
            return 1
        now, then = picked.value, before.value
        assert isinstance(now, Fraction) and isinstance(then, Fraction)
        change = sign * (now - then)
        if node.percent:
            if then == 0:
                return 1
            change = change * 100 / then
        edge = number_at(limit, ctx, t)
        return 1 if edge is None else compare_value(node.test.op, change, edge)

    def ground(ctx: Ctx, t: Moment) -> Ground:
        picked, before = pair(ctx, t)
        if picked is None:
            return Ground(missing=no_value(node.selector, ctx, t))
        if before is None:
            return Ground((picked,), missing=(Missing("selector", base_selector, "no-base"),))
        return Ground((before, picked))

    return Judge(node, truth, ground)


def compile_count(node: Count, box: Toolbox) -> Judge:
    """`count`: facts, one a civil day; `apart` joins a chain into one."""
    selector = node.selector
    where = compile_test(node.where, box.selectors.get(selector), box.parameters) if node.where else None
    look = looking(selector, where, _bounds(node.window, box))
    test = compile_number_test(node.test, box.parameters)
    gap = box.deadlines.adding(node.apart) if node.apart is not None else None

    def episodes(facts: Sequence[Fact], ctx: Ctx, t: Moment) -> list[Fact]:
        return chains(facts, lambda fact: gap(ctx, t, Moment(fact.day, fact.lo)) if gap is not None else None)

    def truth(ctx: Ctx, t: Moment) -> int:
        found = look(ctx, t)
        if found is None:
            return 1
        inside, overlapping = found
        least = len(episodes(inside, ctx, t))
        answer = test(least, ctx, t)
        closed = _absence(selector, ctx, t) == 0
        most = len(episodes(sorted((*inside, *overlapping), key=order), ctx, t)) if overlapping else least
        possible = range(least + 1, most + 1) if closed else (*range(least + 1, least + 32), 1_000_000)
        return answer if all(test(more, ctx, t) == answer for more in possible) else 1

    def ground(ctx: Ctx, t: Moment) -> Ground:
        found = look(ctx, t)
        if found is None:
            return Ground(missing=(Missing("selector", selector, "undetermined"),))
        facts = tuple(episodes(found[0], ctx, t))
        if truth(ctx, t) != 1:
            return Ground(facts)
        gap = absent(selector, ctx, t) or (Missing("selector", selector, "imprecise"),)
        return Ground(facts, missing=gap)

    return Judge(node, truth, ground)


def chains(facts: Sequence[Fact], reach: Callable[[Fact], Moment | None]) -> list[Fact]:
    """The first fact of each chain: one a civil day, and none within reach of the one before it."""
    firsts: list[Fact] = []
    last: Fact | None = None
    for fact in facts:
        if last is not None:
            edge = reach(last)
            if fact.day == last.day or (edge is not None and fact.day <= edge.day):
                last = fact
                continue
        firsts.append(fact)
        last = fact
    return firsts
