"""A draft as the texts of a content folder that `vardforlopp check` reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vardforlopp.definitions.yaml_text import block, comment, flow, key
from vardforlopp.fhir.plan_import.draft import Draft, Part, Phase

Json = dict[str, Any]
_OWN_LINES = ("sources", "entries", "exits", "phases")


def files(draft: Draft, shared: Mapping[str, str]) -> dict[str, str]:
    """The files by path: the draft's own, and of `shared` the catalogue's words and the code systems."""
    folder = f"pathways/{draft.id}/{draft.version}"
    systems = "".join(f"{key(name)}: {flow(entry)}\n" for name, entry in draft.systems.items())
    made = {
        "catalogue.yaml": shared["catalogue.yaml"],
        "systems.yaml": shared.get("systems.yaml", "").rstrip("\n") + "\n" + systems,
        f"valuesets/{draft.id}.yaml": _named(draft.selectors),
        f"activities/{draft.id}.yaml": _named(draft.activities),
        f"{folder}/pathway.yaml": _head(draft),
        **{f"{folder}/steps/{phase.id}.yaml": _phase(phase) for phase in draft.phases if phase.items},
        f"{folder}/rows.yaml": _rows(draft),
        f"{folder}/omitted.yaml": "".join(f"- {flow(each)}\n" for each in draft.omitted),
        f"{folder}/indicators.yaml": _parts(draft.indicators),
    }
    return {path: text for path, text in made.items() if text}


def _head(draft: Draft) -> str:
    lines = [comment(draft.comments)]
    events = {"entries": draft.entries, "exits": draft.exits}
    for name, value in draft.head.items():
        if name not in _OWN_LINES:
            lines.append(block({name: value}))
        elif name == "sources":
            lines.append("sources:\n" + block(value, 2))
    for name, parts in events.items():
        if parts:
            lines.append(f"{name}:\n" + _parts(parts, 2))
        elif name == "entries":
            lines.append("entries: {}\n")
    lines.append("phases:\n")
    for phase in draft.phases:
        lines += [comment(phase.comments, 2), f"  - {flow(phase.keys)}\n"]
    return "".join(lines)


def _phase(phase: Phase) -> str:
    return _parts(phase.items)


def _parts(parts: Mapping[str, Part], indent: int = 0) -> str:
    margin = " " * indent
    return "".join(
        comment(part.comments, indent) + f"{margin}{key(name)}:\n" + block(part.keys, indent + 2)
        for name, part in parts.items()
    )


def _named(values: Mapping[str, Json]) -> str:
    return "".join(f"{key(name)}:\n{block(value, 2)}" for name, value in values.items())


def _rows(draft: Draft) -> str:
    rows = [{"id": name, "kind": kind, "text": text} for name, (kind, text) in draft.rows.items()]
    return "rows:\n" + "".join(f"  - {flow(row)}\n" for row in rows) if rows else ""
