"""Lint: tests that suit their selectors, units that can be converted, parameters that are used."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from vardforlopp.definitions.catalogue import Catalogue, Selector
from vardforlopp.definitions.criteria import (
    Change,
    Compare,
    CompareOwn,
    CompareRef,
    Count,
    FactLeaf,
    Has,
    OneOf,
    Param,
    Quantity,
    Test,
    Value,
)
from vardforlopp.definitions.findings import DefinitionFinding, finding
from vardforlopp.definitions.model import Parameter, Pathway, Place
from vardforlopp.definitions.overlay import range_fault
from vardforlopp.definitions.walk import choice_parts, nodes, parameters_in, rule_parts, selectors_in
from vardforlopp.kernel.quantities import UnitError, convert, known_unit
from vardforlopp.record.states import END

Part = tuple[str, Place, tuple[object, ...]]


def check(pathway: Pathway, catalogue: Catalogue) -> Iterator[DefinitionFinding]:
    """Tests and units of every part, sides, ranges, parameters that nothing uses."""
    used: set[str] = set()
    for name, place, roots in parts(pathway):
        used.update(parameters_in(*roots))
        for node in nodes(*roots):
            for code, what, do in node_faults(node, parameters=pathway.parameters, catalogue=catalogue):
                yield finding(code, place, f"{name}: {what}", do=do)
        yield from _sides(pathway, catalogue, name, place=place, roots=roots)
    for parameter in pathway.parameters.values():
        yield from _parameter(pathway, parameter, is_used=parameter.id in used)


def parts(pathway: Pathway) -> Iterator[Part]:
    """Everything in a pathway that holds criteria, moments or evidence: name, place, roots."""
    own = pathway.id
    if pathway.population is not None:
        yield f"the population of '{own}'", pathway.place, (pathway.population.when,)
    for entry in pathway.entries.values():
        yield f"entry '{own}.{entry.id}'", entry.place, (entry.when, entry.plus, entry.apart)
    for left in pathway.exits.values():
        yield f"exit '{own}.{left.id}'", left.place, (left.when, left.plus)
    for phase in pathway.phases.values():
        yield f"phase '{own}.{phase.id}'", pathway.place, (phase.when,)
    for choice in pathway.choices.values():
        yield f"choice '{own}.{choice.id}'", choice.place, choice_parts(choice)
    for step in pathway.steps.values():
        yield f"step '{own}.{step.id}'", step.place, tuple(rule_parts(step).values())
    for one in pathway.indicators.values():
        roots = (one.index, one.of, one.exclude, one.met, one.days, one.follow_up)
        yield f"indicator '{own}.{one.id}'", one.place, roots


def node_faults(
    node: object, *, parameters: dict[str, Parameter], catalogue: Catalogue
) -> Iterator[tuple[str, str, str]]:
    """What is wrong with the limits of one part of a criterion: (code, what, what to do)."""
    match node:
        case Value(name, test):
            yield from test_faults(test, name, parameters=parameters, catalogue=catalogue)
        case Has(name, test) | FactLeaf(name, test) | Count(name, where=test) if test is not None:
            yield from test_faults(test, name, parameters=parameters, catalogue=catalogue)
        case Change():
            yield from _change_faults(node, parameters, catalogue)


def test_faults(
    test: Test, name: str, *, parameters: dict[str, Parameter], catalogue: Catalogue
) -> Iterator[tuple[str, str, str]]:
    """What is wrong with a test of a selector's value: (code, what, what to do)."""
    selector = catalogue.selectors.get(name.removesuffix(END))
    if selector is None:
        return
    if isinstance(test, OneOf):
        if selector.unit is not None:
            yield (
                "VF-DEF-064",
                f"'{name}' is measured in {selector.unit}, but words are asked for",
                "Write a limit.",
            )
        return
    if selector.unit is None or name.endswith(END):
        yield (
            "VF-DEF-064",
            f"'{name}' has no unit, but a limit is asked for",
            "Give the selector a `unit`, or write words.",
        )
        return
    if isinstance(test, CompareRef):
        return
    if isinstance(test, CompareOwn):
        own = catalogue.selectors.get(test.selector)
        limits = [Quantity(Fraction(1), own.unit)] if own is not None and own.unit is not None else []
        if own is not None and own.unit is None:
            yield "VF-DEF-064", f"the goal '{test.selector}' has no unit", "Give the selector a `unit`."
    else:
        written = (test.limit,) if isinstance(test, Compare) else (test.lo, test.hi)
        limits = [limit for one in written for limit in _quantities(one, parameters)]
    for limit in limits:
        yield from _unit_faults(limit, selector)


