"""Definition text as a strict tree: every key and value with its line and column.

A definition is YAML 1.2 with less: no aliases, anchors, tags or directives, one document, no
duplicate keys, no tabs, and no plain words that only look like a yes or a no. So a text means
what it looks like, to a clinician and to every YAML reader. Scalars keep what was written:
who reads a key decides whether `1.10` is a version or a number.
"""

from __future__ import annotations

import re
from typing import Any

from yaml.cyaml import CParser  # type: ignore[attr-defined]  # not in the stubs' door
from yaml.error import MarkedYAMLError, YAMLError
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from vardforlopp.kernel.errors import DefinitionError

MAX_DEPTH = 60

_LOOKALIKES = frozenset(
    form
    for word in ("yes", "no", "on", "off", "y", "n", "true", "false", "null")
    for form in (word, word.capitalize(), word.upper())
    if form not in ("true", "false", "null")
) | {"~"}
_INTEGER = re.compile(r"[-+]?\d+")


class Scalar:
    """A value as written. `quoted` scalars are text, whatever they look like."""

    __slots__ = ("column", "line", "quoted", "text")
    kind = "a value"

    def __init__(self, text: str, quoted: bool, line: int, column: int) -> None:
        self.text = text
        self.quoted = quoted
        self.line = line
        self.column = column

    @property
    def empty(self) -> bool:
        """True for `null` and for nothing at all."""
        return not self.quoted and self.text in ("", "null")

    @property
    def integer(self) -> int | None:
        """The whole number that stands here, else None."""
        return int(self.text) if not self.quoted and _INTEGER.fullmatch(self.text) else None

    @property
    def flag(self) -> bool | None:
        """`true` or `false`, else None."""
        return {"true": True, "false": False}.get(self.text) if not self.quoted else None


class Mapping:
    """Keys with values, in the order written."""

    __slots__ = ("column", "entries", "keys", "line")
    kind = "a mapping"

    def __init__(self, line: int, column: int) -> None:
        self.entries: dict[str, Node] = {}
        self.keys: dict[str, Scalar] = {}
        self.line = line
        self.column = column


class Sequence:
    """A list."""

    __slots__ = ("column", "items", "line")
    kind = "a list"

    def __init__(self, line: int, column: int) -> None:
        self.items: list[Node] = []
        self.line = line
        self.column = column


Node = Scalar | Mapping | Sequence


def parse_tree(text: str, file: str) -> Node:
    """The tree of one definition text; `DefinitionError` at the first thing that is not allowed."""
    if "\t" in text:
        line = text.count("\n", 0, text.index("\t")) + 1
        raise DefinitionError(
            "VF-DEF-004", f"{file}:{line}", "there is a tab character", "Write spaces instead."
        )
    try:
        return _Builder(text, file).root()
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"{file}:{mark.line + 1}" if mark is not None else file
        what = f"this is not YAML: {error.problem or error.context}"
        raise DefinitionError(
            "VF-DEF-001", where, what, "Look at the indentation, colons and quotes here and just above."
        ) from None
    except YAMLError:
        raise DefinitionError(
            "VF-DEF-001",
            file,
            "the file holds characters that YAML does not allow",
            "Remove control characters.",
        ) from None


def plain(node: Node) -> object:
    """The tree as plain values (text, int, bool, None, list, dict), without positions."""
    if isinstance(node, Mapping):
        return {key: plain(value) for key, value in node.entries.items()}
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    if node.empty:
        return None
    if node.flag is not None:
        return node.flag
    return node.text if node.integer is None else node.integer


class _Builder:
    def __init__(self, text: str, file: str) -> None:
        self._file = file
        self._parser = CParser(text)
        self._open: list[Mapping | Sequence] = []
        self._key: list[Scalar | None] = []
        self._root: Node | None = None

    def root(self) -> Node:
        take = self._parser.get_event
        while True:
            event: Any = take()
            kind = type(event)
            if kind is ScalarEvent:
                self._scalar(event)
            elif kind is MappingStartEvent or kind is SequenceStartEvent:
                self._start(event)
            elif kind is MappingEndEvent or kind is SequenceEndEvent:
                self._open.pop()
                self._key.pop()
            elif kind is AliasEvent:
                raise self._refused(event, "VF-DEF-002", "an alias (*) is used", "Write the value out.")
            elif kind is DocumentStartEvent:
                self._document(event)
            elif kind is StreamEndEvent:
                return self._root or Scalar("", False, 1, 1)

    def _document(self, event: Any) -> None:
        if self._root is not None:
            raise self._refused(event, "VF-DEF-002", "a second document starts", "Keep one document a file.")
        if event.version is not None or event.tags:
            raise self._refused(event, "VF-DEF-002", "there is a % directive", "Remove it.")

    def _scalar(self, event: Any) -> None:
        mark = event.start_mark
        quoted = bool(event.style)
        scalar = Scalar(event.value, quoted, mark.line + 1, mark.column + 1)
        if event.anchor is not None or event.tag is not None:
            raise self._marked(event)
        if self._open and type(self._open[-1]) is Mapping and self._key[-1] is None:
            self._name(scalar)
            return
        if not quoted and scalar.text in _LOOKALIKES:
            raise self._refused(
                event, "VF-DEF-005", f"'{scalar.text}' looks like a yes, a no or an empty value",
                "Write true, false or null, or put the word in quotes.",
            )  # fmt: skip
        self._add(scalar)

    def _name(self, key: Scalar) -> None:
        mapping = self._open[-1]
        assert isinstance(mapping, Mapping)
        earlier = mapping.keys.get(key.text)
        if earlier is not None:
            raise DefinitionError(
                "VF-DEF-003", f"{self._file}:{key.line}",
                f"the key '{key.text}' stands here twice (first on line {earlier.line})",
                "Keep one of them.",
            )  # fmt: skip
        mapping.keys[key.text] = key
        self._key[-1] = key

    def _start(self, event: Any) -> None:
        if event.anchor is not None or event.tag is not None:
            raise self._marked(event)
        if self._open and type(self._open[-1]) is Mapping and self._key[-1] is None:
            raise self._refused(event, "VF-DEF-001", "a key is not a word", "Write a plain word as key.")
        if len(self._open) >= MAX_DEPTH:
            raise self._refused(
                event,
                "VF-DEF-006",
                f"values are nested more than {MAX_DEPTH} deep",
                "Flatten the definition.",
            )
        mark = event.start_mark
        made = (Mapping if type(event) is MappingStartEvent else Sequence)(mark.line + 1, mark.column + 1)
        self._add(made)
        self._open.append(made)
        self._key.append(None)

    def _add(self, node: Node) -> None:
        if not self._open:
            self._root = node
            return
        parent = self._open[-1]
        if isinstance(parent, Sequence):
            parent.items.append(node)
            return
        key = self._key[-1]
        assert key is not None
        parent.entries[key.text] = node
        self._key[-1] = None

    def _marked(self, event: Any) -> DefinitionError:
        what = "an anchor (&)" if event.anchor is not None else "a tag (!)"
        return self._refused(event, "VF-DEF-002", f"{what} is used", "Write the value without it.")

    def _refused(self, event: Any, code: str, what: str, do: str) -> DefinitionError:
        return DefinitionError(code, f"{self._file}:{event.start_mark.line + 1}", what, do)
