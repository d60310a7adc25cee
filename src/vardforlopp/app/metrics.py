"""What is counted, for Prometheus: right over all processes of a server, which count in one folder.

The folder is named by `PROMETHEUS_MULTIPROC_DIR` before prometheus_client is imported; without it one process
counts for itself. A label is a word of ours or of R4's, so there are few of them and none is a person's.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from vardforlopp.api.watch import Answered
from vardforlopp.services.importing import Imported

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
#: What is read when the page is asked for; None = it cannot be told.
Reading = Callable[[], float | None]
_TOOK = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Metrics:
    """The counters of one process, and the page of all."""

    def __init__(self, readings: Mapping[str, tuple[str, Reading]] | None = None) -> None:
        from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

        self._registry = here = CollectorRegistry()
        self._readings = dict(readings or {})
        self._took = Histogram(
            "vardforlopp_request_seconds",
            "Requests answered, and how long it took.",
            ("interaction", "status"),
            buckets=_TOOK,
            registry=here,
        )
        self._again = Counter(
            "vardforlopp_transactions_tried_again",
            "Transactions that somebody else's came before.",
            registry=here,
        )
        self._away = Counter(
            "vardforlopp_store_unavailable", "Times that the database did not answer.", registry=here
        )
        self._faults = Counter("vardforlopp_faults", "Faults of the program, told in the log.", registry=here)
        self._used = Gauge(
            "vardforlopp_connections_used",
            "Connections to the database in use, or waited for.",
            registry=here,
            multiprocess_mode="livesum",
        )
        self._held = Gauge(
            "vardforlopp_connections",
            "Connections to the database that may be held.",
            registry=here,
            multiprocess_mode="livesum",
        )
        self._imported = Counter(
            "vardforlopp_imported", "Resources imported, by what became of them.", ("became",), registry=here
        )
        self.imported(Imported())  # from the start, so that a first fault shows as a change

    def answered(self, told: Answered) -> None:
        """A request."""
        self._took.labels(told.named.interaction, str(told.status)).observe(told.took / 1e6)

    def may_hold(self, connections: int) -> None:
        """How many connections this process may hold."""
        self._held.set(connections)

    @contextmanager
    def connected(self) -> Iterator[None]:
        """A connection in use, or waited for."""
        self._used.inc()
        try:
            yield
        finally:
            self._used.dec()

    def tried_again(self) -> None:
        """Somebody else's transaction came before."""
        self._again.inc()

    def unavailable(self) -> None:
        """The database did not answer."""
        self._away.inc()

    def fault(self) -> None:
        """The program has a fault."""
        self._faults.inc()

    def imported(self, what: Imported) -> None:
        """Resources of a file."""
        named = {"kept": what.kept, "same": what.same, "refused": len(what.faults), "left": what.left}
        for became, count in named.items():
            self._imported.labels(became).inc(count)

    def page(self) -> bytes:
        """The page of all processes, with what is read now."""
        from prometheus_client import CollectorRegistry, generate_latest
        from prometheus_client.multiprocess import MultiProcessCollector

        registry = self._registry
        if os.environ.get(FOLDER):
            registry = CollectorRegistry()
            MultiProcessCollector(registry)
        shown = CollectorRegistry()
        shown.register(_Now(self._readings))
        return bytes(generate_latest(registry) + generate_latest(shown))


class _Now:
    """Readings as gauges; one that cannot be told is left out."""

    def __init__(self, readings: Mapping[str, tuple[str, Reading]]) -> None:
        self._readings = readings

    def collect(self) -> Iterable[Any]:
        from prometheus_client.core import GaugeMetricFamily

        for name, (what, reading) in self._readings.items():
            value = reading()
            if value is not None:
                yield GaugeMetricFamily(f"vardforlopp_{name}", what, value=value)


@contextmanager
def counted(folder: str) -> Iterator[None]:
    """A folder in which the processes of a server count, empty at first; one in memory if none is named.

    A file of a full disk cannot grow, and who counts there would be stopped: memory is the better place.
    """
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        _empty(Path(folder))
        os.environ[FOLDER] = folder
        yield
        return
    shared = Path("/dev/shm")  # where there is one
    memory = shared if os.access(shared, os.W_OK) else Path(tempfile.gettempdir())
    _clear_up(memory)
    with tempfile.TemporaryDirectory(
        prefix=f"{_NAMED}{os.getpid()}-", dir=memory, ignore_cleanup_errors=True
    ) as made:
        os.environ[FOLDER] = made
        yield


_NAMED = "vardforlopp-counts-"


def _clear_up(memory: Path) -> None:
    """Away with what servers have left there that were killed."""
    for path in memory.glob(f"{_NAMED}*-*"):
        if not _lives(int(path.name.removeprefix(_NAMED).partition("-")[0])):
            shutil.rmtree(path, ignore_errors=True)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # somebody else's
    return True


def count_import(what: Imported, folder: str) -> None:
    """What an import did, where the server counts, if that is told."""
    if folder and Path(folder).is_dir():
        os.environ[FOLDER] = folder
        Metrics().imported(what)


def forget_the_dead() -> None:
    """What processes that are gone held is held no more; what they counted stays."""
    from prometheus_client.multiprocess import mark_process_dead

    folder = os.environ.get(FOLDER)
    for path in Path(folder).glob("gauge_live*_*.db") if folder else ():
        pid = int(path.stem.rpartition("_")[2])
        if not _lives(pid):
            mark_process_dead(pid)


def _empty(folder: Path) -> None:
    for path in folder.glob("*.db"):
        with suppress(FileNotFoundError):
            path.unlink()
