"""Workers that are killed, and several of them: what is to be told is told, each thing under one name."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from random import Random
from time import sleep
from warnings import catch_warnings, simplefilter

from made.databases import bare
from made.receiving import receiving
from made.serving import NOW, Client, served
from made.subscribing import RECEIVERS, hooks, pulse, wanted, work
from vardforlopp.kernel.civil import MINUTE
from vardforlopp.services.delivering import deliver
from vardforlopp.services.sealing import check_seals, seal
from vardforlopp.services.subscribing import match
from vardforlopp.store.database import Database
from vardforlopp.store.migrations import migrate
from vardforlopp.store.units import SqlStore

TIMES = int(os.environ.get("KILLED", "20"))


def in_a_process(act: Callable[[], object]) -> int:
    """The number of a process that does something again and again."""
    with catch_warnings():  # the child has the receiver's thread not, and needs it not
        simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child:
        return child
    try:
        while True:
            act()
    finally:
        os._exit(1)


def kill(child: int) -> None:
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), "it failed by itself"


def a_worker(url: str, now: int) -> Callable[[], None]:
    """What a worker does, at one instant, on a database that it opens itself."""
    store: SqlStore | None = None

    def act() -> None:
        nonlocal store
        store = store or SqlStore(Database(url))
        seal(store, now)
        if not (match(store, now, hooks=hooks()) + deliver(store, now, hooks=hooks(), send=RECEIVERS.send)):
            sleep(0.005)

    return act


def test_a_worker_that_is_killed_loses_nothing(tmp_path: Path) -> None:
    random = Random(1)
    with bare(tmp_path) as url, receiving() as receiver:
        migrate(url)
        database = Database(url)
        client = served(database)
        client.create(wanted(receiver))
        work(client, now=NOW)
        written = []
        cut = 0
        for number in range(TIMES):
            # What a killed worker held is free again after a while.
            child = in_a_process(a_worker(url, NOW + (number + 1) * 2 * MINUTE))
            for _ in range(3):
                written.append(client.create(pulse())["id"])  # noqa: PERF401 - one after the other
            sleep(random.random() * 0.1)
            kill(child)
            cut += len(set(receiver.told)) < len(written)
        half = len(set(receiver.told))
        work(client, now=NOW + (TIMES + 2) * 2 * MINUTE)
        while seal(SqlStore(database), NOW):
            pass
        assert half > 0
        assert cut > 0, "it was never killed in the middle"
        firsts = list(dict.fromkeys(receiver.told))
        assert firsts == [f"Observation/{id_}/1" for id_ in written], "nothing is lost, and the order is kept"
        assert len(set(receiver.names)) == len(firsts), "what came twice came under one name"
        assert check_seals(SqlStore(database)).broken is None
        database.close()


def test_two_workers_share_the_work_and_double_nothing(tmp_path: Path) -> None:
    with bare(tmp_path) as url, receiving() as one, receiving() as two:
        migrate(url)
        database = Database(url)
        client = served(database)
        for receiver in (one, two):
            client.create(wanted(receiver))
        work(client, now=NOW)
        one.slow = two.slow = 0.01
        children = [in_a_process(a_worker(url, NOW + MINUTE)) for _ in range(2)]
        written = [client.create(pulse())["id"] for _ in range(40)]
        for _ in range(400):
            if len(one.calls) >= 40 and len(two.calls) >= 40:
                break
            sleep(0.02)
        sleep(0.1)
        for child in children:
            kill(child)
        for receiver in (one, two):
            assert receiver.told == [f"Observation/{id_}/1" for id_ in written]
        assert check_seals(SqlStore(database)).broken is None
        database.close()


def test_threads_that_deliver_keep_the_order_of_each(client: Client) -> None:
    with receiving() as one, receiving() as two:
        for receiver in (one, two):
            client.create(wanted(receiver))
        work(client)
        written = [client.create(pulse())["id"] for _ in range(15)]
        store, now = client.server.store, next(client.clock)
        while match(store, now, hooks=hooks()):  # type: ignore[arg-type]
            pass

        def deliver_all(_: int) -> int:
            made = 0
            for _ in count():
                if not deliver(store, now, hooks=hooks(), send=RECEIVERS.send):  # type: ignore[arg-type]
                    return made
                made += 1
            return made

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(deliver_all, range(4)))
        deliver_all(0)
        for receiver in (one, two):
            assert receiver.told == [f"Observation/{id_}/1" for id_ in written]
