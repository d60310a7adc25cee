"""What a step or choice of a flowchart comes after: arrows that are true for everybody who gets there.

An arrow says that the source comes first. It does where the definitions name the source, and where
the time is counted from a fact that the source must give: a source for all, or for all whom the
target is for. What no arrow can say is told in words (`Start.counted`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from vardforlopp.definitions.criteria import (
    ActiveLeaf,
    All,
    AnyOf,
    BranchIs,
    Criterion,
    DateIn,
    Decided,
    DecidedLeaf,
    Done,
    Earliest,
    Entered,
    Evidence,
    EvidenceNode,
    FactLeaf,
    First,
    Has,
    Last,
    Latest,
    MomentExpr,
    NoneOf,
    Shifted,
    StepTime,
    TimesLeaf,
)
from vardforlopp.definitions.model import Choice, Pathway, Step
from vardforlopp.definitions.walk import conjuncts, nodes, selectors_in, step_times

ENTRY = "·entry"


class Start(NamedTuple):
    """What a box comes after, and from which facts its time is counted where no arrow says it.

    `counted` None: from the entry. `every`: all of the facts are needed, not one of them.
    `either`: those of the sources of which one is enough.
    """

    sources: tuple[str, ...]
    counted: tuple[str, ...] | None
    every: bool = False
    either: frozenset[str] = frozenset()


def starts_of(pathway: Pathway) -> dict[str, Start]:
    """The start of each choice and step; the entry leads to what begins there in the first phase."""
    place = places_of(pathway)
    found = {choice.id: _choice_start(pathway, choice, place) for choice in pathway.choices.values()}
    found |= {step.id: _step_start(pathway, step, place) for step in pathway.steps.values()}
    return {
        name: Start((ENTRY,), ()) if start == Start((), None) and place[name] == 0 else start
        for name, start in found.items()
    }


def places_of(pathway: Pathway) -> dict[str, int]:
    """The place of each step's and choice's phase; a choice stands where its first way leads."""
    order = {phase: n for n, phase in enumerate(pathway.phases)}
    place = {step.id: order.get(step.phase, 0) for step in pathway.steps.values()}
    for choice in pathway.choices.values():
        ways = [place[step.id] for step in pathway.steps.values() if choice.id in _choices_of(pathway, step)]
        place[choice.id] = min([order.get(choice.phase, 0), *ways])
    return place


def asked(criterion: Criterion | None, *, denied: bool = False) -> Iterator[tuple[Criterion, bool]]:
    """What a criterion asks, one by one, and whether it is denied."""
    if criterion is not None and not hasattr(criterion, "of"):
        yield criterion, denied
    for part in getattr(criterion, "of", ()):
        yield from asked(part, denied=denied != isinstance(criterion, NoneOf))


def counted_from(moment: object) -> tuple[str, ...]:
    """The facts that a moment is counted from; those that only limit where it is looked for are none."""
    match moment:
        case First(selector) | Last(selector) | DateIn(str(selector)):
            return (selector,)
        case Shifted(base):
            return counted_from(base)
        case Earliest(of) | Latest(of):
            return tuple(dict.fromkeys(fact for part in of for fact in counted_from(part)))
    return ()


# --- steps and choices ---------------------------------------------------------------------------


def _choice_start(pathway: Pathway, choice: Choice, place: Mapping[str, int]) -> Start:
    if choice.after is None:
        facts = selectors_in(*(option.when for option in choice.options))
        givers = _givers(pathway, facts, place, target=choice.id)
        return Start(givers, () if givers else None, either=frozenset(givers))
    start = _counted(pathway, choice.after, place, target=choice.id)
    sources = (*_named(pathway, choice.after), *start.sources)
    return start._replace(sources=sources, either=start.either | _alternatives(choice.after))


def _step_start(pathway: Pathway, step: Step, place: Mapping[str, int]) -> Start:
    """Choices, decisions and steps that it names, and the steps that give what it is counted from."""
    named = (*_named(pathway, step.after), *([step.per.step] if step.per and step.per.step else []))
    trigger = First(step.per.selector) if step.per is not None and step.per.selector else None
    moment = step.after if counted_from(step.after) else trigger
    start = _counted(pathway, moment, place, target=step.id)
    sources = tuple(dict.fromkeys((*_asked_first(pathway, step), *named, *start.sources)))
    if moment is None and not named:
        return Start(sources, None)
    return start._replace(sources=sources, either=start.either | _alternatives(step.after))


def _counted(pathway: Pathway, moment: MomentExpr | None, place: Mapping[str, int], *, target: str) -> Start:
    """The steps that give what a moment is counted from, and the facts that none gives.

    Where one of several facts is enough, an arrow is true only if there are steps for all of them.
    """
    facts, every = counted_from(moment), isinstance(moment, Latest)
    sources = _givers(pathway, facts, place, target=target)
    given = selectors_in(*(pathway.steps[source].done for source in sources))
    left = tuple(fact for fact in facts if fact not in given)
    if left and not every:
        return Start((), facts)
    return Start(sources, left, every, frozenset() if every else frozenset(sources))


def _alternatives(moment: MomentExpr | None) -> frozenset[str]:
    """The steps that a moment names of which the first one is enough."""
    earliest = (node for node in nodes(moment) if isinstance(node, Earliest))
    return frozenset(step_times(*earliest))


def _asked_first(pathway: Pathway, step: Step) -> Iterator[str]:
    """The choices, steps and decisions that must be settled before the step's guard can be."""
    yield from sorted(_choices_of(pathway, step))
    for guard in _guards(pathway, step):
        for node, denied in asked(guard):
            if isinstance(node, Done) and not denied:
                yield node.step
            elif isinstance(node, Decided):
                yield from _deciders(pathway, node.decision)


