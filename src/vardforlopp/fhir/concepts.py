"""Codings of CodeableConcepts, in one list: what the code tables are asked about."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from vardforlopp.fhir.resource_types import Json


def codings_of(resource: Json, *paths: str) -> Iterator[Json]:
    """All codings at these elements, whether they hold a concept, a coding, or a list of them."""
    for path in paths:
        element = resource.get(path)
        if element is not None:
            for concept in element if isinstance(element, list) else (element,):
                coding = concept.get("coding")
                if coding is not None:
                    yield from coding
                elif "code" in concept:
                    yield concept


def text_of(value: object) -> str | None:
    """A text as it is; None for an empty one and for what is no text."""
    return value if isinstance(value, str) and value else None


def words_of(concept: Any) -> str | None:
    """The text of a concept, else the first display, for people to read."""
    if not isinstance(concept, dict):
        return None
    text = concept.get("text")
    if text:
        return str(text)
    for coding in concept.get("coding") or ():
        if coding.get("display"):
            return str(coding["display"])
    return None
