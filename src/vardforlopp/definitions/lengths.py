"""How long the times of a definition are: all that a duration can be, whomever it is about."""

from __future__ import annotations

from vardforlopp.definitions.criteria import DurationLike, Param, Table
from vardforlopp.definitions.model import Pathway, Step
from vardforlopp.kernel.durations import Duration


def lengths(pathway: Pathway, written: DurationLike | None) -> list[Duration]:
    """All that a duration can be with the pathway's parameters; empty when it is not known here."""
    if isinstance(written, Duration):
        return [written]
    if isinstance(written, Table):
        return [one for row in written.rows for one in lengths(pathway, row.value)]
    if isinstance(written, Param) and written.name in pathway.parameters:
        value = pathway.parameters[written.name].value
        cells = [row.value for row in value] if isinstance(value, tuple) else [value]
        return [cell for cell in cells if isinstance(cell, Duration)]
    return []


def counts_instants(pathway: Pathway, step: Step) -> bool:
    """True when any of the step's times is in minutes or hours: then instants are compared, not days."""
    slots = step.slots
    offsets = (*slots.offsets, slots.every) if slots else ()
    written = (step.opens, step.within, step.preferred, step.fresh, step.every, step.first, *offsets)
    return any(length.by_instant for each in written for length in lengths(pathway, each))
