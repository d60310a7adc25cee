"""What a command gets from outside, and how it speaks: results to `out`, the rest to `err`."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TextIO

from vardforlopp.kernel.errors import InternalError, OutputError, VardforloppError
from vardforlopp.present.visible import visible

FINE, FINDINGS, BAD_INPUT, INTERNAL = 0, 1, 2, 3


def _nothing() -> None:
    pass


@contextmanager
def answering() -> Iterator[None]:
    """Whoever writes an answer: a full disk is told as such. A reader who has left is nothing wrong."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        why = error.strerror or "refused"
        raise OutputError(
            "VF-CLI-011",
            "standard output",
            f"the answer cannot be written: {why}",
            "What stands there is not whole. Make room, or write to another place.",
        ) from None


@dataclass(frozen=True, slots=True)
class Outside:
    """The clock, the streams and the program's version. `debug` shows tracebacks.

    `make_room` is called before anything is written: it wipes what stands on the line.
    """

    today: Callable[[], int]
    now: Callable[[], int]
    out: TextIO
    err: TextIO
    version: str
    debug: bool = False
    make_room: Callable[[], None] = _nothing

    def say(self, text: str) -> None:
        """A result for people: nothing in it steers their terminal."""
        self.hand(visible(text))

    def hand(self, document: str) -> None:
        """A result for programs, as it is."""
        self.make_room()
        with answering():
            self.out.write(document if document.endswith("\n") else document + "\n")

    def tell(self, text: str) -> None:
        """A diagnostic."""
        self.make_room()
        self.err.write(visible(text) + "\n")

    def attempt(self, action: Callable[[], int], *, where: str = "vardforlopp") -> int:
        """The exit code of an action; an error is told, never thrown, so that the next may go on."""
        try:
            return action()
        except OutputError:
            raise
        except VardforloppError as error:
            self.tell(str(error))
            return error.exit_code
        except (BrokenPipeError, KeyboardInterrupt):
            raise
        except Exception as error:  # noqa: BLE001  the one outermost door: no traceback reaches a user
            fault = InternalError(
                "VF-INT-001",
                where,
                f"the program failed ({type(error).__name__})",
                "Please report it; VARDFORLOPP_DEBUG=1 shows where.",
            )
            self.tell(str(fault))
            if self.debug:
                self.tell("".join(traceback.format_exception(error)))
            return fault.exit_code


def counted(n: int, what: str) -> str:
    """`1 case`, `2 cases`: for what is told about the definitions, which are written in English."""
    return f"{n} {what}" if n == 1 else f"{n} {what}s"


class Progress:
    """A bar on the terminal of whoever watches; silent in a pipe, in a log and for one file.

    `printing` tells that the answers themselves are printed: on one terminal they need no bar.
    What is said through `outside` meanwhile wipes the bar first.
    """

    _CELLS = 30

    def __init__(self, outside: Outside, total: int, *, printing: bool = True) -> None:
        self._err = outside.err
        self._total = total
        self._shown = total > 1 and outside.err.isatty() and not (printing and outside.out.isatty())
        self.outside = replace(outside, make_room=self.wipe)

    def over(self, names: Iterable[str]) -> Iterable[tuple[int, str]]:
        """The names with their numbers, drawn as they go by."""
        for number, name in enumerate(names):
            self.draw(number, name)
            yield number, name
        self.wipe()

    def wipe(self) -> None:
        """Nothing stands there any more."""
        if self._shown:
            self._err.write("\r\x1b[K")
            self._err.flush()

    def draw(self, done: int, name: str) -> None:
        """So much is done."""
        if self._shown:
            full = done * self._CELLS // self._total
            bar = "█" * full + "░" * (self._CELLS - full)
            self._err.write(f"\r\x1b[K{bar} {done}/{self._total} {visible(name[:40])}")
            self._err.flush()
