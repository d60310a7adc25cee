"""What a server tells of its work while it is asked for persons in every way: all of it, nothing of them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from json import dumps
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import update

from made.databases import KIND, bare
from made.processes import Served, ask, serving
from vardforlopp.store import tables
from vardforlopp.store.database import Database

pytestmark = pytest.mark.slow

#: What stands in everything that is asked; it is found nowhere in what the server tells of its work.
NAME, NUMBER, ID = "Hemligsson", "191212121212", "hemlig-77"
MARKS = (NAME, NUMBER, ID, "hemlig")
TOKEN = "a token of nobody's"
PERSON = {
    "resourceType": "Patient", "id": ID, "name": [{"family": NAME}],
    "identifier": [{"system": "urn:oid:1.2.752.129.2.1.3.1", "value": NUMBER}],
}  # fmt: skip
PATCH = [{"op": "replace", "path": "/name/0/family", "value": f"{NAME}-Ny"}]
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
BUNDLE = {
    "resourceType": "Bundle", "type": "transaction",
    "entry": [{"request": {"method": "PUT", "url": f"Patient/{ID}"}, "resource": PERSON}],
}  # fmt: skip
#: Method, path, body, and what it is called where it is counted.
ASKED: list[tuple[str, str, Any, str]] = [
    ("PUT", f"/fhir/Patient/{ID}", PERSON, "update"),
    ("POST", "/fhir/Patient", PERSON, "create"),
    ("GET", f"/fhir/Patient/{ID}", None, "read"),
    ("HEAD", f"/fhir/Patient/{ID}", None, "read"),
    ("GET", f"/fhir/Patient/{ID}/_history/1", None, "vread"),
    ("GET", f"/fhir/Patient/{ID}/_history", None, "history"),
    ("GET", f"/fhir/Patient?family={NAME}&identifier={NUMBER}", None, "search"),
    ("GET", f"/fhir/Observation?patient.family={NAME}", None, "search"),
    ("GET", f"/fhir/Patient?{NAME}={NUMBER}", None, "search"),
    ("POST", "/fhir/Patient/_search", f"family={NAME}".encode(), "search"),
    ("PATCH", f"/fhir/Patient/{ID}", PATCH, "patch"),
    ("POST", "/fhir", BUNDLE, "bundle"),
    ("POST", "/fhir", {**BUNDLE, "type": "batch"}, "bundle"),
    ("PUT", f"/fhir/Patient/{ID}", {**PERSON, "birthDate": NAME}, "update"),
    ("PUT", f"/fhir/Patient/{ID}", f'{{"{NAME}"'.encode(), "update"),
    ("GET", f"/fhir/{NAME}/{ID}", None, "read"),
    ("GET", f"/fhir/Patient/{ID}/${NAME}", None, "operation"),
    ("GET", f"/fhir/Patient/{ID}/a/b/c/{NAME}", None, "other"),
    ("GET", f"/{NAME}/{ID}", None, "other"),
    (NAME.upper(), f"/fhir/Patient/{ID}", None, "other"),
    ("DELETE", f"/fhir/Patient/{ID}", None, "delete"),
    ("GET", "/fhir/metadata", None, "capabilities"),
    ("GET", "/health", None, "health"),
]  # fmt: skip

CALLED, TYPES = {name for *_, name in ASKED}, ("Patient", "Observation", "-")


@pytest.fixture
def collector() -> Iterator[tuple[str, list[bytes]]]:
    """An OpenTelemetry collector that keeps what it is sent."""
    kept: list[bytes] = []

    class Taking(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            kept.append(self.rfile.read(int(self.headers["content-length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *said: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Taking) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}", kept
        server.shutdown()
        thread.join()


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    with bare(tmp_path) as found:
        yield found


def staffed(folder: Path) -> Path:
    """A file of clients: one of the staff, and the person."""
    clients = folder / "clients.toml"
    clients.write_text(
        f'[[client]]\nid = "staff-1"\nrole = "staff"\ntoken_sha256 = "{sha256(TOKEN.encode()).hexdigest()}"\n'
        f'[[client]]\nid = "Patient/{ID}"\nrole = "patient"\npatient = "{ID}"\n'
        f'token_sha256 = "{sha256(NAME.encode()).hexdigest()}"\n',
        "utf-8",
    )
    return clients


def everything_asked(port: int) -> None:
    """Every kind of request, as the staff, as the person, and as nobody."""
    for bearer in (TOKEN, NAME, NUMBER):
        for method, path, body, _ in ASKED:
            kind = "application/json-patch+json" if method == "PATCH" else "application/fhir+json"
            if path.endswith("_search"):
                kind = "application/x-www-form-urlencoded"
            answer, _ = ask(
                port, method, path, body,
                authorization=f"Bearer {bearer}", content_type=kind, x_request_id=f"{ID} {NAME}",
                user_agent=NAME, tracestate=f"{ID}={NAME}", traceparent=f"00-{TRACE}-00f067aa0ba902b7-01",
            )  # fmt: skip
            assert answer.headers["x-correlation-id"] == f"{ID} {NAME}"
            assert ID not in answer.headers["x-request-id"]


def a_fault(port: int, url: str) -> None:
    """A fault of the program, whose message repeats what a person's record says."""
    ask(port, "PUT", f"/fhir/Patient/{ID}", PERSON, authorization=f"Bearer {TOKEN}")
    database = Database(url)
    with database.writing() as connection:
        connection.execute(update(tables.body).values(bytes=f'{{"{NAME}": {NUMBER}'.encode()))
    database.close()
    answer, told = ask(
        port, "PATCH", f"/fhir/Patient/{ID}", PATCH,
        authorization=f"Bearer {TOKEN}", content_type="application/json-patch+json",
    )  # fmt: skip
    assert answer.status == 500
    assert not any(mark in dumps(told) for mark in MARKS)


