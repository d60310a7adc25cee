"""Texts for the person: what happens, why, how to prepare, the person's own part, whom to ask.

They stand in `texts/<language>.yaml` of a pathway, one block for the pathway and one a step. What a
step does not say, its activity says for all pathways (never why), and whom to ask the pathway says.
They are read when asked for: following a pathway needs none of them.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping as Table
from dataclasses import dataclass
from typing import Any, NamedTuple

from vardforlopp.definitions.catalogue import Catalogue
from vardforlopp.definitions.kinds import TEXT
from vardforlopp.definitions.model import Pathway, Place, Step
from vardforlopp.definitions.reading import (
    Failed,
    Key,
    Reading,
    Shape,
    Values,
    named_items,
    need_mapping,
    need_scalar,
    read_keys,
    shaped,
)
from vardforlopp.definitions.suggest import did_you_mean
from vardforlopp.definitions.tree import Mapping, Node, Scalar, parse_tree
from vardforlopp.kernel.errors import DefinitionError

#: Ordinary Swedish, easy Swedish, English.
LAY_LANGUAGES = ("sv", "sv-x-lattlast", "en")
LAY_PARTS = ("what", "why", "prepare", "own_part", "ask")


@dataclass(frozen=True, slots=True)
class Lay:
    """What one person reads about one step or pathway; an empty part is not written."""

    place: Place
    what: str = ""
    why: str = ""
    prepare: str = ""
    own_part: str = ""
    ask: str = ""

    @property
    def whole(self) -> str:
        """All parts as one text."""
        return " ".join(filter(None, (getattr(self, part) for part in LAY_PARTS)))


@dataclass(frozen=True, slots=True)
class LayTexts:
    """The texts of one pathway in one language."""

    pathway: Lay
    steps: dict[str, Lay]


Jargon = dict[str, dict[str, str]]  # language -> word of the trade -> what to write instead


class LayLoaded(NamedTuple):
    """Texts by pathway and language, and every error found on the way."""

    texts: dict[tuple[str, str], LayTexts]
    errors: list[DefinitionError]


def load_lay(texts: Table[str, str], pathways: Table[str, Pathway], *, root: str = "content") -> LayLoaded:
    """The texts for the person of some pathways, given the content folder's files by relative path."""
    found: dict[tuple[str, str], LayTexts] = {}
    errors: list[DefinitionError] = []
    for pathway in pathways.values():
        for language in LAY_LANGUAGES:
            path = f"pathways/{pathway.id}/{pathway.version}/texts/{language}.yaml"
            if path not in texts:
                continue
            reading = Reading(f"{root.rstrip('/')}/{path}", scope=pathway.id)
            made = reading.attempt(_reader(pathway, texts[path]), Scalar("", False, 1, 1))
            if not isinstance(made, Failed):
                found[pathway.id, language] = made
            errors += reading.errors
    return LayLoaded(found, errors)


def load_jargon(texts: Table[str, str], *, root: str = "content") -> tuple[Jargon, list[DefinitionError]]:
    """Words of the trade, each with what to write instead, and what is wrong; empty without `jargon.yaml`."""
    reading = Reading(f"{root.rstrip('/')}/jargon.yaml")
    if "jargon.yaml" not in texts:
        return {}, []
    made = reading.attempt(_jargon(texts["jargon.yaml"]), Scalar("", False, 1, 1))
    return ({} if isinstance(made, Failed) else made), reading.errors


def _jargon(text: str) -> Callable[[Reading, Node], Jargon]:
    def read(reading: Reading, _: Node) -> Jargon:
        languages = need_mapping(reading, parse_tree(text, reading.file), what="the list of jargon")
        return {language: words(reading, node) for language, node in languages.entries.items()}

    def words(reading: Reading, node: Node) -> dict[str, str]:
        found = need_mapping(reading, node, what="the words of a language").entries
        return {word: need_scalar(reading, instead, what="a word").text for word, instead in found.items()}

    return read


def lay_of_step(step: Step, texts: LayTexts, *, catalogue: Catalogue, language: str) -> Lay:
    """What the person reads about a step: its own words, else its activity's, else the pathway's."""
    own = texts.steps.get(step.id) or Lay(texts.pathway.place)
    activity = catalogue.activities.get(step.activity)
    shared = (
        {}
        if activity is None
        else {"what": activity.texts, "prepare": activity.prepare, "own_part": activity.own_part}
    )
    said = {part: getattr(own, part) or shared.get(part, {}).get(language, "") for part in LAY_PARTS}
    return Lay(own.place, **said | {"ask": said["ask"] or texts.pathway.ask})


def lay_of(step: Step, pathway: Pathway, *, catalogue: Catalogue, texts: Table[str, str]) -> dict[str, Lay]:
    """What the person reads about a step, by language."""
    found = load_lay(texts, {pathway.id: pathway}).texts
    return {
        language: lay_of_step(step, lay, catalogue=catalogue, language=language)
        for (_, language), lay in found.items()
    }


def _lay(reading: Reading, node: Mapping | Scalar, values: Values) -> Lay:
    return Lay(reading.place(node), **values)


def _reader(pathway: Pathway, text: str) -> Callable[[Reading, Node], LayTexts]:
    def read(reading: Reading, _: Node) -> LayTexts:
        node = parse_tree(text, reading.file)
        values: dict[str, Any] = read_keys(TEXTS_SHAPE, reading, node=node)
        for name, lay in values["steps"].items():
            if name not in pathway.steps:
                do = did_you_mean(name, pathway.steps, otherwise="Remove it.")
                what = f"there is no step '{pathway.id}.{name}' to write about"
                reading.errors.append(DefinitionError("VF-DEF-036", str(lay.place), what, do))
        return LayTexts(values["pathway"], values["steps"])

    return read


LAY_SHAPE = Shape(
    "a text for the person",
    {
        "what": Key(TEXT, "what happens"),
        "why": Key(TEXT, "why it is done"),
        "prepare": Key(TEXT, "how to prepare, or that nothing is needed"),
        "own_part": Key(TEXT, "what the person does"),
        "ask": Key(TEXT, "whom to ask"),
    },
)
TEXTS_SHAPE = Shape(
    "the texts",
    {
        "pathway": Key(shaped("lay-pathway", LAY_SHAPE, build=_lay), required=True),
        "steps": Key(named_items(LAY_SHAPE, _lay, what="lay text"), required=True),
    },
)