def _choices_of(pathway: Pathway, step: Step) -> set[str]:
    found = nodes(*_guards(pathway, step))
    return {node.choice for node in found if isinstance(node, BranchIs)} & set(pathway.choices)


def _named(pathway: Pathway, moment: object) -> list[str]:
    """The steps that a moment names."""
    return [name for name in step_times(moment) if name in pathway.steps]


def _deciders(pathway: Pathway, decision: str) -> Iterator[str]:
    if decision in pathway.choices:
        yield decision
    for step in pathway.steps.values():
        if any(isinstance(node, DecidedLeaf) and node.decision == decision for node in nodes(step.done)):
            yield step.id


# --- who gives a fact ----------------------------------------------------------------------------


def _givers(
    pathway: Pathway, facts: Sequence[str], place: Mapping[str, int], *, target: str
) -> tuple[str, ...]:
    """The steps, none in a later phase, that give one of the facts to all whom the target is for."""
    given = [part for need in _needs(pathway, pathway.steps.get(target)) for part in conjuncts(need)]
    return tuple(
        step.id
        for step in pathway.steps.values()
        if step.id != target
        and place[step.id] <= place[target]
        and _gives(step.done, facts)
        and all(_follows(need, given) for need in _needs(pathway, step))
    )


def _needs(pathway: Pathway, step: Step | None) -> Iterator[Criterion]:
    """What must hold for a step to come at all: its conditions, trigger, and the same of what it awaits."""
    seen = set[str]()
    while step is not None and step.id not in seen:
        seen.add(step.id)
        yield from _guards(pathway, step)
        if step.per is not None and step.per.selector is not None:
            yield Has(step.per.selector)
        match step.after:
            case StepTime("done" | "due", awaited):
                step = pathway.steps.get(awaited)
            case _:
                return


def _guards(pathway: Pathway, step: Step | None) -> list[Criterion]:
    """The conditions of a step: its phase's and its own."""
    if step is None:
        return []
    phase = pathway.phases.get(step.phase)
    return [guard for guard in (phase.when if phase else None, step.when) if guard is not None]


def _gives(evidence: Evidence, facts: Sequence[str]) -> bool:
    """Whether the evidence cannot be there without one of the facts."""
    match evidence:
        case FactLeaf() | ActiveLeaf() | TimesLeaf():
            return evidence.selector in facts
        case EvidenceNode("all", of):
            return any(_gives(part, facts) for part in of)
        case EvidenceNode("any", of):
            return all(_gives(part, facts) for part in of)
        case EvidenceNode(of=of, n=n):
            return sum(not _gives(part, facts) for part in of) < n
        case DecidedLeaf():
            return False


def _follows(wanted: Criterion, given: Sequence[Criterion]) -> bool:
    """Whether a criterion must hold where all of the given ones do, as far as their form shows."""
    if any(_within(one, wanted) for one in given):
        return True
    if isinstance(wanted, All):
        return all(_follows(part, given) for part in wanted.of)
    if isinstance(wanted, AnyOf) and any(_follows(part, given) for part in wanted.of):
        return True
    return any(
        isinstance(one, AnyOf) and all(_follows(wanted, [*conjuncts(part)]) for part in one.of)
        for one in given
    )


def _within(one: Criterion, wanted: Criterion) -> bool:
    """The same, or fewer of the same ways."""
    match one, wanted:
        case Entered(ways), Entered(wide):
            return set(ways) <= set(wide)
        case (BranchIs(name, ways), BranchIs(same, wide)) | (Decided(name, ways), Decided(same, wide)):
            return name == same and set(ways) <= set(wide)
    return one == wanted
