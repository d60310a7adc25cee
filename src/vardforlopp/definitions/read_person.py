"""What a pathway says to and about the person, and why a national criterion is not met."""

from __future__ import annotations

from vardforlopp.definitions.kinds import TEXT, TEXTS
from vardforlopp.definitions.model import Line, Person, Texts
from vardforlopp.definitions.read_provenance import SOURCES, best_level, without_default
from vardforlopp.definitions.reading import Key, Kind, Reading, Shape, Values, list_of, shaped
from vardforlopp.definitions.tree import Mapping

#: The six criteria of a national pathway; what they ask stands in `national.py`.
CRITERIA = ("C1", "C2", "C3", "C4", "C5", "C6")


def _line(reading: Reading, node: Mapping, values: Values) -> Line:
    sources = values.pop("source")
    return Line(values, without_default(sources), best_level(reading, sources))


def _person(reading: Reading, node: Mapping, values: Values) -> Person:
    return Person(**values)


def _motives(reading: Reading, node: Mapping, values: Values) -> dict[str, Texts]:
    return values


LINE_SHAPE = Shape(
    "a line of `person:`",
    {
        "sv": Key(TEXT, "Swedish, as it is shown", required=True),
        "en": Key(TEXT, "English", required=True),
        "source": Key(SOURCES, "sources of the pathway, or `default`", required=True),
    },
)
_LINES = list_of(shaped("line", LINE_SHAPE, build=_line), what="the list of lines")
PERSON_SHAPE = Shape(
    "the person's part",
    {
        "tell": Key(_LINES, "what the person is told", required=True),
        "contact": Key(_LINES, "who is the fixed contact, and when it moves", required=True),
        "own_part": Key(_LINES, "what the person does", required=True),
        "relatives": Key(_LINES, "what relatives need and do", required=True),
        "social_services": Key(_LINES, "what the municipality's social services do", required=True),
    },
)
PERSON: Kind[Person] = shaped("person", PERSON_SHAPE, build=_person)
MOTIVES: Kind[dict[str, Texts]] = shaped(
    "motives",
    Shape("the motives", {name: Key(TEXTS, "why this criterion is not met") for name in CRITERIA}),
    build=_motives,
)
