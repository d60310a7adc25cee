"""The reference page of a server's settings, from the program's own table."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

from vardforlopp.app.settings import MEANINGS, PREFIX, Settings

_HEAD = f"""# Settings of the server

Generated from `vardforlopp.app.settings` by `make docs`; do not edit.

A setting is taken from the command line of `vardforlopp serve`, else from its environment variable, else from
the TOML file that `{PREFIX}SETTINGS` names, else it is what stands here.
A variable that begins so and is no setting is told, and nothing is done. Where a platform makes some by
itself, as Kubernetes does for a Service of this name, tell it not to (`enableServiceLinks: false`).

| Setting | Variable | If nothing is said | What it is | Example |
|---|---|---|---|---|
"""


def page(root: Path) -> str:
    """`docs/reference/settings.md`."""
    rows = [
        f"| `{field.name}` | `{PREFIX}{field.name.upper()}` | {_shown(field.default)} "
        f"| {MEANINGS[field.name].what} | `{MEANINGS[field.name].example}` |"
        for field in fields(Settings)
    ]
    return _HEAD + "\n".join(rows) + "\n"


def _shown(value: object) -> str:
    if value == "":
        return "nothing"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"
