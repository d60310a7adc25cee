"""Who asks and is not known: counted, so that nobody fills the log of acts by knocking."""

from __future__ import annotations

from threading import Lock
from typing import NamedTuple

from vardforlopp.access import Actor
from vardforlopp.kernel.civil import MINUTE
from vardforlopp.services.ports import Store
from vardforlopp.services.unknown import knocked

#: Sources that are told apart in a minute, at most; all others are counted as one.
MOST_SOURCES = 100
OTHERS = "others"


class Knocks(NamedTuple):
    """How often somebody of a source was not known, from an instant on within its minute."""

    source: str
    at: int
    times: int


class Counter:
    """Counts by source and minute: the first is told at once, the rest together when the minute is over.

    Threads may share it. What it tells is to be written down.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._begun = 0  # the instant of the minute's first knock
        self._counted: dict[str, int] = {}

    def knock(self, source: str, at: int) -> list[Knocks]:
        """One more; what is to be written down by now."""
        with self._lock:
            told = self._over(at)
            name = source if source in self._counted or len(self._counted) < MOST_SOURCES else OTHERS
            if name not in self._counted:
                told.append(Knocks(name, at, 1))
            self._begun = self._begun if self._counted else at
            self._counted[name] = self._counted.get(name, -1) + 1
            return told

    def over(self, at: int | None = None) -> list[Knocks]:
        """The rest of a minute that is over; of any, if no time is given."""
        with self._lock:
            return self._over(at)

    def _over(self, at: int | None) -> list[Knocks]:
        if at is not None and at // MINUTE == self._begun // MINUTE:
            return []
        rest = [Knocks(source, self._begun, times) for source, times in self._counted.items() if times]
        self._counted = {}
        return rest


class Knocking:
    """Writes down who knocks at a store's doors."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._counter = Counter()

    def knock(self, source: str, at: int) -> None:
        """Somebody asked whom nobody vouches for. Raises: Unavailable."""
        self._write(self._counter.knock(source, at))

    def rest(self, at: int | None = None) -> None:
        """What is counted of a minute that is over, or of any. Raises: Unavailable."""
        self._write(self._counter.over(at))

    def _write(self, counted: list[Knocks]) -> None:
        if counted:
            with self._store.reading() as view:
                for one in counted:
                    knocked(view, actor=Actor(one.source, "nobody"), at=one.at, times=one.times)
