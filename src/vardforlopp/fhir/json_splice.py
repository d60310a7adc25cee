"""Members of a JSON object changed in its text, so that all else stays as it was written.

A parser writes 1.00 as 1.0; what a client sent must come back with its digits (R4: precision is part
of a decimal). The text must be one sound JSON object with each key once: `json_input` sees to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

import orjson

_TOKEN = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\],]', re.DOTALL)


class Member(NamedTuple):
    """Where a member of the outermost object stands: from its key on, its value, and its end."""

    start: int
    value: int
    end: int


def members(text: bytes) -> dict[str, Member]:
    """The members of an object by name, in their order. Offsets in bytes."""
    found: dict[str, Member] = {}
    depth, key, start, value = 0, None, 0, 0
    for token in _TOKEN.finditer(text):
        mark = text[token.start()]
        if mark == 0x22:  # a string: at the outermost level, without a key before it, it is one
            if depth == 1 and key is None:
                key, start = orjson.loads(token[0]), token.start()
                value = text.index(b":", token.end()) + 1
        elif mark in b"{[":
            depth += 1
        else:
            if depth == 1 and key is not None:
                found[key] = Member(start, *_trimmed(text, value, token.start()))
                key = None
            if mark in b"}]":
                depth -= 1
    return found


def _trimmed(text: bytes, start: int, end: int) -> tuple[int, int]:
    while text[start] in b" \t\r\n":
        start += 1
    while text[end - 1] in b" \t\r\n":
        end -= 1
    return start, end


def elements(text: bytes) -> list[bytes]:
    """The texts of an array's elements."""
    found = []
    depth, start = 0, text.index(b"[") + 1
    for token in _TOKEN.finditer(text):
        mark = text[token.start()]
        if mark in b"{[":
            depth += 1
        elif mark in b"}],":
            if depth == 1 and mark in b"],":
                piece = text[start : token.start()].strip()
                if piece:
                    found.append(piece)
                start = token.end()
            depth -= mark in b"}]"
    return found


class Written(NamedTuple):
    """A string that is a value: under which key (in an array, the array's), where, and what it says."""

    key: str
    start: int
    end: int
    says: str


def strings(text: bytes) -> Iterator[Written]:
    """The strings of a document that are values, however deep, in their order. Offsets in bytes."""
    keys: list[str | None] = []  # of each open object or array the key that a value now stands under
    objects: list[bool] = []
    for token in _TOKEN.finditer(text):
        mark = text[token.start()]
        if mark == 0x22:
            if objects and objects[-1] and keys[-1] is None:
                keys[-1] = orjson.loads(token[0])
            else:
                key = keys[-1] if keys else None
                yield Written(key or "", token.start(), token.end(), orjson.loads(token[0]))
        elif mark in b"{[":
            keys.append(None if mark == 0x7B else (keys[-1] if keys else None))
            objects.append(mark == 0x7B)
        elif mark in b"}]":
            keys.pop()
            objects.pop()
        elif objects[-1]:  # a comma: the next key follows
            keys[-1] = None


def with_strings(text: bytes, changed: Iterable[tuple[Written, str]]) -> bytes:
    """The text with some of its `strings` saying something else; in their order."""
    pieces, at = [], 0
    for one, new in changed:
        pieces += [text[at : one.start], orjson.dumps(new)]
        at = one.end
    return b"".join([*pieces, text[at:]])


def value_of(text: bytes, name: str) -> bytes | None:
    """The text of a member's value; None when there is no such member."""
    found = members(text).get(name)
    return None if found is None else text[found.value : found.end]


def with_members(text: bytes, values: Mapping[str, bytes]) -> bytes:
    """The object with these members, each a JSON text: changed where they stand, else put first.

    `resourceType` stays before what is put in.
    """
    standing = members(text)
    edits = [(place.value, place.end, values[name]) for name, place in standing.items() if name in values]
    new = [orjson.dumps(name) + b":" + value for name, value in values.items() if name not in standing]
    if new:
        kind, inside = standing.get("resourceType"), text.index(b"{") + 1
        if kind is not None:
            edits.append((kind.end, kind.end, b"," + b",".join(new)))
        else:
            edits.append((inside, inside, b",".join(new) + (b"," if standing else b"")))
    pieces, at = [], 0
    for start, end, written in sorted(edits, key=lambda edit: edit[:2]):
        pieces += [text[at:start], written]
        at = end
    return b"".join([*pieces, text[at:]])
