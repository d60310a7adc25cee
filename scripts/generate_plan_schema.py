"""The committed JSON Schema of the plan, from `present/plan_schema.py`."""

from __future__ import annotations

import json
from pathlib import Path

from vardforlopp.present.plan_schema import plan_schema


def page(_root: Path) -> str:
    """`docs/reference/schema/plan-1.json`."""
    return json.dumps(plan_schema(), ensure_ascii=False, indent=2) + "\n"
