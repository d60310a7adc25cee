"""Timing, the same way for every row: median and 99th percentile of whole runs, in milliseconds."""

from __future__ import annotations

import gc
import statistics
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

#: A generated life with nothing left out but names and addresses: 3,088 resources, 3.1 MB.
WHOLE_RECORD = Path(__file__).parent / "records" / "whole-83a7c2b3.json.gz"


class Took(NamedTuple):
    """Milliseconds of one run."""

    p50: float
    p99: float


def timed(work: Callable[[], object], *, runs: int) -> Took:
    """Runs the work, after some runs to warm up."""
    for _ in range(max(runs // 10, 1)):
        work()
    gc.collect()
    found = []
    for _ in range(runs):
        start = perf_counter()
        work()
        found.append((perf_counter() - start) * 1000)
    found.sort()
    return Took(statistics.median(found), found[int(len(found) * 0.99)])


def row(name: str, took: Took, bar: float | None = None) -> None:
    """One line: what, p50, p99, and the bar with whether it is met."""
    verdict = "" if bar is None else f"   bar {bar:g} ms: {'met' if took.p50 <= bar else 'NOT met'}"
    print(f"{name:58s} p50 {took.p50:8.2f} ms   p99 {took.p99:8.2f} ms{verdict}")
