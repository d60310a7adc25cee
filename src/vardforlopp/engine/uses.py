"""What a definition's parts rest on: steps, choices, selectors. Layers follow from it."""

from __future__ import annotations

from vardforlopp.definitions.criteria import (
    BranchIs,
    DateIn,
    Done,
    Named,
    Param,
    StepTime,
)
from vardforlopp.definitions.model import Choice, Entry, Exit, Pathway, Step
from vardforlopp.definitions.walk import nodes, selectors_in


def steps_of_moment(expr: object) -> set[str]:
    """The steps that an expression's moments name."""
    return {node.step for node in nodes(expr) if isinstance(node, StepTime)}


def asks_the_trigger(value: object) -> bool:
    """True when an answer rests on the very fact that an event or an occurrence comes from."""
    return any(
        (isinstance(node, Named) and node.word == "trigger")
        or (isinstance(node, DateIn) and node.selector is None)
        for node in nodes(value)
    )


def parts_of(step: Step, pathway: Pathway) -> tuple[object, ...]:
    """Everything in a step that is a criterion, a moment or evidence, its phase's guard included."""
    phase = pathway.phases.get(step.phase)
    until = step.until
    rows = tuple(
        row
        for written in (step.opens, step.within, step.preferred, step.every, step.first)
        for row in getattr(written, "rows", ())
    )
    return (
        phase.when if phase else None,
        step.when,
        step.after,
        step.before,
        step.done,
        until.moment if until else None,
        until.when if until else None,
        tuple(row.when for row in rows),
    )


def of_step(step: Step, pathway: Pathway) -> set[str]:
    """Ids of the steps and choices that must be settled before this step is judged."""
    found = _steps_and_choices(parts_of(step, pathway))
    if step.per is not None and step.per.step is not None:
        found.add(step.per.step)
    return found


def of_choice(choice: Choice) -> set[str]:
    """Ids of the steps and choices that must be settled before this choice is."""
    return _steps_and_choices((choice.after, tuple(option.when for option in choice.options)))


def _steps_and_choices(value: object) -> set[str]:
    found: set[str] = set()
    for node in nodes(value):
        if isinstance(node, StepTime | Done):
            found.add(node.step)
        elif isinstance(node, BranchIs):
            found.add(node.choice)
    return found


def selectors_of(value: object) -> set[str]:
    """The selectors that criteria, moments and evidence name."""
    return set(selectors_in(value))


def parameters_of_pathway(pathway: Pathway) -> set[str]:
    """The parameters that steps, choices, entries and exits use; not those of indicators alone."""
    events: tuple[Entry | Exit, ...] = (*pathway.entries.values(), *pathway.exits.values())
    written: list[object] = [(event.when, event.plus, getattr(event, "apart", None)) for event in events]
    for step in pathway.steps.values():
        slots, per = step.slots, step.per
        written += [
            parts_of(step, pathway),
            step.opens,
            step.within,
            step.preferred,
            step.fresh,
            step.every,
            step.first,
            (slots.offsets, slots.every, slots.season) if slots else None,
            per.apart if per else None,
            step.until.times if step.until else None,
        ]
    for choice in pathway.choices.values():
        written.append((choice.after, tuple(option.when for option in choice.options)))
    return {node.name for node in nodes(tuple(written)) if isinstance(node, Param)}


def selectors_of_pathway(pathway: Pathway) -> frozenset[str]:
    """Every selector that the pathway looks at."""
    found: set[str] = set()
    events: tuple[Entry | Exit, ...] = (*pathway.entries.values(), *pathway.exits.values())
    for event in events:
        found.update(event.event)
        found |= selectors_of(event.when)
    for step in pathway.steps.values():
        found |= selectors_of(parts_of(step, pathway))
        if step.per is not None and step.per.selector is not None:
            found.add(step.per.selector)
    for choice in pathway.choices.values():
        found |= selectors_of((choice.after, tuple(option.when for option in choice.options)))
    return frozenset(found)
