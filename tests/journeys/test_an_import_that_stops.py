"""An import that is killed in the middle, started again: everything is there, and nothing twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import orjson
import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from made.databases import bare
from made.processes import surroundings
from vardforlopp.store import tables
from vardforlopp.store.database import Database

pytestmark = pytest.mark.slow
#: Enough that it is read in a process beside the one that keeps.
PEOPLE = 3_000
CONTENT = "påhittad " * 40


def kept(url: str) -> tuple[int, int, int]:
    """How many versions there are, of how many resources, and the lines of the log of acts about persons."""
    database = Database(url, connections=1)
    try:
        with database.reading() as connection:
            versions = connection.execute(select(func.count()).select_from(tables.log)).scalar_one()
            resources = connection.execute(select(func.count()).select_from(tables.head)).scalar_one()
            lines = connection.execute(
                select(func.count()).select_from(tables.audit).where(tables.audit.c.patient.is_not(None))
            ).scalar_one()
            return versions, resources, lines
    except DBAPIError:  # there are no tables yet
        return 0, 0, 0
    finally:
        database.close()


def readers(process: subprocess.Popen[bytes]) -> list[int]:
    below = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text("ascii")
    return [int(each) for each in below.split()]


@pytest.mark.parametrize("who", ["the one that keeps", "the one that reads"])
def test_what_it_kept_stays_and_the_rest_is_kept_when_it_is_started_again(tmp_path: Path, who: str) -> None:
    file = tmp_path / "people.ndjson"
    person = {"resourceType": "Patient", "name": [{"text": CONTENT}]}
    file.write_bytes(b"\n".join(orjson.dumps({**person, "id": f"p{n}"}) for n in range(PEOPLE)))
    with bare(tmp_path) as url:
        command = [sys.executable, "-m", "vardforlopp", "import", "--data", url, str(file)]
        first = subprocess.Popen(
            command, env=surroundings(), cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        while kept(url)[0] == 0:
            assert first.poll() is None, "it was done before it could be stopped"
            time.sleep(0.02)
        beside = readers(first)
        assert beside, "it is read in a process beside"
        if who == "the one that keeps":
            first.send_signal(signal.SIGKILL)
        else:
            for each in beside:
                os.kill(each, signal.SIGKILL)
        _, said = first.communicate(timeout=60)
        assert first.returncode != 0
        if who == "the one that reads":
            assert b"VF-APP-012" in said
            assert b"start it again" in said
        part = kept(url)
        assert 0 < part[0] == part[1] == part[2] < PEOPLE, "whole parts, each resource with its line"
        again = subprocess.run(
            command, env=surroundings(), cwd=tmp_path, capture_output=True, text=True, check=True
        )
        assert again.stdout == f"{PEOPLE - part[0]} kept, {part[0]} there already, 0 refused.\n"
        assert kept(url) == (PEOPLE, PEOPLE, PEOPLE)
