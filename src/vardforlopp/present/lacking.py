"""What is missing, in words: what it is, why it is missing, and whether one of several is enough."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from vardforlopp.definitions import formats
from vardforlopp.definitions.criteria import (
    ActiveLeaf,
    DecidedLeaf,
    Evidence,
    EvidenceNode,
    FactLeaf,
    TimesLeaf,
)
from vardforlopp.definitions.names import Names
from vardforlopp.definitions.phrasebook import Lang
from vardforlopp.definitions.words import speech_of
from vardforlopp.definitions.words_time import Speech
from vardforlopp.engine.course import Missing
from vardforlopp.present import catalogues
from vardforlopp.present.wording import day_words, say


def lacking_words(
    missing: Sequence[Missing], names: Names, *, lang: Lang, evidence: Evidence | None = None
) -> str:
    """All that is missing: `a, b`; where one of several completes the evidence, `en av: a, b`."""
    found: dict[str, str] = {}
    for each in missing:
        found.setdefault(each.id, missing_words(each, names, lang=lang))
    parts = []
    if evidence is not None:
        parts = [_needed(evidence, found, lang)]
        told = _ids(evidence)
        found = {name: words for name, words in found.items() if name not in told}
    return _listed(filter(None, [*parts, *found.values()]))


def _needed(evidence: Evidence, found: Mapping[str, str], lang: Lang, *, inner: bool = False) -> str:
    """What an evidence tree lacks, out of what was `found` missing. `inner`: it is one way of several."""
    if not isinstance(evidence, EvidenceNode):
        return found.get(_id_of(evidence), "")
    several = evidence.op != "all"
    told = (_needed(part, found, lang, inner=several) for part in evidence.of)
    parts = list(dict.fromkeys(filter(None, told)))
    if len(parts) < 2 or not (several or inner):
        return _listed(parts)
    n = 1 if evidence.op == "any" else evidence.n
    key = "lacking.all" if not several else "lacking.one" if n == 1 else "lacking.several"
    return say(lang, key, n=n, what=_listed(parts))


def _listed(parts: Iterable[str]) -> str:
    """Parts in a row; `;` between them where one of them is a list itself."""
    each = list(dict.fromkeys(parts))
    return ("; " if any(": " in part for part in each) else ", ").join(each)


def _id_of(leaf: FactLeaf | ActiveLeaf | TimesLeaf | DecidedLeaf) -> str:
    return leaf.decision if isinstance(leaf, DecidedLeaf) else leaf.selector


def _ids(evidence: Evidence) -> set[str]:
    if isinstance(evidence, EvidenceNode):
        return {name for part in evidence.of for name in _ids(part)}
    return {_id_of(evidence)}


def missing_words(missing: Missing, names: Names, *, lang: Lang) -> str:
    """`kalium (laboratorium)`, and why it is missing when that is not simply that nothing is there."""
    speech = speech_of(names, lang)
    notes = []
    if missing.what == "selector":
        kind = names.kind_of(missing.id)
        notes = [formats.inner(names.kind(kind, lang), speech.book)] if kind else []
    why = _why(missing, lang)
    if why:
        notes.append(why)
    what = _missing_thing(speech, missing)
    return f"{what} ({'; '.join(notes)})" if notes else what


def _missing_thing(speech: Speech, missing: Missing) -> str:
    names, lang = speech.names, speech.book.lang
    match missing.what:
        case "decision":
            what = names.decision(missing.id, lang)
            return catalogues.say(lang, "missing.decision", what=_quote(speech, what))
        case "choice":
            return catalogues.say(lang, "missing.choice", what=_quote(speech, names.choice(missing.id, lang)))
        case "step":
            return catalogues.say(lang, "missing.step", what=_quote(speech, names.step(missing.id, lang)))
        case "parameter":
            return formats.inner(names.parameter_title(missing.id, lang), speech.book)
        case "moment":
            return say(lang, "reason.moment")
        case "side":
            return say(lang, "reason.side", what=speech.thing(missing.id))
        case "birth-date" | "sex":
            return catalogues.say(lang, f"missing.{missing.what}")
    return speech.thing(missing.id)


def _quote(speech: Speech, title: str) -> str:
    return speech.say("quoted", title=title)


def _why(missing: Missing, lang: Lang) -> str:
    if missing.why == "stale" and missing.since is not None:
        return catalogues.say(lang, "missing.stale.since", day=day_words(missing.since, lang))
    if missing.why == "no-base":
        return say(lang, "missing.no-base")
    if missing.why == "silent" and missing.since is not None:
        return catalogues.say(lang, "missing.silent.since", day=day_words(missing.since, lang))
    key = f"missing.{missing.why}"
    if missing.why == "no-data" or key not in catalogues.CATALOGUES[lang]:
        return ""
    return catalogues.say(lang, key)
