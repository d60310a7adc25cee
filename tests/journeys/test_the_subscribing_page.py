"""What `docs/how-to/subscribe.md` tells the reader to do, done: real processes, real calls."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import sleep

import pytest

from made.processes import SOURCES, a_free_port, ask, serving
from made.receiving import PAGE, PROGRAM
from vardforlopp.adapters.clients import read_clients
from vardforlopp.services.sealing import check_seals
from vardforlopp.store.database import Database
from vardforlopp.store.units import SqlStore

pytestmark = pytest.mark.slow

BLOCKS = re.findall(r"<!-- server -->\n```(\w+)\n(.*?)```", PAGE, re.DOTALL)
SERVE, _, RECEIVE, SUBSCRIBE, SECRET, WORK, EXPORT = (text.strip() for _, text in BLOCKS)


@contextmanager
def running(*arguments: str, folder: Path, until: str = "") -> Iterator[subprocess.Popen[str]]:
    """A process that is stopped as an operator stops it."""
    with subprocess.Popen(
        [sys.executable, *arguments], cwd=folder, env={**os.environ, "PYTHONPATH": SOURCES}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        if until:
            assert until in process.stdout.readline()
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


def test_a_receiver_is_told_and_an_export_fetched(tmp_path: Path) -> None:
    hook = a_free_port()
    (tmp_path / "receiver.py").write_text(PROGRAM, "utf-8")
    _, _, arguments = SERVE.partition(" serve ")
    with (
        serving(*arguments.split(), folder=tmp_path) as (port, *_),
        running(*RECEIVE.split()[1:2], str(hook), folder=tmp_path) as receiver,
    ):
        sleep(0.2)
        here = SUBSCRIBE.replace("8080", str(port)).replace("9000", str(hook)).replace("curl", "curl -sSf")
        subprocess.run(["bash", "-ec", here], check=True, capture_output=True)
        assert receiver.stdout is not None
        lines = (line for line in receiver.stdout if "POST" not in line)
        assert next(lines).startswith("told of Observation ")
        for _ in range(50):
            found = ask(port, "GET", "/fhir/Subscription")[1]["entry"][0]["resource"]
            if found["status"] == "active":
                break
            sleep(0.1)
        assert found["status"] == "active"
        told = subprocess.check_output(
            ["bash", "-c", EXPORT.replace("8080", str(port))], timeout=30, text=True
        )
        assert '"value": 72' in told
    with running("-m", *WORK.split(), folder=tmp_path, until="Working."):
        sleep(1)
    checked = check_seals(SqlStore(Database(f"sqlite:///{tmp_path}/demo/vardforlopp.db")))
    assert checked.broken is None
    assert checked.newest is not None


def test_a_worker_stops_when_it_is_told_to(tmp_path: Path) -> None:
    with running("-m", *WORK.split(), folder=tmp_path, until="Working.") as process:
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
        assert process.stdout is not None
        assert process.stdout.read() == "Stopped.\n"


def test_a_secret_is_made_as_the_page_says(tmp_path: Path) -> None:
    line = subprocess.check_output(["bash", "-c", SECRET], text=True)
    clients = tmp_path / "clients.toml"
    clients.write_text(f'[[client]]\nid = "x"\nrole = "system"\ntoken_sha256 = "{"0" * 64}"\n{line}', "utf-8")
    owner = read_clients(clients).owner("x")
    assert owner is not None
    assert owner.secret is not None
    assert len(owner.secret) == 32
