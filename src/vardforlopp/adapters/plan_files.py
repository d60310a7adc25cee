"""Plans out to files, and the templates in from the package."""

from __future__ import annotations

from pathlib import Path

from vardforlopp.kernel.errors import InputError

TEMPLATES = Path(__file__).resolve().parents[1] / "present" / "templates"
_ENDINGS = (".gz", ".json", ".ndjson")


def page_templates() -> dict[str, str]:
    """The page's templates and style by file name."""
    return {path.name: path.read_text("utf-8") for path in sorted(TEMPLATES.iterdir()) if path.is_file()}


def plain_stem(path: Path) -> str:
    """The name of a record file without its endings: `anna.json.gz` is `anna`."""
    name = path.name
    while True:
        ending = next((each for each in _ENDINGS if name.lower().endswith(each) and name != each), None)
        if ending is None:
            return name
        name = name[: -len(ending)]


class PlanFolder:
    """A folder that gets one file a record; two records never share a file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
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
        try:
            path.write_bytes(data)
        except OSError as error:
            why = error.strerror or "refused"
            raise InputError(
                "VF-CLI-008",
                str(path),
                f"the file cannot be written: {why}",
                "Look at the folder's permissions.",
            ) from error
        return path
