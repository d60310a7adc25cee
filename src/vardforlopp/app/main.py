"""The program's door: wires the outside to the command line and leaves with its exit code."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run the command line."""
    from vardforlopp.app.memory import relax_collection
    from vardforlopp.app.wiring import outside
    from vardforlopp.cli.commands import run
    from vardforlopp.cli.outside import answering
    from vardforlopp.kernel.errors import OutputError

    relax_collection()
    ours = outside()
    try:
        code = run(sys.argv[1:], ours)
        with answering():
            sys.stdout.flush()
    except BrokenPipeError:  # the reader of our output has left (| head): nothing is wrong
        _drop_output()
        code = 0
    except OutputError as error:
        _drop_output()
        ours.tell(str(error))
        code = error.exit_code
    except KeyboardInterrupt:
        code = 130
    raise SystemExit(code)


def _drop_output() -> None:
    """What is still in the buffer goes nowhere, so that leaving does not fail once more."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
