"""Ids and texts of a foreign plan, as ours are written."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from vardforlopp.definitions.model import Texts
from vardforlopp.fhir.package.site import TRANSLATION
from vardforlopp.fhir.plan_import.ledger import Element

_NOT_ID = re.compile(r"[^A-Za-z0-9_]+")
_LONGEST = 60
_OURS = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")


def slug(text: str) -> str:
    """A text as an id of ours: an id stays as it is, anything else loses what ids do not have."""
    if _OURS.fullmatch(text) and len(text) <= _LONGEST:
        return text
    letters = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return _NOT_ID.sub("-", letters).strip("-_").lower()[:_LONGEST].strip("-_")


class Ids:
    """Ids of one kind, no two alike."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = {each.lower() for each in taken}
        self._last: dict[str, int] = {}

    def new(self, *wanted: str, otherwise: str) -> str:
        """An id of the first of the texts that has one, with a number when it is taken."""
        stem = next(filter(None, map(slug, wanted)), otherwise)
        made, number = stem, self._last.get(stem.lower(), 1)
        while made.lower() in self._taken:
            number += 1
            made = f"{stem}-{number}"
        self._last[stem.lower()] = number
        self._taken.add(made.lower())
        return made


def our_language(code: str) -> str | None:
    """Swedish or English, as a language code says; None for any other."""
    first = code.lower().partition("-")[0]
    return first if first in ("sv", "en") else None


def texts(element: Element, name: str, language: str) -> Texts:
    """A text in its own language and with its translations (FHIR's extension), marked as carried."""
    found = element.text(name)
    if not found:
        return {}
    made: dict[str, str] = {language: found}
    element.carry(name)
    beside = element.get(f"_{name}")
    for extension in beside.items("extension") if beside is not None else []:
        if extension.text("url") != TRANSLATION:
            continue
        parts = {part.text("url"): part for part in extension.items("extension")}
        lang = parts["lang"].text("valueCode") if "lang" in parts else ""
        content = parts["content"].text("valueString") if "content" in parts else ""
        known = lang if lang == "sv-x-lattlast" else our_language(lang)
        if known and content:
            made[known] = content
            extension.carry()
        else:
            extension.leave("language")
    return made
