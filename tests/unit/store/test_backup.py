"""Backups: of one moment while others write, whole or not there, and the same in whichever database."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from sqlalchemy import Select, Table, insert, select, text

from made.calls import call
from made.databases import KIND, bare
from made.derived import following
from made.processes import SOURCES
from made.serving import NOW, Client, served
from vardforlopp.services.sealing import seal
from vardforlopp.store import dump, tables
from vardforlopp.store.database import Database
from vardforlopp.store.migrations import migrate
from vardforlopp.store.units import SqlStore

RECORDS = sorted((Path(__file__).parents[3] / "examples/records").glob("*.json"))
#: What a test has opened.
OPEN: list[Database] = []
PERSON = {"resourceType": "Patient", "id": "anna", "name": [{"family": "Testsson"}]}


def asking(url: str) -> Client:
    """A server on what is there."""
    OPEN.append(Database(url))
    return served(OPEN[-1], store=following(OPEN[-1], lambda: NOW))


def filled(url: str, *, records: bool = False) -> Client:
    """A server in which something of everything has happened, with the bundled records if they are wanted."""
    migrate(url)
    client = asking(url)
    if records:
        assert call("import", *RECORDS, "--data", url).code in (0, 1)
    for name in ("Ett", "Två", "Tre"):
        client.ask("PUT", "Patient/anna", {**PERSON, "name": [{"family": name}]})
    measured = (
        '{"resourceType":"Observation","status":"final","code":{"text":"å"},"valueQuantity":{"value":1.50}}'
    )
    client.ask("POST", "Observation", measured.encode())
    client.ask("DELETE", "Patient/anna")
    client.ask("PUT", "Patient/anna", PERSON)
    client.ask("PUT", "Patient/gone", {**PERSON, "id": "gone"})
    client.ask("DELETE", "Patient/gone")
    client.ask("PUT", "Claim/a", {"resourceType": "Claim", "id": "a"})
    client.ask("GET", "Patient?family=test")
    return client


def everything(url: str) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, but for their order where they have none."""
    database = Database(url)
    with database.reading() as connection:
        found = {
            table.name: sorted((tuple(row) for row in connection.execute(_rows_of(table))), key=repr)
            for table in tables.metadata.tables.values()
        }
    database.close()
    return found


def _rows_of(table: Table) -> Select[Any]:
    """All that a table says; how facts are numbered says nothing."""
    return select(*(column for column in table.c if (table.name, column.name) != ("fact", "seq")))


def all_is_well(url: str) -> bool:
    """What doctor says; the clock of these calls stands still."""
    database = Database(url)
    while seal(SqlStore(database), 0):
        pass  # as a worker does
    database.close()
    told = call("doctor", "--data", url, "--all").out.splitlines()
    return len(told) > 7 and all(line.startswith("ok ") for line in told if "clock" not in line)


