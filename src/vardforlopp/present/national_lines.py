"""The six national criteria of a pathway as lines: met and what shows it, or not met and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from vardforlopp.definitions.formats import sentence
from vardforlopp.definitions.national import National, Shown
from vardforlopp.definitions.phrasebook import Lang
from vardforlopp.present.wording import say

_MOST = 8  # things named on one line; the line says how many more there are


def national_lines(criteria: Iterable[National], lang: Lang) -> Iterator[str]:
    """Each criterion as `- C1 ...`, and beneath it, as `  - ...`, what shows it phase by phase."""
    for each in criteria:
        asks = say(lang, f"explain.national.{each.id}")
        yield f"- {each.id} {asks} {_told(each, lang)}"
        phases = dict.fromkeys(shown.phase[lang] for shown in each.evidence if shown.phase)
        for phase in phases:
            there = [shown for shown in each.evidence if shown.phase and shown.phase[lang] == phase]
            yield f"  - {phase}: {_named(there, lang)}"


def _told(each: National, lang: Lang) -> str:
    share = say(lang, "explain.national.share", n=each.share.n, of=each.share.of) if each.share else ""
    if not each.met:
        why = " ".join(filter(None, (share, each.motive.get(lang, ", ".join(each.lacking)))))
        return say(lang, "explain.national.not", why=why)
    by = share or _named([shown for shown in each.evidence if not shown.phase], lang)
    return say(lang, "explain.national.met", by=by) if by else say(lang, "explain.national.phases")


def _named(shown: Sequence[Shown], lang: Lang) -> str:
    """The first titles, and how many more there are."""
    titles = list(dict.fromkeys(each.title[lang] for each in shown))
    if not titles:
        return ""
    left = len(titles) - _MOST
    more = [say(lang, "explain.national.more", n=left)] if left > 0 else []
    return sentence("; ".join([*titles[:_MOST], *more]))
