"""From any earlier schema to the newest, step by step; each step is a file that is never changed."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from vardforlopp.store.database import Database


def migrate(url: str, *, to: str = "head") -> None:
    """Bring a database to a schema, the newest unless another is named; an empty one is filled."""
    command.upgrade(_config(url), to)


def bring(connection: Connection, *, to: str = "head") -> None:
    """The same within a transaction of the caller's, which is kept or undone with the rest of it."""
    config = _config("")
    config.attributes["connection"] = connection
    command.upgrade(config, to)


def known(schema: str) -> bool:
    """Whether this program knows a schema: the newest, or one that was before it."""
    return any(step.revision == schema for step in ScriptDirectory.from_config(_config("")).walk_revisions())


def newest() -> str:
    """The name of the schema that this program works with."""
    found = ScriptDirectory.from_config(_config("")).get_current_head()
    assert found is not None
    return found


def standing(database: Database) -> str | None:
    """The name of the schema that a database has; None of one that has none."""
    with database.engine.connect() as connection:
        return standing_on(connection)


def standing_on(connection: Connection) -> str | None:
    """The same, in the view of a connection."""
    return MigrationContext.configure(connection).get_current_revision()


def _config(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["url"] = url
    return config
