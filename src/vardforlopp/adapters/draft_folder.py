"""A whole new folder, or nothing: it gets its name when all that it holds is on the disk."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from vardforlopp.adapters.whole_files import write_whole
from vardforlopp.kernel.errors import InputError


def check_new(folder: Path) -> None:
    """Refuse a folder that is there already: what people have written is never written over."""
    if folder.exists() or folder.is_symlink():
        raise InputError("VF-IMP-008", str(folder), "there is something of that name", "Name a new folder.")


def write_folder(folder: Path, files: Mapping[str, str]) -> None:
    """Write a new folder with its files by path. Raises `InputError`, and then leaves nothing behind."""
    check_new(folder)
    beside = folder.with_name(f".{folder.name}.{os.getpid()}.part")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        beside.mkdir()
        for path, text in files.items():
            target = beside / path
            target.parent.mkdir(parents=True, exist_ok=True)
            write_whole(target, text.encode("utf-8"))
        beside.rename(folder)
    except OSError as error:
        shutil.rmtree(beside, ignore_errors=True)
        what = f"the draft cannot be written: {error.strerror or 'refused'}"
        raise InputError("VF-IMP-009", str(folder), what, "Name another folder.") from None
