"""The log of acts of many readers at once: each returns when its own is kept, and knows when it was not."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event as Signal

import pytest

from vardforlopp.audit import Event
from vardforlopp.store.recorder import Recorder


def read(number: int) -> Event:
    return Event(number, "a", "staff", None, "read", "Patient", str(number), None, "done", "staff")


def test_who_waits_while_another_writes_is_written_with_all_who_wait() -> None:
    batches: list[list[int]] = []
    first_writes, go_on = Signal(), Signal()

    def write(events: Sequence[Event]) -> None:
        batches.append([event.at for event in events])
        first_writes.set()
        assert go_on.wait(5)

    recorder = Recorder(write)
    with ThreadPoolExecutor(8) as pool:
        first = pool.submit(recorder.keep, [read(0)])
        assert first_writes.wait(5)
        others = [pool.submit(recorder.keep, [read(number)]) for number in range(1, 8)]
        while len(recorder._waiting) < 7:
            assert not any(other.done() for other in others)
        go_on.set()
        for one in (first, *others):
            one.result(5)
    assert batches[0] == [0]
    assert sorted(batches[1]) == list(range(1, 8))


def test_who_was_not_written_is_told() -> None:
    def write(events: Sequence[Event]) -> None:
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        Recorder(write).keep([read(1)])


def test_a_fault_is_over_when_it_is_over() -> None:
    kept: list[Event] = []
    faults = [OSError("disk full")]

    def write(events: Sequence[Event]) -> None:
        if faults:
            raise faults.pop()
        kept.extend(events)

    recorder = Recorder(write)
    with pytest.raises(OSError):
        recorder.keep([read(1)])
    recorder.keep([read(2)])
    assert [event.at for event in kept] == [2]
