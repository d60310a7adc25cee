"""Bytes to parsed JSON: one document or one a line, with every refusal located.

A file that could be read in two ways is refused: a key that stands twice in one object may
hide that a result was entered in error.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import orjson

from vardforlopp.kernel.errors import InputError

_BOM = b"\xef\xbb\xbf"
_WIDE = (b"\xff\xfe", b"\xfe\xff", b"\x00")
_DEEPEST = 250
_TOKEN = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\]:,]', re.DOTALL)


class Parsed(NamedTuple):
    """The documents of a file, in its order, and whether it began with a byte-order mark."""

    documents: list[Any]
    marked: bool = False


def parse(data: bytes, *, name: str) -> Parsed:
    """The JSON documents of a file: one, or one a line (NDJSON). `InputError` says where."""
    marked = data.startswith(_BOM)
    text = data[len(_BOM) :] if marked else data
    if not text.strip():
        raise InputError(
            "VF-REC-001", name, "the file is empty", "Send a FHIR R4 resource or Bundle as JSON."
        )
    try:
        documents = [_document(text, name, first_line=1)]
    except _MoreFollows:
        documents = _lines(text, name)
    return Parsed(documents, marked)


class _MoreFollows(Exception):
    """A whole JSON document stands there, and something after it."""


def _lines(text: bytes, name: str) -> list[Any]:
    found: list[Any] = []
    for number, line in enumerate(text.split(b"\n"), start=1):
        if line.strip():
            try:
                found.append(_document(line, name, first_line=number))
            except _MoreFollows:
                raise _not_json(f"{name}:{number}") from None
    return found


def _document(text: bytes, name: str, *, first_line: int) -> Any:
    try:
        tree = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        if error.msg.startswith("unexpected content after"):
            raise _MoreFollows from None
        raise _refusal(error, text, name, first_line) from None
    _refuse_hidden(text, tree, name, first_line)
    return tree


def _refusal(error: orjson.JSONDecodeError, text: bytes, name: str, first_line: int) -> InputError:
    where = f"{name}:{first_line + error.lineno - 1}:{error.colno}"
    if "depth" in error.msg or "Recursion" in error.msg:
        return _too_deep(where)
    if "UTF-8" in error.msg or text.startswith(_WIDE):
        return InputError(
            "VF-REC-002", name, "the file is not UTF-8 text", "Save it as UTF-8 and send it again."
        )
    rest = text[_offset(text, error.pos) :][:9].lstrip(b"-+")
    if rest.startswith((b"NaN", b"Infinity")):
        what = "NaN and Infinity are not numbers in JSON"
        return InputError("VF-REC-006", where, what, "Leave the value out and give a dataAbsentReason.")
    if "infinity" in error.msg:
        what = "a number is larger than any that can be read"
        return InputError("VF-REC-019", where, what, "Correct the value, or leave it out and say why.")
    if "surrogate" in error.msg:
        what = "an escape (\\uD800 to \\uDFFF) is half a character"
        return InputError("VF-REC-020", where, what, "The text was cut in a character. Export it again.")
    if "end of data" in error.msg or not rest:
        what = "the file ends in the middle"
        return InputError("VF-REC-004", where, what, "It was cut off. Export or copy it again.")
    return _not_json(where)


def _offset(text: bytes, position: int) -> int:
    """Byte offset of a character position; the part before the fault is sound UTF-8."""
    if text.isascii():
        return position
    return len(text.decode("utf-8", "replace")[:position].encode("utf-8", "replace"))


def _not_json(where: str) -> InputError:
    return InputError("VF-REC-003", where, "not JSON", "Send FHIR R4 as JSON, NDJSON or gzipped JSON.")


def _too_deep(where: str) -> InputError:
    what = f"nested deeper than {_DEEPEST} levels"
    return InputError("VF-REC-005", where, what, "No FHIR resource is nested so. Export it again.")


def _refuse_hidden(text: bytes, tree: Any, name: str, first_line: int) -> None:
    """Refuse a document of which parsing lost something: a key that stood twice.

    Written again, the tree has exactly the quotation marks of the text, unless a key was
    dropped; only then (or when a mark was written as an escape) is the text walked.
    """
    try:
        again = orjson.dumps(tree)
    except TypeError:
        raise _too_deep(name) from None
    if text.count(b'"') + text.count(b"\\u0022") == again.count(b'"'):
        return
    at = _first_repeated_key(text)
    if at is not None:
        line = first_line + text.count(b"\n", 0, at)
        where = f"{name}:{line}"
        what = f"one object has the same key twice (byte {at})"
        raise InputError("VF-REC-007", where, what, "Remove one of them: only one of the two can be meant.")


def _first_repeated_key(text: bytes) -> int | None:
    open_keys: list[set[str]] = []
    last: re.Match[bytes] | None = None
    for token in _TOKEN.finditer(text):
        mark = token[0]
        if mark in (b"{", b"["):
            open_keys.append(set())
        elif mark in (b"}", b"]"):
            open_keys.pop()
        elif mark == b":" and last is not None:
            key = orjson.loads(last[0])
            if key in open_keys[-1]:
                return last.start()
            open_keys[-1].add(key)
        last = token
    return None