def counted(page: str, name: str) -> dict[str, float]:
    """The samples of a name, by their first label; without labels under the empty text."""
    found: dict[str, float] = {}
    for family in text_string_to_metric_families(page):
        for sample in family.samples:
            if sample.name == name:
                label = next(iter(sample.labels.values()), "")
                found[label] = found.get(label, 0) + sample.value
    return found


def test_nothing_of_persons_stands_in_logs_counts_or_traces(
    tmp_path: Path, url: str, collector: tuple[str, list[bytes]]
) -> None:
    address, sent = collector
    clients = staffed(tmp_path)
    with serving(
        "--data", url, folder=tmp_path, clients=clients, traces=address, workers=1 if KIND == "sqlite" else 2
    ) as server:
        everything_asked(server.port)
        a_fault(server.port, url)
        page = ask(server.port, "GET", "/metrics")[1].decode()
    log = server.log.read_text("utf-8")
    traces = b"".join(sent).decode("utf-8", "replace")
    for mark in MARKS:
        assert mark.lower() not in log.lower()
        assert mark.lower() not in page.lower()
        assert mark.lower() not in traces.lower()
    the_log_tells_the_rest(server)
    the_counts_are_right(page)
    the_traces_hang_together(sent)


def the_log_tells_the_rest(server: Served) -> None:
    lines = server.lines("request")
    told = [line for line in lines if line["actor"] == "staff-1"]
    assert [line["interaction"] for line in told][: len(ASKED) - 1] == [
        name for *_, name in ASKED if name != "health"
    ]
    assert {line["role"] for line in lines} == {"staff", "patient", "-"}
    assert {line["actor"] for line in lines if line["role"] == "patient"} == {"-"}
    assert {200, 201, 400, 401, 403, 404, 405, 500} <= {line["status"] for line in lines}
    assert all(set(line) == set(lines[0]) for line in lines)
    (fault,) = server.lines("fault")
    assert fault["places"]


def the_counts_are_right(page: str) -> None:
    asked = counted(page, "vardforlopp_request_seconds_count")
    for name in {name for *_, name in ASKED if name not in ("ready", "update", "patch")}:
        assert asked[name] == 3 * sum(one == name for *_, one in ASKED), name
    assert counted(page, "vardforlopp_faults_total") == {"": 1}
    assert counted(page, "vardforlopp_log_last")[""] >= 7
    assert counted(page, "vardforlopp_audit_last")[""] > 30
    assert counted(page, "vardforlopp_patients_waiting") == {"": 0}
    assert counted(page, "vardforlopp_patients_late_seconds") == {"": 0}
    assert "" in counted(page, "vardforlopp_audit_unsealed")
    connections = counted(page, "vardforlopp_connections")[""]
    assert connections > 8 if KIND == "sqlite" else connections == 16  # on SQLite it does the timed work, too


def the_traces_hang_together(sent: list[bytes]) -> None:
    spans = [
        span
        for body in sent
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans
        for scope in resource.scope_spans
        for span in scope.spans
    ]
    by_id = {span.span_id: span for span in spans}
    names = {span.name for span in spans}
    assert {"read Patient", "service read", "view", "service create", "transaction"} <= names
    for span in spans:
        if span.name.startswith("service "):
            above = by_id[span.parent_span_id]
            assert above.name in ("view", "transaction")
            assert by_id[above.parent_span_id].name in {
                f"{name} {type_}" for name in CALLED for type_ in TYPES
            }
        assert not span.attributes
        assert not span.events
    assert sum(span.trace_id.hex() == TRACE for span in spans) > 100, (
        "what a client's trace names hangs there"
    )


def test_counts_are_for_this_machine_or_for_who_holds_their_token(tmp_path: Path) -> None:
    token = sha256(b"count").hexdigest()
    with serving("--demo", "--data", "a", folder=tmp_path) as server:
        assert ask(server.port, "GET", "/metrics")[0].status == 200
        assert ask(server.port, "GET", "/metrics", x_forwarded_for="10.0.0.1")[0].status == 403
    with serving("--demo", "--data", "b", folder=tmp_path, metrics_token_sha256=token) as server:
        assert ask(server.port, "GET", "/metrics")[0].status == 403
        assert ask(server.port, "GET", "/metrics", authorization="Bearer x")[0].status == 403
        assert ask(server.port, "GET", "/metrics", authorization="Bearer count")[0].status == 200


@pytest.mark.skipif(KIND != "sqlite", reason="the same on both, and quicker here")
def test_an_import_counts_where_the_server_counts(tmp_path: Path) -> None:
    import subprocess
    import sys

    from made.processes import SOURCES

    (tmp_path / "p.ndjson").write_text(dumps(PERSON) + "\n" + dumps({**PERSON, "birthDate": "x"}), "utf-8")
    with serving("--demo", "--data", "data", folder=tmp_path, metrics="counts") as server:
        subprocess.run(
            [sys.executable, "-m", "vardforlopp", "import", "--data", "data", "p.ndjson"], cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": SOURCES, "VARDFORLOPP_METRICS": "counts"},
            capture_output=True, check=False,
        )  # fmt: skip
        page = ask(server.port, "GET", "/metrics")[1].decode()
    assert counted(page, "vardforlopp_imported_total") == {"kept": 1, "refused": 1, "same": 0, "left": 0}
