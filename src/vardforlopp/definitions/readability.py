"""How hard a Swedish text is to read: LIX, by Carl-Hugo Björnsson (Läsbarhet, 1968).

LIX = words per sentence + the percentage of words longer than six letters.
"""

from __future__ import annotations

import re

_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*|\d+(?:[.,:]\d+)*")
_END = re.compile(r"[.!?:](?=\s|$)")
_LONG = 6


def lix(text: str) -> int:
    """LIX of a text, rounded; 0 without words. A text without a full stop is one sentence."""
    words = _WORD.findall(text)
    if not words:
        return 0
    sentences = max(len(_END.findall(text)), 1)
    long = sum(len(word) > _LONG for word in words)
    return round(len(words) / sentences + 100 * long / len(words))
