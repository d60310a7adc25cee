"""The content folder as texts: what `definitions.load` asks for."""

from __future__ import annotations

from pathlib import Path

from vardforlopp.kernel.errors import DefinitionError, InputError

PACKAGED = Path(__file__).resolve().parents[1] / "content"
LARGEST = 2_000_000  # bytes; a definition file is a few thousand


def content_texts(root: Path | None = None, *, cases: bool = True) -> dict[str, str]:
    """The YAML files of a content folder by relative path, the packaged folder by default.

    The pathways' cases are four files of five; who does not run them leaves them out.
    Raises `InputError` for a folder that is not there, `DefinitionError` for a file that is not UTF-8 text.
    Hidden files and folders are left out.
    """
    folder = PACKAGED if root is None else root
    if not folder.is_dir():
        raise InputError("VF-CLI-012", str(folder), "there is no such folder", "Name a content folder.")
    texts: dict[str, str] = {}
    for path in sorted(folder.rglob("*.yaml")):
        relative = path.relative_to(folder)
        if not cases and relative.parts[-2:-1] == ("cases",):
            continue
        if path.is_file() and not any(part.startswith(".") for part in relative.parts):
            texts[relative.as_posix()] = _text(path, f"{folder.name}/{relative.as_posix()}")
    return texts


def _text(path: Path, shown: str) -> str:
    try:
        if path.stat().st_size > LARGEST:
            raise DefinitionError(
                "VF-DEF-007", shown, f"the file is larger than {LARGEST} bytes", "Split it."
            )
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = path.read_bytes().count(b"\n", 0, error.start) + 1
        raise DefinitionError(
            "VF-DEF-007", f"{shown}:{line}", "the file is not UTF-8 text", "Save it as UTF-8."
        ) from None
    except OSError:
        raise DefinitionError(
            "VF-DEF-007", shown, "the file cannot be read", "Look at its permissions."
        ) from None
