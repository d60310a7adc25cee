"""From nothing to the newest schema, by the steps: and that is the schema that the program works with."""

from __future__ import annotations

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from made.databases import bare
from vardforlopp.store import known, tables
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
            assert known.record.metadata is tables.metadata
            assert compare_metadata(MigrationContext.configure(connection), tables.metadata) == []
        database.close()
