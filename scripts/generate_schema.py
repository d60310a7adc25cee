"""Writes the JSON Schemas of the definition files, made of the reader's keyword tables.

python scripts/generate_schema.py            writes docs/reference/schema/*.json
python scripts/generate_schema.py --check    names stale files, exit 1 if there are any
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

from vardforlopp.definitions.schema import FILES, schema

ROOT = Path(__file__).parents[1]
FOLDER = "docs/reference/schema"


def page(name: str) -> Callable[[Path], str]:
    """What renders the schema of one kind of file."""
    return lambda root: json.dumps(schema(name), ensure_ascii=False, indent=1) + "\n"


#: Committed file -> what renders it.
PAGES: dict[str, Callable[[Path], str]] = {f"{FOLDER}/{name}.json": page(name) for name in FILES}


def main(arguments: list[str]) -> int:
    """Write or check all schemas."""
    stale = 0
    for name, render in PAGES.items():
        path, text = ROOT / name, render(ROOT)
        if path.exists() and path.read_text("utf-8") == text:
            continue
        stale += 1
        if "--check" in arguments:
            print(f"{name} is stale: run python scripts/generate_schema.py")
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
            print(f"wrote {name}")
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
