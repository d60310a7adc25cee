"""The store that the services ask for, over one database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from sqlalchemy import Connection, exc, insert

from vardforlopp.audit import Event
from vardforlopp.fhir.search.query import Include, Query
from vardforlopp.services.ports import (
    Entry,
    Head,
    Included,
    Key,
    MovedOn,
    Page,
    Place,
    Scope,
    Unavailable,
    Undone,
    Version,
)
from vardforlopp.store import log, search, tables
from vardforlopp.store.database import Database
from vardforlopp.store.recorder import Recorder

#: PostgreSQL's words for "somebody else was there, try again": serialization failure and deadlock.
_TRY_AGAIN = frozenset(("40001", "40P01"))

#: What we asked for cannot be asked: a fault of the program, whatever the database does.
_OURS = (exc.DataError, exc.ProgrammingError, exc.NotSupportedError)


class SqlUnit:
    """A view or a transaction on one connection; see `services.ports.Unit`."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.events: list[Event] = []

    def heads(self, keys: Iterable[Key]) -> dict[Key, Head]:
        return log.heads(self.connection, keys)

    def lock(self, keys: Iterable[Key], *, conditions: Iterable[str] = ()) -> dict[Key, Head]:
        wanted = list(keys)
        log.hold(self.connection, [*map("/".join, wanted), *conditions])
        return log.heads(self.connection, wanted)

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

    def append(
        self, entries: Sequence[Entry], known: Mapping[Key, Head], *, at: int, actor: str
    ) -> list[int]:
        return log.append(self.connection, entries, known=known, at=at, actor=actor)

    def record(self, events: Sequence[Event]) -> None:
        self.events += events


class SqlStore:
    """A database as a store; see `services.ports.Store`."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._recorder = Recorder(self._record)

    @contextmanager
    def reading(self) -> Iterator[SqlUnit]:
        with _told():
            with self.database.reading() as connection:
                unit = SqlUnit(connection)
                yield unit
            self._recorder.keep(unit.events)

    @contextmanager
    def writing(self) -> Iterator[SqlUnit]:
        unit: SqlUnit | None = None
        try:
            with _told(), self.database.writing() as connection:
                unit = SqlUnit(connection)
                yield unit
                _write(connection, unit.events)
        except Undone:
            if unit is not None:
                with _told():
                    self._record([_undone(event) for event in unit.events])
            raise

    def _record(self, events: Sequence[Event]) -> None:
        with self.database.writing() as connection:
            _write(connection, events)


@contextmanager
def _told() -> Iterator[None]:
    """What the database says, in the words of the ports."""
    try:
        yield
    except exc.DBAPIError as error:
        state = getattr(error.orig, "sqlstate", None)
        if isinstance(error, exc.IntegrityError) or state in _TRY_AGAIN:
            raise MovedOn from error
        if isinstance(error, _OURS):
            raise
        raise Unavailable from error
    except exc.TimeoutError as error:  # no connection of the pool came free
        raise Unavailable from error


def _undone(event: Event) -> Event:
    return event._replace(outcome="undone") if event.outcome == "done" else event


def _write(connection: Connection, events: Sequence[Event]) -> None:
    if events:
        connection.execute(insert(tables.audit), [event._asdict() for event in events])
