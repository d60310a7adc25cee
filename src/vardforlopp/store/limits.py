"""How long a database may work on one statement: whoever asks for more is told so, and others go on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import event

from vardforlopp.kernel.civil import SECOND
from vardforlopp.store.database import Database
from vardforlopp.store.driver import BEFORE

#: Steps of SQLite's machine between two looks at the clock: about a millisecond of work.
_STEPS = 20_000


def limit(database: Database, seconds: float, *, ticks: Callable[[], int]) -> None:
    """From now on no statement takes longer; `ticks` counts microseconds. Before anything is asked."""
    if not database.is_sqlite:
        event.listen(database.engine, "connect", _on_postgresql(seconds))
        return

    def connected(connection: Any, record: Any) -> None:
        until = [0]

        def before() -> None:
            until[0] = ticks() + int(seconds * SECOND)

        record.info[BEFORE] = before
        connection.set_progress_handler(lambda: ticks() > until[0], _STEPS)

    def begins(connection: Any, *_: object) -> None:
        connection.info[BEFORE]()

    event.listen(database.engine, "connect", connected)
    event.listen(database.engine, "before_cursor_execute", begins)


def _on_postgresql(seconds: float) -> Callable[[Any, object], None]:
    """Who waits for a lock gives up a little earlier: that is no costly statement."""
    milliseconds = int(seconds * 1000)

    def connected(connection: Any, _record: object) -> None:
        connection.autocommit = True
        connection.execute(f"SET statement_timeout = {milliseconds}")
        connection.execute(f"SET lock_timeout = {milliseconds * 9 // 10}")
        connection.autocommit = False

    return connected
