"""How a definition is read: keyword tables, and a place for every error.

A `Shape` is the table of the keywords that one kind of mapping may have. It is the only place
where they stand: the reader, the JSON Schema for editors and "did you mean" all come from it.
Reading never stops at the first error: what can be read is read, and all errors are told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from collections.abc import Mapping as Table
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final, Generic, NamedTuple, TypeVar

from vardforlopp.definitions.model import Parameter, Place, SourceText
from vardforlopp.definitions.suggest import did_you_mean, listed
from vardforlopp.definitions.tree import Mapping, Node, Scalar, Sequence
from vardforlopp.kernel.errors import DefinitionError

T = TypeVar("T")
Json = dict[str, Any]
Values = dict[str, Any]


class Unreadable(Exception):
    """A part could not be read; why stands among the errors already."""


class Failed:
    """What `attempt` gives when a part could not be read; why stands among the errors."""


FAILED: Final = Failed()


class Reference(NamedTuple):
    """A name that something else must define. `wants` narrows: a state, a duration ..."""

    kind: str
    name: str
    place: Place
    scope: str
    subject: str
    wants: tuple[str, ...] = ()


class Reading:
    """One file being read: where we are, what went wrong, what was referred to."""

    def __init__(self, file: str, *, scope: str = "") -> None:
        self.file = file
        self.scope = scope
        self.subject = ""
        self.errors: list[DefinitionError] = []
        self.references: list[Reference] = []
        self.declared: dict[str, set[str]] = {}
        self.sources: dict[str, SourceText] = {}
        self.parameters: dict[str, Parameter] = {}
        self._first_reference = 0

    @contextmanager
    def part(self, subject: str) -> Iterator[None]:
        """While a named part is read: errors name it, and its references are its own."""
        outer, first = self.subject, self._first_reference
        self.subject, self._first_reference = subject, len(self.references)
        try:
            yield
        finally:
            self.subject, self._first_reference = outer, first

    def used_parameters(self) -> tuple[str, ...]:
        """Parameters that the part being read refers to, in order of first use."""
        mine = self.references[self._first_reference :]
        return tuple(dict.fromkeys(found.name for found in mine if found.kind == "parameter"))

    def place(self, node: Node) -> Place:
        """Where a node stands."""
        return Place(self.file, node.line)

    def error(self, code: str, node: Node, what: str, *, do: str) -> DefinitionError:
        """An error at a node; the caller raises it."""
        told = f"{self.subject}: {what}" if self.subject else what
        return DefinitionError(code, f"{self.file}:{node.line}", told, do)

    def report(self, code: str, node: Node, what: str, *, do: str) -> None:
        """An error that does not stop the reading of the part."""
        self.errors.append(self.error(code, node, what, do=do))

    def attempt(self, read: Callable[[Reading, Node], T], node: Node) -> T | Failed:
        """What `read` makes of the node, or `FAILED` with the error kept."""
        try:
            return read(self, node)
        except DefinitionError as error:
            self.errors.append(error)
        except Unreadable:
            pass
        return FAILED

    def refer(self, kind: str, node: Node, *, name: str, wants: tuple[str, ...] = ()) -> None:
        """Remember a name that must be defined somewhere."""
        self.references.append(Reference(kind, name, self.place(node), self.scope, self.subject, wants))

    def declare(self, kind: str, names: Iterable[str]) -> None:
        """Names that are defined here, readable or not: they are not *unknown* to others."""
        self.declared.setdefault(kind, set()).update(names)


Use = Callable[["Kind[Any]"], Json]


@dataclass(frozen=True)
class Kind(Generic[T]):
    """A kind of value: how it is read, and what an editor is told about it.

    `schema` is asked with `use`, which gives the reference to another kind's schema.
    """

    name: str
    read: Callable[[Reading, Node], T]
    schema: Callable[[Use], Json]


@dataclass(frozen=True)
class Key:
    """One keyword of a shape."""

    kind: Kind[Any]
    doc: str = ""
    required: bool = False


@dataclass(frozen=True)
class Shape:
    """The keywords of one kind of mapping."""

    name: str
    keys: Table[str, Key]
    required: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "required", tuple(name for name, key in self.keys.items() if key.required))

    def schema(self, use: Use) -> Json:
        """The JSON Schema of the mapping."""
        properties = {
            name: use(key.kind) | ({"description": key.doc} if key.doc else {})
            for name, key in self.keys.items()
        }
        made: Json = {"type": "object", "properties": properties, "additionalProperties": False}
        return made | ({"required": list(self.required)} if self.required else {})


def read_keys(shape: Shape, reading: Reading, *, node: Node, first: tuple[str, ...] = ()) -> Values:
    """The values of a mapping by keyword; `Unreadable` when any of them is wrong.

    Keys named in `first` are read before the others, wherever they stand.
    """
    mapping = need_mapping(reading, node, what=shape.name)
    values: Values = {}
    whole = True
    entries = {name: mapping.entries[name] for name in first if name in mapping.entries} | mapping.entries
    for name, child in entries.items():
        key = shape.keys.get(name)
        if key is None:
            unknown_key(reading, mapping, name=name, known=shape.keys, of=shape.name)
            whole = False
            continue
        value = reading.attempt(key.kind.read, child)
        if value is FAILED:
            whole = False
        else:
            values[name] = value
    for name in shape.required:
        if name not in mapping.entries:
            reading.report("VF-DEF-012", mapping, f"{shape.name} has no '{name}'", do=f"Add `{name}:`.")
            whole = False
    if not whole:
        raise Unreadable
    return values


def unknown_key(reading: Reading, mapping: Mapping, *, name: str, known: Iterable[str], of: str) -> None:
    """Tell of a keyword that does not exist."""
    words = list(known)
    do = did_you_mean(name, words, otherwise=f"The keywords are: {listed(words, 40)}.")
    reading.report("VF-DEF-011", mapping.keys[name], f"'{name}' is not a keyword of {of}", do=do)


def need_mapping(reading: Reading, node: Node, *, what: str) -> Mapping:
    """The node as a mapping, or the error that it is not."""
    if isinstance(node, Mapping):
        return node
    raise reading.error("VF-DEF-010", node, f"{what} is {node.kind}", do="Write a mapping: `key: value`.")


def need_sequence(reading: Reading, node: Node, *, what: str) -> Sequence:
    """The node as a list, or the error that it is not."""
    if isinstance(node, Sequence):
        return node
    raise reading.error("VF-DEF-010", node, f"{what} is {node.kind}", do="Write a list: `[a, b]`.")


def need_scalar(reading: Reading, node: Node, *, what: str) -> Scalar:
    """The node as one written value, or the error that it is not."""
    if isinstance(node, Scalar) and not node.empty:
        return node
    found = "empty" if isinstance(node, Scalar) else node.kind
    raise reading.error("VF-DEF-010", node, f"{what} is {found}", do="Write one value.")


def shaped(name: str, shape: Shape, *, build: Callable[[Reading, Mapping, Values], T]) -> Kind[T]:
    """A kind of value that is a mapping with the shape's keywords."""

    def read(reading: Reading, node: Node) -> T:
        values = read_keys(shape, reading, node=node)
        assert isinstance(node, Mapping)
        return build(reading, node, values)

    return Kind(name, read, shape.schema)


