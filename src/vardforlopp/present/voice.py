"""One speaker for a whole page: interface texts, titles of the definitions, dates, missing data."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from vardforlopp.definitions import formats
from vardforlopp.definitions.catalogue import Definitions
from vardforlopp.definitions.criteria import Evidence
from vardforlopp.definitions.model import LocalUnit, Overlay, Texts
from vardforlopp.definitions.names import Names, names_for
from vardforlopp.definitions.phrasebook import Lang, Phrasebook
from vardforlopp.definitions.words import BOOKS
from vardforlopp.engine.course import Missing
from vardforlopp.present import catalogues
from vardforlopp.present.lacking import lacking_words, missing_words
from vardforlopp.present.reasons import waits_words

TONES = 6
_SHORT = re.compile(r"\(([A-ZÅÄÖ0-9-]{2,8})\)$")


@dataclass(frozen=True, slots=True)
class Voice:
    """What is said in one language about one set of definitions, as one region has them."""

    definitions: Definitions
    lang: Lang
    region: str | None = None
    _names: dict[str, Names] = field(default_factory=dict, compare=False, repr=False)

    @property
    def book(self) -> Phrasebook:
        return BOOKS[self.lang]

    @property
    def overlay(self) -> Overlay | None:
        return self.definitions.overlays.get(self.region) if self.region else None

    def say(self, key: str, **values: object) -> str:
        """An interface text."""
        return catalogues.say(self.lang, key, **values)

    def count(self, key: str, n: int, **values: object) -> str:
        """An interface text that depends on a number."""
        return catalogues.count(self.lang, key, n=n, shown=self.number(n), **values)

    def knows(self, key: str) -> bool:
        """True when there is such an interface text."""
        return key in catalogues.CATALOGUES[self.lang]

    def day(self, day: int) -> str:
        """`2 mars 2026`."""
        return formats.day(day, self.book)

    def number(self, n: int) -> str:
        """`3 099`."""
        return formats.number(n, self.book)

    def period(self, start: int, end: int) -> str:
        """`2–14 mars 2026`, `28 februari – 3 mars 2026`, or both with their years."""
        one, other = self.day(start), self.day(end)
        if one == other:
            return other
        first, last = one.split(formats.NBSP), other.split(formats.NBSP)
        if first[1:] == last[1:]:
            return f"{first[0]}{formats.DASH}{other}"
        if first[2] == last[2]:
            one = formats.NBSP.join(first[:2])
        return f"{one} – {other}"

    def joined(self, items: Sequence[str], word: str = "and") -> str:
        """`a, b och c`."""
        return formats.joined(list(items), self.say(word))

    def text(self, texts: Texts, fallback: str = "") -> str:
        """A text of the definitions in this language, else in Swedish, else the fallback."""
        return texts.get(self.lang) or texts.get("sv") or fallback

    def names(self, pathway: str | None = None) -> Names:
        """Names of a pathway as the region has it, or of the shared catalogue."""
        key = pathway if pathway in self.definitions.pathways else None
        found = self._names.get(key or "")
        if found is None:
            region = self.region if self.region in self.definitions.overlays else None
            found = self._names[key or ""] = names_for(self.definitions, key, region=region)
        return found

    def pathway(self, pathway: str) -> str:
        """The title of a pathway."""
        found = self.definitions.pathways.get(pathway)
        return self.text(found.title, pathway) if found else pathway

    def short(self, pathway: str) -> str:
        """The short form of a pathway's title, where the title gives one: `KOL`."""
        title = self.pathway(pathway)
        found = _SHORT.search(title)
        return found[1] if found else title

    def tone(self, pathway: str) -> int:
        """The pathway's colour on the page: the same for every person."""
        known = sorted(self.definitions.pathways)
        return known.index(pathway) % TONES if pathway in known else 0

    def step(self, pathway: str, step: str) -> str:
        """The title of a step."""
        return self.names(pathway).step(step, self.lang)

    def inner(self, title: str) -> str:
        """A title inside a sentence."""
        return formats.inner(title, self.book)

    def activity(self, activity: str) -> str:
        """The title of a shared activity."""
        found = self.definitions.catalogue.activities.get(activity)
        return self.text(found.title, activity) if found else activity

    def owner(self, roles: Sequence[str], level: str) -> str:
        """Who does it: roles and care level, with the region's own unit where one is named."""
        names = self.names()
        who = self.joined([names.role(role, self.lang) for role in roles], "or")
        where = self.unit_name(level, roles) or (names.level(level, self.lang) if level else "")
        return self.say("plan.who", roles=who, level=where) if who and where else who or where

    def unit(self, level: str, roles: Sequence[str]) -> LocalUnit | None:
        """The region's own unit on a care level where one of the roles works."""
        units = self.overlay.units if self.overlay else ()
        wanted = set(roles)
        return next((unit for unit in units if unit.level == level and wanted & set(unit.roles)), None)

    def unit_name(self, level: str, roles: Sequence[str]) -> str:
        """The name of that unit, or nothing."""
        found = self.unit(level, roles)
        return found.name if found else ""

    def missing(self, pathway: str | None, missing: Missing) -> str:
        """What is missing, the kind of source that would carry it, and why it is missing."""
        return missing_words(missing, self.names(pathway), lang=self.lang)

    def lacking(self, pathway: str, missing: Sequence[Missing], *, evidence: Evidence | None = None) -> str:
        """All that is missing; `evidence`: where what is missing would complete a step."""
        return lacking_words(missing, self.names(pathway), lang=self.lang, evidence=evidence)

    def waits(self, pathway: str, waits_for: Sequence[str]) -> str:
        """What a step waits for."""
        return waits_words(waits_for, self.names(pathway), lang=self.lang)
