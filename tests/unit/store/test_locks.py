"""Who writes holds names: thousands at once leave places for others, and one name is held by one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from made.databases import KIND
from vardforlopp.store.database import Database
from vardforlopp.store.log import hold

pytestmark = pytest.mark.skipif(KIND == "sqlite", reason="SQLite has one writer, who holds everything")


def test_three_who_hold_ten_thousand_names_each_leave_places_for_others(database: Database) -> None:
    with database.writing() as first:
        hold(first, (f"Observation/o{number}" for number in range(10_000)))
        held = first.execute(text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")).scalar_one()
        assert held <= 2048
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda who: all_of(database, who), range(3)))


def all_of(database: Database, who: int) -> None:
    with database.writing() as connection:
        hold(connection, (f"Task/{who}-{number}" for number in range(10_000)))


def test_a_name_is_held_by_one(database: Database) -> None:
    with database.writing() as first, database.writing() as second:
        hold(first, ["Patient/anna"])
        first.execute(text("SELECT 1"))
        second.execute(text("SET LOCAL lock_timeout = 50"))
        hold(first, ["Patient/anna"])  # again, by the same
        hold(second, ["Patient/anna"])
        with pytest.raises(Exception, match="lock timeout"):
            second.execute(text("SELECT 1"))
