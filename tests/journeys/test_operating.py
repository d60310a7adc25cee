"""What `docs/how-to/run-a-server.md` tells an operator to do, done."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from made.databases import KIND, bare
from made.processes import SOURCES, a_free_port, ask, is_ready, serving, until

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/how-to/run-a-server.md").read_text("utf-8")


def commands(heading: str) -> str:
    """All shell commands of a section."""
    section = re.search(rf"^## {re.escape(heading)}$(.*?)(?=^## |\Z)", PAGE, re.DOTALL | re.MULTILINE)
    assert section is not None
    found = "".join(re.findall(r"<!-- server -->\n```sh\n(.*?)```", section[1], re.DOTALL))
    assert found
    return found


def run(text: str, folder: Path, **environment: str) -> str:
    """What commands print; each must succeed."""
    own = folder / "bin"
    own.mkdir(exist_ok=True)
    program = own / "vardforlopp"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m vardforlopp "$@"\n', "utf-8")
    program.chmod(0o755)
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", text.replace("curl ", "curl -sSf ")],
        cwd=folder, capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": SOURCES, "PATH": f"{own}:{os.environ['PATH']}", **environment},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_it_is_asked_whether_it_is_well_and_backed_up(tmp_path: Path) -> None:
    with serving("--demo", "--data", "demo", folder=tmp_path) as server:
        for name in ("a", "b"):
            ask(server.port, "PUT", f"/fhir/Patient/{name}", {"resourceType": "Patient", "id": name})
        told = run(commands("Is it well?").replace("8080", str(server.port)), tmp_path)
        assert told.startswith("alive\nready\n")
        page = re.split(r"^## ", PAGE, flags=re.MULTILINE)
        (section,) = (each for each in page if each.startswith("Is it well?"))
        for name in re.findall(r"`(vardforlopp_\w+)`", section):
            assert name in told
        told = run(commands("Back it up"), tmp_path)
        assert told.count("checked.") == 3
    with serving("--demo", "--data", "again", folder=tmp_path) as server:
        assert len(ask(server.port, "GET", "/fhir/Patient")[1]["entry"]) == 2


def test_it_is_installed_as_a_service(tmp_path: Path) -> None:
    (tmp_path / "deploy").symlink_to(ROOT / "deploy")
    (tmp_path / "clients.toml").touch()
    run(commands("As a service"), tmp_path, ROOT=str(tmp_path / "root"))
    found = {path.name for path in (tmp_path / "root").rglob("*") if path.is_file()}
    assert found == {
        "vardforlopp.service", "vardforlopp-backup.service", "vardforlopp-backup.timer", "vardforlopp.conf",
        "clients.toml", "server.env", "vardforlopp-worker.service",
    }  # fmt: skip
    assert len(list((ROOT / "deploy/systemd").iterdir())) == 6, "all of them are installed"


def test_a_token_is_made_of_which_only_the_digest_is_written_down(tmp_path: Path) -> None:
    digest = run(commands("Let systems connect"), tmp_path).split()[0]
    assert re.fullmatch("[0-9a-f]{64}", digest)


@pytest.mark.skipif(KIND != "postgresql", reason="it is about PostgreSQL")
def test_it_is_run_on_postgresql(tmp_path: Path) -> None:
    with bare(tmp_path) as url:
        export, migrate, serve = commands("With PostgreSQL").splitlines()
        where = f"export VARDFORLOPP_DATA={url!r}; export VARDFORLOPP_DEMO=true"
        assert export.startswith("export VARDFORLOPP_DATA=postgresql://")
        assert "has schema" in run(f"{where}\n{migrate}", tmp_path)
        port = a_free_port()
        number = int(run(f"{where}\n{serve} --port {port} >log 2>&1 & echo $!", tmp_path))
        until(lambda: is_ready(port))
        children = Path(f"/proc/{number}/task/{number}/children").read_text("ascii").split()
        os.kill(number, 15)
        until(lambda: not is_ready(port))
        assert len(children) == 2, "two processes answer"
