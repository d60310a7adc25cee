"""What needs no answer waits until something does, and is sent together.

On PostgreSQL a way to the database and back costs more than what is done there. All is sent in the order in
which it was said, before the next question and before the end of the transaction; what goes wrong is told
there. SQLite is in the process, so nothing waits.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DBAPIError

#: An option of a connection on which statements may wait: it is in a transaction that ends by `commit`.
MAY_WAIT = "vardforlopp_writes"
_WAITING = "vardforlopp_waiting"


def say(connection: Connection, statement: str, *, values: Sequence[Any]) -> None:
    """Have a statement done that gives nothing back; now, or soon."""
    if connection.dialect.name == "sqlite" or not connection.get_execution_options().get(MAY_WAIT):
        connection.exec_driver_sql(statement, tuple(values))
    else:
        connection.info.setdefault(_WAITING, []).append((statement, values))


def listen(engine: Engine) -> None:
    """From now on what waits is sent in time."""

    def before(connection: Connection, *_: object) -> None:
        _send(connection)

    def forget(connection: Connection) -> None:
        connection.info.pop(_WAITING, None)

    event.listen(engine, "before_cursor_execute", before)
    event.listen(engine, "commit", _send)
    event.listen(engine, "rollback", forget)


def _send(connection: Connection) -> None:
    waiting = connection.info.pop(_WAITING, None)
    if not waiting:
        return
    driver = connection.connection.driver_connection
    assert driver is not None
    try:
        with driver.pipeline():
            for statement, values in waiting:
                driver.execute(statement, values)
    except connection.dialect.loaded_dbapi.Error as error:
        raise _told(connection, error) from error


def _told(connection: Connection, error: Exception) -> BaseException:
    """What SQLAlchemy would have told of an error."""
    dialect = connection.dialect
    gone = dialect.is_disconnect(error, connection.connection.dbapi_connection, None)  # type: ignore[arg-type]
    if gone:
        connection.invalidate(error)
    return DBAPIError.instance(
        None, None, error, dialect.loaded_dbapi.Error, hide_parameters=True, connection_invalidated=gone,
        dialect=dialect,
    )  # fmt: skip
