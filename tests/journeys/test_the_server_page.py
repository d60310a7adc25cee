"""What `docs/how-to/run-a-server.md` tells the reader to do, done: a real process, real HTTP."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from hashlib import sha256
from json import loads
from pathlib import Path

import pytest

from made.processes import ask, serving, surroundings
from vardforlopp.app.settings import settings
from vardforlopp.kernel.errors import InputError

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/how-to/run-a-server.md").read_text("utf-8")
BLOCKS = re.findall(r"<!-- server -->\n```(\w+)\n(.*?)```", PAGE, re.DOTALL)
IMPORT, PATHWAYS, CLIENTS = BLOCKS[2][1], BLOCKS[3][1], BLOCKS[5][1]
ACTS = next(text for _, text in BLOCKS if "AuditEvent" in text)
PERSON = {"resourceType": "Patient", "name": [{"family": "Testsson"}]}


def test_a_demonstration_does_what_the_page_says(tmp_path: Path) -> None:
    kind, serve = BLOCKS[0]
    program, _, arguments = serve.strip().partition(" serve ")
    assert (kind, program) == ("sh", "vardforlopp")
    with serving(*arguments.split(), folder=tmp_path) as (port, *_):
        for line in BLOCKS[1][1].replace("\\\n", "").strip().splitlines():
            told = subprocess.run(
                ["bash", "-c", line.replace("8080", str(port)).replace("curl", "curl -sSf")],
                capture_output=True, check=True,
            )  # fmt: skip
            assert loads(told.stdout)["resourceType"] in ("Patient", "Bundle", "CapabilityStatement")
        told = subprocess.check_output(
            ["bash", "-c", ACTS.replace("8080", str(port)).replace("curl", "curl -sSf")]
        )
        assert loads(told)["type"] == "searchset"
        answer, found = ask(port, "GET", "/fhir/Patient?family=test")
        assert answer.headers["x-demo"] == "true"
        assert len(found["entry"]) == 1
    with serving(*arguments.split(), folder=tmp_path) as (port, *_):
        assert len(ask(port, "GET", "/fhir/Patient")[1]["entry"]) == 1, "what was kept is there"
    assert (tmp_path / "demo").stat().st_mode & 0o077 == 0, "others read no records"


def test_files_are_imported_once(tmp_path: Path) -> None:
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    command, paths = [sys.executable, "-m", *IMPORT.split()], surroundings()
    told = [subprocess.check_output(command, cwd=tmp_path, env=paths, text=True) for _ in range(2)]
    kept, again = (int(line.split()[0]) for line in told)
    assert kept > 20
    assert again == 0
    with serving("--demo", "--data", "demo", folder=tmp_path) as (port, *_):
        found = ask(port, "GET", "/fhir/Observation?patient.family=Testsson&_summary=count")[1]
        assert found["total"] > 5


def test_what_is_derived_is_made_again_by_the_clock(tmp_path: Path) -> None:
    """Of somebody in the pathway of KOL, too, whose windows end now."""
    record = ROOT / "examples/records/milan-hjartsvikt-och-kol.json"
    for command in (["import", str(record)], ["rebuild", "--facts"]):
        told = subprocess.run(
            [sys.executable, "-m", "vardforlopp", *command, "--data", "data"],
            cwd=tmp_path, env=surroundings(demo="true"), capture_output=True, text=True, timeout=60,
            check=True,
        )  # fmt: skip
    assert told.stdout == "Made again: 1 patients.\n"


def test_the_pathways_themselves_can_be_read(tmp_path: Path) -> None:
    program = f"{sys.executable} -m vardforlopp"
    subprocess.run(
        ["bash", "-euc", PATHWAYS.replace("vardforlopp", program)],
        cwd=tmp_path, env=surroundings(), timeout=120, check=True,
    )  # fmt: skip
    with serving("--demo", "--data", "demo", folder=tmp_path) as (port, *_):
        found = ask(port, "GET", "/fhir/PlanDefinition/hjartsvikt")[1]
        assert found["action"]
        assert ask(port, "GET", "/fhir/PlanDefinition?_summary=count")[1]["total"] >= 12


def test_only_one_server_listens_at_a_port(tmp_path: Path) -> None:
    with serving("--demo", "--data", "one", folder=tmp_path) as (port, *_):
        told = subprocess.run(
            [sys.executable, "-m", "vardforlopp", "serve", "--demo", "--data", "two", "--port", str(port)],
            cwd=tmp_path, env=surroundings(), capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
    assert told.returncode == 2
    assert "VF-APP-010" in told.stderr


def test_clients_connect_with_their_token(tmp_path: Path) -> None:
    token = "not a real token"
    clients = CLIENTS.replace(
        tomllib.loads(CLIENTS)["client"][0]["token_sha256"], sha256(token.encode()).hexdigest()
    )
    (tmp_path / "clients.toml").write_text(clients, "utf-8")
    with serving("--data", "data", folder=tmp_path, clients="clients.toml") as (port, *_):
        assert ask(port, "GET", "/fhir/metadata")[0].status == 200
        for headers in ({}, {"authorization": "Bearer no"}, {"authorization": token}):
            answer, told = ask(port, "POST", "/fhir/Patient", PERSON, **headers)
            assert (answer.status, told["issue"][0]["code"]) == (401, "login")
        answer, kept = ask(port, "POST", "/fhir/Patient", PERSON, authorization=f"Bearer {token}")
        assert answer.status == 201
        assert "x-demo" not in answer.headers
        assert kept["name"] == PERSON["name"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--demo", "--host", "0.0.0.0"), "VF-APP-002"),
        (("--port", "99999"), "VF-APP-001"),
        (("--data", "here/file"), "VF-APP-004"),
        (("--data", "postgresql://nobody@127.0.0.1:1/x"), "VF-APP-004"),
        (("--data", "nothing://x"), "VF-APP-004"),
    ],
)
def test_what_cannot_be_served_is_said(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    (tmp_path / "here").mkdir()
    (tmp_path / "here/file").write_text("x", "utf-8")
    told = subprocess.run(
        [sys.executable, "-m", "vardforlopp", "serve", *arguments],
        cwd=tmp_path, env=surroundings(), capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    assert told.returncode == 2
    assert said in told.stderr.decode()


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("", True),
        ("http://localhost:8080", True),
        ("http://127.0.0.2/x", True),
        ("http://[::1]:1", True),
        ("https://vard.example", False),
        ("https://192.0.2.7", False),
        ("https://localhost.example", False),
        ("vard.example", False),
    ],
)
def test_a_demonstration_is_refused_behind_an_address_that_others_reach(address: str, allowed: bool) -> None:
    given = {"demo": True, "address": address}
    if allowed:
        assert settings(given, {}).demo
    else:
        with pytest.raises(InputError, match="VF-APP-002"):
            settings(given, {})


@pytest.mark.parametrize(
    ("name", "is_known"),
    [("PORT", True), ("SETTINGS", True), ("DEBUG", True), ("PROT", False), ("port", False), ("", False)],
)
def test_a_setting_that_is_named_wrongly_is_said(name: str, is_known: bool) -> None:
    """It would be as if nobody had said it."""
    environment = {f"VARDFORLOPP_{name}": "" if name == "SETTINGS" else "1", "VARD": "1"}
    if is_known:
        settings({}, environment)
    else:
        with pytest.raises(InputError, match="there is no such setting"):
            settings({}, environment)


def test_a_file_of_clients_that_cannot_be_read_is_said_before_it_is_served(tmp_path: Path) -> None:
    (tmp_path / "clients.toml").write_text("client = 5", "utf-8")
    told = subprocess.run(
        [sys.executable, "-m", "vardforlopp", "serve", "--data", "data"],
        cwd=tmp_path, env=surroundings(clients="clients.toml"), capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    assert told.returncode == 2
    assert "VF-APP-003" in told.stderr.decode()


def test_a_folder_that_was_there_stays_as_open_as_it_was(tmp_path: Path) -> None:
    """It may be others' too; who serves from it is told."""
    ours = tmp_path / "ours"
    ours.mkdir(mode=0o755)
    command = [sys.executable, "-m", "vardforlopp", "serve", "--port", "1", "--data", "ours"]
    with subprocess.Popen(command, cwd=tmp_path, env=surroundings(), stderr=subprocess.PIPE) as process:
        assert process.stderr is not None
        assert "Others on this machine" in process.stderr.readline().decode()
        process.terminate()
    assert ours.stat().st_mode & 0o777 == 0o755


def raw(line: str, *headers: str) -> bytes:
    return "\r\n".join([f"{line} HTTP/1.1", "host: x", *headers, "", ""]).encode()


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (raw("POST /fhir/Patient", "content-type: text/plain", "content-length: 2") + b"{}", 415),
        (raw("POST /fhir/Patient", "content-type: application/json", "content-length: 99999999"), 413),
        (raw("GET /fhir/Patient", "accept: application/fhir+xml"), 406),
        (raw("GET /fhir/Patient/a%2Fb"), 400),
        (raw(f"GET /fhir/Patient?{'a=b&' * 300}"), 400),
        (raw("GET /elsewhere"), 404),
        (raw("TRACE /fhir/Patient"), 405),
    ],
)
def test_odd_requests_are_refused(demo: int, sent: bytes, status: int) -> None:
    with socket.create_connection(("127.0.0.1", demo), timeout=10) as connection:
        connection.sendall(sent)
        assert connection.recv(4096).split(b" ")[1] == str(status).encode()


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with serving("--demo", "--data", "demo", folder=tmp_path_factory.mktemp("demo")) as (port, *_):
        yield port