def list_of(kind: Kind[T], *, what: str, empty: bool = False) -> Kind[tuple[T, ...]]:
    """A list of one kind; every item is read even when one is wrong."""

    def read(reading: Reading, node: Node) -> tuple[T, ...]:
        items = need_sequence(reading, node, what=what).items
        if not items and not empty:
            raise reading.error("VF-DEF-010", node, f"{what} is an empty list", do="Name at least one.")
        return _all_read(reading, [reading.attempt(kind.read, item) for item in items])

    return Kind(f"list-of-{kind.name}", read, lambda use: _list_schema(use(kind), empty))


def one_or_list(kind: Kind[T], *, what: str) -> Kind[tuple[T, ...]]:
    """One value, or a list of them."""
    several = list_of(kind, what=what)

    def read(reading: Reading, node: Node) -> tuple[T, ...]:
        return several.read(reading, node) if isinstance(node, Sequence) else (kind.read(reading, node),)

    return Kind(
        f"one-or-list-of-{kind.name}",
        read,
        lambda use: {"anyOf": [use(kind), _list_schema(use(kind), False)]},
    )


def named_items(
    shape: Shape, build: Callable[[Reading, Scalar, Values], T], *, what: str, kind: str | None = None
) -> Kind[dict[str, T]]:
    """A mapping of ids of one's own to mappings of one shape.

    An item that cannot be read is left out, its errors told; its id still counts as defined
    (as `kind`), so that one error does not draw others.
    """

    def read(reading: Reading, node: Node) -> dict[str, T]:
        mapping = need_mapping(reading, node, what=f"the list of {kind or what}s")
        reading.declare(kind or what, mapping.entries)
        made: dict[str, T] = {}
        for name, child in mapping.entries.items():
            item = read_named(reading, mapping.keys[name], node=child, shape=shape, build=build, what=what)
            if not isinstance(item, Failed):
                made[name] = item
        return made

    return Kind(
        f"{what.replace(' ', '-')}s",
        read,
        lambda use: {"type": "object", "additionalProperties": shape.schema(use)},
    )


def read_named(
    reading: Reading,
    key: Scalar,
    *,
    node: Node,
    shape: Shape,
    build: Callable[[Reading, Scalar, Values], T],
    what: str,
) -> T | Failed:
    """One item under an id of its own."""
    owner = f"{reading.scope}." if reading.scope else ""
    with reading.part(f"{what} '{owner}{key.text}'"):
        return reading.attempt(
            lambda reading, node: build(reading, key, read_keys(shape, reading, node=node)), node
        )


def _all_read(reading: Reading, items: list[T | Failed]) -> tuple[T, ...]:
    read = tuple(item for item in items if not isinstance(item, Failed))
    if len(read) < len(items):
        raise Unreadable
    return read


def _list_schema(item: Json, empty: bool) -> Json:
    return {"type": "array", "items": item} | ({} if empty else {"minItems": 1})
