"""Provenance: which source carries which part of a rule, and the level that follows."""

from __future__ import annotations

from typing import Any

from vardforlopp.definitions.kinds import IDENT, PARTIAL_DATE, TEXT, closed
from vardforlopp.definitions.model import LEVELS, Level, Provenance, SourceText
from vardforlopp.definitions.reading import (
    Key,
    Kind,
    Reading,
    Shape,
    Use,
    Values,
    named_items,
    need_scalar,
    one_or_list,
    read_keys,
)
from vardforlopp.definitions.tree import Mapping, Node, Scalar

DEFAULT = "default"
PARTS = (
    "step", "when", "after", "opens", "within", "before", "preferred", "every", "first", "slots", "per",
    "until", "fresh", "done", "by",
)  # fmt: skip

Parts = dict[str, tuple[str, ...]]


def _source(reading: Reading, node: Node) -> str:
    text = need_scalar(reading, node, what="a source").text
    if text != DEFAULT:
        reading.refer("source", node, name=text)
    return text


def _read(reading: Reading, node: Node) -> Parts:
    if not isinstance(node, Mapping):
        return {"step": SOURCES.read(reading, node)}
    return read_keys(PARTS_SHAPE, reading, node=node)


def provenance(reading: Reading, parts: Parts) -> Provenance:
    """The level of each part: its best source; of each parameter `$name` used: its own."""
    levels: dict[str, Level] = {part: best_level(reading, ids) for part, ids in parts.items()}
    for name in reading.used_parameters():
        if name in reading.parameters:
            levels[f"${name}"] = reading.parameters[name].level
    return Provenance({part: without_default(ids) for part, ids in parts.items()}, levels)


def best_level(reading: Reading, ids: tuple[str, ...]) -> Level:
    """The strongest level among the sources named; `default` when there is none."""
    found = [reading.sources[name].level for name in ids if name in reading.sources]
    return min(found, key=LEVELS.index, default="default")


def without_default(ids: tuple[str, ...]) -> tuple[str, ...]:
    """The real sources among those written."""
    return tuple(name for name in ids if name != DEFAULT)


def _build_source(reading: Reading, key: Scalar, values: Values) -> SourceText:
    return SourceText(id=key.text, **values)


def _read_sources(reading: Reading, node: Node) -> dict[str, SourceText]:
    reading.sources = _SOURCES.read(reading, node)
    return reading.sources


SOURCE_ID = Kind("source-id", _source, IDENT.schema)
SOURCES = one_or_list(SOURCE_ID, what="the list of sources")
PARTS_SHAPE = Shape("the sources by part", {part: Key(SOURCES) for part in PARTS})


def _schema(use: Use) -> dict[str, Any]:
    return {"anyOf": [use(SOURCES), PARTS_SHAPE.schema(use)]}


PROVENANCE: Kind[Parts] = Kind("provenance", _read, _schema)
LEVEL = closed("provenance level", LEVELS)
SOURCE_SHAPE = Shape(
    "a source",
    {
        "title": Key(TEXT, "title and publisher", required=True),
        "level": Key(LEVEL, "who stands behind it", required=True),
        "url": Key(TEXT),
        "date": Key(PARTIAL_DATE, "when it was published or revised; left out when it does not say"),
        "checked": Key(PARTIAL_DATE, "when somebody last compared it with this text"),
        "review_by": Key(PARTIAL_DATE, "when to compare it again, if not by the rule of its level"),
    },
)
_SOURCES = named_items(SOURCE_SHAPE, _build_source, what="source")
SOURCE_LIST: Kind[dict[str, SourceText]] = Kind("sources", _read_sources, _SOURCES.schema)
