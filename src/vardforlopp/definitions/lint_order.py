"""Lint: what waits for what. Steps form an order without circles, and each can be reached."""

from __future__ import annotations

from collections.abc import Iterator

from vardforlopp.definitions.catalogue import Catalogue
from vardforlopp.definitions.criteria import (
    AnyOf,
    BranchIs,
    Criterion,
    Dead,
    Done,
    Entered,
    Last,
    Named,
    NoneOf,
    Reached,
    SexIs,
    Shifted,
    StepTime,
)
from vardforlopp.definitions.findings import DefinitionFinding, finding
from vardforlopp.definitions.model import Choice, Entry, Exit, Pathway, Step
from vardforlopp.definitions.suggest import listed
from vardforlopp.definitions.walk import choice_parts, conjuncts, nodes, rule_parts, step_times

Graph = dict[str, set[str]]


def check(pathway: Pathway, catalogue: Catalogue) -> Iterator[DefinitionFinding]:
    """Circles, unreachable steps and ways, order in guards, wrong anchors."""
    yield from _circles(pathway)
    unreachable = _unreachable(pathway)
    for step in pathway.steps.values():
        if step.id in unreachable:
            yield finding(
                "VF-DEF-050",
                step.place,
                f"step '{pathway.id}.{step.id}' can never be reached: {unreachable[step.id]}",
                do="Correct its `when`, its phase's `when`, or its anchor.",
            )
        yield from _order_in_guard(pathway, step)
        yield from _anchors(pathway, step)
    for choice in pathway.choices.values():
        yield from _ways(pathway, choice)
    yield from _events(pathway)


def _circles(pathway: Pathway) -> Iterator[DefinitionFinding]:
    graph = dependencies(pathway)
    for circle in circles(graph):
        place = next(
            pathway.steps[name].place if name in pathway.steps else pathway.choices[name].place
            for name in circle
        )
        yield finding(
            "VF-DEF-051",
            place,
            f"in '{pathway.id}' these wait for each other: {' -> '.join((*circle, circle[0]))}",
            do="Cut the circle: a repeat is `every` or `per`, never a jump back.",
        )


def dependencies(pathway: Pathway) -> Graph:
    """For each step and choice, the steps and choices whose state it rests on."""
    graph: Graph = {}
    for step in pathway.steps.values():
        phase = pathway.phases.get(step.phase)
        parts = [*rule_parts(step).values(), phase.when if phase is not None else None]
        graph[step.id] = _named(parts) | ({step.per.step} if step.per and step.per.step else set())
    for choice in pathway.choices.values():
        graph[choice.id] = _named(list(choice_parts(choice)))
    return {name: {other for other in found if other in graph} for name, found in graph.items()}


def _named(parts: list[object]) -> set[str]:
    found = set(step_times(*parts))
    for node in nodes(*parts):
        if isinstance(node, Done):
            found.add(node.step)
        elif isinstance(node, BranchIs):
            found.add(node.choice)
    return found


def circles(graph: Graph) -> list[tuple[str, ...]]:
    """One circle for each knot of the graph, in the order of its nodes."""
    found: list[tuple[str, ...]] = []
    done: set[str] = set()
    for start in graph:
        circle = None if start in done else _walk(graph, start, done)
        if circle:
            found.append(circle)
    return found


def _walk(graph: Graph, start: str, done: set[str]) -> tuple[str, ...] | None:
    path: list[str] = [start]
    trail = [iter(sorted(graph[start]))]
    circle: tuple[str, ...] | None = None
    while trail:
        step = next(trail[-1], None)
        if step is None:
            done.add(path.pop())
            trail.pop()
        elif step in path:
            circle = circle or tuple(path[path.index(step) :])
        elif step not in done:
            path.append(step)
            trail.append(iter(sorted(graph[step])))
    return circle


def _unreachable(pathway: Pathway) -> dict[str, str]:
    """Steps whose guard, or whose anchor's guard, contradicts itself; and how."""
    found: dict[str, str] = {}
    graph = {step.id: _anchor_steps(step) & pathway.steps.keys() for step in pathway.steps.values()}
    for step in pathway.steps.values():
        chain, queue = [step.id], [step.id]
        while queue:
            for other in sorted(graph[queue.pop()] - set(chain)):
                chain.append(other)
                queue.append(other)
        own = _contradiction(_guards(pathway, [step.id]))
        through = (
            None
            if own
            else _contradiction(
                [part for part in _guards(pathway, chain) if isinstance(part, Entered | BranchIs)]
            )
        )
        why = own or (f"{through} (with what it is anchored to)" if through else None)
        if why:
            found[step.id] = why
    return found


def _anchor_steps(step: Step) -> set[str]:
    after = {step.after.step} if isinstance(step.after, StepTime) else set()
    return after | ({step.per.step} if step.per is not None and step.per.step else set())


