"""How Alembic runs the steps: on a connection of ours, in one transaction, one process at a time."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection

from vardforlopp.store import known
from vardforlopp.store.database import Database
from vardforlopp.store.log import hold


def run(connection: Connection) -> None:
    """The steps that are asked for."""
    hold(connection, ["migrate"])  # who comes second finds it done
    context.configure(
        connection=connection, target_metadata=known.metadata, compare_type=True, render_as_batch=True
    )
    context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    database = Database(context.config.attributes["url"], connections=1)
    with database.writing() as opened:
        run(opened)
    database.close()
