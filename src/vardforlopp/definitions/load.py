"""Definitions out of their text: the pathway and selectors that the first step needs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import yaml

from vardforlopp.definitions.criteria import Compare, FactLeaf, First, Quantity, Value
from vardforlopp.definitions.model import (
    CodeRule,
    Entry,
    Level,
    Owner,
    Pathway,
    Phase,
    Place,
    Provenance,
    Selector,
    SourceText,
    Step,
)
from vardforlopp.kernel.durations import parse_duration
from vardforlopp.kernel.errors import DefinitionError

_COMPARED = re.compile(r"(<=|>=|<|>) (\d+(?:\.\d+)?) (\S+)")


def load_selectors(texts: Mapping[str, str]) -> dict[str, Selector]:
    """The selectors of every file under `valuesets/`."""
    found: dict[str, Selector] = {}
    for file in sorted(name for name in texts if name.startswith("valuesets/")):
        for id_, keys in yaml.safe_load(texts[file]).items():
            codes = tuple(
                CodeRule(code["system"], str(code["code"]), unverified=code.get("unverified", False))
                for code in keys["codes"]
            )
            found[id_] = Selector(
                id_, keys["title"], keys["kind"], (keys["resource"],), codes, Place(file, 1),
                unit=keys.get("unit"), status=keys.get("status", "performed"),
            )  # fmt: skip
    return found


def load_pathway(texts: Mapping[str, str], folder: str) -> Pathway:
    """The pathway whose `pathway.yaml` and `steps/` stand in `folder`."""
    file = f"{folder}/pathway.yaml"
    keys = yaml.safe_load(texts[file])
    sources = {
        id_: SourceText(id_, source["title"], source["level"]) for id_, source in keys["sources"].items()
    }
    steps: dict[str, Step] = {}
    for name in sorted(name for name in texts if name.startswith(f"{folder}/steps/")):
        phase = name.rsplit("/", 1)[1].removesuffix(".yaml")
        for id_, step in yaml.safe_load(texts[name]).items():
            steps[id_] = _step(id_, phase, step, sources, Place(name, 1))
    return Pathway(
        keys["id"], keys["version"], keys["title"], keys["summary"], keys["status"], Place(file, 1),
        population=None, sources=sources, parameters={}, exits={}, choices={}, indicators={},
        entries={id_: _entry(id_, entry, sources, Place(file, 1)) for id_, entry in keys["entries"].items()},
        phases={phase["id"]: Phase(phase["id"], phase["title"]) for phase in keys["phases"]},
        steps=steps,
    )  # fmt: skip


def _entry(id_: str, keys: Mapping[str, Any], sources: Mapping[str, SourceText], place: Place) -> Entry:
    when = Value(keys["when"]["value"], _test(keys["when"]["is"], place))
    return Entry(
        id_, tuple(keys["event"]), keys["title"], _provenance(keys["source"], sources), place, when=when
    )


def _step(
    id_: str, phase: str, keys: Mapping[str, Any], sources: Mapping[str, SourceText], place: Place
) -> Step:
    return Step(
        id_, phase, keys["title"], keys["summary"], _provenance(keys["source"], sources), place,
        keys["activity"], Owner(tuple(keys["by"]), keys["level"]), FactLeaf(keys["done"]),
        after=First(keys["after"]["first"]), within=parse_duration(keys["within"]), rows=(keys["row"],),
    )  # fmt: skip


def _test(text: str, place: Place) -> Compare:
    match = _COMPARED.fullmatch(text)
    if match is None:
        raise DefinitionError(
            "VF-DEF-001", str(place), f"'{text}' is no comparison", "Write it as '>= 400 ng/L'."
        )
    return Compare(match[1], Quantity(Fraction(match[2]), match[3]))  # type: ignore[arg-type]


def _provenance(written: str | Mapping[str, str], sources: Mapping[str, SourceText]) -> Provenance:
    parts = {"step": written} if isinstance(written, str) else dict(written)
    levels: dict[str, Level] = {
        part: sources[source].level if source in sources else "default" for part, source in parts.items()
    }
    return Provenance({part: (source,) for part, source in parts.items()}, levels)
