"""Numbers to call stay on one line, as dates and times do."""

from __future__ import annotations

import re

from vardforlopp.definitions.formats import NBSP

_PHONE = re.compile(r"(?<![\w-])(?:\+\d{1,3} )?\(?\d{2,4}\)?[ -]\d{2,4}(?:[ -]\d{2,4})*(?![\w-])")


def together(text: str) -> str:
    """The same text, with telephone numbers that no line breaks: `010-000 00 01`."""
    return _PHONE.sub(lambda found: found[0].replace(" ", NBSP), text)
