"""The examples of the language page: each is read as content is, and its names are resolved.

The names are those of a bundled pathway, so that an example can be looked up, and fails here when
what it names is gone.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from vardforlopp.adapters.content_files import content_texts
from vardforlopp.definitions import load, read_systems
from vardforlopp.definitions.case_lines import read_line
from vardforlopp.definitions.catalogue import Definitions
from vardforlopp.definitions.lay import TEXTS_SHAPE
from vardforlopp.definitions.linting import LANGUAGE, lint_pathway
from vardforlopp.definitions.model import Pathway, Phase
from vardforlopp.definitions.names import names_for
from vardforlopp.definitions.read_cases import parse_case
from vardforlopp.definitions.read_catalogue import (
    ACTIVITIES_FILE,
    CATALOGUE_SHAPE,
    INTERACTIONS_FILE,
    SELECTORS_FILE,
)
from vardforlopp.definitions.read_criteria import CRITERION
from vardforlopp.definitions.read_evidence import EVIDENCE
from vardforlopp.definitions.read_indicators import INDICATORS
from vardforlopp.definitions.read_moments import MOMENT, WINDOW
from vardforlopp.definitions.read_overlay import read_overlay
from vardforlopp.definitions.read_pathway import OMITTED, PATHWAY_SHAPE, read_rows
from vardforlopp.definitions.read_persons import person_of
from vardforlopp.definitions.read_steps import read_phase
from vardforlopp.definitions.reading import Reading, Shape, need_sequence, read_keys
from vardforlopp.definitions.references import Names, resolve
from vardforlopp.definitions.tree import Node, parse_tree
from vardforlopp.definitions.words import criterion_words, evidence_words, moment_in_words

#: The pathway whose ids the examples use.
PATHWAY = "hjartsvikt"
FILE = "example.yaml"
WIDTH = 100

Read = Callable[[Reading, Node], object]


@dataclass(frozen=True)
class World:
    """What the examples may name."""

    definitions: Definitions
    pathway: Pathway
    systems: frozenset[str]

    @classmethod
    def bundled(cls) -> World:
        """The definitions that the program comes with."""
        texts = content_texts()
        loaded = load(texts)
        if loaded.definitions is None:
            raise ValueError(f"the content cannot be read: {loaded.errors[0]}")
        pathway = loaded.definitions.pathways[PATHWAY]
        return cls(loaded.definitions, pathway, frozenset(read_systems(texts)))

    def names(self) -> Names:
        """All that can be referred to, as the loader gives it."""
        catalogue, pathway = self.definitions.catalogue, self.pathway
        return Names(
            catalogue.selectors,
            pathway.parameters,
            {name: choice.ways for name, choice in pathway.choices.items()},
            {
                "activity": catalogue.activities, "role": catalogue.roles, "level": catalogue.levels,
                "kind of source": catalogue.kinds, "pathway": self.definitions.pathways,
                "code system": self.systems, "step": pathway.steps, "choice": pathway.choices,
                "entry": pathway.entries, "source": pathway.sources, "phase": pathway.phases,
            },
        )  # fmt: skip


def shown(world: World, form: str, text: str) -> list[str]:
    """The lines of an example, with the program's own words above what it can word.

    Raises `ValueError` when the example is not legal, with everything that is wrong in it.
    """
    found, wrong = _case(world, form, text) if form in _CASES else _definition(world, form, text)
    if wrong:
        raise ValueError(f"this example of {form} is not legal:\n{text}\n" + "\n".join(map(str, wrong)))
    words = _WORDS.get(form)
    if words is None:
        return text.rstrip("\n").split("\n")
    names = names_for(world.definitions, PATHWAY)
    items = re.split(r"^(?=- )", text.rstrip("\n"), flags=re.MULTILINE)[1:]
    assert isinstance(found, tuple)
    return [
        line
        for item, node in zip(items, found, strict=True)
        for line in (*_comment(words(node, names, lang="en")), *item.rstrip("\n").split("\n"))
    ]


def _definition(world: World, form: str, text: str) -> tuple[object, list[Any]]:
    reading = Reading(FILE, scope=PATHWAY)
    reading.sources, reading.parameters = world.pathway.sources, world.pathway.parameters
    found = reading.attempt(_FORMS[form](world), parse_tree(text, FILE))
    names = world.names()
    wrong: list[Any] = [*reading.errors, *resolve(reading, {PATHWAY: names, "": names})]
    return found, wrong or list(_findings(world, form, found))


def _case(world: World, form: str, text: str) -> tuple[object, list[Any]]:
    whole = text if form == "case" else _AROUND + textwrap.indent(text, "  ")
    found, errors = parse_case(whole, FILE, definitions=world.definitions, pathway=world.pathway)
    return found, list(errors)


def _comment(words: str) -> list[str]:
    """A sentence as YAML comments, in plain characters."""
    plain = words.replace("\u00a0", " ").replace("\u2060", "").replace("\u202f", " ")
    return textwrap.wrap(
        plain,
        WIDTH,
        initial_indent="# ",
        subsequent_indent="# ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def _findings(world: World, form: str, found: object) -> Iterator[Any]:
    """What lint says of the example inside its pathway."""
    pathway = world.pathway
    if form == "criteria" and isinstance(found, tuple):
        bare = next(iter(pathway.steps.values()))
        made = {f"example-{n}": replace(bare, id=f"example-{n}", when=one) for n, one in enumerate(found)}
        whole = replace(pathway, steps={**pathway.steps, **made})
        yield from (
            one
            for one in lint_pathway(whole, world.definitions.catalogue, families=LANGUAGE)
            if "example-" in one.what
        )
    if form == "steps" and isinstance(found, tuple):
        steps, choices = found
        whole = replace(pathway, steps={**pathway.steps, **steps}, choices={**pathway.choices, **choices})
        for one in lint_pathway(whole, world.definitions.catalogue, families=LANGUAGE):
            if one.place.file == FILE:
                yield one


def _each(read: Read) -> Callable[[World], Read]:
    def all_of(reading: Reading, node: Node) -> object:
        return tuple(read(reading, item) for item in need_sequence(reading, node, what="the examples").items)

    return lambda world: all_of


def _whole(read: Read) -> Callable[[World], Read]:
    return lambda world: read


def _part_of(shape: Shape, *first: str) -> Callable[[World], Read]:
    """Some keys of a file, the others left out."""
    some = Shape(shape.name, {name: replace(key, required=False) for name, key in shape.keys.items()})
    return lambda world: lambda reading, node: read_keys(some, reading, node=node, first=first)


def _steps(world: World) -> Read:
    return lambda reading, node: read_phase(reading, node, phase=Phase("fas", {}))


def _overlay(world: World) -> Read:
    def read(reading: Reading, node: Node) -> object:
        reading.scope, reading.sources, reading.parameters = "", {}, {}
        return read_overlay(reading, node, pathways=world.definitions.pathways)

    return read


def _record(world: World) -> Read:
    def line(reading: Reading, node: Node) -> object:
        selectors = world.definitions.catalogue.selectors
        return read_line(reading, node, selectors=selectors, pathway=world.pathway)

    return _each(line)(world)


def _person(world: World) -> Read:
    return lambda reading, node: person_of(reading, node, definitions=world.definitions)


_AROUND = "title: {sv: Exempel, en: Example}\nexpect:\n"
_CASES = ("case", "expectations")
_FORMS: dict[str, Callable[[World], Read]] = {
    "criteria": _each(CRITERION.read),
    "moments": _each(MOMENT.read),
    "windows": _each(WINDOW.read),
    "evidences": _each(EVIDENCE.read),
    "steps": _steps,
    "pathway": _part_of(PATHWAY_SHAPE, "sources", "parameters"),
    "rows": _whole(read_rows),
    "omitted": _whole(OMITTED.read),
    "indicators": _whole(INDICATORS.read),
    "catalogue": _part_of(CATALOGUE_SHAPE),
    "selectors": _whole(SELECTORS_FILE.read),
    "texts": _part_of(TEXTS_SHAPE),
    "activities": _whole(ACTIVITIES_FILE.read),
    "interactions": _whole(INTERACTIONS_FILE.read),
    "overlay": _overlay,
    "record": _record,
    "person": _person,
}
_WORDS: dict[str, Callable[..., str]] = {
    "criteria": criterion_words,
    "moments": moment_in_words,
    "evidences": evidence_words,
}
