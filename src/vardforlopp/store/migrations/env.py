"""How Alembic runs the steps: on a connection of ours, in one transaction, one process at a time."""

from __future__ import annotations

from alembic import context

from vardforlopp.store import known, log
from vardforlopp.store.database import Database

database = Database(context.config.attributes["url"], connections=1)
with database.writing() as connection:
    log.hold(connection, ["schema"])
    context.configure(
        connection=connection, target_metadata=known.metadata, compare_type=True, render_as_batch=True
    )
    context.run_migrations()
database.close()
