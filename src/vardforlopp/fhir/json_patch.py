"""JSON Patch (RFC 6902) on a resource's text, with the digits of its numbers kept."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any, NoReturn

import jsonpatch
import orjson

#: Operations of one patch, and values that its copies may make: a few copies of copies fill any memory.
MOST_OPERATIONS, MOST_COPIED = 1_000, 50_000

#: What says that a patch does not fit what it is applied to.
_MISFITS = (
    jsonpatch.JsonPatchException, jsonpatch.JsonPointerException,
    LookupError, TypeError, ValueError, ArithmeticError,
)  # fmt: skip


class NotApplied(Exception):
    """A patch that cannot be done: what is wrong and what to do."""

    def __init__(self, what: str, do: str, *, test: bool = False) -> None:
        super().__init__(what)
        self.what, self.do, self.test = what, do, test


def patched(text: bytes, patch: bytes) -> bytes:
    """The text with a patch applied, whole or not at all. Raises: NotApplied."""
    tree = _loads(text)
    left = MOST_COPIED
    try:
        for operation in _operations(patch):
            if operation.get("op") == "copy":
                left -= _size(jsonpatch.JsonPointer(operation["from"]).resolve(tree))
            if left < 0:
                raise NotApplied("it copies too much", "Send the new resource instead.")
            tree = jsonpatch.JsonPatch([operation]).apply(tree, in_place=True)
    except jsonpatch.JsonPatchTestFailed:
        raise NotApplied("a test of the patch does not hold", "Read it again.", test=True) from None
    except _MISFITS:
        raise NotApplied("the patch does not fit the resource", "Look at its paths.") from None
    try:
        return orjson.dumps(tree, default=_digits)
    except TypeError:
        raise NotApplied(
            "the patch makes what JSON cannot say", "Look at its numbers, and how deep it nests."
        ) from None


def _operations(patch: bytes) -> list[dict[str, Any]]:
    try:
        found = _loads(patch)
    except (ValueError, ArithmeticError, RecursionError):
        raise NotApplied("the patch is not JSON", "Send a list of operations.") from None
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise NotApplied("the patch is no list of operations", "Send a list, as RFC 6902 says.")
    if len(found) > MOST_OPERATIONS:
        raise NotApplied("the patch is too long", f"Send {MOST_OPERATIONS} operations at most.")
    return found


def _loads(text: bytes) -> Any:
    return json.loads(text, parse_float=Decimal, parse_constant=_no_number)


def _no_number(text: str) -> NoReturn:
    raise ValueError(text)


def _size(node: Any) -> int:
    """How many values a tree has."""
    count, waiting = 0, [node]
    while waiting:
        one = waiting.pop()
        count += 1
        waiting += one if isinstance(one, list) else one.values() if isinstance(one, dict) else ()
    return count


def _digits(value: Any) -> Any:
    if isinstance(value, Decimal):
        return orjson.Fragment(str(value))
    raise TypeError
