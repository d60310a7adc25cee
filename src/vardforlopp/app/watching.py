"""One watch over a process: what it counts, what it writes in its log, what it traces."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager

from vardforlopp.api.naming import Named
from vardforlopp.api.watch import Answered
from vardforlopp.app import logs
from vardforlopp.app.metrics import Metrics
from vardforlopp.app.traces import Traces
from vardforlopp.services.ports import MovedOn, Reading, Store, Unavailable, Unit

#: Whoever asks how the server is asks often, and is of no interest as long as all is well.
_QUIET = frozenset(("health", "ready", "metrics"))


class Watching:
    """See `api.watch.Watch`."""

    def __init__(self, metrics: Metrics, traces: Traces) -> None:
        self.metrics, self.traces = metrics, traces

    def request(self, named: Named, headers: Mapping[str, str]) -> AbstractContextManager[None]:
        return self.traces.request(named, headers)

    def span(self, name: str) -> AbstractContextManager[None]:
        return self.traces.span(name)

    def answered(self, answered: Answered) -> None:
        self.metrics.answered(answered)
        if answered.named.interaction not in _QUIET or answered.status >= 400:
            logs.answered(answered)

    def failed(self, error: BaseException) -> str:
        self.metrics.fault()
        return logs.failed(error)


class WatchedStore:
    """A store that is watched: connections in use, transactions tried again, a database that is gone."""

    def __init__(self, store: Store, watch: Watching) -> None:
        self._store, self._watch = store, watch

    @contextmanager
    def reading(self, *, once: bool = False) -> Iterator[Reading]:
        with self._used("view"), self._store.reading(once=once) as view:
            yield view

    @contextmanager
    def writing(self) -> Iterator[Unit]:
        with self._used("transaction"), self._store.writing() as unit:
            yield unit

    @contextmanager
    def _used(self, name: str) -> Iterator[None]:
        with self._watch.span(name), self._watch.metrics.connected():
            try:
                yield
            except MovedOn:
                self._watch.metrics.tried_again()
                raise
            except Unavailable as gone:
                self._watch.metrics.unavailable()
                logs.write("unavailable", kind=logs.kind(gone.__cause__ or gone))
                raise
