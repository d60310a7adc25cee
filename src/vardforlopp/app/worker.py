"""`vardforlopp worker`: the timed work, until it is told to stop."""

from __future__ import annotations

import signal
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from threading import Event, Thread
from typing import Annotated

from cyclopts import Parameter

from vardforlopp.app import clock, logs
from vardforlopp.app.followed import followed_by
from vardforlopp.app.settings import settings
from vardforlopp.app.timed import Timed, timed_work
from vardforlopp.cli.outside import FINE, Outside
from vardforlopp.kernel.civil import SECOND
from vardforlopp.services.ports import MovedOn
from vardforlopp.store.database import Database
from vardforlopp.store.units import SqlStore

#: How often others may come before until that is told.
_OTHERS = 10
#: Seconds: the wait after a failure, at first and at most; and how long what is begun may take to end.
_FIRST_WAIT, _LONGEST_WAIT, _TO_END = 0.5, 30.0, 30.0


def worker(
    *,
    data: str | None = None,
    outside: Annotated[Outside, Parameter(parse=False)],
) -> int:
    """See where patients stand when time has come, seal the log of acts, tell subscribers, prepare exports.

    Until it is told to stop.

    With SQLite the server does this itself. Any number of workers share the work of one database.

    Parameters
    ----------
    data
        A folder with everything in it, or the address of a PostgreSQL database.
    """
    from vardforlopp.app.serve import prepare

    logs.take_over()
    chosen = settings({"data": data})
    chosen = prepare(chosen)
    work = timed_work(chosen, followed_by(chosen))
    store = SqlStore(Database(chosen.database, connections=threads_of(work)))
    ours = Working(work, store, failed=logs.failed)
    stopped = Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: stopped.set())
    ours.start()
    outside.tell("Working.")
    stopped.wait()
    ours.stop()
    outside.tell("Stopped.")
    return FINE


class Working:
    """The timed work in threads of its own."""

    def __init__(
        self, work: Sequence[Timed], store: SqlStore, *, failed: Callable[[Exception], object]
    ) -> None:
        self._store = store
        self._failed = failed
        self._stopping = Event()
        self._threads = [
            Thread(target=self._again_and_again, args=(each,), name=f"{each.name} {number}", daemon=True)
            for each in work
            for number in range(each.threads)
        ]

    def start(self) -> None:
        """Begin."""
        for each in self._threads:
            each.start()

    def stop(self) -> None:
        """Begin nothing more, and wait for what was begun. What does not end is done again by another."""
        self._stopping.set()
        until = clock.now() + int(_TO_END * SECOND)
        for each in self._threads:
            each.join(max(0.0, (until - clock.now()) / SECOND))
        self._store.database.close()

    def _again_and_again(self, timed: Timed) -> None:
        wait, failures, others = 0.0, 0, 0
        while not self._stopping.wait(wait):
            try:
                wait = 0.0 if timed.act(self._store, clock.now()) >= timed.full else timed.every
                failures = others = 0
            except MovedOn as error:  # somebody else's came before; not again and again
                others += 1
                wait = 0.0 if others < _OTHERS else _FIRST_WAIT
                if others == _OTHERS:
                    self._failed(error)
            except Exception as error:  # noqa: BLE001 - whatever it is, it is told, and tried again
                if failures == 0:
                    self._failed(error)
                wait, failures = min(_FIRST_WAIT * 2**failures, _LONGEST_WAIT), min(failures + 1, 10)


def threads_of(work: Sequence[Timed]) -> int:
    """How many threads it has, each of which may hold a connection."""
    return sum(each.threads for each in work)


@asynccontextmanager
async def beside(ours: Working) -> AsyncIterator[None]:
    """A server's life, in which the timed work is done."""
    ours.start()
    yield
    ours.stop()
