"""The hazard log is complete, and every guard that holds now has its tests."""

from __future__ import annotations

import ast
import re

import pytest
import yaml
from repository import ROOT, files, tree

LOG = yaml.safe_load((ROOT / "docs/safety/hazards.yaml").read_text("utf-8"))["hazards"]
RULES = {f"S{number:02d}" for number in range(1, 32)}
PARTS = ("id", "rule", "title", "issue", "hazard", "cause", "guard", "residual_risk", "owner")


def safety_tests() -> dict[str, set[str]]:
    """Names of the tests that bear a rule's number, by rule."""
    found: dict[str, set[str]] = {}
    for path in files():
        if path.suffix == ".py" and path.parts[0] == "tests":
            for node in ast.walk(tree(path)):
                if isinstance(node, ast.FunctionDef) and (match := re.match(r"test_(S\d\d)_", node.name)):
                    found.setdefault(match[1], set()).add(node.name)
    return found


def test_every_safety_rule_stands_in_the_log():
    """S01 to S31, each with at least one hazard, each hazard with an id of its own."""
    ids = [hazard["id"] for hazard in LOG]

    assert {hazard["rule"] for hazard in LOG} == RULES
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("hazard", LOG, ids=lambda hazard: hazard["id"])
def test_a_hazard_has_all_its_parts(hazard: dict[str, object]):
    """Hazard, cause, guard, residual risk, owner, and the issue in which it must hold."""
    missing = [part for part in PARTS if not hazard.get(part)]

    assert not missing, f"{hazard.get('id')} lacks {', '.join(missing)}"


@pytest.mark.parametrize("hazard", [each for each in LOG if each["issue"] == 1], ids=lambda each: each["id"])
def test_every_guard_that_holds_now_has_its_tests(hazard: dict[str, list[str]]):
    """A guard without a test is a hope: name the tests, `test_Snn_...`, that fail when it falls."""
    known = safety_tests().get(str(hazard["rule"]), set())

    assert hazard.get("tests"), f"{hazard['id']}: name the tests of its guard; there are {sorted(known)}"
    gone = [name for name in hazard["tests"] if name not in known]
    assert not gone, f"{hazard['id']} names tests that do not exist: {gone}; there are {sorted(known)}"


def test_every_safety_test_is_named_in_the_log():
    """A test that bears a rule's number guards a hazard: the log says which."""
    named = {name for hazard in LOG for name in hazard.get("tests", ())}
    found = {name for names in safety_tests().values() for name in names}

    assert found <= named, f"name them in docs/safety/hazards.yaml: {sorted(found - named)}"
