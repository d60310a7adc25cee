"""The independent CQL engine (Node): libraries translated once, runs shared among the cores."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

SCRIPTS = Path(__file__).parents[1] / "conformity" / "cql"
CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def answers_of(folder: Path) -> list[dict[str, Any]]:
    """What the engine answers of the runs in a folder (`cql_runs.write_runs`), in their order."""
    texts = sorted(folder.glob("*.cql"), key=lambda each: -each.stat().st_size)
    names = [each.stem for each in texts]
    together("translate.mjs", [[str(folder), *names[core::CORES]] for core in range(CORES)])
    together("run.mjs", [[str(folder), str(core), str(CORES)] for core in range(CORES)])
    shares = [json.loads((folder / f"answers-{core}.json").read_text("utf-8")) for core in range(CORES)]
    return sorted((answer for share in shares for answer in share), key=lambda answer: answer["run"])


def together(script: str, shares: list[list[str]]) -> None:
    """A script once for each share, all at the same time; each tells of its progress."""
    started = [subprocess.Popen(["node", str(SCRIPTS / script), *share]) for share in shares]
    failed = [each.args for each in started if each.wait() != 0]
    assert not failed, failed
