"""From nothing to the newest schema, by the steps: and that is the schema that the program works with."""

from __future__ import annotations

import os
import subprocess
import sys
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


def test_several_who_begin_at_once_fill_a_database_once(tmp_path: Path) -> None:
    with bare(tmp_path) as url:
        program = "import sys; from vardforlopp.store.migrations import migrate; migrate(sys.argv[1])"
        paths = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
        three = [
            subprocess.Popen([sys.executable, "-c", program, url], env=paths, stderr=subprocess.PIPE)
            for _ in range(3)
        ]
        for each in three:
            _, told = each.communicate(timeout=60)
            assert each.returncode == 0, told.decode()
        database = Database(url)
        assert standing(database) == newest()
        database.close()
