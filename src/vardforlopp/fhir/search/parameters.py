"""The search parameters of each served type: names, kinds, and where on a resource they look.

The table is made of HL7's definitions by `scripts/build_search_parameters.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, Literal, NamedTuple
from zlib import crc32

from vardforlopp.fhir.search._parameters import PARAMETERS
from vardforlopp.fhir.search._summaries import SUMMARIES
from vardforlopp.fhir.search.served import ACTS

Kind = Literal["token", "reference", "date", "string", "quantity", "uri", "composite"]


class Key(NamedTuple):
    """A step of a path: an element's name in JSON and, if given, what one of its children must be."""

    name: str
    child: str = ""
    value: str = ""


class Source(NamedTuple):
    """Where values stand and their data type; what alone a reference may lead to; a code's implied system."""

    path: tuple[Key, ...]
    type: str
    only: str | None = None
    system: str | None = None


class Group(NamedTuple):
    """Where the parts of a composite stand together, and within it the sources of each part."""

    path: tuple[Key, ...]
    parts: tuple[Parameter, ...]


@dataclass(frozen=True)
class Parameter:
    """A search parameter of one type. `number` stands for it in the index."""

    of: str
    name: str
    kind: Kind
    sources: tuple[Source, ...] = ()
    targets: tuple[str, ...] = ()  # of a reference; none = any type
    parts: tuple[str, ...] = ()  # of a composite of the whole resource: the parameters that must hold
    groups: tuple[Group, ...] = ()  # of a composite of parts of a resource: where they stand

    @cached_property
    def number(self) -> int:
        """The same for ever, as long as type and name are: nothing in a database needs renumbering."""
        return crc32(f"{self.of}.{self.name}".encode()) & 0x7FFF_FFFF


class Elements(NamedTuple):
    """Elements of a type as JSON names them: those of a summary, those that are never left out, and what a
    choice of types is written as (`value` as `valueQuantity` ...).
    """

    summary: tuple[str, ...]
    mandatory: tuple[str, ...]
    choices: Mapping[str, Sequence[str]]


#: Parameters of every type that are indexed like any other; `_id` and `_lastUpdated` stand in the log.
_OF_ALL: tuple[tuple[str, Kind, str, str], ...] = (
    ("_profile", "uri", "meta.profile", "canonical"),
    ("_security", "token", "meta.security", "Coding"),
    ("_source", "uri", "meta.source", "uri"),
    ("_tag", "token", "meta.tag", "Coding"),
)


#: What the log of acts is asked by: what stands in its lines.
_OF_ACTS = frozenset(("action", "altid", "date", "entity", "outcome", "patient", "subtype"))


@cache
def parameters_of(type_: str) -> Mapping[str, Parameter]:
    """The indexed parameters of a type by name; only those of all types for one that is not served."""
    found = {name: _parameter(type_, name, row) for name, row in PARAMETERS.get(type_, {}).items()}
    if type_ == ACTS:
        return {name: found[name] for name in sorted(_OF_ACTS)}
    for name, kind, path, data in _OF_ALL:
        found[name] = Parameter(type_, name, kind, (_source([path, data]),))
    return found


@cache
def elements_of(type_: str) -> Elements:
    """What of a served type is told in short, and always."""
    found = SUMMARIES.get(type_, {"summary": [], "mandatory": [], "choices": {}})
    return Elements(tuple(found["summary"]), tuple(found["mandatory"]), found["choices"])


def _parameter(of: str, name: str, row: dict[str, Any]) -> Parameter:
    groups = []
    for path, found in row.get("groups", ()):
        parts = tuple(
            Parameter(of, f"{name}${number}", kind, tuple(map(_source, sources)))
            for number, (kind, sources) in enumerate(zip(row["parts"], found, strict=True))
        )
        groups.append(Group(_path(path), parts))
    return Parameter(
        of,
        name,
        row["type"],
        tuple(map(_source, row.get("from", ()))),
        tuple(row.get("target", ())),
        tuple(row.get("of", ())),
        tuple(groups),
    )


def _source(written: list[str]) -> Source:
    path, *said = written
    return Source(_path(path), *said)


def _path(written: str) -> tuple[Key, ...]:
    return tuple(map(_key, written.split("."))) if written else ()


def _key(written: str) -> Key:
    name, _, held = written.partition("[")
    child, _, value = held.rstrip("]").partition("=")
    return Key(name, child, value)
