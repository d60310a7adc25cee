"""A real process at its doors: who is let in, what is too large, what stands in the log, and how it ends."""

from __future__ import annotations

import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from json import dumps
from pathlib import Path
from time import sleep

import pytest
from test_the_server_page import PERSON, raw

from made.processes import a_free_port, ask, is_ready, serving, surroundings

pytestmark = pytest.mark.slow

KNOWN = "authorization: Bearer token"
JSON, PATCH = "content-type: application/fhir+json", "content-type: application/json-patch+json"
FORM = "content-type: application/x-www-form-urlencoded"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("guarded")
    digest = sha256(b"token").hexdigest()
    (made / "clients.toml").write_text(
        f'[[client]]\nid = "j"\nrole = "system"\ntoken_sha256 = "{digest}"\n', "utf-8"
    )
    return made


@pytest.fixture(scope="module")
def guarded(folder: Path) -> Iterator[int]:
    with serving("--data", "data", folder=folder, clients="clients.toml") as (port, *_):
        yield port


def lines(folder: Path) -> list[tuple[object, ...]]:
    """Who, what, type and outcome of each line of the log of acts, and how often."""
    with sqlite3.connect(folder / "data/vardforlopp.db") as database:
        return database.execute("SELECT actor, action, type, outcome, shown FROM audit").fetchall()


def status(port: int, sent: bytes) -> int:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(sent)
        return int(connection.recv(4096).split(b" ")[1])


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (raw("POST /fhir/Patient", KNOWN, JSON, "content-length: 99999999"), 413),
        (raw(f"GET /fhir/Patient?family={'a' * 9_000}", KNOWN), 414),
        (raw("GET /fhir/Patient", KNOWN, f"x: {'a' * 40_000}"), 431),
        (raw("PATCH /fhir/Patient/a", KNOWN, JSON, "content-length: 2") + b"[]", 415),
        (raw("POST /fhir/Patient", KNOWN, PATCH, "content-length: 2") + b"{}", 415),
        (raw("POST /fhir/Patient", KNOWN, FORM, "content-length: 3") + b"a=b", 415),
        (raw("GET /fhir/Patient", KNOWN, "accept: application/fhir+xml"), 406),
        (raw(f"GET /fhir/Patient?{'a=b&' * 300}", KNOWN), 400),
        (raw("GET /fhir/Nobody", KNOWN), 404),
        (raw("DELETE /fhir/Patient", KNOWN), 405),
    ],
)
def test_what_is_refused_at_the_door_stands_in_the_log(
    guarded: int, folder: Path, sent: bytes, expected: int
) -> None:
    before = len(lines(folder))
    assert status(guarded, sent) == expected
    (line,) = lines(folder)[before:]
    assert (line[0], line[1], line[3]) == ("j", "request", "invalid")


@pytest.mark.parametrize("size", [70_000, 900_000])
def test_what_is_too_long_to_be_read_is_refused(guarded: int, size: int) -> None:
    assert status(guarded, raw(f"GET /fhir/Patient?family={'a' * size}", KNOWN)) in (414, 431)
    assert status(guarded, raw("GET /fhir/Patient", KNOWN, f"x: {'a' * size}")) == 431


def test_a_form_is_understood_where_it_searches(guarded: int) -> None:
    form = raw("POST /fhir/Patient/_search", KNOWN, FORM, "content-length: 10") + b"family=Ber"
    assert status(guarded, form) == 200


def test_who_is_not_known_is_answered_before_anything_is_read_and_counted(tmp_path: Path) -> None:
    with serving("--data", "data", folder=tmp_path) as (port, *_):
        large = raw("POST /fhir/Patient", JSON, "content-length: 9000000")
        assert status(port, large) == 401
        for _ in range(20):
            assert status(port, raw("GET /fhir/Patient?family=Berg", "authorization: Bearer no")) == 401
        assert status(port, raw("GET /fhir/metadata")) == 200
        assert status(port, raw("GET /fhir/metadata", "accept: application/fhir+xml")) == 406
    told = lines(tmp_path)
    assert {line[:4] for line in told} == {("127.0.0.1", "request", "*", "refused")}
    assert sum(int(str(line[4])) for line in told) == 21
    assert len(told) <= 4, "one at once and one for the rest, of each minute"


def test_what_runs_when_it_is_told_to_stop_is_finished(tmp_path: Path) -> None:
    """Large or sent slowly: what was begun is answered and kept, and then the process is gone."""
    port = a_free_port()
    many = {
        "resourceType": "Bundle", "type": "transaction",
        "entry": [{"request": {"method": "POST", "url": "Patient"}, "resource": PERSON}] * 3_000,
    }  # fmt: skip
    with (
        subprocess.Popen(
            [sys.executable, "-m", "vardforlopp", "serve", "--port", str(port), "--demo", "--data", "data"],
            cwd=tmp_path, env=surroundings(), stderr=subprocess.PIPE,
        ) as process,
        ThreadPoolExecutor(1) as pool,
    ):  # fmt: skip
        while not is_ready(port):
            sleep(0.05)
        body = dumps(PERSON).encode()
        with socket.create_connection(("127.0.0.1", port), timeout=30) as slow:
            slow.sendall(raw("POST /fhir/Patient", JSON, f"content-length: {len(body)}") + body[:10])
            large = pool.submit(ask, port, "POST", "/fhir", many)
            sleep(0.3)
            process.send_signal(signal.SIGTERM)
            sleep(0.5)
            slow.sendall(body[10:])
            assert slow.recv(4096).split(b" ")[1] == b"201"
        answer, told = large.result(30)
        assert (answer.status, len(told["entry"])) == (200, 3_000)
        assert process.wait(30) == 0
        assert not is_ready(port)
    with sqlite3.connect(tmp_path / "data/vardforlopp.db") as database:
        assert database.execute("SELECT count(*) FROM head").fetchone() == (3_001,)
