"""The repository's own files, for the tests that keep the house in order."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from shutil import which

ROOT = Path(__file__).parents[2]
SRC = ROOT / "src" / "vardforlopp"
CONTENT = SRC / "content"

#: Layers, lowest first; the same order as in pyproject.toml.
LAYERS = (
    "kernel", "access", "audit", "record", "definitions", "engine", "population", "contract", "fhir",
    "present", "services", "adapters", "store", "api", "cli", "app",
)  # fmt: skip
#: What decides and words, without touching the world.
PURE = LAYERS[: LAYERS.index("adapters")]

_NOT_OURS = {".git", ".venv", "build", "dist", "demo-output", "__pycache__", ".hypothesis"}


@cache
def files() -> tuple[Path, ...]:
    """Every file that is, or would be, committed; relative to the root and sorted."""
    if (ROOT / ".git").exists() and which("git"):
        listed = subprocess.run(
            ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
            cwd=ROOT, check=True, capture_output=True, text=True,
        ).stdout.split("\0")  # fmt: skip
        found = {Path(name) for name in listed if name}
    else:
        found = {path.relative_to(ROOT) for path in ROOT.rglob("*")}
    return tuple(
        sorted(path for path in found if not _NOT_OURS & set(path.parts) and (ROOT / path).is_file())
    )


def texts(*suffixes: str, under: str = "") -> Iterator[tuple[Path, str]]:
    """The files with one of these suffixes below a folder, and what they say."""
    for path in files():
        if path.suffix in suffixes and path.as_posix().startswith(under):
            yield path, (ROOT / path).read_text("utf-8")


@cache
def tree(path: Path) -> ast.Module:
    """The syntax tree of a Python file of the repository."""
    return ast.parse((ROOT / path).read_text("utf-8"), str(path))


def modules(*layers: str) -> Iterator[Path]:
    """The Python files of these layers (all layers when none is named)."""
    for path in files():
        parts = path.parts
        if path.suffix != ".py" or parts[:2] != ("src", "vardforlopp") or len(parts) < 4:
            continue
        if not layers or parts[2] in layers:
            yield path


def listing(found: list[str]) -> str:
    """Findings, one a line, for the message of a failing test."""
    return "\n  " + "\n  ".join(sorted(found))
