"""The only place that asks what time it is."""

from __future__ import annotations

from datetime import UTC, datetime
from time import perf_counter_ns

from vardforlopp.kernel.civil import day_of, instant


def now() -> int:
    """This instant."""
    return instant(datetime.now(UTC))


def today() -> int:
    """The civil day in Stockholm."""
    return day_of(now())


def ticks() -> int:
    """Microseconds since some moment: for how long something took, whatever becomes of the clock."""
    return perf_counter_ns() // 1000
