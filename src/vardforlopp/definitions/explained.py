"""What an explanation is made of: sentences by part, each with what it rests on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from vardforlopp.definitions import formats
from vardforlopp.definitions.cited import Sources
from vardforlopp.definitions.model import (
    LEVELS,
    Adoption,
    Level,
    Parameter,
    Pathway,
    Person,
    Provenance,
)
from vardforlopp.definitions.national import National
from vardforlopp.definitions.phrasebook import Lang
from vardforlopp.definitions.walk import parameters_in
from vardforlopp.definitions.words import BOOKS, Clause
from vardforlopp.definitions.words_time import Speech


@dataclass(frozen=True, slots=True)
class Support:
    """What a sentence rests on: its sources, its level, and who has adopted a proposal of ours."""

    level: Level
    sources: tuple[str, ...] = ()
    adoption: Adoption | None = None

    @property
    def proposal(self) -> bool:
        """True for a rule of our own that nobody has adopted (S04)."""
        return self.level == "default" and self.adoption is None


@dataclass(frozen=True, slots=True)
class Item:
    """One line of an outline under a sentence; `depth` 0 is the outermost."""

    depth: int
    text: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of an explanation. `part` is the key of the definition it words.

    Without `support` it rests on what each step that it speaks of rests on.
    """

    part: str
    text: str
    support: Support | None
    items: tuple[Item, ...] = ()


@dataclass(frozen=True, slots=True)
class Explained:
    """One step, choice, entry, exit, parameter or indicator in words. `notes` are labels."""

    id: str
    title: str
    summary: str
    support: Support
    sentences: tuple[Sentence, ...]
    notes: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PhaseExplained:
    """A phase with what stands in it, in the pathway's order."""

    id: str
    title: str
    sentences: tuple[Sentence, ...]
    choices: tuple[Explained, ...]
    steps: tuple[Explained, ...]


@dataclass(frozen=True, slots=True)
class PathwayExplained:
    """A whole pathway in words."""

    id: str
    version: str
    draft: bool
    title: str
    summary: str
    region: str | None
    population: tuple[Sentence, ...]
    entries: tuple[Explained, ...]
    exits: tuple[Explained, ...]
    phases: tuple[PhaseExplained, ...]
    parameters: tuple[Explained, ...]
    indicators: tuple[Explained, ...]
    omitted: tuple[str, ...]
    sources: Sources
    person: Person | None
    national: tuple[National, ...]


@dataclass(frozen=True, slots=True)
class Ground:
    """The pathway whose rules are explained, and what a region has adopted of it."""

    pathway: Pathway
    adoptions: tuple[Adoption, ...] = ()

    def support(self, provenance: Provenance, part: str, *, name: str, node: object = None) -> Support:
        """What one part of the rule `name` rests on, the parameters in it included."""
        levels = [(provenance.levels.get(part, provenance.levels.get("step", provenance.level)), name)]
        sources = list(provenance.parts.get(part, provenance.parts.get("step", ())))
        for used in parameters_in(node):
            parameter = self.pathway.parameters.get(used)
            if parameter is not None:
                levels.append((parameter.level, used))
                sources.extend(parameter.sources)
        return self._weighed(levels, sources, name)

    def whole(self, provenance: Provenance, name: str) -> Support:
        """What the whole rule `name` rests on: its weakest part."""
        levels = [(level, part.removeprefix("$")) for part, level in provenance.levels.items()]
        sources = [source for found in provenance.parts.values() for source in found]
        return self._weighed(levels or [(provenance.level, name)], sources, name)

    def parameter(self, parameter: Parameter) -> Support:
        """What the value of a parameter rests on."""
        return self._weighed([(parameter.level, parameter.id)], parameter.sources, parameter.id)

    def _weighed(self, levels: Sequence[tuple[Level, str]], sources: Iterable[str], name: str) -> Support:
        level = max((found for found, _ in levels), key=LEVELS.index)
        known = tuple(dict.fromkeys(source for source in sources if source in self.pathway.sources))
        own = [part for found, part in levels if found == "default"]
        return Support(level, known, self._adopted(own, name))

    def _adopted(self, own: Sequence[str], name: str) -> Adoption | None:
        """The adoption that completes it: every part of our own must be adopted (S04)."""
        step = self.pathway.steps.get(name)
        whole = {"*", name, *([step.phase] if step else [])}
        found = [self.adoption({*whole, part}) for part in own]
        dated = [adoption for adoption in found if adoption is not None]
        return max(dated, key=lambda adoption: adoption.on) if dated and len(dated) == len(found) else None

    def adoption(self, names: set[str]) -> Adoption | None:
        """The first adoption of this pathway version that takes one of the names."""
        mine = (self.pathway.id, self.pathway.version)
        taken = [
            adoption
            for adoption in self.adoptions
            if (adoption.pathway, adoption.version) == mine
            and names & {what.removeprefix("$") for what in adoption.what}
        ]
        return min(taken, key=lambda adoption: adoption.on, default=None)


def support_words(support: Support, lang: Lang) -> str:
    """`regional källa, S6`; a proposal of ours says whether it is adopted, by whom and when."""
    book = BOOKS[lang]
    level = book.say(f"level.{support.level}")
    if support.adoption is not None:
        on = formats.day(support.adoption.on, book)
        return book.say("support.adopted", level=level, by=support.adoption.by, on=on)
    if support.level == "default":
        return book.say("support.proposal", level=level)
    return _sourced(support, level, lang)


def brief_support_words(support: Support, lang: Lang) -> str:
    """The same in a few words, for the end of a line: `vårt förslag, antaget`."""
    book = BOOKS[lang]
    if support.level == "default":
        return book.say("support.brief.proposal" if support.proposal else "support.brief.adopted")
    return _sourced(support, book.say(f"level.{support.level}"), lang)


def _sourced(support: Support, level: str, lang: Lang) -> str:
    if not support.sources:
        return level
    return BOOKS[lang].say("support.sources", level=level, sources=", ".join(support.sources))


def uncoded_notes(speech: Speech, selectors: Iterable[str]) -> Iterator[str]:
    """Says of what no known code means that it is seen only where it is sent by our own name."""
    found = dict.fromkeys(part for each in selectors for part in speech.names.uncoded(each))
    if found:
        things = list(dict.fromkeys(speech.thing(each) for each in found))
        yield speech.say("note.uncoded", what=formats.joined(things, speech.say("and")))


def about(
    speech: Speech,
    key: str,
    *,
    worded: Callable[[Speech], Clause],
    support: Support | None,
    part: str,
    **values: str,
) -> Sentence:
    """A sentence about a criterion: on one line, or as an outline when that is easier to read."""
    clause = worded(speech)
    if not clause.nested:
        return Sentence(part, speech.say(key, when=clause.text, **values), support)
    text = speech.say(f"{key}.lead", lead=clause.lead, **values)
    return Sentence(part, text, support, tuple(_items(worded(speech.standing_alone()).of, 0)))


def _items(parts: Iterable[Clause], depth: int) -> Iterable[Item]:
    for part in parts:
        if part.of:
            yield Item(depth, f"{part.lead}:")
            yield from _items(part.of, depth + 1)
        else:
            yield Item(depth, part.text)
