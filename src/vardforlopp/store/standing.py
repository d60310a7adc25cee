"""How a database stands: whether it answers with our schema, and how far its logs have come."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from sqlalchemy import Connection, Table, func, select
from sqlalchemy.exc import SQLAlchemyError

from vardforlopp.kernel.civil import SECOND
from vardforlopp.services.projected import AT_ONCE
from vardforlopp.store import following, known, migrations, tables
from vardforlopp.store.database import Database
from vardforlopp.store.seals import SEALER

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


def places(
    database: Database, *, now: Callable[[], int]
) -> dict[str, tuple[str, Callable[[], float | None]]]:
    """What is read of the database when somebody counts: name, meaning, and how (None: no answer)."""

    def read(reading: Callable[[Connection, int], float]) -> Callable[[], float | None]:
        def answer() -> float | None:
            try:
                with database.reading() as connection:
                    return reading(connection, now())
            except SQLAlchemyError:
                return None

        return answer

    return {
        "log_last": ("The last place in the log of versions.", read(_last(tables.log))),
        "patients_waiting": ("Patients who are to be looked at, and were not yet.", read(_waiting)),
        "patients_late_seconds": (
            "How long the patient has waited whose time came first; not who waits since an import.",
            read(_late),
        ),
        "audit_last": ("The last line of the log of acts.", read(_last(tables.audit))),
        "audit_unsealed": ("Lines of the log of acts that no seal holds yet.", read(_unsealed)),
    }


def _waiting(connection: Connection, now: int) -> float:
    due = select(func.count()).select_from(known.record).where(known.record.c.due_at <= now)
    return int(connection.execute(due).scalar_one())


def _late(connection: Connection, now: int) -> float:
    due = known.record.c.due_at
    first = connection.execute(select(func.min(due)).where(due > AT_ONCE)).scalar()
    return max(0, now - first) / SECOND if first is not None else 0


def _unsealed(connection: Connection, now: int) -> float:
    where = following.after(connection, tables.audit, position=following.come_to(connection, SEALER))
    return int(connection.execute(select(func.count()).select_from(tables.audit).where(where)).scalar_one())


def _last(table: Table) -> Callable[[Connection, int], float]:
    query = select(func.coalesce(func.max(table.c.seq), 0))
    return lambda connection, _: int(connection.execute(query).scalar_one())
