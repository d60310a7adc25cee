"""The criteria of presence: has, active, count."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from vardforlopp.definitions.criteria import Active, Count, Has
from vardforlopp.engine.carried import carried
from vardforlopp.engine.context import Ctx
from vardforlopp.engine.course import Missing
from vardforlopp.engine.deadlines import Add
from vardforlopp.engine.judge import Ground, Judge, Toolbox
from vardforlopp.engine.looking import bounds_of, chains, looking
from vardforlopp.engine.moments import Bounds, BoundsOf
from vardforlopp.engine.values import compile_number_test, compile_test
from vardforlopp.kernel.civil import Moment, start_of_day
from vardforlopp.record.facts import Fact, order


def compile_has(node: Has, box: Toolbox) -> Judge:
    """`has`: 2 found, 1 open or only overlapping, 0 not found."""
    selector = node.selector
    carrier = carried(selector, box.selectors)
    where = compile_test(node.where, box.selectors.get(selector), box.parameters) if node.where else None
    look = looking(selector, where, bounds_of(node.window, box))

    def truth(ctx: Ctx, t: Moment) -> int:
        found = look(ctx, t)
        if found is None:
            return 1
        if found[0]:
            return 2
        return 1 if found[1] else carrier.truth(ctx, t)

    def ground(ctx: Ctx, t: Moment) -> Ground:
        found = look(ctx, t)
        if found is None:
            return Ground(missing=(Missing("selector", selector, "undetermined"),))
        inside, overlapping = found
        if inside:
            return Ground((inside[-1],))
        if overlapping:
            return Ground(tuple(overlapping[-1:]), missing=(Missing("selector", selector, "imprecise"),))
        return Ground(missing=carrier.absent(ctx, t))

    return Judge(node, truth, ground)


def _running(fact: Fact, t: Moment) -> bool:
    """True when a state holds at t: `lo <= t < until`."""
    return fact.lo <= t.at and (fact.until is None or t.at < fact.until)


def _meets(fact: Fact, edges: Bounds) -> bool:
    """True when a state and a window have a time in common."""
    by_instant, lo, hi = edges
    start = fact.lo if by_instant else fact.day
    if start > hi:
        return False
    first = lo if by_instant else start_of_day(lo)
    return fact.until is None or fact.until > first or start >= lo


#: The fact that answers yes, None for no, False for cannot be told.
Holding = Callable[[Ctx, Moment], Fact | bool | None]


def _holding(selector: str, window: BoundsOf | None, back: Add | None) -> Holding:
    def meeting(ctx: Ctx, t: Moment) -> Fact | bool | None:
        assert window is not None
        edges = window(ctx, t)
        if edges is None:
            return False
        if edges.hi < edges.lo:
            return None
        return next((f for f in reversed(ctx.seen(selector).until(t.at)) if _meets(f, edges)), None)

    def running(ctx: Ctx, t: Moment) -> Fact | bool | None:
        holding = [fact for fact in ctx.seen(selector).until(t.at) if _running(fact, t)]
        if not holding or back is None:
            return holding[-1] if holding else None
        since = back(ctx, t, t)
        if since is None:
            return False
        first = holding[0]
        began = first.lo <= since.at if since.exact else first.day <= since.day
        return first if began else None

    return running if window is None else meeting


def compile_active(node: Active, box: Toolbox) -> Judge:
    """`active`: a state holds at t, meets a window, or has held for a while."""
    selector = node.selector
    carrier = carried(selector, box.selectors)
    back = box.deadlines.adding(node.held, minus=True) if node.held is not None else None
    holding = _holding(selector, bounds_of(node.window, box), back)

    def truth(ctx: Ctx, t: Moment) -> int:
        found = holding(ctx, t)
        if found is None:
            return carrier.truth(ctx, t)
        return 1 if found is False else 2

    def ground(ctx: Ctx, t: Moment) -> Ground:
        found = holding(ctx, t)
        if isinstance(found, Fact):
            return Ground((found,))
        if found is False:
            return Ground(missing=(Missing("selector", selector, "undetermined"),))
        return Ground(missing=carrier.absent(ctx, t))

    return Judge(node, truth, ground)


def compile_count(node: Count, box: Toolbox) -> Judge:
    """`count`: facts, one a civil day; `apart` joins a chain into one."""
    selector = node.selector
    carrier = carried(selector, box.selectors)
    where = compile_test(node.where, box.selectors.get(selector), box.parameters) if node.where else None
    look = looking(selector, where, bounds_of(node.window, box))
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
        closed = carrier.truth(ctx, t) == 0
        most = len(episodes(sorted((*inside, *overlapping), key=order), ctx, t)) if overlapping else least
        fewest = min(least, most)  # an uncertain fact may join two chains
        most = least + len(overlapping) if overlapping else most
        possible = (*range(fewest, most + 1), *(() if closed else (*range(least, least + 32), 1_000_000)))
        return answer if all(test(more, ctx, t) == answer for more in possible) else 1

    def ground(ctx: Ctx, t: Moment) -> Ground:
        found = look(ctx, t)
        if found is None:
            return Ground(missing=(Missing("selector", selector, "undetermined"),))
        facts = tuple(episodes(found[0], ctx, t))
        if truth(ctx, t) != 1:
            return Ground(facts)
        gap = carrier.absent(ctx, t) or (Missing("selector", selector, "imprecise"),)
        return Ground(facts, missing=gap)

    return Judge(node, truth, ground)
