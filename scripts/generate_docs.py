"""Writes the reference pages that are generated, or checks that they are fresh.

    python scripts/generate_docs.py            writes what has changed
    python scripts/generate_docs.py --check    names stale pages, exit 1 if there are any

To add a page: a module with a function from the repository's root to the page's text, and a line
in PAGES. A test compares each page with its committed file.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import generate_cli
import generate_dataflow
import generate_differences
import generate_errors
import generate_hazards
import generate_language
import generate_manual
import generate_pathways
import generate_persons
import generate_plan_schema
import generate_schema
import generate_settings

ROOT = Path(__file__).parents[1]

#: Page -> what renders it.
PAGES: dict[str, Callable[[Path], str]] = {
    "docs/reference/cli.md": generate_cli.page,
    "docs/reference/population-tables.md": generate_dataflow.page,
    "docs/pathways/skillnader.md": generate_differences.page,
    "docs/reference/errors.md": generate_errors.page,
    "docs/reference/language.md": generate_language.page,
    "docs/reference/semantics.md": generate_manual.page,
    "docs/reference/schema/plan-1.json": generate_plan_schema.page,
    "docs/reference/settings.md": generate_settings.page,
    "docs/safety/hazards.md": generate_hazards.page,
    **generate_schema.PAGES,
    **generate_pathways.PAGES,
    **generate_persons.PAGES,
}


def stale(root: Path = ROOT) -> dict[str, str]:
    """The pages whose committed text differs from what the source says now, with their new text."""
    fresh = {name: render(root) for name, render in PAGES.items()}
    return {name: text for name, text in fresh.items() if _committed(root / name) != text}


def _committed(path: Path) -> str | None:
    return path.read_text("utf-8") if path.exists() else None


def main(arguments: list[str]) -> int:
    """Write or check all pages."""
    found = stale()
    for name, text in found.items():
        if "--check" in arguments:
            print(f"{name} is stale: run make docs")
        else:
            path = ROOT / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
            print(f"wrote {name}")
    return 1 if found and "--check" in arguments else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
