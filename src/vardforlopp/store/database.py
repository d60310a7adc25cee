"""A database opened: how to read from it and how to write to it, the same on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.pool import QueuePool


class Database:
    """One database. A `writing` block is one transaction: all of it is kept, or nothing."""

    def __init__(self, url: str, *, connections: int = 8, patience: float = 5) -> None:
        """At most so many `connections`; who has waited for one with `patience`, in seconds, gets none."""
        self.engine = _opened(url, connections, patience)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        # SQLite has one writer; who waits here waits without asking it again and again.
        self._writer = Lock()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A view of one moment, whatever is written meanwhile."""
        with self.engine.connect() as connection:
            if not self.is_sqlite:
                connection = connection.execution_options(
                    isolation_level="REPEATABLE READ", postgresql_readonly=True
                )
            with connection.begin():
                yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that ends with the block: kept, or undone by an exception."""
        if not self.is_sqlite:
            with self.engine.begin() as connection:
                yield connection
            return
        with self._writer, self.engine.connect() as connection:
            # A reader that turns into a writer may be refused at once; this one waits for its turn.
            connection = connection.execution_options(vardforlopp_writes=True)
            with connection.begin():
                yield connection

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


def _opened(url: str, connections: int, patience: float) -> Engine:
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
    return create_engine(parsed, pool_pre_ping=True, connect_args=_FINDS_OUT, **pool)


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
    ):
        connection.execute(f"PRAGMA {pragma}")


def _sqlite_begins(connection: Connection) -> None:
    writes = connection.get_execution_options().get("vardforlopp_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
