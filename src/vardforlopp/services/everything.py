"""Everything about one patient, and what that leads to: a page of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import orjson

from vardforlopp.access import Action, Actor
from vardforlopp.fhir.leads import leads_of
from vardforlopp.fhir.resource_types import READ
from vardforlopp.services.doors import Door, subject_of
from vardforlopp.services.outcomes import Refused, refused
from vardforlopp.services.ports import About, Head, Key, Reading
from vardforlopp.services.searching import Match

#: Resources about the patient on a page where the client says nothing, and at most.
PAGE, LARGEST_PAGE = 500, 1_000
#: Resources that are looked through for one page, at most: of a page of few types most are passed over.
_LOOKED_THROUGH = 20_000
_AT_ONCE = 1_000
#: How far references are followed: a visit leads to a role, the role to its unit, the unit to its owner.
_HOPS = 3


class Sought(NamedTuple):
    """Of a record: care from `start` to `end`, changed `since` (instants, None = open), only `types`.

    `page`: resources about the patient on a page.
    """

    start: int | None = None
    end: int | None = None
    since: int | None = None
    types: frozenset[str] | None = None
    page: int = PAGE

    def wants(self, head: Head) -> bool:
        """Whether a resource is told; what it leads to may be in any case."""
        of_type = self.types is None or head.type in self.types
        return of_type and (self.since is None or head.at >= self.since)


class Told(NamedTuple):
    """A page: what is about the patient, then what that leads to. `after` = where the next begins, if any."""

    matches: tuple[Match, ...]
    after: int | None


def everything(
    unit: Reading,
    patient: str,
    *,
    sought: Sought,
    actor: Actor,
    at: int,
    base: str,
    after: int | None = None,
    query: str = "-",
) -> Told | Refused:
    """A page of a record: the patient first, then the rest in the order in which it first came.

    What the record leads to is told where it is about nobody (staff, units, definitions), with the first
    page that leads there; a second time only where the index does not know the way. `query`: the names
    of what was asked by, for the log.
    """
    door = Door(unit, actor, Action.EVERYTHING, at=at)
    key = Key("Patient", patient)
    head = unit.heads([key]).get(key)
    subject = subject_of(key, head)
    if (no := door.enter(subject)) is not None:
        return no
    assert door.decision is not None
    if head is None:
        return door.failed(
            subject, refused("not-found", "not-found", f"there is no {key.type}/{key.id}", "Search for it.")
        )
    if head.deleted:
        return door.failed(
            subject, refused("gone", "deleted", f"{key.type}/{key.id} was deleted", "See its history.")
        )
    which = About(patient, door.decision.within is not None, sought.start, sought.end)
    page = _Page(unit, which, sought, base=base)
    if after is None:
        page.take([head], met=True)
    following = page.fill(head, after=after or 0)
    page.follow(door, upto=after)
    door.shown(subject, (match.head.patients for match in page.matches), query=query)
    return Told(tuple(page.matches), following)


class _Page:
    """A page as it is filled: resources about the patient, then those that they lead to."""

    def __init__(self, unit: Reading, which: About, sought: Sought, *, base: str) -> None:
        self.unit, self.which, self.sought, self.base = unit, which, sought, base
        self.matches: list[Match] = []
        self.keys: dict[Key, None] = {}
        self.canonicals: dict[str, None] = {}
        # Where only what a record itself is made of is wanted, it need not be known where that leads.
        self.follows = sought.types is None or not sought.types <= READ

    def fill(self, patient: Head, *, after: int) -> int | None:
        """Take what comes after a number until no more is wanted; where the next page begins, if any."""
        room = self.sought.page - len(self.matches)
        last, looked = after, 0
        while looked < _LOOKED_THROUGH:
            heads = self.unit.about(self.which, after=last, count=_AT_ONCE)
            taken: list[Head] = []
            for head in heads:
                if head.rid != patient.rid:
                    wanted = self.sought.wants(head)
                    if wanted and room == 0:
                        self.take(taken, met=True)
                        return last
                    room -= wanted
                    taken.append(head)
                last = head.rid
            self.take(taken, met=True)
            if len(heads) < _AT_ONCE:
                return None
            looked += len(heads)
        return last

    def take(self, heads: Sequence[Head], *, met: bool) -> None:
        """Tell those that are wanted, and note where all of them lead."""
        read = heads if self.follows else [head for head in heads if self.sought.wants(head)]
        bodies = self.unit.bodies([head.seq for head in read])
        for head in read:
            body = bodies[head.seq]
            if self.sought.wants(head):
                self.matches.append(Match(head, body, met))
            if self.follows:
                leads = leads_of(orjson.loads(body), base=self.base)
                self.keys.update(dict.fromkeys(Key(*one) for one in leads.references))
                self.canonicals.update(dict.fromkeys(leads.canonicals))

    def follow(self, door: Door, *, upto: int | None) -> None:
        """Take what is led to and is about nobody, unless a page that ended at `upto` has told it."""
        seen: set[Key | str] = set()
        for _ in range(_HOPS):
            keys = [key for key in self.keys if key not in seen]
            canonicals = [one for one in self.canonicals if one not in seen]
            seen.update(keys, canonicals)
            self.keys, self.canonicals = {}, {}
            before: set[Key | str] = set()
            if upto is not None:
                addresses = [one.partition("|")[0] for one in canonicals]
                before = self.unit.led_to(self.which, keys=keys, addresses=addresses, upto=upto)
            found = self.unit.heads(key for key in keys if key not in before)
            named = self._defined([one for one in canonicals if one.partition("|")[0] not in before])
            found |= {head.key: head for head in named if head.key not in seen}
            seen.update(found)
            told = [
                head
                for head in found.values()
                if not head.deleted and not head.patients and door.shows(head.key, head.patients)
            ]
            self.take(sorted(told), met=False)

    def _defined(self, canonicals: Sequence[str]) -> list[Head]:
        """The definitions that canonical addresses name, in the version that they name, if any."""
        versions: dict[str, set[str]] = {}
        for one in canonicals:
            address, _, version = one.partition("|")
            versions.setdefault(address, set()).add(version)
        heads = self.unit.defined(versions) if versions else []
        bodies = self.unit.bodies([head.seq for head in heads])
        found = []
        for head in heads:
            definition = orjson.loads(bodies[head.seq])
            if versions[definition["url"]] & {"", definition.get("version", "")}:
                found.append(head)
        return found
