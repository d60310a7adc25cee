"""Files written whole or not at all: what stood there stays until all of the new is on the disk."""

from __future__ import annotations

import os
from pathlib import Path


def write_whole(path: Path, data: bytes) -> None:
    """Write a file, or put it in the place of the one that is there, in one move.

    What is no ordinary file (a pipe, a terminal) is written to as it is. A link is followed.

    Raises
    ------
    OSError
        It cannot be written; nothing of it is left behind, and an older file is as it was.
    """
    target = path.resolve()
    if target.exists() and not target.is_file():
        target.write_bytes(data)
        return
    beside = target.with_name(f".{os.getpid()}.part")
    try:
        with beside.open("xb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        beside.replace(target)
    except OSError:
        beside.unlink(missing_ok=True)
        raise
