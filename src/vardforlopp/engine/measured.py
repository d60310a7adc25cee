"""The criteria of measured values: value, held, rise and fall."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from vardforlopp.definitions.criteria import Between, Change, Compare, Param, Pick, Value
from vardforlopp.engine.context import Ctx
from vardforlopp.engine.course import Missing
from vardforlopp.engine.judge import Ground, Judge, Toolbox
from vardforlopp.engine.looking import Look, bounds_of, looking, no_value, patient_gaps
from vardforlopp.engine.values import TestOf, compare_value, compile_test, number_at
from vardforlopp.kernel.civil import Moment
from vardforlopp.kernel.durations import Duration
from vardforlopp.record.facts import Fact, FactValue, Span, order


def _size(value: FactValue | None) -> Fraction:
    if isinstance(value, Fraction):
        return value
    if isinstance(value, Span):
        edge = value.lo if value.lo is not None else value.hi
        return edge if edge is not None else Fraction(0)
    return Fraction(0)


def _picked(facts: Sequence[Fact], pick: Pick) -> Fact | None:
    """The fact that `pick` names, among those with a value (or one that could not be used)."""
    valued = (
        fact
        for fact in (reversed(facts) if pick == "latest" else facts)
        if fact.value is not None or fact.unusable is not None
    )
    if pick == "highest":
        return max(valued, key=lambda fact: _size(fact.value), default=None)
    if pick == "lowest":
        return min(valued, key=lambda fact: _size(fact.value), default=None)
    return next(valued, None)


#: The picked fact and its truth; None and 1 when nothing can be picked.
Answer = tuple[Fact | None, int]


def compile_value(node: Value, box: Toolbox) -> Judge:
    """`value`: the picked value passes, or has passed for as long as `held`."""
    selector = node.selector
    test = compile_test(node.test, box.selectors.get(selector), box.parameters)
    look = looking(selector, None, bounds_of(node.window, box))
    if node.held is not None:
        return _held_value(node, test, look, box, node.held)
    if node.pick == "any":
        answer = _any_passes(test, look)
    elif node.pick == "latest" and node.window is None:
        answer = _latest(selector, test)
    else:
        answer = _picking(node.pick, test, look)

    def truth(ctx: Ctx, t: Moment) -> int:
        return answer(ctx, t)[1]

    def ground(ctx: Ctx, t: Moment) -> Ground:
        fact, found = answer(ctx, t)
        if fact is None:
            return Ground(missing=no_value(selector, ctx, t) if found == 1 else ())
        if found != 1:
            return Ground((fact,))
        why = _why_undecided(fact)
        by_table = isinstance(node.test, Compare | Between) and why == "no-reference"
        gaps = patient_gaps(ctx) if by_table else ()
        return Ground((fact,), missing=gaps or (Missing("selector", selector, why),))

    return Judge(node, truth, ground)


def _latest(selector: str, test: TestOf) -> Callable[[Ctx, Moment], Answer]:
    def answer(ctx: Ctx, t: Moment) -> Answer:
        for fact in reversed(ctx.seen(selector).until(t.at)):
            if fact.value is not None or fact.unusable is not None:
                return fact, test(fact, ctx, t) if fact.last_day <= t.day else 1
        return None, 1

    return answer


def _picking(pick: Pick, test: TestOf, look: Look) -> Callable[[Ctx, Moment], Answer]:
    def answer(ctx: Ctx, t: Moment) -> Answer:
        found = look(ctx, t)
        if found is None:
            return None, 1
        inside, overlapping = found
        facts = sorted((*inside, *overlapping), key=order) if overlapping else inside
        fact = _picked(facts, pick)
        if fact is None:
            return None, 1
        if fact in overlapping or (pick in ("highest", "lowest") and _rivalled(fact, facts, pick)):
            return fact, 1
        return fact, test(fact, ctx, t)

    return answer


def _rivalled(fact: Fact, facts: Sequence[Fact], pick: Pick) -> bool:
    """True when a value that is known only within limits may lie beyond the picked one."""
    edge = _limits(fact.value)[0 if pick == "highest" else 1]
    for other in facts:
        if other is fact or other.value is None or isinstance(other.value, Fraction):
            continue
        lo, hi = _limits(other.value)
        beyond = hi if pick == "highest" else lo
        if beyond is None or edge is None or (beyond > edge if pick == "highest" else beyond < edge):
            return True
    return False


def _limits(value: FactValue | None) -> tuple[Fraction | None, Fraction | None]:
    if isinstance(value, Fraction):
        return value, value
    return (value.lo, value.hi) if isinstance(value, Span) else (None, None)


def _any_passes(test: TestOf, look: Look) -> Callable[[Ctx, Moment], Answer]:
    def answer(ctx: Ctx, t: Moment) -> Answer:
        found = look(ctx, t)
        if found is None or not (found[0] or found[1]):
            return None, 1
        best: Answer = (None, 0)
        for most, facts in ((2, found[0]), (1, found[1])):
            for fact in facts:
                truth = min(test(fact, ctx, t), most)
                if truth > best[1]:
                    best = fact, truth
        return best

    return answer


def _why_undecided(fact: Fact) -> str:
    if fact.unusable is not None:
        return "unusable"
    return "imprecise" if fact.day != fact.last_day or isinstance(fact.value, Span) else "no-reference"


def _held_value(node: Value, test: TestOf, look: Look, box: Toolbox, held: Duration | Param) -> Judge:
    selector = node.selector
    back = box.deadlines.adding(held, minus=True)

    def uncertain(ctx: Ctx, t: Moment) -> bool:
        """True when a value whose day is not certain would fail."""
        found = look(ctx, t)
        return found is not None and any(test(fact, ctx, t) != 2 for fact in found[1])

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
        sure = from_the_start and not uncertain(ctx, t)
        return lowest if sure else min(lowest, 1)

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
    look = looking(node.selector, None, bounds_of(node.window, box))
    base_look = looking(base_selector, None, bounds_of(base.window or node.window, box))
    meta = box.selectors.get(node.selector)
    unit = "%" if node.percent else (meta.unit if meta is not None and meta.unit is not None else "1")
    limit = box.parameters.number(node.test.limit, unit=unit)
    sign = 1 if node.direction == "rise" else -1

    def pair(ctx: Ctx, t: Moment) -> tuple[Fact | None, Fact | None]:
        found, others = look(ctx, t), base_look(ctx, t)
        if found is None or others is None:
            return None, None
        picked = _picked(found[0], node.pick)
        if picked is None:
            return None, None
        same = base_selector == node.selector
        edge = order(picked)
        earlier = [f for f in others[0] if (order(f) < edge if same else order(f)[:2] <= edge[:2])]
        return picked, _picked(earlier, base.pick or node.pick)

    def truth(ctx: Ctx, t: Moment) -> int:
        picked, before = pair(ctx, t)
        if picked is None or before is None:
            return 1
        now, then = picked.value, before.value
        if not isinstance(now, Fraction) or not isinstance(then, Fraction):
            return 1  # known only within limits, or not usable
        change = sign * (now - then)
        if node.percent:
            if then == 0:
                return 1
            change = change * 100 / abs(then)
        edge = number_at(limit, ctx, t)
        return 1 if edge is None else compare_value(node.test.op, change, edge)

    def ground(ctx: Ctx, t: Moment) -> Ground:
        picked, before = pair(ctx, t)
        if picked is None:
            return Ground(missing=no_value(node.selector, ctx, t))
        if before is None:
            return Ground((picked,), missing=(Missing("selector", base_selector, "no-base"),))
        undecided = truth(ctx, t) == 1
        gap = (Missing("selector", node.selector, _why_undecided(picked)),) if undecided else ()
        return Ground((before, picked), missing=gap)

    return Judge(node, truth, ground)
