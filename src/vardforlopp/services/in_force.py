"""What a server follows: the definitions in force, with a region's settings, and the feeds it rests on."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from vardforlopp.definitions.catalogue import Definitions
from vardforlopp.engine.compile import Compiled
from vardforlopp.engine.interactions import Interactions
from vardforlopp.fhir.reader import Reader
from vardforlopp.kernel.codes import SystemTable
from vardforlopp.record.record import Source
from vardforlopp.record.states import END


@dataclass(frozen=True, slots=True)
class InForce:
    """Compiled once a process. `stamp` names the definitions, the region's settings and the program together.

    `feeds`: the sources that are declared, each fed by the client that has its provider's name; None = none
    is declared, and what occurs in a record counts as connected.
    """

    definitions: Definitions
    systems: SystemTable
    reader: Reader
    compiled: tuple[Compiled, ...]
    interactions: Interactions
    stamp: str
    feeds: tuple[Source, ...] | None = None

    def sources(self, heard: Mapping[str, int]) -> tuple[Source, ...] | None:
        """The sources as they stand when each client was last `heard` of on a civil day (S01)."""
        if self.feeds is None:
            return None
        return tuple(_as_heard(feed, heard.get(feed.provider)) for feed in self.feeds)

    def silent(self, heard: Mapping[str, int], day: int) -> tuple[Source, ...]:
        """The feeds that would not carry a fact of a civil day: never heard of, or silent too long."""
        return tuple(
            source for source in self.sources(heard) or () if source.provider and not source.fresh(day)
        )

    def feeds_of(self, client: str) -> tuple[Source, ...]:
        """The feeds of a client."""
        return tuple(feed for feed in self.feeds or () if feed.provider == client and feed.connected)

    def concerned(self, selectors: Collection[str]) -> frozenset[str]:
        """The selectors whose facts are other ones when pieces of these come or go."""
        found = {recipe.selector for recipe in self.reader.recipes_for(selectors)} | set(selectors)
        return frozenset(found | {name + END for name in found})


def _as_heard(feed: Source, heard: int | None) -> Source:
    if not feed.provider or not feed.connected:
        return feed
    if heard is None:
        return feed if feed.last_seen is not None else replace(feed, connected=False)
    return replace(feed, last_seen=max(heard, feed.last_seen or heard))
