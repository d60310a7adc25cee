"""Interface texts, one module a language; the same keys in each (held by a test)."""

from __future__ import annotations

from collections.abc import Mapping

from vardforlopp.definitions.phrasebook import Lang
from vardforlopp.present.catalogues import en, import_en, import_sv, sv

CATALOGUES: Mapping[Lang, Mapping[str, str]] = {
    "sv": {**sv.TEXTS, **import_sv.TEXTS},
    "en": {**en.TEXTS, **import_en.TEXTS},
}


def say(lang: Lang, key: str, **values: object) -> str:
    """The text `key` with its places filled."""
    return CATALOGUES[lang][key].format(**values)


def count(lang: Lang, key: str, *, n: int, shown: str, **values: object) -> str:
    """The text `key.one` or `key.many`, with the number in place as it is `shown`."""
    return CATALOGUES[lang][f"{key}.{'one' if n == 1 else 'many'}"].format(n=shown, **values)
