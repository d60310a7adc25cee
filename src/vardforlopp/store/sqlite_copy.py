"""A SQLite file copied while others write to it: a view of one moment, by SQLite's own backup."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

_PAGES = 2_000


def copy(source: Path, target: Path, *, told: Callable[[int, int], None]) -> None:
    """All of `source` as it is at this moment into `target`, which is one file afterwards.

    `told` how many pages are done, of how many. Raises: sqlite3.Error, OSError.
    """
    with closing(sqlite3.connect(source, timeout=30)) as read, closing(sqlite3.connect(target)) as written:
        read.isolation_level = None
        read.execute("BEGIN")  # the view; without it each write of others would make the copy begin anew
        read.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        read.backup(written, pages=_PAGES, sleep=0, progress=lambda _, left, total: told(total - left, total))
        written.execute("PRAGMA journal_mode=DELETE")


def is_sqlite(path: Path) -> bool:
    """Whether a file says that it is SQLite's."""
    with path.open("rb") as stream:
        return stream.read(16) == b"SQLite format 3\0"
