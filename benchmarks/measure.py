"""Timing, the same way for every row: median and 99th percentile of whole runs, in milliseconds.

Beside them stands the processor time of the median run: on a machine that others use too, the clock on the
wall also counts their work.
"""

from __future__ import annotations

import gc
import resource
import statistics
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, process_time
from typing import NamedTuple

#: A generated life with nothing left out but names and addresses: 3,088 resources, 3.1 MB.
WHOLE_RECORD = Path(__file__).parent / "records" / "whole-83a7c2b3.json.gz"


class Took(NamedTuple):
    """Milliseconds of one run."""

    p50: float
    p99: float
    cpu: float


def children_time() -> float:
    """Seconds that the processes started from here, and ended, have used of processors."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def timed(work: Callable[[], object], *, runs: int, processor: Callable[[], float] = process_time) -> Took:
    """Runs the work, after some runs to warm up. `processor`: seconds of processor time used so far."""
    for _ in range(max(runs // 10, 1)):
        work()
    gc.collect()
    found, used = [], []
    for _ in range(runs):
        start, started = perf_counter(), processor()
        work()
        found.append((perf_counter() - start) * 1000)
        used.append((processor() - started) * 1000)
    found.sort()
    return Took(statistics.median(found), found[int(len(found) * 0.99)], statistics.median(used))


def row(name: str, took: Took, bar: float | None = None) -> None:
    """One line: what, p50, p99, processor time, and the bar with whether p50 meets it."""
    verdict = "" if bar is None else f"   bar {bar:g} ms: {'met' if took.p50 <= bar else 'NOT met'}"
    print(f"{name:58s} p50 {took.p50:8.2f}   p99 {took.p99:8.2f}   processor {took.cpu:8.2f} ms{verdict}")
