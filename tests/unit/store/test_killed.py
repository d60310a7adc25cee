"""Killed in the middle of writing: what was answered is there, and what is there is whole."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from random import Random
from time import sleep

from sqlalchemy import func, select, text

from made.databases import bare
from made.serving import served
from vardforlopp.store import tables
from vardforlopp.store.database import Database
from vardforlopp.store.migrations import migrate

TIMES = int(os.environ.get("KILLED", "20"))


def write_for_ever(url: str, number: int, told: Callable[[int], object]) -> None:
    """Write three resources together, again and again, and tell of each answer."""
    client = served(Database(url))
    while True:
        number += 1
        entries = [
            {
                "request": {"method": "PUT", "url": f"Patient/{name}"},
                "resource": {"resourceType": "Patient", "id": name, "name": [{"family": f"n{number}"}]},
            }
            for name in ("a", "b", f"c{number}")
        ]
        reply = client.ask("POST", "", {"resourceType": "Bundle", "type": "transaction", "entry": entries})
        assert reply.status == 200, reply.body
        told(number)


def killed(url: str, number: int, after: float) -> int:
    """The last transaction that was answered before the writer was killed, `after` so many seconds."""
    here, there = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            write_for_ever(url, number, lambda done: os.write(there, b"%d\n" % done))
        finally:
            os._exit(1)
    os.close(there)
    sleep(after)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    with os.fdopen(here, "rb") as pipe:
        told = pipe.read().split(b"\n")
    assert os.WIFSIGNALED(status), "the writer failed by itself"
    return max([number, *(int(line) for line in told if line)])


def others(database: Database) -> int:
    """How many others PostgreSQL still works for."""
    with database.reading() as connection:
        return int(connection.execute(_OTHERS).scalar_one())


_OTHERS = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


def state(url: str) -> tuple[list[tuple[str, str]], int, int]:
    """Family name and version of each of the two, how many persons there are, and how many lines of acts."""
    database = Database(url)
    while not database.is_sqlite and others(database):
        sleep(0.01)  # what the killed one had sent may still be done
    client = served(database)
    two = [entry["resource"] for entry in client.get("Patient?_id=a,b").get("entry", ())]
    persons = client.get("Patient?_summary=count")["total"]
    with database.reading() as connection:
        counted = select(func.count()).select_from(tables.audit).where(tables.audit.c.action == "update")
        lines = connection.execute(counted).scalar_one()
    database.close()
    return [(each["name"][0]["family"], each["meta"]["versionId"]) for each in two], persons, lines


def test_nothing_answered_is_lost_and_nothing_is_half_written(tmp_path: Path) -> None:
    random = Random(1)
    with bare(tmp_path) as url:
        migrate(url)
        answered = 0
        for _ in range(TIMES):
            answered = killed(url, answered, random.random() * 0.15)
            two, persons, lines = state(url)
            if not two:
                assert answered == 0, "what was answered is lost"
                continue
            (family, version), other = two
            assert (family, version) == other, "one transaction, one of two"
            assert int(family[1:]) in (answered, answered + 1), "what was answered is lost"
            answered = int(family[1:])
            assert int(version) == answered
            assert persons == answered + 2, "each transaction made one more"
            assert lines == 3 * answered, "each act has its line"
        assert answered, "it was never killed while it wrote"
