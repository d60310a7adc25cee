"""The program's door: wires the clock to the command line."""

from __future__ import annotations

import sys

from vardforlopp.app.clock import today
from vardforlopp.cli.commands import build, run


def main() -> None:
    """Run the command line and leave with its exit code."""
    raise SystemExit(run(build(today), sys.argv[1:]))
