"""How Alembic runs the steps: on a connection of ours, each schema in one transaction."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection

from vardforlopp.store import tables
from vardforlopp.store.database import Database


def run(connection: Connection) -> None:
    """The steps that are asked for."""
    context.configure(
        connection=connection, target_metadata=tables.metadata, compare_type=True, render_as_batch=True
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
