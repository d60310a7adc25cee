"""The hazard log as a page for reading, from `docs/safety/hazards.yaml`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml


def page(root: Path) -> str:
    """`docs/safety/hazards.md`."""
    log = yaml.safe_load((root / "docs/safety/hazards.yaml").read_text("utf-8"))
    lines = [
        "# Hazard log",
        "",
        "Generated from `docs/safety/hazards.yaml` by `make docs`; do not edit.",
        "A rule with tests holds now. A rule without tests belongs to a part that is not built yet.",
    ]
    for hazard in log["hazards"]:
        lines += ["", f"## {hazard['rule']} {hazard['title']}", "", f"{hazard['id']}: {hazard['hazard']}", ""]
        lines += [f"- {label}: {hazard[key]}" for key, label in _PARTS if key in hazard]
        lines.append(f"- Tests: {_tests(hazard)}")
    return "\n".join(lines) + "\n"


_PARTS = (
    ("cause", "Cause"),
    ("guard", "Guard"),
    ("residual_risk", "Residual risk"),
    ("owner", "Owner"),
)


def _tests(hazard: dict[str, Any]) -> str:
    tests = hazard.get("tests", ())
    return ", ".join(f"`{test}`" for test in tests) if tests else "not built yet"
