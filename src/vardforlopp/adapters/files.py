"""Files: the only place that reads or writes them."""

from __future__ import annotations

from pathlib import Path

from vardforlopp.kernel.errors import InputError

CONTENT = Path(__file__).parent.parent / "content"


def read_content(root: Path | None = None) -> dict[str, str]:
    """The definitions' text by file name, below the package's own content or `root`."""
    root = root or CONTENT
    return {
        path.relative_to(root).as_posix(): path.read_text("utf-8") for path in sorted(root.rglob("*.yaml"))
    }


def read_bytes(path: Path) -> bytes:
    """The bytes of a file, or an error that says why not."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(
            "VF-INP-004", path.name, error.strerror or "unreadable", "Check the path and the rights."
        ) from error


def write_text(path: Path, text: str) -> None:
    """Write a file, and its folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
