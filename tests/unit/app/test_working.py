"""The timed work goes on, whatever happens to one of its parts, until it is told to stop."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from typing import Any

from made.derived import in_force
from vardforlopp.app.settings import settings
from vardforlopp.app.timed import Timed, timed_work
from vardforlopp.app.worker import Working
from vardforlopp.services.ports import MovedOn, Unavailable
from vardforlopp.store.database import Database
from vardforlopp.store.units import SqlStore


@contextmanager
def at_work(database: Database, *work: Timed) -> Iterator[list[str]]:
    """The faults that it tells of."""
    faults: list[str] = []
    ours = Working(work, SqlStore(database), failed=lambda error: faults.append(type(error).__name__))
    ours.start()
    yield faults
    ours.stop()


def test_what_fails_is_told_once_and_tried_again(database: Database) -> None:
    tries, done = iter([Unavailable(), Unavailable(), MovedOn(), 3, 0]), Event()

    def act(store: SqlStore, now: int) -> int:
        found: Any = next(tries, None)
        if isinstance(found, Exception):
            raise found
        if found is None:
            done.set()
        return found or 0

    with at_work(database, Timed("test", 0.01, act)) as faults:
        assert done.wait(10)
    assert faults == ["Unavailable"]


def test_one_that_hangs_keeps_no_other_waiting(database: Database) -> None:
    hangs, done = Event(), Event()

    def hang(store: SqlStore, now: int) -> int:
        hangs.wait(10)
        return 0

    def act(store: SqlStore, now: int) -> int:
        done.set()
        return 0

    with at_work(database, Timed("hangs", 1, hang), Timed("works", 1, act)):
        assert done.wait(10)
        hangs.set()


def test_what_is_begun_is_ended_and_nothing_begun_after(database: Database) -> None:
    began, times = Event(), []

    def act(store: SqlStore, now: int) -> int:
        began.set()
        Event().wait(0.2)
        times.append(now)
        return 1

    with at_work(database, Timed("test", 1, act)):
        began.wait(10)
    assert len(times) == 1


def test_all_timed_work_can_be_done_again_when_there_is_nothing_to_do(database: Database) -> None:
    store = SqlStore(database)
    for timed in timed_work(settings({"demo": True}, {}), in_force()):
        assert timed.act(store, 0) == 0, timed.name
        assert timed.every > 0
