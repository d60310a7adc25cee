"""The only place that asks what time it is."""

from __future__ import annotations

from datetime import UTC, datetime

from vardforlopp.kernel.civil import day_of, instant


def now() -> int:
    """This instant."""
    return instant(datetime.now(UTC))


def today() -> int:
    """The civil day in Stockholm."""
    return day_of(now())
