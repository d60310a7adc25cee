"""A database opened: how to read from it and how to write to it, the same on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from threading import Lock
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import QueuePool

from vardforlopp.kernel.civil import SECOND
from vardforlopp.store.driver import MAY_WAIT, listen


class Database:
    """One database. A `writing` block is one transaction: all of it is kept, or nothing."""

    def __init__(
        self,
        url: str,
        *,
        connections: int = 8,
        patience: float = 5,
        ticks: Callable[[], int] | None = None,
    ) -> None:
        """At most so many `connections`; who has waited for one with `patience`, in seconds, gets none.

        A connection is asked whether it lives before it is used; where `ticks` counts microseconds, only one
        that was idle for a while: in a server each is used again at once.
        """
        self.engine = _opened(url, connections, patience, ticks)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        # SQLite has one writer; who waits here waits without asking it again and again.
        self._writer = Lock()

    @contextmanager
    def reading(self, *, once: bool = False) -> Iterator[Connection]:
        """A view of one moment, whatever is written meanwhile; `once`: of one moment for each statement."""
        with self.engine.connect() as connection:
            if not self.is_sqlite:
                if once:
                    yield connection.execution_options(isolation_level="AUTOCOMMIT")
                    return
                connection = connection.execution_options(
                    isolation_level="REPEATABLE READ", postgresql_readonly=True
                )
            with connection.begin():
                yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that ends with the block: kept, or undone by an exception."""
        with self._writer if self.is_sqlite else nullcontext(), self.engine.connect() as connection:
            connection = connection.execution_options(**{MAY_WAIT: True})
            with connection.begin():
                yield connection

    @contextmanager
    def adding(self) -> Iterator[Connection]:
        """For one statement that adds something, kept when it is done."""
        if self.is_sqlite:
            with self.writing() as connection:
                yield connection
            return
        with self.engine.connect() as connection:
            yield connection.execution_options(isolation_level="AUTOCOMMIT")

    def measure(self) -> None:
        """Let the database count what its tables hold, after much has come in at once. SQLite was told once.

        PostgreSQL would do so by itself after a minute. Until then it plans for tables as small as they were,
        and compares 400 names with every row: 180 ms in 20,000 rows, instead of 0.1.
        """
        if not self.is_sqlite:
            with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql("ANALYZE")

    def close(self) -> None:
        """Give back all connections."""
        self.engine.dispose()


def _opened(url: str, connections: int, patience: float, ticks: Callable[[], int] | None) -> Engine:
    parsed = make_url(url)
    pool: dict[str, Any] = {
        "pool_size": connections,
        "max_overflow": 0,
        "pool_timeout": patience,
        "hide_parameters": True,  # they are persons', and errors are written down
    }
    if parsed.get_backend_name() == "sqlite":
        engine = create_engine(
            parsed,
            poolclass=QueuePool,
            **pool,
            connect_args={"timeout": 30, "check_same_thread": False},
        )
        event.listen(engine, "connect", _sqlite_connected)
        event.listen(engine, "begin", _sqlite_begins)
        return engine
    parsed = parsed.set(drivername="postgresql+psycopg")
    engine = create_engine(parsed, pool_pre_ping=ticks is None, connect_args=_FINDS_OUT, **pool)
    if ticks is not None:
        _ask_the_idle(engine, ticks)
    listen(engine)
    return engine


def _ask_the_idle(engine: Engine, ticks: Callable[[], int]) -> None:
    """Ask a connection that was idle for a second whether it lives; a dead one is replaced."""

    def back(_: object, record: Any) -> None:
        record.info[_BACK] = ticks()

    def out(connection: Any, record: Any, _: object) -> None:
        since = record.info.get(_BACK)
        if since is not None and ticks() - since > SECOND:
            try:
                engine.dialect.do_ping(connection)
            except engine.dialect.loaded_dbapi.Error as gone:
                raise DisconnectionError from gone

    event.listen(engine, "checkin", back)
    event.listen(engine, "checkout", out)


_BACK = "vardforlopp_back"


#: A database that has gone without a word is noticed: at the door, and in the middle of a question.
_FINDS_OUT = {"connect_timeout": 5, "keepalives_idle": 30, "tcp_user_timeout": 30_000}


def _sqlite_connected(connection: Any, _record: object) -> None:
    # The driver must not open transactions of its own: `_sqlite_begins` does.
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        # With WAL a crash of the machine may lose the last commits at NORMAL; what was answered is kept.
        "synchronous=FULL",
        "foreign_keys=ON",
        "cache_size=-65536",
        "temp_store=MEMORY",
        # Pages that wait in the log: what is written again and again is moved over once. 16 MB of disk.
        "wal_autocheckpoint=4000",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _sqlite_begins(connection: Connection) -> None:
    # A reader that turns into a writer may be refused at once; this one waits for its turn.
    writes = connection.get_execution_options().get(MAY_WAIT, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
