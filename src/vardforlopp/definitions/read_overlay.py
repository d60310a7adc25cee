"""A region's overlay: `overlays/<id>.yaml`. Read last, since it speaks of the pathways."""

from __future__ import annotations

from collections.abc import Mapping as Table
from typing import Any

from vardforlopp.definitions.kinds import DATE, FLAG, IDENT, TEXT, TEXTS, reference
from vardforlopp.definitions.model import Adoption, LocalUnit, Overlay, ParameterValue, Pathway, Step
from vardforlopp.definitions.overlay import Fault, fault_of
from vardforlopp.definitions.read_parameters import read_setting
from vardforlopp.definitions.read_steps import CARE_LEVEL, ROLES, STEP_SHAPE, step_builder
from vardforlopp.definitions.reading import (
    Failed,
    Key,
    Kind,
    Reading,
    Shape,
    Values,
    list_of,
    need_mapping,
    one_or_list,
    read_keys,
    read_named,
    shaped,
)
from vardforlopp.definitions.suggest import did_you_mean, listed
from vardforlopp.definitions.tree import Mapping, Node, Scalar

_FAULTS: dict[Fault, tuple[str, str, str]] = {
    "kind": ("VF-DEF-025", "is not of the parameter's kind", "Write the value as the pathway does."),
    "range": (
        "VF-DEF-077",
        "is outside the range that the pathway allows",
        "Choose a value within the range.",
    ),
    "word": ("VF-DEF-077", "is not one of the words that the pathway allows", "Choose one of them."),
    "stricter": (
        "VF-DEF-078",
        "is not stricter than the national value",
        "A national value may only be made stricter.",
    ),
    "unit": ("VF-DEF-065", "has a unit that cannot be compared", "Write the parameter's own unit."),
}


def read_overlay(reading: Reading, node: Node, *, pathways: Table[str, Pathway]) -> Overlay:
    """One overlay; its values are checked against the pathways they set."""
    values = read_keys(OVERLAY_SHAPE, reading, node=node)
    assert isinstance(node, Mapping)
    return Overlay(
        id=values["id"],
        title=values["title"],
        place=reading.place(node),
        settings=_settings(reading, values.get("set"), pathways),
        adoptions=values.get("adopts", ()),
        steps=_steps(reading, values.get("steps"), pathways),
        units=values.get("units", ()),
        invented=values.get("invented", False),
    )


def _by_pathway(
    reading: Reading, node: Node | None, pathways: Table[str, Pathway]
) -> list[tuple[Pathway, Mapping]]:
    if node is None:
        return []
    mapping = need_mapping(reading, node, what="the list of pathways")
    found: list[tuple[Pathway, Mapping]] = []
    for name, child in mapping.entries.items():
        if name not in pathways:
            reading.refer("pathway", mapping.keys[name], name=name)
            continue
        found.append((pathways[name], need_mapping(reading, child, what=f"what is said of '{name}'")))
    return found


def _settings(
    reading: Reading, node: Node | None, pathways: Table[str, Pathway]
) -> dict[str, dict[str, ParameterValue]]:
    settings: dict[str, dict[str, ParameterValue]] = {}
    for pathway, mapping in _by_pathway(reading, node, pathways):
        made = settings.setdefault(pathway.id, {})
        for name, child in mapping.entries.items():
            if name not in pathway.parameters:
                do = did_you_mean(
                    name, pathway.parameters, otherwise=f"It has {listed(pathway.parameters, 20)}."
                )
                reading.report(
                    "VF-DEF-035", mapping.keys[name], f"'{pathway.id}' has no parameter '{name}'", do=do
                )
                continue
            value = reading.attempt(_setting_of(pathway, name), child)
            if not isinstance(value, Failed):
                made[name] = value
    return settings


