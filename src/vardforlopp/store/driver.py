"""What is said with every request is said to the driver itself: SQLAlchemy takes five times as long.

Within a view or a transaction that SQLAlchemy begins and ends. Values are given as they are, and rows come as
tuples. What needs no answer waits: on PostgreSQL a way to the database and back costs more than what is done
there. It is sent together, in the order in which it was said, with the next question or before the end of
the transaction; what goes wrong is told there. SQLite is in the process, so nothing waits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import orjson
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DBAPIError

#: An option of a connection on which statements may wait: it is in a transaction that ends by `commit`.
MAY_WAIT = "vardforlopp_writes"
#: What a connection does before each statement, if anything; see `limits`.
BEFORE = "vardforlopp_before"
_WAITING = "vardforlopp_waiting"


def ask(connection: Connection, statement: str, *, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """The rows that a statement gives. `?` stands for a value, `?*` in the place of `= ?` for any of some."""
    is_sqlite = connection.dialect.name == "sqlite"
    if is_sqlite:
        values = [orjson.dumps(each).decode() if isinstance(each, list) else each for each in values]
    said = [*connection.info.pop(_WAITING, ()), (_spelled(statement, is_sqlite), values)]
    return list(_said(connection, lambda driver: _together(driver, said)))


def say(connection: Connection, statement: str, *, values: Sequence[Any]) -> None:
    """Have a statement done that gives nothing back; now, or soon."""
    spelled = _spelled(statement, connection.dialect.name == "sqlite")
    if connection.dialect.name != "sqlite" and connection.get_execution_options().get(MAY_WAIT):
        connection.info.setdefault(_WAITING, []).append((spelled, values))
    else:
        _said(connection, lambda driver: driver.execute(spelled, values))


def say_of_each(connection: Connection, statement: str, *, rows: Sequence[Sequence[Any]]) -> None:
    """Have SQLite do a statement with each row of values."""
    _said(connection, lambda driver: driver.executemany(statement, rows))


@cache
def _spelled(statement: str, is_sqlite: bool) -> str:
    if is_sqlite:
        return statement.replace("?*", "IN (SELECT value FROM json_each(?))")
    return statement.replace("?*", "= ANY(?)").replace("?", "%s")


def listen(engine: Engine) -> None:
    """From now on what waits is sent in time."""

    def before(connection: Connection, *_: object) -> None:
        _send(connection)

    def forget(connection: Connection) -> None:
        if not connection.invalidated:  # else what waited went with it
            connection.info.pop(_WAITING, None)

    event.listen(engine, "before_cursor_execute", before)
    event.listen(engine, "commit", _send)
    event.listen(engine, "rollback", forget)


def _send(connection: Connection) -> None:
    waiting = connection.info.pop(_WAITING, None)
    if waiting:
        _said(connection, lambda driver: _together(driver, waiting))


def _together(driver: Any, said: Sequence[tuple[str, Sequence[Any]]]) -> Any:
    """What the last of some statements gives; all go to the database at once."""
    *others, last = said
    if not others:
        return driver.execute(*last)
    with driver.pipeline():
        for statement, values in others:
            driver.execute(statement, values)
        return driver.execute(*last)


def _said(connection: Connection, what: Callable[[Any], Any]) -> Any:
    if (before := connection.info.get(BEFORE)) is not None:
        before()
    try:
        return what(connection.connection.driver_connection)
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
