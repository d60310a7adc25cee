"""How Alembic runs the steps: on a connection of ours, in one transaction, one process at a time."""

from __future__ import annotations

from alembic import context

from vardforlopp.store import known
from vardforlopp.store.database import Database
from vardforlopp.store.log import hold

database = Database(context.config.attributes["url"], connections=1)
with database.writing() as connection:
    hold(connection, ["migrate"])  # who comes second finds it done
    context.configure(
        connection=connection, target_metadata=known.metadata, compare_type=True, render_as_batch=True
    )
    context.run_migrations()
database.close()
