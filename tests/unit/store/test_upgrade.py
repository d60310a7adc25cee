"""A database that was filled by an earlier version keeps all it has, and goes on."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import insert, select, text

from made.databases import bare
from vardforlopp.store import tables
from vardforlopp.store.database import Database
from vardforlopp.store.migrations import migrate, newest, standing

#: What the first schema had of the two tables that later ones add a column to.
_LOG = "type, id, version, at, actor, method, digest, patients"
_LOG_ROW = "'Patient', 'a', :version, 1, 'journal', 1, NULL, 'a'"
_AUDIT = "at, actor, role, action, type, id, patient, outcome, rule"
_AUDIT_ROW = "1, 'journal', 'system', 'create', 'Patient', 'a', 'a', 'done', 'system'"


def test_rows_of_the_first_schema_stay_and_were_written_by_nobody_who_still_writes(tmp_path: Path) -> None:
    with bare(tmp_path) as url:
        migrate(url, to="0001")
        database = Database(url)
        with database.writing() as connection:
            for version in (1, 2):
                connection.execute(
                    text(f"INSERT INTO log ({_LOG}) VALUES ({_LOG_ROW})"), {"version": version}
                )
                connection.execute(text(f"INSERT INTO audit ({_AUDIT}) VALUES ({_AUDIT_ROW})"))
        migrate(url)
        assert standing(database) == newest()
        with database.writing() as connection:
            connection.execute(insert(tables.log), {
                "type": "Patient", "id": "a", "version": 3, "at": 2, "actor": "journal", "method": 2,
                "patients": "a",
            })  # fmt: skip
        with database.reading() as connection:
            rows = connection.execute(select(tables.log).order_by(tables.log.c.seq)).all()
            lines = connection.execute(select(tables.audit)).all()
        assert [(row.version, row.seq, row.xact == 0) for row in rows[:2]] == [(1, 1, True), (2, 2, True)]
        assert [line.xact for line in lines] == [0, 0]
        assert (rows[2].xact == 0) == database.is_sqlite, "from now on transactions are numbered"
        database.close()
