"""How wide a text is, about, and how it is broken into lines: for drawings, where nothing wraps by itself.

Widths are those of a wide sans serif face, so that a narrower one leaves room rather than spills.
"""

from __future__ import annotations

import re

from vardforlopp.definitions.formats import NBSP

_WIDTHS = {
    **dict.fromkeys("iljI'|.,:;!", 0.30), **dict.fromkeys("ft()[]-r\u2013", 0.40),
    **dict.fromkeys("mMW\u2014%@", 0.98), **dict.fromkeys("wOQÖGDHNU", 0.80),
    **dict.fromkeys("czksvxyJ", 0.57), " ": 0.32, NBSP: 0.32, "\u2060": 0.0, "\u00ad": 0.0,
}  # fmt: skip
_LOWER, _UPPER = 0.635, 0.70
_BOLD = 1.1
_VOWELS = "aeiouyåäöé"
SOFT_HYPHEN = "\u00ad"


def width(text: str, size: float, *, bold: bool = False) -> float:
    """The width of a text in the units of its font size."""
    ems = sum(_WIDTHS.get(sign, _UPPER if sign.isupper() else _LOWER) for sign in text)
    return ems * size * (_BOLD if bold else 1.0)


def wrap(text: str, room: float, *, size: float, bold: bool = False, most: int = 9) -> tuple[str, ...]:
    """The text as lines that fit the room; a longer text ends in an ellipsis on the last line."""
    lines: list[str] = []
    line = ""
    for word in _pieces(text, room, size, bold=bold):
        glued = word if not line else f"{line} {word}"
        if not line or width(glued, size, bold=bold) <= room:
            line = glued
            continue
        lines.append(line)
        line = word
    lines.append(line)
    shown = [line.replace(SOFT_HYPHEN, "") for line in lines]
    if len(shown) <= most:
        return tuple(shown)
    last = " ".join([*shown[most - 1 : most], *(line.removesuffix("-") for line in shown[most:])])
    last = last.replace("- ", "")
    while last and width(f"{last}…", size, bold=bold) > room:
        last = last[:-1]
    return (*shown[: most - 1], f"{last.rstrip(' ,;-')}…")


def _pieces(text: str, room: float, size: float, *, bold: bool) -> list[str]:
    """The words, those too long for a line broken with a hyphen."""
    pieces = []
    for word in text.split(" "):
        rest = word
        while width(rest, size, bold=bold) > room:
            at = _break_at(rest, room, size, bold=bold)
            piece = rest[:at].rstrip(SOFT_HYPHEN)
            pieces.append(piece if piece.endswith("-") else f"{piece}-")
            rest = rest[at:]
        pieces.append(rest)
    return pieces


def _break_at(word: str, room: float, size: float, *, bold: bool) -> int:
    """Where to break a word: at a soft hyphen, after a linking s, else between two consonants."""
    fits = max((n for n in range(2, len(word)) if width(word[:n] + "-", size, bold=bold) <= room), default=2)
    for pattern in (SOFT_HYPHEN + "|-", _LINK, _BETWEEN):
        places = [found.end() for found in re.finditer(pattern, word) if 3 <= found.end() <= fits]
        good = [place for place in places if len(word) - place >= 3]
        if good:
            return good[-1]
    return fits


_CONSONANTS = "b-df-hj-np-tv-xz"
#: After an ending that always takes it, or where what follows cannot begin with it: ambulans-sjukvård.
_LINK = rf"(?<=tid|del|ing|ion|het)s|(?<=[b-df-hj-np-rtv-xz])s(?=s|[bdf-hjl-nrvxz][{_VOWELS}])"
_BETWEEN = rf"(?<=[{_VOWELS}])(?!ng)[{_CONSONANTS}]?(?=[{_CONSONANTS}][{_VOWELS}])"
