"""Renders the JSON Schemas of the definition files, made of the reader's keyword tables."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from vardforlopp.definitions.schema import FILES, schema

FOLDER = "docs/reference/schema"


def page(name: str) -> Callable[[Path], str]:
    """What renders the schema of one kind of file."""
    return lambda root: json.dumps(schema(name), ensure_ascii=False, indent=1) + "\n"


#: Committed file -> what renders it.
PAGES: dict[str, Callable[[Path], str]] = {f"{FOLDER}/{name}.json": page(name) for name in FILES}
