"""A region's overlay over a national pathway: what it may set, and the pathway it gives."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Literal

from vardforlopp.definitions.criteria import Quantity
from vardforlopp.definitions.model import (
    Alternative,
    Level,
    Overlay,
    Parameter,
    ParameterValue,
    Pathway,
    Provenance,
    Step,
)
from vardforlopp.kernel.durations import Duration
from vardforlopp.kernel.quantities import UnitError, convert

Fault = Literal["kind", "range", "word", "stricter", "unit"]


def fault_of(parameter: Parameter, value: ParameterValue) -> Fault | None:
    """Why a region may not set this value; None when it may.

    A value must be of the parameter's kind and within its range. At level `national` it may
    only be made shorter or stricter.
    """
    if parameter.allowed and value not in parameter.allowed:
        return "word"
    try:
        for cell in _cells(value):
            if not _inside(cell, parameter.low, parameter.high):
                return "range"
        if parameter.level == "national" and not _stricter(parameter, value):
            return "stricter"
    except UnitError:
        return "unit"
    except TypeError:
        return "kind"
    return None


def range_fault(parameter: Parameter) -> Fault | None:
    """Why its own value, or one that another source gives, does not fit its range; None when all do."""
    values = [parameter.value, *(each.value for each in parameter.alternatives)]
    cells = [cell for value in values for cell in _cells(value)]
    if parameter.allowed and not {*parameter.allowed}.issuperset(values):
        return "word"
    try:
        if parameter.low is not None and not _inside(parameter.low, None, parameter.high):
            return "range"
        return None if all(_inside(cell, parameter.low, parameter.high) for cell in cells) else "range"
    except UnitError:
        return "unit"
    except TypeError:
        return "kind"


def apply(pathway: Pathway, overlay: Overlay) -> Pathway:
    """The pathway as the region runs it: its values set, its steps added, nothing removed.

    A value that the region has set rests on the source that says the same, or on the region alone.
    """
    settings = overlay.settings.get(pathway.id, {})
    added = overlay.steps.get(pathway.id, {})
    if not settings and not added:
        return pathway
    parameters = {
        name: _as_set(parameter, settings[name]) if name in settings else parameter
        for name, parameter in pathway.parameters.items()
    }
    steps = {name: _relevelled(step, parameters) for name, step in (pathway.steps | added).items()}
    return replace(pathway, parameters=parameters, steps=steps)


def _as_set(parameter: Parameter, value: ParameterValue) -> Parameter:
    """A national value made stricter stays national; of the others, one of the region's own has no source."""
    kept = Alternative(value, parameter.level, parameter.sources)
    is_kept = value == parameter.value or parameter.level == "national"
    own = kept if is_kept else Alternative(value, "regional", ())
    chosen = next((each for each in parameter.alternatives if each.value == value), own)
    return replace(parameter, value=value, level=_regional(chosen.level), sources=chosen.sources)


def _regional(level: Level) -> Level:
    return "regional" if level in ("default", "international") else level


def _relevelled(step: Step, parameters: dict[str, Parameter]) -> Step:
    levels = {
        part: parameters[part[1:]].level if part[1:] in parameters and part.startswith("$") else level
        for part, level in step.provenance.levels.items()
    }
    if levels == step.provenance.levels:
        return step
    return replace(step, provenance=Provenance(step.provenance.parts, levels))


def _cells(value: ParameterValue) -> list[object]:
    return [row.value for row in value] if isinstance(value, tuple) else [value]


def _inside(value: object, low: ParameterValue | None, high: ParameterValue | None) -> bool:
    return (low is None or _compared(value, low) >= 0) and (high is None or _compared(value, high) <= 0)


def _compared(one: object, other: object) -> int:
    """-1, 0 or 1; `TypeError` when the two are of different kinds."""
    if isinstance(one, Duration) and isinstance(other, Duration):
        return _sign(one.rough_days - other.rough_days)
    if isinstance(one, Quantity) and isinstance(other, Quantity):
        return _sign(one.value - convert(other.value, other.unit, one.unit))
    numbers = [
        Fraction(found) for found in (one, other) if isinstance(found, int) and not isinstance(found, bool)
    ]
    if len(numbers) == 2:
        return _sign(numbers[0] - numbers[1])
    raise TypeError


def _sign(difference: Fraction) -> int:
    return (difference > 0) - (difference < 0)


def _stricter(parameter: Parameter, value: ParameterValue) -> bool:
    if value == parameter.value:
        return True
    if isinstance(value, tuple) or isinstance(parameter.value, tuple):
        return False
    direction = parameter.stricter or ("lower" if parameter.kind == "duration" else None)
    if direction is None:
        return False
    moved = _compared(value, parameter.value)
    return moved < 0 if direction == "lower" else moved > 0