def _quantities(limit: Quantity | Param, parameters: dict[str, Parameter]) -> list[Quantity]:
    if isinstance(limit, Quantity):
        return [limit]
    value = parameters[limit.name].value if limit.name in parameters else None
    cells = [row.value for row in value] if isinstance(value, tuple) else [value]
    return [
        cell if isinstance(cell, Quantity) else Quantity(Fraction(cell), "1")
        for cell in cells
        if isinstance(cell, Quantity) or (isinstance(cell, int) and not isinstance(cell, bool))
    ]


def _unit_faults(limit: Quantity, selector: Selector) -> Iterator[tuple[str, str, str]]:
    assert selector.unit is not None
    try:
        convert(limit.value, limit.unit, selector.unit, selector.molar_mass)
    except UnitError as error:
        yield "VF-DEF-065", f"the limit of '{selector.id}': {error}", f"Write it in {selector.unit}."


def _change_faults(
    change: Change, parameters: dict[str, Parameter], catalogue: Catalogue
) -> Iterator[tuple[str, str, str]]:
    selector = catalogue.selectors.get(change.selector)
    if selector is None:
        return
    if selector.unit is None:
        yield (
            "VF-DEF-064",
            f"'{selector.id}' has no unit, so it cannot rise or fall",
            "Give the selector a `unit`.",
        )
        return
    for limit in _quantities(change.test.limit, parameters):
        if change.percent:
            if selector.unit == "%":
                yield (
                    "VF-DEF-068",
                    f"'{selector.id}' is itself in %, so {limit.value} % says two things",
                    "Write %-points.",
                )
        elif limit.unit == "%" and selector.unit != "%":
            yield (
                "VF-DEF-068",
                f"'{selector.id}' is not in %, so it has no %-points",
                "Write %, or its own unit.",
            )
        else:
            yield from _unit_faults(limit, selector)
    base = catalogue.selectors.get(change.base.selector) if change.base.selector else None
    if base is not None and base.unit is not None:
        yield from _unit_faults(Quantity(Fraction(1), base.unit), selector)


def _sides(
    pathway: Pathway, catalogue: Catalogue, name: str, *, place: Place, roots: tuple[object, ...]
) -> Iterator[DefinitionFinding]:
    if pathway.sided:
        return
    for used in selectors_in(*roots):
        selector = catalogue.selectors.get(used.removesuffix(END))
        if selector is not None and selector.sided:
            yield finding(
                "VF-DEF-074",
                place,
                f"{name}: '{used}' has a left and a right, the pathway has not",
                do="Write `sided: true` in the pathway, or use a selector without sides.",
            )


def _parameter(pathway: Pathway, parameter: Parameter, *, is_used: bool) -> Iterator[DefinitionFinding]:
    name = f"parameter '{pathway.id}.{parameter.id}'"
    fault = range_fault(parameter)
    if fault is not None:
        what = "has a unit that does not fit its range" if fault == "unit" else "is outside its own range"
        yield finding("VF-DEF-066", parameter.place, f"{name} {what}", do="Correct the value or the range.")
    for limit in _quantities(Param(parameter.id), pathway.parameters):
        if limit.unit not in ("1", "%-points") and not known_unit(limit.unit):
            yield finding(
                "VF-DEF-065",
                parameter.place,
                f"{name}: '{limit.unit}' is not a known unit",
                do="Write a UCUM unit.",
            )
    if not is_used:
        yield finding("VF-DEF-067", parameter.place, f"{name} is never used", do="Use it or remove it.")
