"""What a database says when something fails: whose fault it is, and what one may do about it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import exc, text

from made.databases import KIND
from vardforlopp.services.ports import MovedOn, Unavailable, Unfit
from vardforlopp.store.database import Database
from vardforlopp.store.faults import told

LOG = "INSERT INTO log (seq, type, id, version, at, actor, method, patients) VALUES "


def done(database: Database, *statements: str) -> None:
    with told(), database.writing() as connection:
        for each in statements:
            connection.execute(text(each))


def test_what_another_wrote_first_may_be_tried_again(database: Database) -> None:
    with pytest.raises(MovedOn):
        done(database, *[LOG + f"({seq}, 'Patient', 'a', 1, 0, 'x', 1, '')" for seq in (1, 2)])


@pytest.mark.parametrize(
    "statement",
    [
        LOG + "(1, NULL, 'a', 1, 0, 'x', 1, '')",
        "INSERT INTO body (seq, bytes) VALUES (77, NULL)",
        "SELECT nothing FROM nowhere",
        "SELEC",
    ],
)
def test_what_can_never_be_is_a_fault_of_ours_and_is_not_tried_again(
    database: Database, statement: str
) -> None:
    with pytest.raises(exc.DBAPIError):
        done(database, statement)


@pytest.mark.skipif(KIND == "sqlite", reason="SQLite takes any value anywhere")
@pytest.mark.parametrize("value", ["99999999999999999999", "'\\x00'::bytea::text::int"])
def test_a_value_that_no_column_holds_is_told(database: Database, value: str) -> None:
    with pytest.raises(Unfit):
        done(database, f"SELECT 1 FROM log WHERE version = CAST({value} AS integer)")


@pytest.mark.skipif(KIND == "sqlite", reason="only PostgreSQL has a text without it")
def test_a_character_that_no_text_has_is_told(database: Database) -> None:
    with pytest.raises(Unfit), told(), database.reading() as connection:
        connection.execute(text("SELECT 1 FROM log WHERE id = :id"), {"id": "a\0"})


def test_a_database_that_is_not_there_is_away(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/no/such/folder/x.db" if KIND == "sqlite" else "postgresql://x@127.0.0.1:1/x"
    with pytest.raises(Unavailable), told(), Database(url).reading():
        pass


@pytest.mark.skipif(KIND == "sqlite", reason="SQLite has one process's lock")
def test_two_who_wait_for_each_other_are_told_apart(database: Database) -> None:
    first: Any
    with told(), database.writing() as first:
        first.execute(text("SELECT pg_advisory_xact_lock(1)"))
        with pytest.raises(Unavailable):
            done(database, "SET LOCAL lock_timeout = 50", "SELECT pg_advisory_xact_lock(1)")
