"""What a process beside the tests makes: it finds these by their names."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from vardforlopp.kernel.errors import InputError

#: More than a pipe and what waits before it hold.
LARGE = b"x" * 1_000_000


def numbers(last: int) -> Iterator[tuple[int, bytes]]:
    """Each with something large."""
    yield from ((number, LARGE) for number in range(last))


def refused(after: int) -> Iterator[int]:
    """Some numbers, and then an error that tells what to do."""
    yield from range(after)
    raise InputError("VF-REC-013", "fil.json", "there is no such file", "Check the name.")


def faulty(after: int) -> Iterator[int]:
    """Some numbers, and then a fault of the program that holds what nobody else may see."""
    yield from range(after)
    raise ValueError("19121212-1212")


def stopped(after: int) -> Iterator[int]:
    """Some numbers, and then the system ends the process."""
    yield from range(after)
    os._exit(9)


def named(mark: Path) -> Iterator[int]:
    """Its process's number is written down; then what is large, without end."""
    mark.write_text(str(os.getpid()), "utf-8")
    while True:
        yield len(LARGE)
        yield from (len(LARGE) for _ in range(1000))
