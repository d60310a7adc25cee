"""What the resources of a transaction refer to, written anew to where it will be found."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from vardforlopp.fhir.json_splice import Written, strings, with_strings

_RELATIVE = re.compile(r"[A-Z][A-Za-z]+/[A-Za-z0-9\-.]{1,64}")
_ABSOLUTE = re.compile(r"(?P<base>https?://\S+)/[A-Z][A-Za-z]+/[A-Za-z0-9\-.]{1,64}")
_PLACEHOLDER = b"urn:uuid:"
_CONDITIONAL = re.compile(r"(?P<type>[A-Z][A-Za-z]+)\?(?P<query>.+)")


def conditional(text: bytes) -> dict[str, tuple[str, str]]:
    """The references by a condition in a resource, as they are written: the type and the query of each."""
    found = (_CONDITIONAL.fullmatch(one.says) for one in strings(text) if one.key == "reference")
    return {match[0]: (match["type"], match["query"]) for match in found if match is not None}


def placeholders(text: bytes) -> set[str]:
    """The references that only an entry of the same transaction can stand for; none of a Bundle within."""
    if _PLACEHOLDER not in text:
        return set()
    written = list(strings(text))
    within = {one.says for one in written if one.key == "fullUrl"}
    named = {one.says for one in written if one.key == "reference" and one.says.startswith("urn:uuid:")}
    return named - within


def linked(text: bytes, *, url: str | None, names: Mapping[str, str]) -> bytes:
    """The text with what it refers to by a name of `names` referring to what that stands for.

    `url`: the address of the resource itself, from which a relative reference is read.
    """
    return with_strings(text, _changes(text, url, names))


def _changes(text: bytes, url: str | None, names: Mapping[str, str]) -> Iterator[tuple[Written, str]]:
    """References are, and URIs that name an entry.

    An identifier's value is a name of its own, also when it is written as an entry's address is.
    """
    base = _ABSOLUTE.fullmatch(url or "")
    for one in strings(text):
        if one.key == "reference":
            full = f"{base['base']}/{one.says}" if base and _RELATIVE.fullmatch(one.says) else one.says
            if full in names:
                yield one, names[full]
        elif one.key != "value" and one.says.startswith("urn:") and one.says in names:
            yield one, names[one.says]
