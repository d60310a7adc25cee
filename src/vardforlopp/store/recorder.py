"""The log of acts for what is only read: written before the answer is given, of many readers at once.

A reader's view cannot write, and a transaction for each reading would cost one sync to the disk each. Who
comes first writes for all who wait by then.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Lock

from vardforlopp.audit import Event
from vardforlopp.services.ports import Bookmark

#: What is written together: a line of the log of acts, and where its search goes on.
Line = Event | Bookmark


class _Ticket:
    """What somebody waits for; `fault` tells what kept it from being written."""

    __slots__ = ("done", "events", "fault")

    def __init__(self, events: Sequence[Line]) -> None:
        self.events = events
        self.done = False
        self.fault: BaseException | None = None


class Recorder:
    """Writes events with `write`, which keeps all it is given or raises."""

    def __init__(self, write: Callable[[Sequence[Line]], None]) -> None:
        self._write = write
        self._waiting: list[_Ticket] = []
        self._waits = Lock()
        self._turn = Lock()

    def keep(self, events: Sequence[Line]) -> None:
        """Returns when the events are kept; raises what kept them from being."""
        if not events:
            return
        ticket = _Ticket(events)
        with self._waits:
            self._waiting.append(ticket)
        with self._turn:
            if not ticket.done:
                self._write_all()
        if ticket.fault is not None:
            raise ticket.fault

    def _write_all(self) -> None:
        with self._waits:
            taken, self._waiting = self._waiting, []
        fault: BaseException | None = RuntimeError("the writer was stopped")
        try:
            self._write([event for each in taken for event in each.events])
            fault = None
        except BaseException as error:
            fault = error
            raise
        finally:
            for each in taken:
                each.done, each.fault = True, fault
