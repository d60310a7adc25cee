"""The reference page of the command line, from the program's own help."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from vardforlopp.cli.commands import COMMANDS


def page(root: Path) -> str:
    """`docs/reference/cli.md`."""
    lines = [
        "# Command line",
        "",
        "Generated from the program's own help by `make docs`; do not edit.",
        "What the exit codes mean: [exit codes](exit-codes.md).",
    ]
    for command in ("", *COMMANDS):
        name = f"vardforlopp {command}".rstrip()
        lines += ["", f"## `{name}`", "", "```text", _help(root, command), "```"]
    return "\n".join(lines) + "\n"


def _help(root: Path, command: str) -> str:
    """What `--help` prints on a plain terminal of 100 columns."""
    environment = dict(os.environ, COLUMNS="100", NO_COLOR="1", TERM="dumb", PYTHONPATH=str(root / "src"))
    environment.pop("FORCE_COLOR", None)
    program = "from vardforlopp.app.main import main; main()"
    result = subprocess.run(
        [sys.executable, "-c", program, *command.split(), "--help"],
        check=True, capture_output=True, text=True, encoding="utf-8", env=environment,
    )  # fmt: skip
    return "\n".join(line.rstrip() for line in result.stdout.strip().splitlines())
