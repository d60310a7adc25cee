"""The only place that asks what time it is."""

from __future__ import annotations

from datetime import date, datetime

from vardforlopp.kernel.civil import STOCKHOLM


def today() -> date:
    """The civil date in Stockholm."""
    return datetime.now(STOCKHOLM).date()
