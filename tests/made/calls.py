"""Calling the command line inside the test: what it says, what it tells, how it ends."""

from __future__ import annotations

from io import StringIO
from typing import NamedTuple

from vardforlopp.cli.commands import run
from vardforlopp.cli.outside import Outside
from vardforlopp.kernel.civil import day_from_iso, end_of_day


class Called(NamedTuple):
    """The end of a call: exit code, results, diagnostics."""

    code: int
    out: str
    err: str


def outside(today: str = "2026-03-10", *, debug: bool = False) -> tuple[Outside, StringIO, StringIO]:
    """An outside whose clock stands still and whose streams are kept."""
    out, err = StringIO(), StringIO()
    day = day_from_iso(today)
    made = Outside(
        today=lambda: day, now=lambda: end_of_day(day), out=out, err=err, version="0.1.0", debug=debug
    )
    return made, out, err


def call(*arguments: object, today: str = "2026-03-10") -> Called:
    """One call of `vardforlopp`."""
    made, out, err = outside(today)
    code = run([str(each) for each in arguments], made)
    return Called(code, out.getvalue(), err.getvalue())
