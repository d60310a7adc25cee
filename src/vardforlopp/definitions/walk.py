"""Walking through criteria, moments and evidence: every node below one, the node itself first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass

from vardforlopp.definitions.criteria import Age, All, Criterion, Param, StepTime
from vardforlopp.definitions.model import Choice, Step

#: The fields of each type of node, the last first, found once; None for what is no node.
_FIELDS: dict[type, tuple[str, ...] | None] = {}


def nodes(*roots: object) -> Iterator[object]:
    """Every dataclass node in the roots (None is skipped), depth first, in the order written."""
    open_: list[object] = list(reversed(roots))
    while open_:
        node = open_.pop()
        if isinstance(node, tuple):
            open_.extend(reversed(node))
            continue
        kind = type(node)
        if kind not in _FIELDS:
            own = reversed([field.name for field in fields(node)]) if is_dataclass(node) else None
            _FIELDS[kind] = None if own is None else tuple(own)
        names = _FIELDS[kind]
        if names is not None:
            yield node
            open_.extend([getattr(node, name) for name in names])


def parameters_in(*roots: object) -> tuple[str, ...]:
    """Names of the parameters used below the roots."""
    return tuple(dict.fromkeys(node.name for node in nodes(*roots) if isinstance(node, Param)))


def age_limits_in(*roots: object) -> dict[str, str]:
    """Parameters that are ages below the roots, each with its unit."""
    ages = [node for node in nodes(*roots) if isinstance(node, Age)]
    return {name: age.unit for age in ages for name in parameters_in(age)}


def selectors_in(*roots: object) -> tuple[str, ...]:
    """Selectors named below the roots, with `.end` where written so."""
    named = (getattr(node, "selector", None) for node in nodes(*roots))
    return tuple(dict.fromkeys(name for name in named if isinstance(name, str)))


def rule_parts(step: Step) -> dict[str, object]:
    """The parts of a step that make its rule, by keyword; only those it has."""
    parts = {
        "when": step.when, "after": step.after, "opens": step.opens, "within": step.within,
        "before": step.before, "preferred": step.preferred, "every": step.every, "first": step.first,
        "slots": step.slots, "per": step.per, "until": step.until, "fresh": step.fresh, "done": step.done,
    }  # fmt: skip
    return {name: part for name, part in parts.items() if part is not None}


def step_times(*roots: object) -> tuple[str, ...]:
    """Steps whose completion, settlement or due date is a moment below the roots."""
    return tuple(dict.fromkeys(node.step for node in nodes(*roots) if isinstance(node, StepTime)))


def conjuncts(criterion: Criterion | None) -> Iterator[Criterion]:
    """The criteria that must all hold for this one to hold."""
    if isinstance(criterion, All):
        for part in criterion.of:
            yield from conjuncts(part)
    elif criterion is not None:
        yield criterion


def choice_parts(choice: Choice) -> tuple[object, ...]:
    """The criteria and the moment of a choice."""
    return (*(option.when for option in choice.options), choice.after)