def _guards(pathway: Pathway, steps: list[str]) -> list[Criterion]:
    parts: list[Criterion] = []
    for name in steps:
        step = pathway.steps[name]
        phase = pathway.phases.get(step.phase)
        parts.extend(conjuncts(step.when))
        parts.extend(conjuncts(phase.when if phase is not None else None))
    return parts


def _contradiction(parts: list[Criterion]) -> str | None:
    entries = [set(one.entries) for one in parts if isinstance(one, Entered)]
    sexes = [set(one.words) for one in parts if isinstance(one, SexIs)]
    if entries and not set.intersection(*entries):
        return "no entry fits both its `when` and its phase's"
    if sexes and not set.intersection(*sexes):
        return "no sex fits"
    for choice in {one.choice for one in parts if isinstance(one, BranchIs)}:
        ways = [set(one.words) for one in parts if isinstance(one, BranchIs) and one.choice == choice]
        if not set.intersection(*ways):
            return f"no way of '{choice}' fits"
    for one in parts:
        if isinstance(one, AnyOf) and not one.of:
            return "an empty `any` never holds"
        if isinstance(one, NoneOf) and any(part in one.of for part in parts):
            return "the same is asked for and excluded"
    return None


def _order_in_guard(pathway: Pathway, step: Step) -> Iterator[DefinitionFinding]:
    for part in conjuncts(step.when):
        waits = (isinstance(part, Done) and part.window is None) or (
            isinstance(part, Reached) and bool(step_times(part.moment))
        )
        if waits:
            named = _named([part])
            yield finding(
                "VF-DEF-052",
                step.place,
                f"step '{pathway.id}.{step.id}' waits for {listed(sorted(named))} in `when`",
                do="Write the order in `after:`, else the step is not applicable while it waits.",
            )


def _anchors(pathway: Pathway, step: Step) -> Iterator[DefinitionFinding]:
    base = step.after
    while isinstance(base, Shifted):
        base = base.base
    if step.kind == "single" and isinstance(base, Last):
        yield finding(
            "VF-DEF-058",
            step.place,
            f"step '{pathway.id}.{step.id}' is single but anchored to the last '{base.selector}'",
            do=f"Write `per: {base.selector}`, or anchor it to the first: the last one moves.",
        )
    per = pathway.steps.get(step.per.step) if step.per is not None and step.per.step else None
    if per is not None and per.kind == "per":
        yield finding(
            "VF-DEF-060",
            step.place,
            f"step '{pathway.id}.{step.id}' is per '{per.id}', which is itself per something",
            do="Anchor it to what the other step is per.",
        )


def _ways(pathway: Pathway, choice: Choice) -> Iterator[DefinitionFinding]:
    criteria = [option.when for option in choice.options]
    by_people = all(criterion is None for criterion in criteria)
    for position, option in enumerate(choice.options):
        why = None
        if option.when is None:
            why = (
                None
                if by_people or option.id == choice.otherwise
                else "it has no criterion, while others have"
            )
        elif option.when in criteria[:position]:
            why = "an earlier way has the same criterion"
        else:
            why = _contradiction(list(conjuncts(option.when)))
        if why:
            yield finding(
                "VF-DEF-069",
                choice.place,
                f"way '{option.id}' of choice '{pathway.id}.{choice.id}' can never be taken: {why}",
                do="Correct its criterion, make it the `else`, or remove it.",
            )
    if by_people and choice.otherwise is not None and len(choice.options) > 1:
        yield finding(
            "VF-DEF-069",
            choice.place,
            f"choice '{pathway.id}.{choice.id}' has an `else` but no criteria",
            do="Remove `else`: people decide.",
        )


def _events(pathway: Pathway) -> Iterator[DefinitionFinding]:
    for entry in pathway.entries.values():
        yield from _guard(f"entry '{pathway.id}.{entry.id}'", entry, moments=("index", "entry"))
    for left in pathway.exits.values():
        yield from _guard(f"exit '{pathway.id}.{left.id}'", left, moments=("index",))


def _guard(name: str, event: Entry | Exit, *, moments: tuple[str, ...]) -> Iterator[DefinitionFinding]:
    for node in nodes(event.when):
        if isinstance(node, Done | BranchIs | Entered | StepTime | Dead) or (
            isinstance(node, Named) and node.word in moments
        ):
            yield finding(
                "VF-DEF-059",
                event.place,
                f"the guard of {name} rests on {_told(node)}",
                do="Use facts, decisions, age, sex and settings only.",
            )


def _told(node: object) -> str:
    match node:
        case Done(step) | StepTime(_, step):
            return f"the state of step '{step}'"
        case BranchIs(choice):
            return f"choice '{choice}'"
        case Entered():
            return "how the instance began"
        case Named(word):
            return f"the moment '{word}'"
        case _:
            return "death, which ends all by itself"
