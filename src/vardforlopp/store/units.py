"""The store that the services ask for, over one database."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from sqlalchemy import Connection, delete, select

from vardforlopp.audit import Event
from vardforlopp.audit.seal import Line
from vardforlopp.fhir.search.query import Include, Query
from vardforlopp.services.ports import (
    About,
    Bookmark,
    Entry,
    Head,
    Included,
    Key,
    Method,
    Page,
    Place,
    Scope,
    Undone,
    Version,
)
from vardforlopp.services.projected import Touched
from vardforlopp.store import about, acts, log, search, tables
from vardforlopp.store.database import Database
from vardforlopp.store.deliveries import Delivering
from vardforlopp.store.exports import Exporting
from vardforlopp.store.faults import told
from vardforlopp.store.projections import SqlProjections
from vardforlopp.store.recorder import Recorder
from vardforlopp.store.rows import ONE_STATEMENT, add
from vardforlopp.store.seals import Sealing


class SqlUnit(SqlProjections, Sealing, Delivering, Exporting):
    """A view or a transaction on one connection; see `services.ports.Unit`."""

    def __init__(self, connection: Connection, *, after: Callable[[SqlUnit], None] | None = None) -> None:
        self.connection = connection
        self._after = after
        self.events: list[Event] = []
        self.touched: list[Touched] = []
        self.writers: set[str] = set()
        self.left: list[Bookmark] = []

    def heads(self, keys: Iterable[Key]) -> dict[Key, Head]:
        return log.heads(self.connection, keys)

    def lock(self, keys: Iterable[Key], *, conditions: Iterable[str] = ()) -> dict[Key, Head]:
        wanted = list(keys)
        log.hold(self.connection, [*map("/".join, wanted), *conditions])
        return log.heads(self.connection, wanted)

    def alone(self, name: str) -> None:
        log.hold(self.connection, [name])

    def read(self, key: Key, *, version: int | None = None) -> Version | None:
        return log.read(self.connection, key, version=version)

    def bodies(self, seqs: Sequence[int]) -> dict[int, bytes]:
        return log.bodies(self.connection, seqs)

    def history(
        self, key: Key | None, *, type_: str | None, since: int | None, before: int | None, count: int
    ) -> list[Version]:
        kind, id_ = (key.type, key.id) if key is not None else (type_, None)
        return log.history(self.connection, type_=kind, id_=id_, since=since, before=before, count=count)

    def page(self, query: Query, *, count: int, scope: Scope, after: Place | None = None) -> Page:
        return search.page(self.connection, query, count=count, scope=scope, after=after)

    def total(self, query: Query, *, scope: Scope) -> int:
        return search.total(self.connection, query, scope=scope)

    def included(self, heads: Sequence[Head], includes: Sequence[Include], *, scope: Scope) -> Included:
        return search.included(self.connection, heads, includes=includes, scope=scope)

    def about(self, which: About, *, after: int, count: int) -> list[Head]:
        return about.about(self.connection, which, after=after, count=count)

    def led_to(
        self, which: About, *, keys: Iterable[Key], addresses: Iterable[str], upto: int
    ) -> set[Key | str]:
        return about.led_to(self.connection, which, keys=keys, addresses=addresses, upto=upto)

    def defined(self, addresses: Iterable[str]) -> list[Head]:
        return about.defined(self.connection, addresses)

    def append(self, entries: Sequence[Entry], known: Mapping[Key, Head], *, actor: str) -> list[int]:
        places = log.append(self.connection, entries, known=known, actor=actor)
        self.writers.add(actor)
        gone: list[tuple[str, int]] = []
        back: list[tuple[str, int]] = []
        for place, entry in zip(places, entries, strict=True):
            head = known.get(entry.key)
            before = head.patients if head is not None else ()
            first = None
            if head is None:
                first = Version(
                    place, *entry.key, *entry.stamp, actor, Method.CREATED, entry.patients, entry.body
                )
            patients = tuple(dict.fromkeys((*before, *entry.patients)))
            self.touched.append(Touched(entry.key, patients, first, entry.unheard_of))
            if head is not None:
                still = entry.patients if entry.body is not None else ()
                gone += [(patient, head.rid) for patient in before if patient not in still]
                back += [(patient, head.rid) for patient in still if head.deleted or patient not in before]
        self.no_longer_about(gone)
        self.about_again(back)
        return places

    def follow(self) -> None:
        if self._after is not None and self.touched:
            self._after(self)
            self.touched = []

    def acts(self, query: Query, *, count: int, now: int, after: Place | None = None) -> list[Line]:
        return acts.acts(self.connection, query, count=count, now=now, after=after)

    def count_acts(self, query: Query, *, now: int) -> int:
        return acts.count_acts(self.connection, query, now=now)

    def act(self, seq: int) -> Line | None:
        return acts.act(self.connection, seq)

    def bookmark(self, id_: str) -> Bookmark | None:
        row = self.connection.execute(select(tables.bookmark).where(tables.bookmark.c.id == id_)).first()
        return None if row is None else Bookmark(row.id, row.actor, row.until, bytes(row.asked))

    def leave(self, bookmark: Bookmark) -> None:
        self.left.append(bookmark)

    def record(self, events: Sequence[Event]) -> None:
        self.events += events


class SqlStore:
    """A database as a store; see `services.ports.Store`.

    `after`: what is done at the end of each transaction that wrote something, as a part of it.
    """

    def __init__(self, database: Database, *, after: Callable[[SqlUnit], None] | None = None) -> None:
        self.database = database
        self._after = after
        self._recorder = Recorder(self._record)

    @contextmanager
    def reading(self, *, once: bool = False) -> Iterator[SqlUnit]:
        with told():
            with self.database.reading(once=once) as connection:
                unit = SqlUnit(connection)
                yield unit
            self._recorder.keep([*unit.events, *unit.left])

    @contextmanager
    def writing(self) -> Iterator[SqlUnit]:
        unit: SqlUnit | None = None
        try:
            with told(), self.database.writing() as connection:
                unit = SqlUnit(connection, after=self._after)
                yield unit
                unit.follow()
                _write(connection, [*unit.events, *unit.left])
        except Undone:
            if unit is not None:
                with told():
                    self._record([_undone(event) for event in unit.events])
            raise

    def _record(self, lines: Sequence[Event | Bookmark]) -> None:
        alone = len(lines) <= ONE_STATEMENT and all(isinstance(line, Event) for line in lines)
        with self.database.adding() if alone else self.database.writing() as connection:
            _write(connection, lines)


def _undone(event: Event) -> Event:
    return event._replace(outcome="undone") if event.outcome == "done" else event


def _write(connection: Connection, lines: Sequence[Event | Bookmark]) -> None:
    """Lines of the log of acts, and bookmarks; of those the ones that are over go."""
    events = [line._asdict() for line in lines if isinstance(line, Event)]
    bookmarks = [line._asdict() for line in lines if isinstance(line, Bookmark)]
    add(connection, tables.audit, rows=events)
    if bookmarks:
        now = min((event["at"] for event in events), default=0)
        connection.execute(delete(tables.bookmark).where(tables.bookmark.c.until < now))
        add(connection, tables.bookmark, rows=bookmarks)
