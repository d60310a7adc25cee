"""The program's door: wires the outside to the command line and leaves with its exit code."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run the command line."""
    from vardforlopp.app.memory import relax_collection
    from vardforlopp.app.wiring import outside
    from vardforlopp.cli.commands import run

    relax_collection()
    try:
        code = run(sys.argv[1:], outside())
        sys.stdout.flush()
    except BrokenPipeError:  # the reader of our output has left (| head): nothing is wrong
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except KeyboardInterrupt:
        code = 130
    raise SystemExit(code)
