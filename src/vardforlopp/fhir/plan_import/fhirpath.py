"""FHIRPath as a tree: the grammar's expressions, without knowing what any of them means.

Only what `fhirpath_rules` may translate is told apart; the rest parses, and is refused there by name.
Grammar: http://hl7.org/fhirpath/N1/grammar.html.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""\s+|//[^\n]*|/\*.*?\*/
    |(?P<date>@[0-9T:.Z+-]+)
    |(?P<number>\d+(?:\.\d+)?)
    |(?P<string>'(?:[^'\\]|\\.)*')
    |(?P<name>[A-Za-z_]\w*|`[^`]*`)
    |(?P<variable>%(?:[A-Za-z_][\w-]*|`[^`]*`|'[^']*')|\$\w+)
    |(?P<mark><=|>=|!=|!~|[.,()\[\]{}=~<>+\-*/&|])""",
    re.VERBOSE | re.DOTALL | re.ASCII,
)
#: Operators by how tightly they bind, loosest first.
_ORDER = (
    ("implies",),
    ("or", "xor"),
    ("and",),
    ("in", "contains"),
    ("=", "~", "!=", "!~"),
    ("<=", "<", ">", ">="),
    ("|",),
    ("is", "as"),
    ("+", "-", "&"),
    ("*", "/", "div", "mod"),
)
TIMES = frozenset(
    f"{unit}{ending}"
    for unit in ("year", "month", "week", "day", "hour", "minute", "second", "millisecond")
    for ending in ("", "s")
)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "f": "\f"} | {mark: mark for mark in "'\"`\\/"}
DEEPEST = 40


class NotFhirPathError(ValueError):
    """What stands there is no FHIRPath; the text says where it stops being so."""


@dataclass(frozen=True, slots=True)
class Literal:
    """A text, a number, a truth, or a date as it is written (`@2026-03-02`)."""

    value: str | bool
    kind: str


@dataclass(frozen=True, slots=True)
class Quantity:
    """`5 'mmol/L'`, `18 years`."""

    number: str
    unit: str


@dataclass(frozen=True, slots=True)
class Variable:
    """`%patient`, `$this`."""

    name: str


@dataclass(frozen=True, slots=True)
class Member:
    """`of.name`; without `of`, a name of the context."""

    of: Tree | None
    name: str


@dataclass(frozen=True, slots=True)
class Call:
    """`of.name(given)`."""

    of: Tree | None
    name: str
    given: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Operation:
    """`left sign right`."""

    sign: str
    left: Tree
    right: Tree


Tree = Literal | Quantity | Variable | Member | Call | Operation


def parse(text: str) -> Tree:
    """The tree of an expression; `NotFhirPathError` where it cannot be read."""
    parser = _Parser(_tokens(text))
    made = parser.expression(0)
    parser.end()
    return made


def _tokens(text: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise NotFhirPathError(f"'{text[at : at + 12]}'")
        if match.lastgroup:
            found.append((match.lastgroup, match[0]))
        at = match.end()
    return found


class _Parser:
    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0

    def expression(self, level: int) -> Tree:
        if level == len(_ORDER):
            return self._term()
        left = self.expression(level + 1)
        while self._next()[0] in ("name", "mark") and self._next()[1] in _ORDER[level]:
            sign = self._take()[1]
            left = Operation(sign, left, self.expression(level + 1))
        return left

    def end(self) -> None:
        if self._at < len(self._tokens):
            raise NotFhirPathError(f"'{self._next()[1]}'")

    def _term(self) -> Tree:
        self._depth += 1
        if self._depth > DEEPEST:
            raise NotFhirPathError("nested too deep")
        made = self._first()
        while self._next() == ("mark", "."):
            self._take()
            kind, text = self._take()
            if kind != "name":
                raise NotFhirPathError(f"'{text}'")
            made = self._named(made, text.strip("`"))
        if self._next() == ("mark", "["):
            raise NotFhirPathError("'['")
        self._depth -= 1
        return made

    def _first(self) -> Tree:
        kind, text = self._take()
        if kind == "name":
            if text in ("true", "false"):
                return Literal(text == "true", "truth")
            return self._named(None, text.strip("`"))
        if kind == "variable":
            return Variable(text.lstrip("%$").strip("`'"))
        if kind == "number":
            return self._number(text)
        if kind == "string":
            return Literal(_unescaped(text[1:-1]), "text")
        if kind == "date":
            return Literal(text[1:], "date")
        if (kind, text) == ("mark", "("):
            made = self.expression(0)
            self._close(")")
            return made
        raise NotFhirPathError(f"'{text}'")

    def _number(self, text: str) -> Tree:
        kind, unit = self._next()
        if kind == "string":
            return Quantity(text, _unescaped(self._take()[1][1:-1]))
        if kind == "name" and unit in TIMES:
            return Quantity(text, self._take()[1])
        return Literal(text, "number")

    def _named(self, of: Tree | None, name: str) -> Tree:
        if self._next() != ("mark", "("):
            return Member(of, name)
        self._take()
        given: list[Tree] = []
        while self._next() != ("mark", ")"):
            given.append(self.expression(0))
            if self._next() != ("mark", ","):
                break
            self._take()
        self._close(")")
        return Call(of, name, tuple(given))

    def _close(self, mark: str) -> None:
        if self._take() != ("mark", mark):
            raise NotFhirPathError(f"a '{mark}' is missing")

    def _next(self) -> tuple[str, str]:
        return self._tokens[self._at] if self._at < len(self._tokens) else ("end", "")

    def _take(self) -> tuple[str, str]:
        found = self._next()
        if found[0] == "end":
            raise NotFhirPathError("it ends in the middle")
        self._at += 1
        return found


def _unescaped(text: str) -> str:
    return re.sub(r"\\(u[0-9a-fA-F]{4}|.)", _meant, text, flags=re.DOTALL)


def _meant(match: re.Match[str]) -> str:
    found = match[1]
    if len(found) == 5:
        return chr(int(found[1:], 16))
    if found not in _ESCAPES:
        raise NotFhirPathError(f"\\{found} is no escape")
    return _ESCAPES[found]
