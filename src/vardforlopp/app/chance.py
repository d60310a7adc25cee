"""The only place that leaves something to chance: names that nobody can guess."""

from __future__ import annotations

from uuid import uuid4


def new_id() -> str:
    """An id that nobody has."""
    return str(uuid4())
