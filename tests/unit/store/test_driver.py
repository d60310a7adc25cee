"""What needs no answer waits, and is sent in time: nothing of it is lost, reordered, or told wrongly."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select, text

from made.databases import KIND
from vardforlopp.services.ports import MovedOn, Unavailable
from vardforlopp.store import known
from vardforlopp.store.database import Database
from vardforlopp.store.driver import ask, say
from vardforlopp.store.faults import told
from vardforlopp.store.rows import add, put, put_if_new

_ALL = "SELECT client, day FROM heartbeat ORDER BY client"


def heard(client: str, day: int = 1) -> dict[str, object]:
    return {"client": client, "day": day}


def kept(database: Database) -> list[tuple[object, ...]]:
    with database.reading() as connection:
        return ask(connection, _ALL, values=())


def test_it_is_there_for_the_next_question_whoever_asks_it(database: Database) -> None:
    with database.writing() as connection:
        add(connection, known.heartbeat, rows=[heard("a"), heard("b")])
        put(connection, known.heartbeat, row=heard("a", 2))
        put_if_new(connection, known.heartbeat, rows=[heard("b", 3), heard("c", 3)])
        assert ask(connection, _ALL, values=()) == [("a", 2), ("b", 1), ("c", 3)]
        add(connection, known.heartbeat, rows=[heard("d")])
        assert connection.execute(select(func.count()).select_from(known.heartbeat)).scalar_one() == 4
        add(connection, known.heartbeat, rows=[heard("e")])
    assert len(kept(database)) == 5


def test_what_is_undone_is_not_sent_with_what_comes_next(database: Database) -> None:
    def undone() -> None:
        with database.writing() as connection:
            add(connection, known.heartbeat, rows=[heard("a")])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        undone()
    for _ in range(3):  # on the same connection again
        with database.writing() as connection:
            put(connection, known.heartbeat, row=heard("b"))
    assert kept(database) == [("b", 1)]


@pytest.mark.parametrize("last", [True, False], ids=["at the end", "at the next question"])
def test_what_is_written_twice_is_told_as_that(database: Database, last: bool) -> None:
    def twice() -> None:
        with told(), database.writing() as connection:
            for client in "zaay":
                add(connection, known.heartbeat, rows=[heard(client)])
            if not last:
                ask(connection, _ALL, values=())

    with pytest.raises(MovedOn):
        twice()
    assert kept(database) == []
    with database.writing() as connection:
        add(connection, known.heartbeat, rows=[heard("a")])
    assert kept(database) == [("a", 1)]


def test_more_rows_than_one_statement_has_are_all_added(database: Database) -> None:
    with database.writing() as connection:
        add(connection, known.heartbeat, rows=[heard(f"{number:03}", number) for number in range(150)])
    assert [day for _, day in kept(database)] == list(range(150))


def test_any_of_some_is_found(database: Database) -> None:
    with database.writing() as connection:
        add(connection, known.heartbeat, rows=[heard("a"), heard("b", 2), heard('"c', 3)])
        found = ask(
            connection, "SELECT day FROM heartbeat WHERE client ?* ORDER BY day", values=(["a", '"c'],)
        )
        assert found == [(1,), (3,)]
        assert ask(connection, "SELECT day FROM heartbeat WHERE client ?*", values=([],)) == []


@pytest.mark.skipif(KIND == "sqlite", reason="SQLite is in the process")
@pytest.mark.parametrize("last", [True, False], ids=["at the end", "at the next question"])
def test_a_database_that_goes_is_told_as_gone_and_comes_back(database: Database, last: bool) -> None:
    def gone() -> None:
        with told(), database.writing() as connection:
            mine = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
            with database.writing() as other:
                other.execute(text("SELECT pg_terminate_backend(:mine)"), {"mine": mine})
            say(connection, "SELECT 1", values=())
            add(connection, known.heartbeat, rows=[heard("a")])
            if not last:
                ask(connection, _ALL, values=())

    with pytest.raises(Unavailable):
        gone()
    with database.writing() as connection:
        add(connection, known.heartbeat, rows=[heard("b")])
    assert kept(database) == [("b", 1)]
