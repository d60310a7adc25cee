"""How the process collects its memory."""

from __future__ import annotations

import gc


def relax_collection() -> None:
    """Collect seldom: records and definitions are large trees that live until the end.

    Looking through them again and again costs more than it frees.
    """
    gc.set_threshold(100_000, 50, 50)


def settle_memory() -> None:
    """What a long-lived process has loaded stays: later collections need not look through it again."""
    gc.collect()
    gc.freeze()
