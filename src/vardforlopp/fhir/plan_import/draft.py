"""A draft of a pathway version while it is made: plain values, as they will be written."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

Json = dict[str, Any]


class Vocabulary(NamedTuple):
    """The words that the catalogue knows: a draft uses no other roles and care levels."""

    roles: frozenset[str]
    levels: frozenset[str]


@dataclass
class Part:
    """A step, choice, entry, exit or indicator: its keywords, and what stands above it as comment."""

    keys: Json
    comments: list[str] = field(default_factory=list)


@dataclass
class Phase:
    """A phase with its steps and choices by id."""

    id: str
    keys: Json
    items: dict[str, Part] = field(default_factory=dict)
    comments: list[str] = field(default_factory=list)


@dataclass
class Draft:
    """Everything that the files of a draft hold."""

    id: str
    version: str
    language: str
    head: Json = field(default_factory=dict)
    comments: list[str] = field(default_factory=list)
    phases: list[Phase] = field(default_factory=list)
    entries: dict[str, Part] = field(default_factory=dict)
    exits: dict[str, Part] = field(default_factory=dict)
    indicators: dict[str, Part] = field(default_factory=dict)
    activities: dict[str, Json] = field(default_factory=dict)
    selectors: dict[str, Json] = field(default_factory=dict)
    systems: dict[str, Json] = field(default_factory=dict)
    #: Rows of the plan: id -> kind and text; and those left out, with reason and why.
    rows: dict[str, tuple[str, str]] = field(default_factory=dict)
    omitted: list[Json] = field(default_factory=list)
