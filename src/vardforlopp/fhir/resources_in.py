"""The resources of a file, each as its own text: of a Bundle, of lines, or the only one.

What is cut out keeps its digits. Cutting a large text is slow; where no number of it is written otherwise
than we would write it, each resource is written anew instead, which says the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import orjson

from vardforlopp.fhir.json_input import parse
from vardforlopp.fhir.json_splice import elements, value_of
from vardforlopp.kernel.errors import InputError

Json = dict[str, Any]
#: Every number, and what looks like one within a text, which does no harm.
_NUMBER = re.compile(rb"(?<=[:\[,\s])-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?(?=[,}\]\s])")


class Sent(NamedTuple):
    """One resource of a file: where it stands, its text, what it says, and how its Bundle calls it."""

    where: str
    text: bytes
    parsed: Any
    url: str | None = None


def resources_in(data: bytes, *, name: str) -> Iterator[Sent]:
    """The resources of a file in their order. Raises: InputError for what is no JSON.

    Of lines each stands for itself: one that is no JSON says nothing (`parsed` None), and the others do.
    """
    try:
        found = parse(data, name=name)
    except InputError:
        lines = [line for line in data.split(b"\n") if line.strip()]
        if len(lines) < 2 or not _is_json(lines[0]):
            raise
        for number, line in enumerate(lines, start=1):
            where = f"{name}:{number}"
            yield from resources_in(line, name=where) if _is_json(line) else [Sent(where, line, None)]
        return
    faithful = writes_alike(data)
    if len(found.documents) == 1:
        yield from _of(found.documents[0], data, name, faithful=faithful)
        return
    lines = [line for line in data.split(b"\n") if line.strip()]
    for number, (line, document) in enumerate(zip(lines, found.documents, strict=True), start=1):
        yield from _of(document, line, f"{name}:{number}", faithful=faithful)


def _is_json(line: bytes) -> bool:
    try:
        return len(parse(line, name="").documents) == 1
    except InputError:
        return False


def writes_alike(text: bytes) -> bool:
    """True when we would write every number of a text as it stands: 1.5, not 1.50."""
    return all(orjson.dumps(orjson.loads(number)) == number for number in set(_NUMBER.findall(text)))


def _of(document: Any, text: bytes, where: str, *, faithful: bool) -> Iterator[Sent]:
    if not isinstance(document, dict) or document.get("resourceType") != "Bundle":
        yield Sent(where, orjson.dumps(document) if faithful else text.strip(), document)
        return
    entries = document.get("entry")
    if not isinstance(entries, list):
        return
    texts: list[bytes | None] = [None] * len(entries)
    if not faithful:
        texts = [value_of(each, "resource") for each in elements(value_of(text, "entry") or b"[]")]
    for number, (entry, cut) in enumerate(zip(entries, texts, strict=True)):
        resource = entry.get("resource") if isinstance(entry, dict) else None
        if resource is not None:
            url = entry.get("fullUrl")
            yield Sent(
                f"{where}, entry {number}",
                orjson.dumps(resource) if cut is None else cut,
                resource,
                url if isinstance(url, str) else None,
            )
