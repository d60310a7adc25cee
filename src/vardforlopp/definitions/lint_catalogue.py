"""Lint: the shared catalogue. One analyte, one selector; known units; interactions that apply."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations

from vardforlopp.definitions.catalogue import (
    Activity,
    Catalogue,
    CodeRule,
    Definitions,
    Interaction,
    Selector,
)
from vardforlopp.definitions.criteria import BranchIs, Done, Entered, Named, Param, StepTime
from vardforlopp.definitions.findings import DefinitionFinding, finding
from vardforlopp.definitions.lint_texts import text_faults
from vardforlopp.definitions.lint_values import node_faults, test_faults
from vardforlopp.definitions.model import LEVELS, Level, Pathway
from vardforlopp.definitions.read_provenance import DEFAULT
from vardforlopp.definitions.walk import nodes
from vardforlopp.kernel.codes import normalise_code
from vardforlopp.kernel.quantities import known_unit

_MEASURED = ("laboratory", "measurements")


def check(catalogue: Catalogue) -> Iterator[DefinitionFinding]:
    """Selectors, activities and interactions."""
    for selector in catalogue.selectors.values():
        yield from _selector(selector, catalogue)
    yield from _coded_apart(catalogue)
    yield from _half_verified(catalogue)
    for activity in catalogue.activities.values():
        yield from _activity(activity)
    for interaction in catalogue.interactions.values():
        yield from _interaction(interaction, catalogue)


def levels(definitions: Definitions) -> Iterator[DefinitionFinding]:
    """An interaction stands as high as the best of its sources, and no higher where a part of it is ours."""
    for interaction in definitions.catalogue.interactions.values():
        level = _level(interaction, definitions.pathways)
        if level != interaction.level:
            yield finding(
                "VF-DEF-082",
                interaction.place,
                f"interaction '{interaction.id}' has level '{interaction.level}', its sources '{level}'",
                do=f"Write `level: {level}`, or correct `source:`.",
            )


def _level(interaction: Interaction, pathways: Mapping[str, Pathway]) -> Level:
    ids = [(pathway, name) for pathway, names in interaction.sources for name in names]
    if any(name == DEFAULT for _, name in ids):
        return "default"
    found = [
        pathways[pathway].sources[name].level
        for pathway, name in ids
        if pathway in pathways and name in pathways[pathway].sources
    ]
    return min(found, key=LEVELS.index, default="default")


def _selector(selector: Selector, catalogue: Catalogue) -> Iterator[DefinitionFinding]:
    name = f"selector '{selector.id}'"
    yield from text_faults(name, selector.place, texts=selector.title, part="title")
    if selector.unit is not None and not known_unit(selector.unit):
        yield finding(
            "VF-DEF-065",
            selector.place,
            f"{name}: '{selector.unit}' is not a known unit",
            do="Write a UCUM unit.",
        )
    if selector.where is not None:
        for code, what, do in test_faults(selector.where, selector.id, parameters={}, catalogue=catalogue):
            yield finding(code, selector.place, f"{name}: {what}", do=do)
        if any(isinstance(node, Param) for node in nodes(selector.where)):
            yield finding(
                "VF-DEF-064", selector.place, f"{name} is cut by a parameter", do="Write a fixed limit."
            )
    if selector.id in _reachable(selector, catalogue):
        yield finding(
            "VF-DEF-081", selector.place, f"{name} includes itself", do="Remove it from `includes:`."
        )
    for part in selector.includes:
        if part.endswith(".end"):
            yield finding(
                "VF-DEF-081",
                selector.place,
                f"{name} includes '{part}', but a union holds facts and no ends",
                do="Include the state itself: the union has an end of its own.",
            )


def _reachable(selector: Selector, catalogue: Catalogue) -> set[str]:
    found: set[str] = set()
    queue = list(selector.includes)
    while queue:
        name = queue.pop()
        if name not in found:
            found.add(name)
            queue.extend(catalogue.selectors[name].includes if name in catalogue.selectors else ())
    return found


def _coded_apart(catalogue: Catalogue) -> Iterator[DefinitionFinding]:
    """The same code in two plain measured selectors: one analyte with two names."""
    plain = [
        selector
        for selector in catalogue.selectors.values()
        if selector.kind in _MEASURED
        and selector.where is None
        and not selector.setting
        and selector.unit is not None
    ]
    for one, other in combinations(plain, 2):
        related = one.id in _reachable(other, catalogue) or other.id in _reachable(one, catalogue)
        if related or one.status != other.status:
            continue
        shared = {_code(rule) for rule in one.codes if not rule.values} & {
            _code(rule) for rule in other.codes if not rule.values
        }
        for system, code in sorted(shared):
            yield finding(
                "VF-DEF-063",
                other.place,
                f"{system} {code} stands in '{one.id}' and in '{other.id}'",
                do="Keep one selector for the analyte, with all its codes.",
            )


def _code(rule: CodeRule) -> tuple[str, str]:
    return rule.system, normalise_code(rule.system, rule.code) + ("*" if rule.prefix else "")


def _half_verified(catalogue: Catalogue) -> Iterator[DefinitionFinding]:
    seen: dict[tuple[str, str], tuple[bool, str]] = {}
    for selector in catalogue.selectors.values():
        for rule in (*selector.codes, *selector.ended_by):
            first = seen.setdefault(_code(rule), (rule.unverified, selector.id))
            if first[0] != rule.unverified:
                yield finding(
                    "VF-DEF-048",
                    selector.place,
                    f"{rule.system} {rule.code} is half verified: see '{first[1]}' and '{selector.id}'",
                    do="Mark it the same way in both.",
                )


def _activity(activity: Activity) -> Iterator[DefinitionFinding]:
    name = f"activity '{activity.id}'"
    yield from text_faults(name, activity.place, texts=activity.title, part="title")
    yield from text_faults(
        name, activity.place, texts=activity.texts, part="text", needed=bool(activity.texts)
    )
    if activity.mdr == "device":
        yield finding(
            "VF-DEF-070", activity.place, f"{name} is of class device", do="Word it as a decision of people."
        )


def _interaction(interaction: Interaction, catalogue: Catalogue) -> Iterator[DefinitionFinding]:
    name = f"interaction '{interaction.id}'"
    yield from text_faults(name, interaction.place, texts=interaction.title, part="title")
    yield from text_faults(
        name, interaction.place, texts=interaction.text, part="text", needed=bool(interaction.text)
    )
    for way in interaction.ways_out:
        yield from text_faults(name, interaction.place, texts=way, part="ways_out")
    if not interaction.pathways and not interaction.activities and interaction.when is None:
        yield finding(
            "VF-DEF-080",
            interaction.place,
            f"{name} has no pathways, activities or criterion",
            do="Say when it applies.",
        )
    for node in nodes(interaction.when):
        own = isinstance(node, Done | BranchIs | Entered | StepTime | Param)
        if own or (isinstance(node, Named) and node.word != "now"):
            yield finding(
                "VF-DEF-080",
                interaction.place,
                f"the criterion of {name} rests on one pathway's own parts",
                do="Use facts, decisions, age and sex only.",
            )
            return
        for code, what, do in node_faults(node, parameters={}, catalogue=catalogue):
            yield finding(code, interaction.place, f"{name}: {what}", do=do)
