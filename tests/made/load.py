"""Clients that write as fast as they are answered, and remember what they were told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from json import dumps
from threading import Event, Thread
from time import sleep

from sqlalchemy import select

from vardforlopp.store import tables
from vardforlopp.store.database import Database


class Writers:
    """What the clients were told: ids that were kept, refusals by status, and how often nobody answered."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.kept: list[str] = []
        self.unsure: list[str] = []
        self.statuses: Counter[int] = Counter()
        self.without_wait: list[int] = []
        self.silent = 0
        self._stop = Event()

    def write(self, name: int) -> None:
        """Create one person after another, each once; never the same again, whatever was answered."""
        connection, number = HTTPConnection("127.0.0.1", self.port, timeout=60), 0
        while not self._stop.is_set():
            number += 1
            id_ = f"w{name}-{number}"
            body = dumps({"resourceType": "Patient", "id": id_, "name": [{"family": "Testsson"}]})
            try:
                connection.request(
                    "PUT", f"/fhir/Patient/{id_}", body, {"content-type": "application/fhir+json"}
                )
                answer = connection.getresponse()
                answer.read()
            except (OSError, HTTPException):
                self.silent += 1
                self.unsure.append(id_)
                connection.close()
                sleep(0.02)
                continue
            self.statuses[answer.status] += 1
            if answer.status == 201:
                self.kept.append(id_)
            elif "retry-after" not in answer.headers:
                self.without_wait.append(answer.status)
        connection.close()

    def stop(self) -> None:
        """No more."""
        self._stop.set()


@contextmanager
def writing(port: int, *, clients: int = 6) -> Iterator[Writers]:
    """So many clients at once, until the block ends."""
    writers = Writers(port)
    threads = [Thread(target=writers.write, args=(name,)) for name in range(clients)]
    for thread in threads:
        thread.start()
    try:
        yield writers
    finally:
        writers.stop()
        for thread in threads:
            thread.join()


def stored(url: str) -> Counter[str]:
    """How many versions of each person the log has."""
    database = Database(url)
    with database.reading() as connection:
        found = Counter(connection.execute(select(tables.log.c.id)).scalars())
    database.close()
    return found
