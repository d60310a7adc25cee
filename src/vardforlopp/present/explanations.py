"""An explained pathway or step as a calm page of text, for a terminal or a printer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from textwrap import wrap
from types import MappingProxyType

from vardforlopp.definitions.explained import (
    Explained,
    PathwayExplained,
    PhaseExplained,
    Sentence,
    Support,
    brief_support_words,
    support_words,
)
from vardforlopp.definitions.formats import JOINER
from vardforlopp.definitions.lay import LAY_PARTS, Lay
from vardforlopp.definitions.model import LEVELS, Person, SourceText
from vardforlopp.definitions.phrasebook import Lang
from vardforlopp.definitions.words import BOOKS
from vardforlopp.kernel.civil import day_from_iso
from vardforlopp.present.national_lines import national_lines
from vardforlopp.present.wording import day_words, say

WIDTH = 88
PERSON_PARTS = ("tell", "contact", "own_part", "relatives", "social_services")
_NO_LAY: Mapping[str, Lay] = MappingProxyType({})


def pathway_text(explained: PathwayExplained, lang: Lang) -> str:
    """A whole pathway: for whom, ways in, each phase's steps, ways out, values, indicators, sources."""
    lines = [*_head(explained, lang)]
    lines += _section(say(lang, "explain.population"), _sentences(explained.population, None, lang, indent=0))
    lines += _section(say(lang, "explain.entries"), _all(explained.entries, lang))
    for phase in explained.phases:
        lines += _section(phase.title, _phase(phase, lang))
    lines += _section(say(lang, "explain.exits"), _all(explained.exits, lang))
    lines += _section(say(lang, "explain.person"), _wrapped_all(person_lines(explained.person, lang)))
    lines += _section(say(lang, "explain.parameters"), _parameters(explained.parameters, lang))
    lines += _section(say(lang, "explain.indicators"), _all(explained.indicators, lang))
    lines += _section(say(lang, "explain.omitted"), _bullets(explained.omitted))
    lines += _section(say(lang, "explain.national"), _wrapped_all(national_lines(explained.national, lang)))
    lines += _section(say(lang, "explain.sources.cited"), _sources(explained.sources.cited, lang))
    lines += _section(say(lang, "explain.sources.read"), _sources(explained.sources.only_read, lang))
    return _page(lines)


def step_text(
    explained: Explained, sources: Iterable[SourceText], *, lang: Lang, lay: Mapping[str, Lay] = _NO_LAY
) -> str:
    """One step or choice, with the sources that it names, and what the person reads about it."""
    used = {name for sentence in explained.sentences if sentence.support for name in sentence.support.sources}
    used |= set(explained.support.sources)
    lines = [*_one(explained, lang), "", *_wrapped(say(lang, "explain.goals"))]
    for language, text in lay.items():
        lines += _section(say(lang, f"explain.lay.{language}"), _lay(text, lang))
    named = [source for source in sources if source.id in used]
    lines += _section(say(lang, "explain.sources"), _sources(named, lang))
    return _page(lines)


def _page(lines: Iterable[str]) -> str:
    return "\n".join(line.replace(JOINER, "").rstrip() for line in lines) + "\n"


def _head(explained: PathwayExplained, lang: Lang) -> Iterator[str]:
    yield explained.title.upper()
    yield "=" * len(explained.title)
    version = say(lang, "explain.version", version=explained.version)
    draft = say(lang, "explain.draft") if explained.draft else ""
    region = say(lang, "explain.region", region=explained.region) if explained.region else ""
    yield from _wrapped(" · ".join(part for part in (version, draft, region) if part))
    yield ""
    yield from _wrapped(f"{explained.summary} {say(lang, 'explain.goals')}".strip())


def _section(title: str, body: Iterable[str]) -> list[str]:
    lines = list(body)
    return ["", "", title.upper(), "-" * len(title), *lines] if lines else []


def _phase(phase: PhaseExplained, lang: Lang) -> Iterator[str]:
    yield from _sentences(phase.sentences, None, lang, indent=0)
    yield from _all((*phase.choices, *phase.steps), lang)


