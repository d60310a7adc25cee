"""Criteria as closures: truth at t, and the ground it stands on.

Each criterion becomes a `Judge`: `truth(ctx, t)` is 0, 1 or 2; `ground(ctx, t)` names the facts
and the missing data behind it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from vardforlopp.definitions.criteria import (
    Active,
    Age,
    All,
    AnyOf,
    AtLeast,
    BranchIs,
    Change,
    Count,
    Criterion,
    Dead,
    Decided,
    Done,
    Entered,
    Has,
    NoneOf,
    Reached,
    Setting,
    SexIs,
    Value,
)
from vardforlopp.engine.context import Ctx, Unsure
from vardforlopp.engine.course import Missing
from vardforlopp.engine.judge import NO_GROUND, Ground, Judge, Toolbox, nothing
from vardforlopp.engine.measured import compile_change, compile_value
from vardforlopp.engine.presence import compile_active, compile_count, compile_has
from vardforlopp.engine.uses import selectors_of
from vardforlopp.engine.values import compile_number_test
from vardforlopp.kernel.civil import Moment, add_months, reached, years_between


def compile_criterion(criterion: Criterion, box: Toolbox) -> Judge:
    """A criterion as closures; a `DefinitionError` when it names what does not exist."""
    made = box.judges.get(criterion)
    if made is None:
        made = box.judges[criterion] = _COMPILERS[type(criterion)](criterion, box)
    return made


def _all_or_any(node: All | AnyOf | NoneOf, box: Toolbox) -> Judge:
    return _combined(node, tuple(compile_criterion(part, box) for part in node.of))


def _combined(node: All | AnyOf | NoneOf, parts: tuple[Judge, ...]) -> Judge:
    truths = tuple(part.truth for part in parts)

    def every(ctx: Ctx, t: Moment) -> int:
        lowest = 2
        for truth in truths:
            found = truth(ctx, t)
            if found == 0:
                return 0
            if found < lowest:
                lowest = found
        return lowest

    def some(ctx: Ctx, t: Moment) -> int:
        highest = 0
        for truth in truths:
            found = truth(ctx, t)
            if found == 2:
                return 2
            if found > highest:
                highest = found
        return highest

    if isinstance(node, All):
        return Judge(node, every, nothing, parts)
    if isinstance(node, AnyOf):
        return Judge(node, some, nothing, parts)
    return Judge(node, lambda ctx, t: 2 - some(ctx, t), nothing, parts)


def _at_least(node: AtLeast, box: Toolbox) -> Judge:
    n, parts = node.n, tuple(compile_criterion(part, box) for part in node.of)
    truths = tuple(part.truth for part in parts)

    def truth(ctx: Ctx, t: Moment) -> int:
        found = [of(ctx, t) for of in truths]
        if found.count(2) >= n:
            return 2
        return 0 if len(found) - found.count(0) < n else 1

    return Judge(node, truth, nothing, parts)


def _age(node: Age, box: Toolbox) -> Judge:
    test = compile_number_test(node.test, box.parameters)
    months = node.unit == "months"

    age = _months_between if months else years_between

    def truth(ctx: Ctx, t: Moment) -> int:
        patient = ctx.view.patient
        if patient.birth_lo is None or patient.birth_hi is None or patient.birth_hi > t.day:
            return 1
        first = test(age(patient.birth_lo, t.day), ctx, t)
        if patient.birth_lo == patient.birth_hi:
            return first
        return first if first == test(age(patient.birth_hi, t.day), ctx, t) else 1

    def ground(ctx: Ctx, t: Moment) -> Ground:
        if truth(ctx, t) != 1:
            return NO_GROUND
        why = "no-data" if ctx.view.patient.birth_lo is None else "imprecise"
        return Ground(missing=(Missing("birth-date", "patient", why),))

    return Judge(node, truth, ground)


def _months_between(born: int, day: int) -> int:
    months = max((day - born) // 31, 0)
    while add_months(born, months + 1) <= day:
        months += 1
    return months


def _sex(node: SexIs, box: Toolbox) -> Judge:
    words = frozenset(node.words)

    def truth(ctx: Ctx, t: Moment) -> int:
        sex = ctx.view.patient.sex
        if sex is None or sex == "unknown":
            return 1
        return 2 if sex in words else 0

    def ground(ctx: Ctx, t: Moment) -> Ground:
        return Ground(missing=(Missing("sex", "patient", "no-data"),)) if truth(ctx, t) == 1 else NO_GROUND

    return Judge(node, truth, ground)


def _reached(node: Reached, box: Toolbox) -> Judge:
    moment = box.moments.compile(node.moment)
    named = sorted(selectors_of(node.moment))
    gap = tuple(Missing("selector", name, "open") for name in named) or (Missing("moment", "moment", "open"),)

    def truth(ctx: Ctx, t: Moment) -> int:
        found = moment.when(ctx, t)
        if found is None:
            return 0
        return 1 if isinstance(found, Unsure) else (2 if reached(found, t) else 0)

    def ground(ctx: Ctx, t: Moment) -> Ground:
        fact = moment.fact(ctx, t)
        if fact is not None:
            return Ground((fact,))
        return Ground(missing=gap) if truth(ctx, t) == 1 else NO_GROUND

    return Judge(node, truth, ground)


def _done(node: Done, box: Toolbox) -> Judge:
    step = node.step
    bounds = box.moments.window(node.window) if node.window is not None else None

    def truth(ctx: Ctx, t: Moment) -> int:
        result = ctx.steps.get(step)
        if result is None:
            return 0
        dones = [moment for moment, _ in result.dones if reached(moment, t)]
        if bounds is not None and dones:
            edges = bounds(ctx, t)
            if edges is None:
                return 1
            by_instant, lo, hi = edges
            dones = [m for m in dones if lo <= (m.at if by_instant else m.day) <= hi]
        if dones:
            return 2
        return 1 if result.unsure else 0

    def ground(ctx: Ctx, t: Moment) -> Ground:
        return Ground(missing=(Missing("step", step, "undetermined"),)) if truth(ctx, t) == 1 else NO_GROUND

    return Judge(node, truth, ground)


def _decided(node: Decided, box: Toolbox) -> Judge:
    decision, words = node.decision, frozenset(node.words)

    def truth(ctx: Ctx, t: Moment) -> int:
        act = ctx.latest_decision(decision, t)
        if act is None:
            return 1
        return 2 if act.value in words else 0

    def ground(ctx: Ctx, t: Moment) -> Ground:
        act = ctx.latest_decision(decision, t)
        if act is not None:
            return Ground(acts=(act,))
        return Ground(missing=(Missing("decision", decision, "no-data"),))

    return Judge(node, truth, ground)


def _branch(node: BranchIs, box: Toolbox) -> Judge:
    choice, words = node.choice, frozenset(node.words)

    def truth(ctx: Ctx, t: Moment) -> int:
        state = ctx.choices.get(choice)
        if state is None or state.taken is None:
            return 1
        return 2 if state.taken in words else 0

    def ground(ctx: Ctx, t: Moment) -> Ground:
        state = ctx.choices.get(choice)
        if state is not None and state.taken is not None:
            return Ground(acts=(state.act,) if state.act is not None else ())
        inner = state.missing if state is not None else ()
        return Ground(missing=(Missing("choice", choice, "undetermined"), *inner))

    return Judge(node, truth, ground)


def _dead(node: Dead, box: Toolbox) -> Judge:
    return Judge(node, lambda ctx, t: 2 if ctx.view.dead(t) is node.expected else 0, nothing)


def _entered(node: Entered, box: Toolbox) -> Judge:
    wanted = frozenset(node.entries)
    return Judge(node, lambda ctx, t: 2 if ctx.entry_id in wanted else 0, nothing)


def _setting(node: Setting, box: Toolbox) -> Judge:
    answer = 2 if box.parameters.flag(node.param) else 0
    return Judge(node, lambda ctx, t: answer, nothing)


_COMPILERS: dict[type[Criterion], Callable[[Any, Toolbox], Judge]] = {
    All: _all_or_any,
    AnyOf: _all_or_any,
    NoneOf: _all_or_any,
    AtLeast: _at_least,
    Has: compile_has,
    Active: compile_active,
    Count: compile_count,
    Value: compile_value,
    Change: compile_change,
    Age: _age,
    SexIs: _sex,
    Dead: _dead,
    Reached: _reached,
    Done: _done,
    Decided: _decided,
    BranchIs: _branch,
    Entered: _entered,
    Setting: _setting,
}