def _setting_of(pathway: Pathway, name: str) -> Any:
    def read(reading: Reading, node: Node) -> ParameterValue:
        parameter = pathway.parameters[name]
        value = read_setting(reading, node, parameter=parameter)
        fault = fault_of(parameter, value)
        if fault is not None:
            code, what, do = _FAULTS[fault]
            raise reading.error(code, node, f"the value of '{pathway.id}.{name}' {what}", do=do)
        return value

    return read


def _steps(reading: Reading, node: Node | None, pathways: Table[str, Pathway]) -> dict[str, dict[str, Step]]:
    steps: dict[str, dict[str, Step]] = {}
    for pathway, mapping in _by_pathway(reading, node, pathways):
        reading.scope, reading.sources, reading.parameters = pathway.id, pathway.sources, pathway.parameters
        reading.declare("step", mapping.entries)
        for name, child in mapping.entries.items():
            step = _step(reading, mapping.keys[name], child, pathway)
            if step is not None:
                steps.setdefault(pathway.id, {})[name] = step
        reading.scope, reading.sources, reading.parameters = "", {}, {}
    return steps


def _step(reading: Reading, key: Scalar, node: Node, pathway: Pathway) -> Step | None:
    if key.text in pathway.steps or key.text in pathway.choices:
        reading.report(
            "VF-DEF-079",
            key,
            f"the pathway has a '{key.text}' of its own",
            do="Choose another id: an overlay only adds.",
        )
        return None

    def build(reading: Reading, key: Scalar, values: Values) -> Step:
        return step_builder(pathway.phases[values.pop("phase")])(reading, key, values)

    def known_phase(reading: Reading, node: Node) -> str:
        name = IDENT.read(reading, node)
        if name in pathway.phases:
            return name
        do = did_you_mean(name, pathway.phases, otherwise=f"It has {listed(pathway.phases)}.")
        raise reading.error("VF-DEF-040", node, f"there is no phase '{name}'", do=do)

    shape = Shape(
        STEP_SHAPE.name,
        dict(STEP_SHAPE.keys) | {"phase": Key(Kind("phase", known_phase, IDENT.schema), required=True)},
    )
    step = read_named(reading, key, node=node, shape=shape, build=build, what="step")
    return None if isinstance(step, Failed) else step


def _adoption(reading: Reading, node: Mapping, values: Values) -> Adoption:
    return Adoption(**values)


def _unit(reading: Reading, node: Mapping, values: Values) -> LocalUnit:
    return LocalUnit(**values)


def _node(reading: Reading, node: Node) -> Node:
    return node


_ANY = Kind("by-pathway", _node, lambda use: {"type": "object", "additionalProperties": {"type": "object"}})
ADOPTION_SHAPE = Shape(
    "an adoption",
    {
        "pathway": Key(reference("pathway"), required=True),
        "version": Key(TEXT, required=True),
        "what": Key(
            one_or_list(TEXT, what="the list of ids"),
            "step, phase, choice, entry, exit, parameter and interaction ids, or *",
            required=True,
        ),
        "by": Key(TEXT, "who decided", required=True),
        "on": Key(DATE, "when", required=True),
    },
)
UNIT_SHAPE = Shape(
    "a unit",
    {
        "level": Key(CARE_LEVEL, required=True),
        "name": Key(TEXT, required=True),
        "phone": Key(TEXT),
        "roles": Key(ROLES),
    },
)
OVERLAY_SHAPE = Shape(
    "the overlay",
    {
        "id": Key(IDENT, required=True),
        "title": Key(TEXTS, required=True),
        "invented": Key(FLAG, "an example, not a real region"),
        "set": Key(_ANY, "values of parameters, by pathway"),
        "adopts": Key(
            list_of(shaped("adoption", ADOPTION_SHAPE, build=_adoption), what="the list of adoptions")
        ),
        "units": Key(list_of(shaped("local-unit", UNIT_SHAPE, build=_unit), what="the list of units")),
        "steps": Key(_ANY, "steps that the region adds, by pathway, each with its `phase`"),
    },
)
