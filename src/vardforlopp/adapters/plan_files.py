"""Plans out to files, and the templates in from the package."""

from __future__ import annotations

import errno
from collections.abc import Iterable
from pathlib import Path

from vardforlopp.adapters.record_files import sources_path
from vardforlopp.adapters.whole_files import write_whole
from vardforlopp.kernel.errors import InputError

TEMPLATES = Path(__file__).resolve().parents[1] / "present" / "templates"


def page_templates() -> dict[str, str]:
    """The page's templates and style by file name."""
    return {path.name: path.read_text("utf-8") for path in sorted(TEMPLATES.iterdir()) if path.is_file()}


#: What to do about a file that cannot be written, by the system's reason.
_REMEDIES = {
    errno.EACCES: "Look at the folder's permissions.",
    errno.EPERM: "Look at the folder's permissions.",
    errno.ENOSPC: "Make room on the disk, or name another folder.",
    errno.EDQUOT: "Make room on the disk, or name another folder.",
    errno.EISDIR: "Move the folder of that name away.",
    errno.ENAMETOOLONG: "Give the record a shorter name.",
}


class PlanFolder:
    """A folder that gets one file a record; two records never share a file.

    What the call reads is never written over: neither a record nor the sources beside it, by
    whatever name or link the folder reaches them.
    """

    def __init__(self, folder: Path, records: Iterable[Path]) -> None:
        self._folder = folder
        self._read = {
            found
            for record in records
            for path in (record, sources_path(record))
            if (found := _identity(path)) is not None
        }
        self._taken: set[str] = set()
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            why = error.strerror or "refused"
            raise InputError(
                "VF-CLI-007", str(folder), f"the folder cannot be made: {why}", "Name another folder."
            ) from error

    def write(self, stem: str, ending: str, *, data: bytes) -> Path:
        """Write one plan and say where."""
        number, name = 1, f"{stem}.{ending}"
        while name in self._taken:
            number += 1
            name = f"{stem}-{number}.{ending}"
        self._taken.add(name)
        path = self._folder / name
        if _identity(path) in self._read:
            raise InputError(
                "VF-CLI-010",
                str(path),
                "the plan would be written over a record or sources file that this call reads",
                "Name another folder with --out.",
            )
        try:
            write_whole(path, data)
        except OSError as error:
            why = error.strerror or "refused"
            raise InputError(
                "VF-CLI-008",
                str(path),
                f"the file cannot be written: {why}",
                _REMEDIES.get(error.errno or 0, "Name another folder."),
            ) from error
        return path


def _identity(path: Path) -> tuple[int, int] | None:
    """What a path leads to, the same through symbolic and hard links; None when nothing is there."""
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return found.st_dev, found.st_ino