def _all(explained: Iterable[Explained], lang: Lang) -> Iterator[str]:
    for one in explained:
        yield ""
        yield from _one(one, lang)


def _one(explained: Explained, lang: Lang) -> Iterator[str]:
    """The title with the id that commands take, the summary, the sentences, what all of it rests on."""
    yield from _wrapped(f"{explained.title}  [{explained.id}]")
    if explained.summary:
        yield from _wrapped(explained.summary, 2)
    grounds = _grounds(explained)
    ground = grounds[0]
    yield from _sentences(explained.sentences, ground, lang, indent=2)
    for note in explained.notes:
        yield from _item(note, 2)
    rests = " · ".join(dict.fromkeys(support_words(support, lang) for support in grounds))
    yield from _wrapped(say(lang, "explain.rests", support=rests), 2, hang=4)
    if explained.rows:
        yield from _wrapped(say(lang, "explain.rows", rows=", ".join(explained.rows)), 2)


def _grounds(explained: Explained) -> list[Support]:
    """What its sentences rest on; first what most do: a sentence on other ground says so itself.

    Levels with their sources are told where they stand; a proposal of ours is told in full once.
    """
    supports = [sentence.support for sentence in explained.sentences if sentence.support is not None]
    if not supports:
        return [explained.support]
    most = max(dict.fromkeys(supports), key=lambda one: (supports.count(one), -LEVELS.index(one.level)))
    return [most, *(other for other in dict.fromkeys(supports) if other != most and other.level == "default")]


def _sentences(
    sentences: Sequence[Sentence], ground: Support | None, lang: Lang, *, indent: int
) -> Iterator[str]:
    for sentence in sentences:
        text = sentence.text
        if sentence.support is not None and sentence.support != ground:
            text += f" ({brief_support_words(sentence.support, lang)})"
        yield from _item(text, indent)
        for item in sentence.items:
            yield from _item(item.text, indent + 2 + 2 * item.depth)


def _parameters(parameters: Iterable[Explained], lang: Lang) -> Iterator[str]:
    for explained in parameters:
        said = " ".join(sentence.text for sentence in explained.sentences)
        yield from _item(f"{said} ({brief_support_words(explained.support, lang)})", 0)


def person_lines(person: Person | None, lang: Lang) -> Iterator[str]:
    """What the person is told, does and is helped with, by the parts of the patient contract."""
    for part in PERSON_PARTS if person is not None else ():
        yield say(lang, f"explain.person.{part}")
        for line in getattr(person, part):
            rests = brief_support_words(Support(line.level, line.sources), lang)
            yield f"- {line.texts[lang]} ({rests})"


def _wrapped_all(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        text = line.lstrip()
        indent = len(line) - len(text)
        yield from _wrapped(text, indent, hang=indent + (2 if text.startswith("- ") else 0))


def _lay(lay: Lay, lang: Lang) -> Iterator[str]:
    for part in LAY_PARTS:
        text = getattr(lay, part)
        if text:
            yield from _item(f"{say(lang, f'explain.lay.{part}')} {text}", 0)


def _sources(sources: Iterable[SourceText], lang: Lang) -> Iterator[str]:
    for source in sources:
        parts = [f"{source.id}: {source.title}", BOOKS[lang].say(f"level.{source.level}")]
        parts += [part for part in (source.date, source.url) if part]
        if source.checked:
            parts.append(say(lang, "explain.source.checked", day=_day(source.checked, lang)))
        if source.review_by:
            parts.append(say(lang, "explain.source.review", day=_day(source.review_by, lang)))
        yield from _item(" · ".join(parts), 0)


def _day(iso: str, lang: Lang) -> str:
    return day_words(day_from_iso(iso), lang) if len(iso) == 10 else iso


def _bullets(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        yield from _item(text, 0)


def _item(text: str, indent: int) -> list[str]:
    return _wrapped(f"- {text}", indent, hang=indent + 2)


def _wrapped(text: str, indent: int = 0, *, hang: int | None = None) -> list[str]:
    return wrap(
        text, WIDTH, initial_indent=" " * indent, subsequent_indent=" " * (indent if hang is None else hang),
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip
