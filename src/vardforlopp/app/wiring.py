"""What the commands get from outside: the clock, the streams, the version."""

from __future__ import annotations

import os
import sys
from typing import TextIO

from vardforlopp.app import clock
from vardforlopp.app.version import VERSION
from vardforlopp.cli.outside import Outside


def outside() -> Outside:
    """The real outside of this process, with its streams in UTF-8."""
    return Outside(
        today=clock.today,
        now=clock.now,
        out=_utf8(sys.stdout),
        err=_utf8(sys.stderr),
        version=VERSION,
        debug=bool(os.environ.get("VARDFORLOPP_DEBUG")),
    )


def _utf8(stream: TextIO) -> TextIO:
    """The same stream; on a terminal of another encoding å ä ö must not stop the program."""
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(encoding="utf-8", errors="replace")
    return stream
