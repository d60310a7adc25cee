"""The content folder as texts: what `definitions.load` asks for."""

from __future__ import annotations

import os
from collections.abc import Iterator
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
    return {name: _text(path, f"{folder.name}/{name}") for name, path in _files(str(folder), "", cases=cases)}


def packaged_text(name: str) -> str:
    """One file of the packaged folder."""
    return _text(str(PACKAGED / name), f"{PACKAGED.name}/{name}")


def _files(folder: str, inside: str, *, cases: bool) -> Iterator[tuple[str, str]]:
    """Relative names and paths of the definition files, in their order; never through a linked folder."""
    with os.scandir(folder) as found:
        entries = sorted(found, key=lambda entry: entry.name)
    for entry in entries:
        name = f"{inside}{entry.name}"
        if entry.name.startswith("."):
            continue
        if entry.is_dir(follow_symlinks=False):
            if cases or entry.name != "cases":
                yield from _files(entry.path, f"{name}/", cases=cases)
        elif name.endswith(".yaml") and entry.is_file():
            yield name, entry.path


def _text(path: str, shown: str) -> str:
    data = b""
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - hundreds of them at each start
            data = file.read(LARGEST + 1)
        if len(data) > LARGEST:
            raise DefinitionError(
                "VF-DEF-007", shown, f"the file is larger than {LARGEST} bytes", "Split it."
            )
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise DefinitionError(
            "VF-DEF-007", f"{shown}:{line}", "the file is not UTF-8 text", "Save it as UTF-8."
        ) from None
    except OSError:
        raise DefinitionError(
            "VF-DEF-007", shown, "the file cannot be read", "Look at its permissions."
        ) from None
