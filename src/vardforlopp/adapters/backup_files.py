"""Backups as files: whole or not there, readable by nobody else, gzipped."""

from __future__ import annotations

import gzip
import os
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from vardforlopp.kernel.errors import InputError, OutputError


@contextmanager
def whole(target: Path) -> Iterator[Path]:
    """A place to write to; what stands there when the block ends is moved to `target`, on the disk.

    If the block fails nothing is left. Raises: OutputError.
    """
    if target.exists():
        raise InputError("VF-APP-010", str(target), "a file of that name is there", "Name another.")
    beside = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        os.close(os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        yield beside
        _sync(beside)
        beside.rename(target)
        _sync(target.parent)
    except OSError as error:
        what = f"the backup cannot be written: {error.strerror or 'unknown reason'}"
        raise OutputError("VF-APP-007", str(target), what, "Make room, or name another place.") from None
    finally:
        beside.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def write_lines(path: Path, parts: Iterable[list[bytes]]) -> None:
    """Lines, gzipped."""
    with path.open("wb") as stream, gzip.GzipFile("", "wb", 3, stream, mtime=0) as packed:
        for part in parts:
            packed.write(b"".join(part))


def read_lines(path: Path) -> Iterator[bytes]:
    """The lines of a gzipped file. Raises: InputError."""
    try:
        with gzip.open(path, "rb") as stream:
            yield from stream
    except (OSError, EOFError, zlib.error):
        what = "it cannot be read, or is cut"
        raise InputError("VF-APP-008", str(path), what, "Take another backup.") from None