@pytest.fixture(autouse=True)
def demo(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nobody connects here, and that is well."""
    monkeypatch.setenv("VARDFORLOPP_DEMO", "true")
    yield
    while OPEN:
        OPEN.pop().close()


@pytest.fixture
def places(tmp_path: Path) -> Iterator[Any]:
    """Addresses of databases without tables: `kept` by the kind that is tested, or `other`."""
    with ExitStack() as open_:

        def place(name: str, *, sqlite: bool = KIND == "sqlite") -> str:
            folder = tmp_path / name
            folder.mkdir()
            return f"sqlite:///{folder}/vardforlopp.db" if sqlite else open_.enter_context(bare(folder))

        yield place


WAYS = [("sqlite", ".db", "sqlite"), ("sqlite", ".ndjson.gz", "sqlite")]
if KIND == "postgresql":
    WAYS = [
        ("postgresql", ".ndjson.gz", "postgresql"), ("postgresql", ".ndjson.gz", "sqlite"),
        ("sqlite", ".ndjson.gz", "postgresql"), ("sqlite", ".db", "postgresql"),
    ]  # fmt: skip


@pytest.mark.parametrize(("source", "form", "target"), WAYS)
def test_what_is_restored_is_what_was(
    tmp_path: Path, places: Any, source: str, form: str, target: str
) -> None:
    here, there = places("here", sqlite=source == "sqlite"), places("there", sqlite=target == "sqlite")
    client = filled(here, records=True)
    file = tmp_path / f"copy{form}"
    done = call("backup", "--data", here, "--to", file)
    assert (done.code, done.err) == (0, "")
    assert done.out.endswith("rows, checked.\n")
    assert file.stat().st_mode & 0o077 == 0, "others read no records"
    done = call("restore", file, "--data", there)
    assert (done.code, done.err) == (0, "")

    for url in (here, there) if form == ".db" else (here,):
        # `asking` follows other definitions than commands do, and a copy is as it was.
        assert call("rebuild", "--data", url).code == 0
    assert everything(there) == everything(here)
    again = asking(there)
    for kind, id_ in {(row[1], row[2]) for row in everything(here)["log"]}:
        assert again.ask("GET", f"{kind}/{id_}") == client.ask("GET", f"{kind}/{id_}")
        past = f"{kind}/{id_}/_history"
        assert again.get(past)["entry"] == client.get(past)["entry"]
    assert again.found("Patient?family=test") == client.found("Patient?family=test")
    assert again.create({"resourceType": "Patient"})["id"], "what comes next is numbered after it"
    assert all_is_well(there)


@pytest.mark.parametrize("form", [".db", ".ndjson.gz"] if KIND == "sqlite" else [".ndjson.gz"])
def test_a_backup_is_of_one_moment_while_others_write(tmp_path: Path, places: Any, form: str) -> None:
    here, there = places("here"), places("there")
    client, stop = filled(here, records=True), Event()

    def write() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            entries = [
                {"request": {"method": "PUT", "url": f"Patient/{name}"}, "resource": {**PERSON, "id": name}}
                for name in ("a", "b", f"c{number}")
            ]
            reply = client.ask(
                "POST", "", {"resourceType": "Bundle", "type": "transaction", "entry": entries}
            )
            assert reply.status == 200

    before = everything(here)
    thread = Thread(target=write)
    thread.start()
    try:
        done = call("backup", "--data", here, "--to", tmp_path / f"copy{form}")
    finally:
        stop.set()
        thread.join()
    assert (done.code, done.err) == (0, "")
    assert call("restore", tmp_path / f"copy{form}", "--data", there).code == 0
    found, after = everything(there), everything(here)
    for name in ("log", "body", "audit"):
        assert set(before[name]) <= set(found[name]) <= set(after[name])
    assert len(found["log"]) < len(after["log"])
    versions = {row[2]: row[4] for row in found["head"] if row[2] in ("a", "b")}
    assert len(set(versions.values())) <= 1, "one transaction, one of two"
    assert all_is_well(there)


def test_a_folder_gets_a_file_named_by_its_time(tmp_path: Path, places: Any) -> None:
    here = places("here")
    filled(here)
    (tmp_path / "kept").mkdir()
    assert call("backup", "--data", here, "--to", tmp_path / "kept").code == 0
    (file,) = (tmp_path / "kept").iterdir()
    assert file.name == f"vardforlopp-20260310T225959Z{'.db' if KIND == 'sqlite' else '.ndjson.gz'}"
    again = call("backup", "--data", here, "--to", tmp_path / "kept")
    assert (again.code, again.err[:10]) == (2, "VF-APP-010")


def test_a_database_with_content_is_not_touched(tmp_path: Path, places: Any) -> None:
    here, there = places("here"), places("there")
    filled(here)
    call("backup", "--data", here, "--to", tmp_path / "copy.ndjson.gz")
    migrate(there)
    asking(there).ask("GET", "Patient/a")  # nothing but that somebody asked
    before = everything(there)
    done = call("restore", tmp_path / "copy.ndjson.gz", "--data", there)
    assert (done.code, done.err[:10]) == (2, "VF-APP-009")
    assert everything(there) == before


@pytest.mark.parametrize(
    "harm",
    [
        lambda data: data[: len(data) // 2],
        lambda data: data[:-20] + bytes(20),
        lambda data: gzip.compress(gzip.decompress(data).replace(b"Testsson", b"Testssen", 1)),
        lambda data: gzip.compress(b"".join(gzip.decompress(data).splitlines(keepends=True)[:-1])),
        lambda data: gzip.compress(gzip.decompress(data).replace(b'"schema":"0', b'"schema":"9', 1)),
        lambda data: b"what is this",
    ],
    ids=["cut", "harmed", "changed", "no end", "of the future", "not ours"],
)
def test_what_is_not_whole_is_not_restored(tmp_path: Path, places: Any, harm: Any) -> None:
    here, there = places("here"), places("there")
    filled(here)
    file = tmp_path / "copy.ndjson.gz"
    call("backup", "--data", here, "--to", file)
    file.write_bytes(harm(file.read_bytes()))
    done = call("restore", file, "--data", there)
    assert (done.code, done.err[:10]) == (2, "VF-APP-008")
    database = Database(there)
    with database.reading() as connection:
        assert not dump.has_content(connection)
    database.close()


@pytest.mark.skipif(KIND != "sqlite", reason="a copy of SQLite's")
def test_a_copy_whose_bytes_are_not_those_that_were_written_is_not_restored(
    tmp_path: Path, places: Any
) -> None:
    here, there = places("here"), places("there")
    filled(here)
    call("backup", "--data", here, "--to", tmp_path / "copy.db")
    harmed = Database(f"sqlite:///{tmp_path}/copy.db")
    with harmed.writing() as connection:
        connection.execute(text("UPDATE body SET bytes = CAST('{}' AS BLOB) WHERE seq = 3"))
    harmed.close()
    done = call("restore", tmp_path / "copy.db", "--data", there)
    assert (done.code, done.err[:10]) == (2, "VF-APP-008")


def test_a_backup_that_cannot_be_written_leaves_nothing(tmp_path: Path, places: Any) -> None:
    here = places("here")
    migrate(here)
    database = Database(here)
    with database.writing() as connection:  # much that cannot be made small
        place = connection.execute(
            insert(tables.log).values(
                type="Binary", id="a", version=1, at=1, actor="x", method=1, digest=b"", patients=""
            )
        ).inserted_primary_key[0]
        connection.execute(insert(tables.body).values(seq=place, bytes=os.urandom(1_000_000)))
    database.close()
    (tmp_path / "kept").mkdir()
    done = subprocess.run(
        ["bash", "-c", f"ulimit -f 200; {sys.executable} -m vardforlopp backup --data '{here}' --to kept"],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": SOURCES}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2, done.stderr
    assert "VF-APP-00" in done.stderr
    assert list((tmp_path / "kept").iterdir()) == []


@pytest.mark.parametrize("data", ["nothing", "postgresql://nobody@127.0.0.1:1/x"])
def test_what_is_not_there_is_not_backed_up(tmp_path: Path, data: str) -> None:
    done = call("backup", "--data", data if "://" in data else tmp_path / data, "--to", tmp_path)
    assert (done.code, done.err[:10]) == (2, "VF-APP-004")
    assert list(tmp_path.iterdir()) == []


def test_a_backup_of_an_earlier_schema_is_restored_into_the_newest(tmp_path: Path, places: Any) -> None:
    """One of each schema is kept; whoever makes the next one adds a backup of this."""
    for kept in sorted(Path(__file__).parent.glob("backup-*.ndjson")):
        (tmp_path / f"{kept.name}.gz").write_bytes(gzip.compress(kept.read_bytes()))
        there = places(kept.stem)
        done = call("restore", tmp_path / f"{kept.name}.gz", "--data", there)
        assert (done.code, done.err) == (0, "")
        client = asking(there)
        assert client.found("Patient?family=provsson") == ["Patient/anna"]
        assert client.found("Observation?patient=anna") == ["Observation/puls"]
        assert b'"value":71.0' in client.ask("GET", "Observation/puls").body
        assert client.get("Patient/anna/_history/1")["name"] == [{"family": "Testsson"}]
        assert client.ask("GET", "Patient/gone").status == 410
        assert len(client.audited(type="Patient", id="none", outcome="not-found")) == 1
        assert all_is_well(there)
