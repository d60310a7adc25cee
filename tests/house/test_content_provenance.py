"""Nothing clinical without its source: read off the YAML itself, beside what lint says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from repository import CONTENT, listing, texts

from vardforlopp.adapters.definitions import load_content
from vardforlopp.definitions.model import Alternative, Overlay, Parameter, Pathway

PARTS = {
    "step", "when", "after", "opens", "within", "before", "preferred", "every", "first", "slots", "per",
    "until", "fresh", "done", "by",
}  # fmt: skip
LEVELS = {"national", "guideline", "regional", "international", "default"}


def pathways() -> list[Path]:
    """The folder of every pathway version."""
    return sorted(path.parent for path in CONTENT.glob("pathways/*/*/pathway.yaml"))


def ruled(folder: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Everything in a pathway that needs a source, with where it stands."""
    keys = yaml.safe_load((folder / "pathway.yaml").read_text("utf-8"))
    for kind in ("entries", "exits", "parameters"):
        for id_, written in (keys.get(kind) or {}).items():
            yield f"{folder.parent.name} {kind} {id_}", written
    for file in sorted(folder.glob("steps/*.yaml")):
        for id_, written in yaml.safe_load(file.read_text("utf-8")).items():
            yield f"{folder.parent.name} {file.stem} {id_}", written
    indicators = folder / "indicators.yaml"
    if indicators.exists():
        for id_, written in yaml.safe_load(indicators.read_text("utf-8")).items():
            yield f"{folder.parent.name} indicator {id_}", written


def sources_of(written: dict[str, Any]) -> list[str]:
    """The source ids of all parts."""
    source = written.get("source", [])
    parts = source.values() if isinstance(source, dict) else [source]
    return [id_ for part in parts for id_ in (part if isinstance(part, list) else [part])]


@pytest.mark.parametrize("folder", pathways(), ids=lambda folder: f"{folder.parent.name}-{folder.name}")
def test_every_rule_of_a_pathway_names_its_source(folder: Path):
    """A step, entry, exit, parameter and indicator says where it comes from, or `default`: ours."""
    keys = yaml.safe_load((folder / "pathway.yaml").read_text("utf-8"))
    declared = set(keys.get("sources") or {}) | {"default"}
    found = []
    for where, written in ruled(folder):
        named = sources_of(written)
        if not named:
            found.append(f"{where}: no source")
        found += [f"{where}: source '{name}' is not declared" for name in named if name not in declared]
        if isinstance(written.get("source"), dict):
            found += [f"{where}: '{part}' is no part" for part in written["source"] if part not in PARTS]

    assert not found, "write `source:` with ids of pathway.yaml, or default:" + listing(found)


@pytest.mark.parametrize("folder", pathways(), ids=lambda folder: f"{folder.parent.name}-{folder.name}")
def test_every_source_has_a_level_and_a_title(folder: Path):
    """A level is one of five; a source without a title cannot be looked up."""
    keys = yaml.safe_load((folder / "pathway.yaml").read_text("utf-8"))
    found = [
        f"{folder.parent.name} {id_}"
        for id_, source in (keys.get("sources") or {}).items()
        if not source.get("title") or source.get("level") not in LEVELS
    ]

    assert not found, "give each a title and a level:" + listing(found)


def test_every_interaction_names_its_source_and_level():
    """A conflict that is shown to people says on what it rests."""
    found = [
        f"{path.name} {id_}"
        for path, text in texts(".yaml", under="src/vardforlopp/content/interactions/")
        for id_, written in yaml.safe_load(text).items()
        if not written.get("source") or written.get("level") not in LEVELS
    ]

    assert not found, "write source and level:" + listing(found)


def test_every_code_says_whether_it_was_seen_in_a_source():
    """A code is verified, or `unverified: true`; minutes of work have a source or are a default."""
    found = []
    for path, text in texts(".yaml", under="src/vardforlopp/content/activities/"):
        for id_, written in yaml.safe_load(text).items():
            if "minutes" in written and not {"minutes_source", "minutes_level"} & set(written):
                found.append(f"{path.name} {id_}: minutes without minutes_source or minutes_level")
    for path, text in texts(".yaml", under="src/vardforlopp/content/valuesets/"):
        for id_, written in yaml.safe_load(text).items():
            if written.get("molar_mass") and not written.get("molar_mass_source"):
                found.append(f"{path.name} {id_}: molar_mass without molar_mass_source")
            odd = [code for code in written.get("codes") or [] if code.get("unverified") not in (None, True)]
            found += [f"{path.name} {id_}: {code}: unverified is true, or left out" for code in odd]

    assert not found, listing(found)


def test_what_sources_disagree_on_is_shown_by_an_example_region():
    """Each value of another source is set by an invented region, which says who adopted it and when."""
    definitions = load_content().definitions
    examples = [overlay for overlay in definitions.overlays.values() if overlay.invented]
    missing = [
        f"{pathway.id} {parameter.id}: {', '.join(other.sources) or 'default'}"
        for pathway in definitions.pathways.values()
        for parameter in pathway.parameters.values()
        for other in parameter.alternatives
        if not any(_chosen(overlay, pathway, parameter, other=other) for overlay in examples)
    ]

    assert not missing, "set it in an example overlay, and adopt it:" + listing(missing)


def _chosen(overlay: Overlay, pathway: Pathway, parameter: Parameter, *, other: Alternative) -> bool:
    adopted = {
        what
        for each in overlay.adoptions
        if (each.pathway, each.version) == (pathway.id, pathway.version)
        for what in each.what
    }
    settings = overlay.settings.get(pathway.id, {})
    return settings.get(parameter.id) == other.value and bool({"*", parameter.id} & adopted)
