"""From nothing to the newest schema, by the steps: and that is the schema that the program works with."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from time import sleep
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import select

from made.databases import KIND, bare
from made.serving import patient, served, told
from vardforlopp.store import known, tables
from vardforlopp.store.database import Database
from vardforlopp.store.log import hold
from vardforlopp.store.migrations import migrate, newest, standing

FIRST = (Path(__file__).parents[2] / "made/first_schema.sql").read_text("utf-8")
VALUE = {"resourceType": "Observation", "id": "o1", "status": "final", "code": {"text": "x"}}
BEGIN = """
import sys
from vardforlopp.app.serve import prepare
from vardforlopp.app.settings import Settings
prepare(Settings(data=sys.argv[1]))
"""


def test_the_steps_make_the_tables_that_the_program_knows(tmp_path: Path) -> None:
    with bare(tmp_path) as url:
        database = Database(url)
        assert standing(database) is None
        migrate(url)
        migrate(url)  # a second time changes nothing
        assert standing(database) == newest()
        with database.engine.connect() as connection:
            assert known.record.metadata is tables.metadata
            found = compare_metadata(MigrationContext.configure(connection), tables.metadata)
            assert [each for each in found if not _is_of_another(each, database)] == []
        database.close()


def test_a_filled_database_of_the_first_schema_is_brought_to_the_newest(tmp_path: Path) -> None:
    """What it holds is found afterwards as it was before, by the same searches."""
    with bare(tmp_path) as url:
        migrate(url, to="0001")
        database = Database(url)
        with database.writing() as connection:
            for statement in FIRST.replace("BYTES", "BLOB" if KIND == "sqlite" else "BYTEA").split(";\n"):
                connection.exec_driver_sql(statement or "SELECT 1")
        database.close()
        migrate(url)
        database = Database(url)
        client = served(database)
        assert client.found("Observation?patient=anna&date=ge2020&_sort=-date") == [
            "Observation/o2",
            "Observation/o1",
        ]
        assert client.as_(patient("anna")).found("Observation") == ["Observation/o1"]
        assert client.as_(patient("bo")).found("Observation") == []
        told(client.ask("DELETE", "Observation/o2"), 204)
        told(client.ask("PUT", "Observation/o1", {**VALUE, "subject": {"reference": "Patient/bo"}}), 200)
        assert client.as_(patient("anna")).found("Observation") == []
        assert client.as_(patient("bo")).found("Observation") == ["Observation/o1"]
        with database.reading() as connection:
            about = connection.execute(
                select(tables.about.c.patient, tables.about.c.type, tables.about.c.rid)
            )
            assert sorted(map(tuple, about)) == [("anna", "Patient", 1), ("bo", "Observation", 2)]
        database.close()


def begun(url: str) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    return subprocess.Popen([sys.executable, "-c", BEGIN, url], env=environment, stderr=subprocess.PIPE)


def test_of_processes_that_begin_at_once_on_nothing_one_fills_it(tmp_path: Path) -> None:
    with bare(tmp_path) as url:
        ended = [(one.communicate(timeout=60)[1], one.returncode) for one in [begun(url) for _ in range(3)]]
        assert ended == [(b"", 0)] * 3
        database = Database(url)
        assert standing(database) == newest()
        database.close()


@pytest.mark.skipif(KIND == "sqlite", reason="SQLite has one writer")
def test_who_comes_second_waits_for_the_first(tmp_path: Path) -> None:
    waits = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    with bare(tmp_path) as url:
        database = Database(url)
        with database.writing() as first:
            hold(first, ["migrate"])
            second = begun(url)
            while first.exec_driver_sql(waits).scalar_one() == 0:
                assert second.poll() is None, "it did not wait"
                sleep(0.05)
        assert (second.communicate(timeout=60)[1], second.returncode) == (b"", 0)
        assert standing(database) == newest()
        database.close()


def _is_of_another(difference: Any, database: Database) -> bool:
    """An index that only PostgreSQL has: SQLite follows by `seq` alone, and Alembic knows no `ddl_if`."""
    kind, what = difference[:2]
    return database.is_sqlite and kind == "add_index" and what.name.endswith("_xact_seq")
