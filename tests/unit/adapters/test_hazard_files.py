"""The hazard log of a checkout: every guard that holds now has its tests."""

from __future__ import annotations

from pathlib import Path

from made.calls import call
from vardforlopp.adapters.hazard_files import untested_guards

LOG = """\
hazards:
  - {id: HZ-01, rule: S01, issue: 1, tests: [test_S01_silence_is_not_lateness]}
  - {id: HZ-02, rule: S02, issue: 1}
  - {id: HZ-03, rule: S03, issue: 1, tests: [test_S03_gone]}
  - {id: HZ-04, rule: S13, issue: 4}
"""


def checkout(folder: Path) -> Path:
    """A repository with a log and one test."""
    (folder / "docs" / "safety").mkdir(parents=True)
    (folder / "docs" / "safety" / "hazards.yaml").write_text(LOG, "utf-8")
    (folder / "tests" / "spec").mkdir(parents=True)
    test = "def test_S01_silence_is_not_lateness() -> None:\n    pass\n"
    (folder / "tests" / "spec" / "test_safety.py").write_text(test, "utf-8")
    return folder


def test_a_guard_without_a_test_is_a_finding(tmp_path: Path) -> None:
    """None named, or one that does not exist; what belongs to a later issue is not asked for."""
    found = [str(each) for each in untested_guards(checkout(tmp_path))]

    assert [line.split("  ")[0] for line in found] == [
        "VF-HAZ-001 docs/safety/hazards.yaml, HZ-02",
        "VF-HAZ-002 docs/safety/hazards.yaml, HZ-03",
    ]
    assert "test_S03_gone" in found[1]


def test_an_installed_program_has_no_log_to_check(tmp_path: Path) -> None:
    """Silently: there is nothing that its user could do."""
    assert untested_guards(tmp_path) == []


def test_check_holds_the_projects_own_log() -> None:
    """`vardforlopp check` in this checkout finds every guard tested."""
    assert "VF-HAZ" not in call("check").out
