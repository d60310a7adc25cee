"""Conditions: which resource an act means that names none, decided behind a door and while it is held."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from vardforlopp.access import Action, Actor, Subject
from vardforlopp.fhir.search.query import Query
from vardforlopp.services.doors import Door
from vardforlopp.services.outcomes import Refused, refused
from vardforlopp.services.ports import Head, Key, MovedOn, Scope, Unit
from vardforlopp.services.searching import names_of, within_reach


class Condition(NamedTuple):
    """A query that its actor may ask, of what they may see."""

    unit: Unit
    query: Query
    door: Door
    scope: Scope

    def those(self, most: int) -> tuple[Head, ...]:
        """What meets it, at most so many."""
        return self.unit.page(self.query, count=most, scope=self.scope).heads

    def the_one(self) -> Head | Refused | None:
        """What meets it, if anything does; a refusal when several do."""
        found = self.those(2)
        if len(found) < 2:
            return found[0] if found else None
        what = f"more than one {self.query.type} meets the condition"
        do = "Ask for something that only one has."
        why = refused("precondition", "multiple-matches", what, do)
        return self.door.failed(Subject(self.query.type), why)

    def told(self, head: Head) -> None:
        """Which one it is shows in what is answered, so it is written down."""
        self.door.shown(Subject(self.query.type), [head.patients], query=names_of(self.query))


def entered(unit: Unit, query: Query, *, actor: Actor, at: int) -> Condition | Refused:
    """A condition, if its actor may ask it; nothing is looked for yet."""
    door = Door(unit, actor, Action.SEARCH, at=at)
    if (no := door.enter(Subject(query.type))) is not None:
        return no
    assert door.decision is not None
    scope = Scope(at, door.decision.within)
    reached = within_reach(query, door)
    return reached if isinstance(reached, Refused) else Condition(unit, reached, door, scope)


class Held(NamedTuple):
    """What a transaction holds until it ends."""

    keys: frozenset[Key]

    @classmethod
    def at_once(
        cls, unit: Unit, keys: Iterable[Key], *, conditions: Iterable[Condition], most: int = 2
    ) -> Held:
        """These, what the conditions ask for, and what meets them by now: at most so many of each.

        It is looked for before it is held, so that all is held at once; who decides looks again.
        """
        asked = list(conditions)
        found = frozenset((*keys, *(head.key for one in asked for head in one.those(most))))
        unit.lock(found, conditions=[one.query.asked for one in asked])
        return cls(found)

    def must_have(self, key: Key) -> None:
        """Raises: MovedOn, when somebody else made a condition mean another before it was held."""
        if key not in self.keys:
            raise MovedOn
