"""Under which address everything in a database was written: whose a resource is was read with it."""

from __future__ import annotations

from sqlalchemy import insert, select

from vardforlopp.store import tables
from vardforlopp.store.database import Database
from vardforlopp.store.log import hold


def settled(database: Database, base: str) -> str:
    """The address that is kept; if there is none yet, `base`, which is kept from now on."""
    with database.writing() as connection:
        hold(connection, ["origin"])
        kept = connection.execute(select(tables.origin.c.base)).scalar()
        if kept is None:
            connection.execute(insert(tables.origin), {"base": base})
        return base if kept is None else str(kept)
