"""The hazard log of a source checkout: a guard without a test is a hope."""

from __future__ import annotations

import re
from pathlib import Path

from vardforlopp.definitions.tree import parse_tree, plain
from vardforlopp.kernel.errors import DefinitionError

#: Where the project lies when the program runs from its checkout.
CHECKOUT = Path(__file__).resolve().parents[3]
_LOG = "docs/safety/hazards.yaml"
#: The issue up to which the project is built; the guards of later ones have no tests yet.
BUILT = 1
_TEST = re.compile(r"^ *def (test_S\d\d_\w+)\(", re.MULTILINE)


def untested_guards(root: Path = CHECKOUT) -> list[DefinitionError]:
    """The guards that no test holds; none where there is no log or no tests: an installed program."""
    log, tests = root / _LOG, root / "tests"
    if not log.is_file() or not tests.is_dir():
        return []
    files = sorted(tests.rglob("test_*.py"))
    there = {name for path in files for name in _TEST.findall(path.read_text("utf-8"))}
    tree = plain(parse_tree(log.read_text("utf-8"), _LOG))
    hazards = tree.get("hazards", []) if isinstance(tree, dict) else []
    return [error for hazard in hazards if hazard["issue"] <= BUILT for error in _errors(hazard, there)]


def _errors(hazard: dict[str, object], there: set[str]) -> list[DefinitionError]:
    where = f"{_LOG}, {hazard['id']}"
    named = hazard.get("tests")
    tests = [str(name) for name in named] if isinstance(named, list) else []
    if not tests:
        do = f"Name the tests that fail when it falls, test_{hazard['rule']}_..."
        return [DefinitionError("VF-HAZ-001", where, "the guard has no test", do)]
    return [
        DefinitionError("VF-HAZ-002", where, f"there is no test {name}", "Write it, or name the right one.")
        for name in sorted(set(tests) - there)
    ]
