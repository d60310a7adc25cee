"""Whole processes, as a person starts them: `--help`, and `plan` of one record."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from measure import row, timed

RECORD = Path(__file__).parents[1] / "examples" / "records" / "hjartsvikt-83a7c2b3.json.gz"
PROGRAM = [sys.executable, "-m", "vardforlopp"]


def run(*arguments: str) -> None:
    """One process, from start to end."""
    subprocess.run([*PROGRAM, *arguments], check=True, capture_output=True)


if __name__ == "__main__":
    row("python -c pass", timed(lambda: subprocess.run([sys.executable, "-c", "pass"], check=True), runs=10))
    row("vardforlopp --help", timed(lambda: run("--help"), runs=10), 180)
    planned = timed(lambda: run("plan", str(RECORD), "--as-of", "2026-03-01"), runs=5)
    row(f"vardforlopp plan {RECORD.name}", planned, 700)
