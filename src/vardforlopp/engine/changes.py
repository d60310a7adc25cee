"""When time alone may next change an answer: early is allowed, late never."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from vardforlopp.definitions.criteria import (
    Age,
    Done,
    FactLeaf,
    MomentExpr,
    Named,
    Param,
    Reached,
    Window,
)
from vardforlopp.definitions.model import ParameterRow
from vardforlopp.definitions.walk import nodes
from vardforlopp.engine import uses
from vardforlopp.engine.compile import ChoiceProgram, Compiled
from vardforlopp.engine.context import Ctx
from vardforlopp.engine.course import StepState
from vardforlopp.engine.moments import moment_of
from vardforlopp.engine.program import NEVER, StepProgram, possible
from vardforlopp.engine.standing import Standing
from vardforlopp.kernel.civil import (
    MAX_DAY,
    Moment,
    add_months,
    civil,
    start_of_day,
)
from vardforlopp.kernel.durations import Duration


def next_change(
    compiled: Compiled, ctx: Ctx, standing: Standing, states: dict[str, list[StepState]]
) -> int | None:
    """The first instant after now at which a state may differ; None when time changes nothing more."""
    now = ctx.now.at
    sources = (
        _sources(ctx),
        _facts(compiled, ctx),
        _acts(ctx, standing, compiled),
        _birthdays(compiled, ctx),
        _events(compiled, ctx),
        _criteria(compiled, ctx, states),
        _states(compiled, ctx, states),
    )
    found = (at for source in sources for at in source if at > now)
    return min(found, default=None)


def _start(day: int) -> int:
    return start_of_day(min(max(day, 1), MAX_DAY - 1))


def _edges(moment: Moment) -> Iterator[int]:
    """When a moment is reached, and when it has passed."""
    yield moment.at
    yield moment.at + 1 if moment.exact else _start(moment.day + 1)


def _sources(ctx: Ctx) -> Iterator[int]:
    return (_start(day) for day in ctx.view.source_edges())


def _facts(compiled: Compiled, ctx: Ctx) -> Iterator[int]:
    """Facts that are known but not yet begun, imprecise ends, and ends of states; death."""
    for selector in compiled.used:
        for fact in ctx.seen(selector):
            if fact.lo > ctx.now.at:
                yield fact.lo
            if fact.hi > ctx.now.at:
                yield fact.hi
                yield _start(fact.last_day)
            if fact.until is not None and fact.until >= ctx.now.at:
                yield fact.until
                yield fact.until + 1
            if fact.until_day is not None and fact.until_day >= ctx.now.day:
                yield _start(fact.until_day)
                yield _start(fact.until_day + 1)
    died = ctx.view.patient.died
    if died is not None:
        yield from _edges(died)


def _acts(ctx: Ctx, standing: Standing, compiled: Compiled) -> Iterator[int]:
    """Acts yet to come, re-offers, ends of pauses (a running pause moves due dates daily), adoptions,
    and an end of the enrolment that is written ahead.
    """
    if standing.ends_day is not None:
        yield _start(standing.ends_day)
    for act in ctx.view.acts(compiled.pathway.id, None):
        yield act.at
        yield _start(act.day)
        if act.until_day is not None:
            yield _start(act.until_day)
            yield _start(act.until_day + 1)
    if any(act.until_day is None or act.until_day >= ctx.now.day for act in standing.pauses):
        yield _start(ctx.now.day + 1)
    for program in compiled.layers:
        if isinstance(program, StepProgram) and program.unsourced and program.binding_from < NEVER:
            yield _start(program.binding_from)


def _birthdays(compiled: Compiled, ctx: Ctx) -> Iterator[int]:
    patient, today = ctx.view.patient, ctx.now.day
    for born in {patient.birth_lo, patient.birth_hi} - {None}:
        assert born is not None
        years = date.fromordinal(today).year - date.fromordinal(born).year
        for more in (years, years + 1):
            birthday = add_months(born, 12 * more)
            yield _start(birthday)
            yield _start(birthday + 1)
    monthly = any(
        isinstance(parameter.value, tuple)
        and any(isinstance(r, ParameterRow) and r.months for r in parameter.value)
        for parameter in compiled.pathway.parameters.values()
    ) or any(isinstance(node, Age) and node.unit == "months" for node in _nodes(compiled))
    if monthly:
        yield _start(today + 1)


def _events(compiled: Compiled, ctx: Ctx) -> Iterator[int]:
    """Entry and exit events that lie ahead of their fact."""
    for program in (*compiled.entries, *compiled.exits):
        for selector in program.event:
            for fact in ctx.seen(selector).until(ctx.now.at):
                at = program.plus(ctx, ctx.now, moment_of(fact))
                if at is not None:
                    yield from _edges(at)


def _nodes(compiled: Compiled) -> Iterator[object]:
    pathway = compiled.pathway
    for event in (*compiled.entries, *compiled.exits):
        yield from nodes(event.definition.when)
    for program in compiled.layers:
        if isinstance(program, StepProgram):
            yield from nodes(uses.parts_of(program.step, pathway))
        else:
            choice = pathway.choices[program.id]
            yield from nodes((choice.after, tuple(option.when for option in choice.options)))


def _criteria(compiled: Compiled, ctx: Ctx, states: dict[str, list[StepState]]) -> Iterator[int]:
    """Edges of windows, `held`, `reached` and `after`, for the facts seen so far."""
    inner = [
        ctx.at_trigger(state.trigger, state.nominal)
        for found in states.values()
        for state in found
        if state.nominal is not None
    ]
    for node in _nodes(compiled):
        for asked in (ctx, *inner) if _has_moment(node) else ():
            yield from _moment_edges(compiled, asked, node)
        for length in _lengths(node):
            yield from _leaving(compiled, ctx, node, length)
        if isinstance(node, Window):
            yield from _with_now(compiled, ctx, node)


def _with_now(compiled: Compiled, ctx: Ctx, window: Window) -> Iterator[int]:
    """What leaves or enters a window as its edge moves with the time."""
    only_until_now = window.length is None and _is_now(window.end) and not _has_now(window.start)
    if only_until_now:  # then nothing leaves it, and what comes later tells when it begins; see `_facts`
        at = ctx.now.at
        facts = (fact for selector in compiled.used for fact in ctx.seen(selector))
        if any(at in (fact.lo, fact.hi, fact.until) for fact in facts):
            yield at + 1
    elif _has_now(window):
        tomorrow = _start(ctx.now.day + 1)
        yield ctx.now.at + 1 if ctx.now.at < tomorrow - 1 else tomorrow


def _is_now(node: object) -> bool:
    return isinstance(node, Named) and node.word == "now"


def _has_now(node: object) -> bool:
    return any(map(_is_now, nodes(node)))


def _has_moment(node: object) -> bool:
    return isinstance(node, Reached | Window) or (isinstance(node, FactLeaf) and node.after is not None)


def _moment_edges(compiled: Compiled, ctx: Ctx, node: object) -> Iterator[int]:
    """When the moments of a criterion, a window or a leaf are reached."""
    box = compiled.box
    written: list[tuple[MomentExpr | None, bool]] = []
    length = None
    if isinstance(node, Reached):
        written = [(node.moment, False)]
    elif isinstance(node, FactLeaf):
        written = [(node.after, False)]
    elif isinstance(node, Window):
        written, length = [(node.start, False), (node.end, True)], node.length
    for expr, backwards in written:
        found = box.moments.compile(expr).when(ctx, ctx.now) if expr is not None else None
        if not isinstance(found, Moment):
            continue
        yield from _edges(found)
        if length is not None:
            other = box.deadlines.adding(length, minus=backwards)(ctx, ctx.now, found)
            yield from _edges(other) if other is not None else ()


def _lengths(node: object) -> Iterator[Duration | Param]:
    window = getattr(node, "window", None)
    if isinstance(window, Window) and window.last is not None:
        yield window.last
    held = getattr(node, "held", None)
    if held is not None:
        yield held
    base = getattr(node, "base", None)
    if base is not None:
        yield from _lengths(base)


def _leaving(compiled: Compiled, ctx: Ctx, node: object, length: Duration | Param) -> Iterator[int]:
    """When each fact leaves a trailing window, or has held for long enough."""
    adding = compiled.box.deadlines.adding(length)
    for moment in _moments(ctx, node):
        edge = adding(ctx, ctx.now, moment)
        if edge is not None:
            yield from _edges(edge)
            yield from (_start(edge.day + more) for more in range(2, 5))  # where a month is clamped
    fixed = compiled.box.parameters.duration(length)
    if not isinstance(fixed, Duration) or fixed.unit == "working days":
        yield _start(ctx.now.day + 1)


def _moments(ctx: Ctx, node: object) -> Iterable[Moment]:
    if isinstance(node, Done):
        result = ctx.steps.get(node.step)
        return [moment for moment, _ in result.dones] if result is not None else []
    selectors = {s for s in (getattr(node, "selector", None), _base_selector(node)) if isinstance(s, str)}
    found = []
    for selector in selectors:
        for fact in ctx.seen(selector).until(ctx.now.at):
            found += [moment_of(fact), Moment(fact.last_day, fact.hi, fact.lo == fact.hi)]
            if fact.until_day is not None and fact.until is not None:
                found.append(Moment(fact.until_day, fact.until, True))
                found.append(civil(fact.until_day))
    return found


def _base_selector(node: object) -> str | None:
    base = getattr(node, "base", None)
    return base.selector if base is not None else None


def _states(compiled: Compiled, ctx: Ctx, states: dict[str, list[StepState]]) -> Iterator[int]:
    """Nominal dates, openings, due dates, and where evidence may be looked for."""
    programs = {program.id: program for program in compiled.layers}
    for name, found in states.items():
        program = programs[name]
        for state in found:
            for moment in (state.nominal, state.opens, state.due, state.completed):
                if moment is not None:
                    yield from _edges(moment)
            if isinstance(program, StepProgram) and program.due_rows and state.nominal is not None:
                asked = ctx.at_trigger(state.trigger, state.nominal)
                for due in possible(program.due_rows, asked, ctx.now, state.nominal):
                    yield from _edges(due)
            if isinstance(program, StepProgram) and program.fresh is not None and state.opens is not None:
                start = program.fresh(ctx, state.opens, state.opens)
                if start is not None:
                    yield from _edges(start)
    for program in compiled.layers:
        yield from _closures(ctx, program)


def _closures(ctx: Ctx, program: StepProgram | ChoiceProgram) -> Iterator[int]:
    """The anchor, the ends of repetition and the latest moment of a step; the anchor of a choice."""
    closures = [program.anchor]
    if isinstance(program, StepProgram):
        closures += [program.until_moment, program.before]
    for closure in closures:
        found = closure.when(ctx, ctx.now) if closure is not None else None
        if not isinstance(found, Moment):
            continue
        yield from _edges(found)
        if isinstance(program, StepProgram) and program.fresh is not None:
            start = program.fresh(ctx, found, found)
            yield from _edges(start) if start is not None else ()
