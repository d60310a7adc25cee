"""The other commands, and the door: check, cases, help, version."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from made.calls import call
from vardforlopp.adapters.content_files import PACKAGED
from vardforlopp.app.version import VERSION

ROOT = Path(__file__).parents[2]


def test_the_shipped_definitions_pass_their_own_check() -> None:
    """Exit code 0 and no findings."""
    done = call("check")

    assert (done.code, done.out) == (0, "")


def test_a_definition_that_is_wrong_is_told_with_its_place(tmp_path: Path) -> None:
    """Exit code 1: file, line, what, what to do."""
    folder = tmp_path / "content"
    shutil.copytree(PACKAGED, folder)
    catalogue = folder / "catalogue.yaml"
    catalogue.write_text(catalogue.read_text("utf-8").replace("roles:", "rolls:", 1), "utf-8")
    done = call("check", folder)

    assert done.code == 1
    assert "content/catalogue.yaml:" in done.out
    assert "Did you mean 'roles'?" in done.out


def test_the_cases_of_a_pathway_are_run_and_counted() -> None:
    """How many, how many wrong, how much is covered."""
    done = call("cases", "hjartsvikt")

    assert re.search(r"hjartsvikt \d+\.\d+\.\d+: \d+ cases, \d+ expectations, \d+ wrong; covered", done.out)


def test_a_content_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    """By name, with a code: an argument that is wrong is exit code 2, not a finding."""
    for command in (["check"], ["cases", "--content"], ["explain", "kol", "--content"]):
        done = call(*command, tmp_path / "finns-inte")

        assert (done.code, done.out) == (2, "")
        assert "VF-CLI-012" in done.err


FULL = Path("/dev/full")


@pytest.mark.skipif(not FULL.exists(), reason="only where the system has a disk that is always full")
@pytest.mark.parametrize("arguments", ["--help", "--version", "explain kol", "cases kol"])
def test_a_full_disk_is_told_as_such(arguments: str) -> None:
    """One line on stderr and exit code 2: not a fault of the program, and not a success."""
    with FULL.open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "vardforlopp", *arguments.split()],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            env={"PYTHONPATH": str(ROOT / "src"), "PATH": ""},
        )

    assert done.returncode == 2
    assert "VF-CLI-011 standard output  the answer cannot be written: No space left on device" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_help_and_version_end_well() -> None:
    """Exit code 0; each command is named."""
    assert call("--help").code == 0
    assert call("plan", "--help").code == 0
    assert call("--version").code == 0


def test_help_imports_no_more_than_it_needs() -> None:
    """No engine, no templates, no YAML: help is instant."""
    program = (
        "import sys; sys.argv = ['vardforlopp', '--help']\n"
        "from vardforlopp.app.main import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = {'jinja2', 'yaml', 'orjson', 'vardforlopp.engine.assess', 'vardforlopp.definitions.load'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": str(ROOT / "src"), "PATH": ""},
    )

    assert done.stdout.strip().endswith("[]")
    assert "explain" in done.stdout


def test_the_version_is_the_projects() -> None:
    """One number, in two places that agree."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]

    assert project["version"] == VERSION
