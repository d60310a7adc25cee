"""What a language needs to word a definition: phrases as data, no grammar in code.

The walker in `words.py` is one; a language is one value of `Phrasebook`. Phrases are built so that
titles stand where they need no definite form and no agreement of gender or number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from vardforlopp.kernel.durations import Unit

Lang = Literal["sv", "en"]
LANGS: tuple[Lang, ...] = ("sv", "en")


@dataclass(frozen=True, slots=True)
class UnitForms:
    """How a unit of time is said: one, many, "in the last ...", "every ..."."""

    one: str
    many: str
    last_one: str
    last_many: str
    each: str
    each_other: str
    each_nth: str


@dataclass(frozen=True, slots=True)
class Phrasebook:
    """The phrases of one language. `phrases` are `str.format` templates by key."""

    lang: Lang
    phrases: Mapping[str, str]
    units: Mapping[Unit, UnitForms]
    months: tuple[str, ...]
    ordinals: Mapping[int, str]
    answers: Mapping[str, str]
    measures: Mapping[str, str]
    proper_names: frozenset[str]
    decimal_mark: str
    percent: str
    group_mark: str

    def say(self, key: str, **values: object) -> str:
        """The phrase `key` with its places filled."""
        return self.phrases[key].format(**values)

    def has(self, key: str) -> bool:
        """True when the language has the phrase."""
        return key in self.phrases
