"""What a database says when something fails, in the words of the ports.

What is none of them is a fault of ours, and goes on as it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import exc

from vardforlopp.services.ports import MovedOn, TooCostly, Unavailable, Unfit

#: PostgreSQL: two wrote the same, a serialization failure, a deadlock.
_TRY_AGAIN = frozenset(("23505", "40001", "40P01"))
#: PostgreSQL: a statement was stopped, as it took longer than it may.
_STOPPED = "57014"
#: PostgreSQL: a value is too long for an index, or there are too many of something.
_TOO_MUCH = "54"
#: PostgreSQL: no connection, a standby that does not write, nothing left (disk, memory, locks), a lock waited
#: for too long, stopped by somebody, a fault of its system.
_AWAY = ("08", "25006", "53", "55P03", "57", "58")
#: SQLite: its generic error, which is one of the statement: ours.
_OURS = "SQLITE_ERROR"


@contextmanager
def told() -> Iterator[None]:
    """Raises: MovedOn, TooCostly, Unfit, Unavailable; else what the database raises."""
    try:
        yield
    except exc.TimeoutError as error:  # no connection of the pool came free
        raise Unavailable from error
    except exc.DBAPIError as error:
        known = _of_sqlite(error) if _sqlite_name(error) else _of_postgresql(error)
        if known is None:
            raise
        raise known from error


def _sqlite_name(error: exc.DBAPIError) -> str:
    return getattr(error.orig, "sqlite_errorname", None) or ""


def _of_sqlite(error: exc.DBAPIError) -> type[Exception] | None:
    name = _sqlite_name(error)
    if isinstance(error, exc.IntegrityError):
        twice = name in ("SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY")
        return MovedOn if twice else None
    if name == "SQLITE_INTERRUPT":
        return TooCostly
    if isinstance(error, exc.DataError):
        return Unfit
    return Unavailable if isinstance(error, exc.OperationalError) and name != _OURS else None


def _of_postgresql(error: exc.DBAPIError) -> type[Exception] | None:
    state = getattr(error.orig, "sqlstate", None) or ""
    if state in _TRY_AGAIN:
        return MovedOn
    if state == _STOPPED:
        return TooCostly
    if isinstance(error, exc.DataError) or state.startswith(_TOO_MUCH):
        return Unfit
    gone = not state and isinstance(error, exc.OperationalError | exc.InterfaceError)
    return Unavailable if gone or error.connection_invalidated or state.startswith(_AWAY) else None
