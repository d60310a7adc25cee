"""$export: what of the store leaves to whom, as of which moment, and for how long."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import count
from time import sleep
from typing import Any, cast

import orjson
import pytest
from sqlalchemy import insert

from made.serving import NOW, STAFF, SYSTEM, Client, patient, refusal, served, told
from vardforlopp.kernel.civil import DAY
from vardforlopp.services import exporting
from vardforlopp.services.exporting import cut, remove_old
from vardforlopp.store import tables
from vardforlopp.store.database import Database
from vardforlopp.store.units import SqlStore

PRETTY = b'{\r\n  "resourceType": "Patient",\n  "name": [{"family": "Rad\\nbrott"}]\n}'


def person(id_: str) -> dict[str, Any]:
    return {"resourceType": "Patient", "id": id_}


def pulse(id_: str, of: str) -> dict[str, Any]:
    return {
        "resourceType": "Observation", "id": id_, "status": "final", "code": {"text": "pulse"},
        "valueQuantity": {"value": 70}, "subject": {"reference": f"Patient/{of}"},
    }  # fmt: skip


@pytest.fixture
def client(client: Client) -> Client:
    for id_ in ("anna", "erik"):
        client.ask("PUT", f"Patient/{id_}", person(id_))
        client.ask("PUT", f"Observation/of-{id_}", pulse(f"of-{id_}", id_))
    client.ask("PUT", "Practitioner/eva", {"resourceType": "Practitioner", "id": "eva"})
    return client


def begun(client: Client, address: str = "$export") -> str:
    """Where it is told how an export stands."""
    reply = client.ask("GET", address, prefer="respond-async")
    assert reply.status == 202, reply.body
    return reply.headers["content-location"].removeprefix(f"{client.server.base}/")


def worked(client: Client) -> None:
    while cut(cast(SqlStore, client.server.store), next(client.clock)):
        pass


def lines(client: Client, status: str) -> Iterator[dict[str, Any]]:
    """The resources of an export that is ready."""
    for output in told(client.ask("GET", status), 200)["output"]:
        reply = client.ask("GET", output["url"].removeprefix(f"{client.server.base}/"))
        assert (reply.status, reply.headers["content-type"]) == (200, "application/fhir+ndjson")
        found = [orjson.loads(line) for line in reply.body.splitlines()]
        assert len(found) == output["count"]
        assert {one["resourceType"] for one in found} == {output["type"]}
        yield from found


def exported(client: Client, address: str = "$export") -> list[str]:
    status = begun(client, address)
    worked(client)
    return [f"{one['resourceType']}/{one['id']}" for one in lines(client, status)]


EVERYTHING = [
    "Observation/of-anna",
    "Observation/of-erik",
    "Patient/anna",
    "Patient/erik",
    "Practitioner/eva",
]


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("$export", EVERYTHING),
        ("Patient/$export", EVERYTHING[:4]),
        ("$export?_type=Patient,Practitioner", EVERYTHING[2:]),
        ("$export?_type=Patient&_type=Practitioner", EVERYTHING[2:]),
        ("$export?_type=Location", []),
        ("$export?_since=2026-03-02T10:00:02%2B01:00", EVERYTHING[1:2] + EVERYTHING[3:]),
        ("$export?_outputFormat=ndjson&_type=Patient", EVERYTHING[2:4]),
    ],
)
def test_what_is_asked_for_is_exported(client: Client, address: str, found: list[str]) -> None:
    assert exported(client, address) == found


def test_it_is_told_how_it_stands(client: Client) -> None:
    status = begun(client, "$export?_type=Patient,Observation")
    waiting = client.ask("GET", status)
    assert (waiting.status, waiting.headers["x-progress"]) == (202, "0 of 2 types")
    assert int(waiting.headers["retry-after"]) > 0
    cut(cast(SqlStore, client.server.store), 0)
    assert client.ask("GET", status).headers["x-progress"] == "1 of 2 types"
    worked(client)
    ready = client.ask("GET", status)
    assert ready.headers["content-type"] == "application/json"
    assert "expires" in ready.headers
    manifest = told(ready, 200)
    assert manifest["request"] == f"{client.server.base}/$export?_type=Patient%2CObservation"
    assert manifest["requiresAccessToken"]
    assert manifest["transactionTime"] == "2026-03-02T09:00:05Z"
    assert [(one["type"], one["count"]) for one in manifest["output"]] == [("Observation", 2), ("Patient", 2)]


def test_it_shows_one_moment_whatever_is_written_since(client: Client) -> None:
    client.ask("DELETE", "Patient/erik")
    status = begun(client)
    client.ask("PUT", "Patient/anna", {**person("anna"), "active": True})
    client.ask("PUT", "Patient/erik", person("erik"))
    client.ask("DELETE", "Observation/of-anna")
    client.ask("PUT", "Patient/new", person("new"))
    worked(client)
    client.ask("DELETE", "Practitioner/eva")
    found = {f"{one['resourceType']}/{one['id']}": one["meta"]["versionId"] for one in lines(client, status)}
    assert found == {
        "Patient/anna": "1", "Observation/of-anna": "1", "Observation/of-erik": "1", "Practitioner/eva": "1",
    }  # fmt: skip


def test_a_line_is_a_resource_with_its_digits(client: Client) -> None:
    client.ask("POST", "Patient", PRETTY)
    client.ask("PUT", "Observation/of-anna", orjson.dumps(pulse("of-anna", "anna")).replace(b"70", b"70.00"))
    status = begun(client)
    worked(client)
    assert {"Rad\nbrott"} <= {one["name"][0]["family"] for one in lines(client, status) if "name" in one}
    assert b"70.00" in client.ask("GET", f"{status}/Observation-1.ndjson").body


def test_parts_are_cut_by_number_and_by_size(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(7):
        client.create({"resourceType": "Location", "name": "x" * (3_000 if number == 4 else 1)})
    monkeypatch.setattr(exporting, "PART", 3)
    monkeypatch.setattr(exporting, "PART_BYTES", 2_000)
    status = begun(client, "$export?_type=Location")
    worked(client)
    assert [one["count"] for one in told(client.ask("GET", status), 200)["output"]] == [3, 1, 1, 2]
    assert len(list(lines(client, status))) == 7


def test_only_connected_systems_export(client: Client) -> None:
    status = begun(client)
    for actor in (STAFF, patient("anna")):
        other = client.as_(actor)
        for method, address in (("GET", "$export"), ("GET", status), ("DELETE", status)):
            assert other.ask(method, address).status == 403
    worked(client)
    assert client.as_(STAFF).ask("GET", f"{status}/Patient-1.ndjson").status == 403


def test_who_did_not_ask_is_told_that_there_is_none(client: Client) -> None:
    status = begun(client)
    worked(client)
    other = client.as_(replace(SYSTEM, id="other"))
    for method, address in (("GET", status), ("DELETE", status), ("GET", f"{status}/Patient-1.ndjson")):
        assert "no such export" in refusal(other.ask(method, address), 404)
    assert client.ask("GET", status).status == 200


def test_whose_data_left_stands_in_the_log_of_acts(client: Client) -> None:
    status = begun(client)
    worked(client)
    assert client.audited(action="export", patient="anna") == [], "nothing has left yet"
    client.ask("GET", f"{status}/Observation-1.ndjson")
    lines = client.audited(action="export", type="Observation")
    assert [(line["actor"], line["patient"], line["shown"]) for line in lines] == [
        (SYSTEM.id, "anna", 1),
        (SYSTEM.id, "erik", 1),
    ]


@pytest.mark.parametrize("ended", ["cancelled", "old", "old, and not yet removed"])
def test_what_has_ended_is_not_there(client: Client, ended: str) -> None:
    status = begun(client)
    worked(client)
    if ended == "cancelled":
        assert client.ask("DELETE", status).status == 202
    elif ended != "old":
        client = replace(client, clock=count(NOW + 2 * DAY))
    else:
        store, now = cast(SqlStore, client.server.store), next(client.clock)
        assert remove_old(store, now) == 0
        assert remove_old(store, now + DAY) == 1
    for address in (status, f"{status}/Patient-1.ndjson"):
        assert client.ask("GET", address).status == 404
    assert client.ask("DELETE", status).status == 404


def test_one_that_is_cancelled_is_not_cut(client: Client) -> None:
    client.ask("DELETE", begun(client))
    assert cut(cast(SqlStore, client.server.store), 0) == 0


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("$export?_type=Nothing", 400),
        ("$export?_since=yesterday", 400),
        ("$export?_outputFormat=text/csv", 400),
        ("$export?_typeFilter=Patient%3Fname=a", 400),
        ("$export/x", 404),
        ("$export/x/Patient-1.ndjson", 404),
        ("Observation/$export", 404),
        ("Patient/$nothing", 404),
        ("$export/x/y/z", 404),
    ],
)
def test_what_cannot_be_done_is_refused(client: Client, address: str, status: int) -> None:
    refusal(client.ask("GET", address), status)


def test_a_lenient_client_gets_what_is_understood(client: Client) -> None:
    reply = client.ask("GET", "$export?_type=Patient,Nothing&_typeFilter=x", prefer="handling=lenient")
    assert reply.status == 202


@pytest.mark.parametrize(
    "part", ["Patient-2.ndjson", "Patient-0.ndjson", "Patient.ndjson", "..", "Device-1.ndjson"]
)
def test_only_its_parts_are_fetched(client: Client, part: str) -> None:
    status = begun(client)
    refusal(client.ask("GET", f"{status}/Patient-1.ndjson"), 404)  # not ready
    worked(client)
    refusal(client.ask("GET", f"{status}/{part}"), 404)


def test_the_statement_tells_of_it(client: Client) -> None:
    rest = client.get("metadata")["rest"][0]
    assert "export" in [one["name"] for one in rest["operation"]]
    named = {
        one["type"]
        for one in rest["resource"]
        for told in one.get("operation", ())
        if told["name"] == "export"
    }
    assert named == {"Patient"}


def test_what_was_still_being_written_is_waited_for(database: Database) -> None:
    """What began to be written before is in it, also when it was kept after it was asked for."""
    if database.is_sqlite:
        pytest.skip("SQLite has one writer")
    client = served(database)
    client.ask("PUT", "Patient/anna", person("anna"))
    row = {
        "type": "Basic", "id": "late", "version": 1, "at": 0, "actor": "x", "method": 1, "patients": "",
    }  # fmt: skip
    with database.engine.connect() as connection, connection.begin():
        connection.execute(insert(tables.log), [row])
        status = begun(client)
        client.ask("PUT", "Patient/anna", person("anna"))
        assert cut(cast(SqlStore, client.server.store), 0) == 0, "it is waited for"
    worked(client)
    assert [one["meta"]["versionId"] for one in lines(client, status)] == ["1"]


def killed_again_and_again(url: str, act: Callable[[SqlStore], object], *, until: Callable[[], bool]) -> int:
    """How often a process that does something was killed before it was done."""
    times = 0
    while not until():
        child = os.fork()
        if child == 0:
            store = SqlStore(Database(url))
            while True:
                act(store)
                sleep(0.002)
        sleep(0.05 + times % 5 * 0.01)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        times += 1
    return times


def test_workers_that_are_killed_or_several_cut_each_part_once(
    client: Client, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "PART", 1)
    for number in range(60):
        client.create({"resourceType": "Location", "name": f"l{number}"})
    status = begun(client, "$export?_type=Location,Patient")
    url = database.engine.url.render_as_string(hide_password=False)
    done = lambda: client.ask("GET", status).status == 200  # noqa: E731
    assert killed_again_and_again(url, lambda store: cut(store, 0), until=done) > 1
    assert len(list(lines(client, status))) == 62
    again = begun(client, "$export?_type=Location,Patient")
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: worked(client), range(4)))
    assert len(list(lines(client, again))) == 62
