"""The log of a process: lines of JSON on standard error, of what happened and never of whom it was about.

A line has only what we chose to write there. Messages of exceptions and of other libraries may repeat what
was sent, so of them it has the kind and the places in the program.
"""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from contextlib import suppress
from types import TracebackType
from typing import Any

import orjson

from vardforlopp.api.watch import Answered
from vardforlopp.app import clock
from vardforlopp.app.chance import new_id
from vardforlopp.fhir.written_times import stamp_text


def write(event: str, **more: object) -> None:
    """One line. Where it cannot be written (a full disk, a reader that left) the work goes on without."""
    line = {"at": stamp_text(clock.now()), "event": event, **more}
    with suppress(OSError, ValueError):
        sys.stderr.write(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE).decode())
        sys.stderr.flush()


def answered(told: Answered) -> None:
    """A request that was answered; how long it took in milliseconds."""
    write(
        "request",
        request=told.request,
        interaction=told.named.interaction,
        type=told.named.type,
        status=told.status,
        ms=round(told.took / 1000, 1),
        actor=told.actor,
        role=told.role,
    )


def failed(error: BaseException) -> str:
    """A fault of the program: where, without what it was about. Returns the name under which it is found."""
    name = new_id()[:8]
    write("fault", name=name, kind=kind(error), places=_places(error.__traceback__))
    return name


def take_over() -> None:
    """What others would write to standard error as they like is written as lines of ours from here on."""
    logging.basicConfig(handlers=[_Lines()], level=logging.WARNING, force=True)
    logging.getLogger("psycopg").setLevel(logging.ERROR)  # what it warns of is raised, too
    logging.captureWarnings(True)
    sys.excepthook = lambda _, error, trace: _uncaught(error)
    threading.excepthook = lambda stopped: _uncaught(stopped.exc_value)


def _uncaught(error: BaseException | None) -> None:
    if error is not None and not isinstance(error, KeyboardInterrupt):
        failed(error)


class _Lines(logging.Handler):
    """What a library says: which one, how bad, where in it."""

    def emit(self, record: logging.LogRecord) -> None:
        more: dict[str, Any] = {
            "level": record.levelname.lower(),
            "place": f"{record.module}:{record.lineno}",
        }
        if record.exc_info and record.exc_info[1] is not None:
            more |= {"kind": kind(record.exc_info[1]), "places": _places(record.exc_info[2])}
        write("library", logger=record.name, **more)


def kind(error: BaseException) -> str:
    """What went wrong in a word: its class, and PostgreSQL's or SQLite's code if it came from there."""
    origin = getattr(error, "orig", error)
    code = getattr(origin, "sqlstate", None) or getattr(origin, "sqlite_errorname", None)
    return f"{type(error).__name__} {code}" if code else type(error).__name__


def _places(trace: TracebackType | None) -> list[str]:
    return [f"{one.filename.rpartition('/')[2]}:{one.lineno}" for one in traceback.extract_tb(trace)]
