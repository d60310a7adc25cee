"""A record kept in one row: looked at without reading all of it, changed without writing all of it anew.

The row is a head of JSON and, behind it, the pieces of each selector as a text of their own. A pathway asks
for a few selectors, and a new resource changes one or two: only those are read and written.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import orjson

from vardforlopp.fhir.assembly import (
    kinds_shown,
    order_of_acts,
    order_of_stays,
    record_with,
    sources_as_shown,
)
from vardforlopp.fhir.patient import Person
from vardforlopp.fhir.reader import Reader
from vardforlopp.kernel.civil import Interval
from vardforlopp.record.facts import Act, Fact
from vardforlopp.record.packed import (
    act_of,
    enrolment_of,
    enrolment_row,
    fact_of,
    fact_row,
    mention_of,
    mention_row,
    patient_of,
    patient_row,
)
from vardforlopp.record.pieces import Pieces, resource_of
from vardforlopp.record.record import Enrolment, Record, Source
from vardforlopp.record.series import NO_FACTS, Series, in_order
from vardforlopp.record.states import END, assemble, stop

Rows = dict[str, bytes]  # selector -> the rows of its pieces, as JSON
_WIDTH = 8  # of the number before the head that says how long it is
_REF_OF_MENTION = 2


class Stood(NamedTuple):
    """Where the person stood in a pathway when it was last looked at.

    `digest` of what was shown; `due_at`: the instant at which time alone may change it, None = never.
    """

    digest: str
    due_at: int | None


@dataclass(frozen=True, slots=True)
class Kept:
    """What is known of a person. `stops` and `facts` are pieces, `acts` and `enrolments` values.

    `mentions` are rows; `kinds` and `ahead` as in `Pieces`; `stood` by pathway. `at`: the instant as of which
    it was last looked at.
    """

    person: Person
    facts: Rows
    stops: Rows
    acts: tuple[Act, ...] = ()
    enrolments: tuple[Enrolment, ...] = ()
    mentions: tuple[list[Any], ...] = ()
    kinds: frozenset[str] = frozenset()
    ahead: Mapping[str, int] = field(default_factory=dict)
    stood: Mapping[str, Stood] = field(default_factory=dict)
    at: int = 0

    def of(self, refs: Collection[str]) -> Pieces:
        """What some resources (`Type/id`) say."""
        return Pieces(
            [fact for name in self._naming(self.facts, refs) for fact in _of(self.facts[name], refs)],
            [fact for name in self._naming(self.stops, refs) for fact in _of(self.stops[name], refs)],
            [act for act in self.acts if act.ref in refs],
            [stay for stay in self.enrolments if stay.id in refs],
            [mention_of(row) for row in self.mentions if row[_REF_OF_MENTION] in refs],
            set(self.kinds),
            {ref: at for ref, at in self.ahead.items() if resource_of(ref) in refs},
        )

    def changed(self, refs: Collection[str], before: Pieces, after: Pieces) -> Kept:
        """The same, where some resources said `before` and say `after`; in one order, whatever came first."""
        acts = [*(act for act in self.acts if act.ref not in refs), *after.acts]
        stays = [*(stay for stay in self.enrolments if stay.id not in refs), *after.enrolments]
        mentions = [row for row in self.mentions if row[_REF_OF_MENTION] not in refs]
        ahead = {ref: at for ref, at in self.ahead.items() if resource_of(ref) not in refs} | after.ahead
        return replace(
            self,
            facts=_changed(self.facts, refs, before.facts, after.facts),
            stops=_changed(self.stops, refs, before.stops, after.stops),
            acts=tuple(sorted(acts, key=order_of_acts)),
            enrolments=tuple(sorted(stays, key=order_of_stays)),
            mentions=tuple(sorted([*mentions, *map(mention_row, after.mentions)], key=str)),
            kinds=self.kinds | after.kinds,
            ahead=dict(sorted(ahead.items())),
        )

    def sources_shown(self, reader: Reader) -> tuple[frozenset[str], frozenset[str]]:
        """The kinds of sources that occur, and those of which something was sent by our own name alone."""
        return kinds_shown(self.kinds, self.facts.keys() | self.stops.keys(), reader)

    @staticmethod
    def _naming(rows: Rows, refs: Collection[str]) -> list[str]:
        """The selectors in whose text one of the resources is named."""
        marks = [mark for ref in refs for mark in (f'"{ref}"'.encode(), f'"{ref}#'.encode())]
        return [name for name, text in rows.items() if any(mark in text for mark in marks)]


def kept(person: Person, pieces: Pieces) -> Kept:
    """What was read of a whole record, to be kept."""
    nothing = Kept(person, {}, {})
    return nothing.changed((), Pieces(), pieces)


def record_of_kept(of: Kept, reader: Reader, *, sources: tuple[Source, ...] | None = None) -> Record:
    """The record, whose facts are put together when they are asked for. `sources` None = assumed."""
    facts = KeptFacts(of.facts, of.stops, reader)
    return record_with(
        facts,
        lambda: (fact.day for series in facts.everything() for fact in series),
        person=of.person,
        acts=of.acts,
        enrolments=of.enrolments,
        mentions=map(mention_of, of.mentions),
        sources=sources_as_shown(sources, *of.sources_shown(reader)),
    )


class KeptFacts(dict[str, Series]):
    """The facts of a kept record by selector, each put together when first asked for."""

    def __init__(self, facts: Rows, stops: Rows, reader: Reader) -> None:
        super().__init__()
        self._facts = facts
        self._stops = stops
        self._reader = reader

    def __missing__(self, selector: str) -> Series:
        """The series of a selector, an empty one if nothing is known of it."""
        name = selector.removesuffix(END)
        recipes = self._reader.recipe_of(name)
        if not recipes:
            found = in_order(_rows(self._facts[name])) if selector in self._facts else NO_FACTS
        elif self._facts.keys().isdisjoint(each.selector for each in recipes):
            found = NO_FACTS
        else:
            pieces = {each.selector: self._pieces(each.selector) for each in recipes}
            made = assemble(pieces, recipes)
            found = in_order([fact for fact in made if fact.selector == selector])
        self[selector] = found
        return found

    def get(self, selector: str, default: object = None) -> Series:
        """The series of a selector: there is one of each."""
        return self[selector]

    def everything(self) -> Iterable[Series]:
        """The series of all selectors of which something is known."""
        named = [recipe.selector for recipe in self._reader.recipes_for(self._facts)]
        worked = {name for each in named for name in (each, each + END)}
        return [found for name in sorted(self._facts.keys() | worked) if (found := self[name])]

    def _pieces(self, name: str) -> list[Fact]:
        pieces = _rows(self._facts[name]) if name in self._facts else []
        return stop(pieces, _rows(self._stops[name])) if name in self._stops else pieces


# --- as bytes ---------------------------------------------------------------------------------------


def packed(of: Kept) -> bytes:
    """A record as a row."""
    person = of.person
    head = {
        "patient": patient_row(person.patient),
        "me": sorted(person.me),
        "died": person.died,
        "dead": person.dead,
        "facts": [[name, len(text)] for name, text in of.facts.items()],
        "stops": [[name, len(text)] for name, text in of.stops.items()],
        "acts": of.acts,
        "enrolments": [enrolment_row(stay) for stay in of.enrolments],
        "mentions": of.mentions,
        "kinds": sorted(of.kinds),
        "ahead": of.ahead,
        "stood": of.stood,
        "at": of.at,
    }
    text = orjson.dumps(head, default=tuple)
    return b"".join((len(text).to_bytes(_WIDTH, "big"), text, *of.facts.values(), *of.stops.values()))


def unpacked(row: bytes) -> Kept:
    """The record of a row."""
    start = _WIDTH + int.from_bytes(row[:_WIDTH], "big")
    head = orjson.loads(row[_WIDTH:start])
    facts, start = _cut(row, head["facts"], start)
    stops, _ = _cut(row, head["stops"], start)
    died = head["died"]
    return Kept(
        Person(
            patient_of(head["patient"]),
            set(head["me"]),
            None if died is None else Interval(*died),
            head["dead"],
            [],
        ),
        facts,
        stops,
        tuple(map(act_of, head["acts"])),
        tuple(map(enrolment_of, head["enrolments"])),
        tuple(head["mentions"]),
        frozenset(head["kinds"]),
        head["ahead"],
        {pathway: Stood(*each) for pathway, each in head["stood"].items()},
        head["at"],
    )


def _cut(row: bytes, lengths: Iterable[tuple[str, int]], start: int) -> tuple[Rows, int]:
    """The texts that stand one after the other from `start` on, and where they end."""
    found: Rows = {}
    for selector, length in lengths:
        found[selector] = row[start : start + length]
        start += length
    return found, start


def _changed(rows: Rows, refs: Collection[str], before: Iterable[Fact], after: Iterable[Fact]) -> Rows:
    """Rows where the facts `before` have gone and those `after` have come; in the order of their names."""
    gone = {fact.selector for fact in before}
    come: dict[str, list[Fact]] = {}
    for fact in after:
        come.setdefault(fact.selector, []).append(fact)
    made = dict(rows)
    for name in gone | come.keys():
        left = (
            [fact for fact in _rows(rows[name]) if resource_of(fact.ref) not in refs] if name in rows else []
        )
        facts = in_order([*left, *come.get(name, ())])
        if facts:
            made[name] = orjson.dumps([fact_row(fact) for fact in facts])
        else:
            del made[name]
    return {name: made[name] for name in sorted(made)}


def _rows(text: bytes) -> list[Fact]:
    return [fact_of(row) for row in orjson.loads(text)]


def _of(text: bytes, refs: Collection[str]) -> list[Fact]:
    return [fact for fact in _rows(text) if resource_of(fact.ref) in refs]
