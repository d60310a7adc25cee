"""The commands, their arguments and their help."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from cyclopts import App

from vardforlopp.cli.plan import plan
from vardforlopp.kernel.errors import VardforloppError


def build(today: Callable[[], date]) -> App:
    """The command line, with the clock it is to ask."""
    app = App(name="vardforlopp", help="From a record to one coherent plan, with its reasons.")

    @app.command(name="plan")
    def _plan(*files: Path, as_of: date | None = None, out: Path | None = None) -> None:
        """Print the plan of each record.

        Parameters
        ----------
        files
            FHIR R4 bundles, one patient each.
        as_of
            The day asked about; today if not given.
        out
            Folder to write an HTML page a record to.
        """
        sys.stdout.write(plan(files, day=as_of or today(), out=out))

    return app


def run(app: App, arguments: Sequence[str]) -> int:
    """Run a command line; the exit code says how it went."""
    try:
        app(arguments, exit_on_error=False, result_action="return_value")
    except VardforloppError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    return 0
