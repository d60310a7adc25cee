"""`vardforlopp doctor`: what is well is told as such, and each harm is found, named, with what to do."""

from __future__ import annotations

from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from made.calls import call
from made.databases import KIND
from made.serving import Client
from vardforlopp.services.sealing import seal
from vardforlopp.store.database import Database
from vardforlopp.store.units import SqlStore

TODAY = "2026-03-02"
PERSON = {"resourceType": "Patient", "name": [{"family": "Testsson"}], "birthDate": "1950-01-01"}
PULSE = {"resourceType": "Observation", "status": "final", "code": {"text": "x"}}


@pytest.fixture
def client(client: Client) -> Client:
    """A server with two persons, one of them changed, and something about each."""
    for id_ in ("anna", "erik", "anna"):
        client.ask("PUT", f"Patient/{id_}", {**PERSON, "id": id_})
        client.create({**PULSE, "subject": {"reference": f"Patient/{id_}"}})
    return client


def told(database: Database, *arguments: str) -> dict[str, str]:
    """What is wrong, by name of the check. The clock of these calls stands still, so it is left out."""
    url = database.engine.url.render_as_string(hide_password=False)
    with suppress(SQLAlchemyError):  # of what is harmed
        while seal(SqlStore(database), 0):
            pass  # as a worker does
    done = call("doctor", "--data", url, *arguments, today=TODAY)
    assert done.err == ""
    lines = [line.split(None, 1) for line in done.out.splitlines()]
    assert {first for first, _ in lines} <= {"ok", "WRONG"}
    wrong = {rest.split(":")[0].partition(" (")[0]: rest for first, rest in lines if first == "WRONG"}
    assert done.code == (1 if wrong else 0)
    for here in ("clock", "settings"):  # no TLS before a test
        wrong.pop(here, None)
    return wrong


@pytest.fixture(autouse=True)
def served_as(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    clients = tmp_path_factory.mktemp("clients") / "clients.toml"
    clients.write_text(f'[[client]]\nid = "j"\nrole = "system"\ntoken_sha256 = "{"0" * 64}"\n', "utf-8")
    clients.chmod(0o600)
    monkeypatch.setenv("VARDFORLOPP_CLIENTS", str(clients))
    monkeypatch.setenv("VARDFORLOPP_ADDRESS", "http://server.example")


@pytest.mark.parametrize("arguments", [(), ("--all",)])
def test_all_is_well_where_nothing_was_harmed(client: Client, database: Database, arguments: Any) -> None:
    assert told(database, *arguments) == {}


HARMS = {
    'UPDATE body SET bytes = CAST(\'{"resourceType":"Patient"}\' AS BYTES) WHERE seq = 1': "digests",
    "UPDATE head SET seq = 1, version = 1 WHERE id = 'anna'": "current versions",
    "UPDATE head SET deleted = true WHERE id = 'erik'": "current versions",
    "UPDATE head SET patients = 'erik' WHERE id = 'anna'": "current versions",
    "DELETE FROM head WHERE id = 'erik'": "references",
    "DELETE FROM index_string": "search index",
    "DELETE FROM about WHERE patient = 'erik'": "search index",
    "INSERT INTO index_uri (rid, parameter, value) VALUES (1, 1, 'x')": "search index",
    "UPDATE index_date SET hi = hi + 1": "search index",
}


@pytest.mark.parametrize(("harm", "found"), HARMS.items())
@pytest.mark.parametrize("arguments", [(), ("--all",)])
def test_a_harm_is_found_and_told(
    client: Client, database: Database, harm: str, found: str, arguments: Any
) -> None:
    with database.writing() as connection:
        connection.execute(text(harm.replace("BYTES", "BLOB" if KIND == "sqlite" else "bytea")))
    wrong = told(database, *arguments)
    assert found in wrong
    assert wrong[found].endswith(".")
    assert "Testsson" not in wrong[found]


@pytest.mark.skipif(KIND != "sqlite", reason="PostgreSQL keeps its own pages")
@pytest.mark.parametrize(("first", "found"), [(1, "schema"), (-1, "integrity")])
def test_a_file_that_is_harmed_is_told(
    client: Client, database: Database, tmp_path: Path, first: int, found: str
) -> None:
    database.close()
    file = tmp_path / "vardforlopp.db"
    data = bytearray(file.read_bytes())
    for place in range(first * 4096 % len(data), len(data), 4096):
        data[place : place + 64] = bytes(64)
    file.write_bytes(data)
    assert found in told(database)


def test_what_was_kept_in_the_future_is_told(client: Client, database: Database) -> None:
    url = database.engine.url.render_as_string(hide_password=False)
    done = call("doctor", "--data", url, today="2026-02-01")
    assert done.code == 1
    assert "WRONG  clock: something was kept" in done.out


class TestTheMachine:
    """What is beside the database."""

    @staticmethod
    def said(folder: Path) -> str:
        return call("doctor", "--data", str(folder), today=TODAY).out

    def test_no_database(self, tmp_path: Path) -> None:
        assert "WRONG  schema: there is no database" in self.said(tmp_path)

    def test_a_folder_that_others_may_read(self, tmp_path: Path) -> None:
        tmp_path.chmod(0o755)
        assert f"WRONG  folder: others may read it. chmod 700 {tmp_path}" in self.said(tmp_path)
        tmp_path.chmod(0o700)
        assert "ok     folder" in self.said(tmp_path)

    def test_a_database_of_another_schema(self, tmp_path: Path) -> None:
        (tmp_path / "vardforlopp.db").touch()
        assert "WRONG  schema: the store has schema none" in self.said(tmp_path)

    def test_a_long_write_ahead_log(self, tmp_path: Path) -> None:
        with (tmp_path / "vardforlopp.db-wal").open("wb") as stream:
            stream.truncate(300_000_000)
        assert "WRONG  write-ahead log: SQLite has 300 MB" in self.said(tmp_path)

    @pytest.mark.parametrize(
        ("mode", "said"), [(0o640, "ok     clients"), (0o644, "WRONG  clients: others may")]
    )
    def test_a_file_of_clients(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: int, said: str
    ) -> None:
        clients = tmp_path / "clients.toml"
        clients.write_text(
            f'[[client]]\nid = "a"\nrole = "system"\ntoken_sha256 = "{sha256(b"a").hexdigest()}"\n', "utf-8"
        )
        clients.chmod(mode)
        monkeypatch.setenv("VARDFORLOPP_CLIENTS", str(clients))
        assert said in self.said(tmp_path)

    def test_a_file_of_clients_that_cannot_be_read(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("VARDFORLOPP_CLIENTS", str(tmp_path / "none"))
        assert "WRONG  clients: the file cannot be read as TOML" in self.said(tmp_path)

    def test_an_address_without_tls(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("VARDFORLOPP_HOST", "0.0.0.0")
        assert "WRONG  settings: other machines reach the server" in self.said(tmp_path)
        monkeypatch.setenv("VARDFORLOPP_ADDRESS", "https://vard.example")
        assert "ok     settings" in self.said(tmp_path)
