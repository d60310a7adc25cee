"""A foreign plan in: one JSON file, a folder of them, or a package (`package.tgz`)."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from vardforlopp.adapters.record_files import file_bytes
from vardforlopp.fhir.json_input import parse
from vardforlopp.kernel.errors import InputError

LARGEST = 64 * 1024 * 1024  # bytes, unpacked
_MOST_FILES = 20_000
_NOT_RESOURCES = frozenset(("package.json", ".index.json"))
_TAR = slice(257, 262)


def plan_documents(path: Path) -> list[tuple[str, Any]]:
    """Every JSON document that a path holds, each with its place. `InputError` says what cannot be read."""
    if path.is_dir():
        return [
            found for file in _files(path) for found in _parsed(str(file), file_bytes(file, largest=LARGEST))
        ]
    data = file_bytes(path, largest=LARGEST)
    if data[_TAR] == b"ustar":
        return [found for name, held in _members(path, data) for found in _parsed(f"{path}, {name}", held)]
    return _parsed(str(path), data)


def _parsed(name: str, data: bytes) -> list[tuple[str, Any]]:
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        raise InputError("VF-IMP-010", name, "this is XML", "Send the plan as FHIR R4 JSON.")
    return [(name, document) for document in parse(data, name=name).documents]


def _files(folder: Path) -> list[Path]:
    found = [
        file
        for file in sorted(folder.rglob("*.json"))
        if file.is_file() and file.name not in _NOT_RESOURCES and not file.name.startswith(".")
    ]
    if not found or len(found) > _MOST_FILES:
        what = f"the folder holds {len(found)} JSON files"
        do = f"Name a folder with at least one and at most {_MOST_FILES}."
        raise InputError("VF-IMP-011", str(folder), what, do)
    return found


def _members(path: Path, data: bytes) -> Iterator[tuple[str, bytes]]:
    """The JSON files of an archive, read in memory: no name in it leads anywhere on the disk."""
    try:
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as archive:
            for member in archive:
                name = Path(member.name).name
                held = archive.extractfile(member) if member.isfile() else None
                if held is not None and name.endswith(".json") and name not in _NOT_RESOURCES:
                    yield member.name, held.read()
    except (tarfile.TarError, OSError, EOFError, ValueError):
        do = "Pack or copy it again."
        raise InputError("VF-IMP-012", str(path), "the archive is damaged", do) from None
