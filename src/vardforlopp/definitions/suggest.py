"""Did you mean: the nearest known word to one that is not known."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word most like `word`, None when none is near."""
    by_lower = {name.lower(): name for name in sorted(known)}
    found = get_close_matches(word.lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[found[0]] if found else None


def did_you_mean(word: str, known: Iterable[str], *, otherwise: str) -> str:
    """What to do about an unknown word: `Did you mean 'x'?`, or `otherwise`."""
    found = nearest(word, known)
    return f"Did you mean '{found}'?" if found else otherwise


def listed(words: Iterable[str], limit: int = 12) -> str:
    """Words as one readable list, cut when it grows long."""
    all_words = list(words)
    shown = ", ".join(all_words[:limit])
    return f"{shown} ..." if len(all_words) > limit else shown
