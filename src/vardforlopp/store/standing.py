"""How a database stands: whether it answers with our schema, and how far its logs have come."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from sqlalchemy import Table, func, select
from sqlalchemy.exc import SQLAlchemyError

from vardforlopp.services.projected import AT_ONCE
from vardforlopp.store import known, migrations, tables
from vardforlopp.store.database import Database

_newest = cache(migrations.newest)


def wrong_with(database: Database) -> str | None:
    """What keeps the server from answering, if anything."""
    try:
        found = migrations.standing(database)
    except SQLAlchemyError:
        return "the store does not answer"
    if found == _newest():
        return None
    return f"the store has schema {found or 'none'}, and this program works with {_newest()}"


def places(database: Database) -> dict[str, tuple[str, Callable[[], float | None]]]:
    """What is read of the database when somebody counts: name, meaning, and how."""
    return {
        "log_last": ("The last place in the log of versions.", lambda: _last(database, tables.log)),
        "patients_waiting": (
            "Patients whose record is to be read or looked at, and was not yet.",
            lambda: _waiting(database),
        ),
        "audit_last": ("The last line of the log of acts.", lambda: _last(database, tables.audit)),
    }


def _waiting(database: Database) -> float | None:
    try:
        with database.reading() as connection:
            due = select(func.count()).select_from(known.record).where(known.record.c.due_at == AT_ONCE)
            return connection.execute(due).scalar_one()
    except SQLAlchemyError:
        return None


def _last(database: Database, table: Table) -> float | None:
    try:
        with database.reading() as connection:
            return connection.execute(select(func.coalesce(func.max(table.c.seq), 0))).scalar_one()
    except SQLAlchemyError:
        return None
