"""Text that is safe to show: what a record says cannot steer the terminal that shows it."""

from __future__ import annotations

import re

#: C0 but the newline, DEL, C1, and the marks that turn the reading direction.
_STEERING = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def visible(text: str) -> str:
    """The same text, with U+FFFD for each character that would steer what shows it."""
    return _STEERING.sub("\ufffd", text)
