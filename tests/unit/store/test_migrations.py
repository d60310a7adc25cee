"""From nothing to the newest schema, by the steps: and that is the schema that the program works with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from made.databases import bare
from vardforlopp.store import tables
from vardforlopp.store.database import Database
from vardforlopp.store.migrations import migrate, newest, standing


def test_the_steps_make_the_tables_that_the_program_knows(tmp_path: Path) -> None:
    with bare(tmp_path) as url:
        database = Database(url)
        assert standing(database) is None
        migrate(url)
        migrate(url)  # a second time changes nothing
        assert standing(database) == newest()
        with database.engine.connect() as connection:
            found = compare_metadata(MigrationContext.configure(connection), tables.metadata)
            assert [each for each in found if not _is_of_another(each, database)] == []
        database.close()


def _is_of_another(difference: Any, database: Database) -> bool:
    """An index that only PostgreSQL has: SQLite follows by `seq` alone, and Alembic knows no `ddl_if`."""
    kind, what = difference[:2]
    return database.is_sqlite and kind == "add_index" and what.name.endswith("_xact_seq")
