"""What an iterator gives, made in a process beside this one, so that both work at once."""

from __future__ import annotations

import os
import pickle
import signal
import traceback
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from queue import Queue
from threading import Thread
from typing import Any, TypeVar

from vardforlopp.app.memory import relax_collection
from vardforlopp.app.settings import PREFIX
from vardforlopp.kernel.errors import InputError, InternalError, VardforloppError

_One = TypeVar("_One")
#: How many things the other process makes before they are asked for, at most.
AHEAD = 8


class _Ended:
    """The last thing that comes: what ended it, if it was an error."""

    def __init__(self, error: VardforloppError | None = None) -> None:
        self.error = error


def beside(make: Callable[..., Iterator[_One]], *args: Any, name: str) -> Generator[_One, None, None]:
    """The things that `make(*args)` gives, in their order; all of it must be able to go between processes.

    `name` is what is told of the other process. Raises: what `make` raises; InputError, when the process is
    gone before it is done; InternalError, when it has a fault.
    """
    context = get_context("spawn")  # a fork would take our threads' locks with it, and not the threads
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_make, args=(theirs, make, args), daemon=True)
    process.start()
    theirs.close()  # else its end is never noticed
    try:
        with closing(ours):
            yield from _until_ended(ours, name)
    finally:
        process.kill()
        process.join()


def _until_ended(line: Connection, name: str) -> Iterator[Any]:
    while True:
        try:
            one = pickle.loads(line.recv_bytes())
        except (EOFError, OSError):
            do = "What was kept so far stays: start it again. The system's log may tell who stopped it."
            raise InputError("VF-APP-012", name, "the process that reads ahead was stopped", do) from None
        if not isinstance(one, _Ended):
            yield one
        elif one.error is None:
            return
        else:
            raise one.error


def _make(line: Connection, make: Callable[..., Iterator[Any]], args: tuple[Any, ...]) -> None:
    """The other process: a thread of it sends what is made."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started it hears of it, and ends it
    relax_collection()
    waiting: Queue[bytes] = Queue(AHEAD)
    sender = Thread(target=_send, args=(line, waiting), daemon=True)
    sender.start()
    error: VardforloppError | None = None
    try:
        for one in make(*args):
            waiting.put(pickle.dumps(one, pickle.HIGHEST_PROTOCOL))
    except VardforloppError as told:
        error = told
    except Exception as fault:  # noqa: BLE001  no traceback, which may hold a person's data
        if os.environ.get(f"{PREFIX}DEBUG"):
            traceback.print_exc()
        what = f"the program failed ({type(fault).__name__})"
        error = InternalError("VF-INT-003", "", what, "Please report it; VARDFORLOPP_DEBUG=1 shows where.")
    waiting.put(pickle.dumps(_Ended(error)))
    waiting.put(b"")
    sender.join()


def _send(line: Connection, waiting: Queue[bytes]) -> None:
    with suppress(OSError):
        while one := waiting.get():
            line.send_bytes(one)
        return
    os._exit(1)  # nobody is there any more to send it to
