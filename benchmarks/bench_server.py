"""The server over HTTP on loopback: read, search and create, each with its line in the log of acts.

    python benchmarks/bench_server.py [--resources N] [--seconds S] [--connections C] [--kinds K,K] [WHICH]
        [--also FILES]

Measured beside it, in the same run: Starlette and granian alone, answering the same bytes. Client, server
and database share the cores of this machine with whatever else runs: what each of them used stands in the
row, and what one request cost server and database. At the end: what a million resources would take of the
disk, and how long they took to come in. `--also` stores files beside first, by the command that users give.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from http.client import HTTPConnection
from pathlib import Path
from time import perf_counter, sleep
from typing import Any, NamedTuple

import orjson

from load import ASKED, BODY
from vardforlopp.access import Actor
from vardforlopp.adapters.in_force import read_in_force
from vardforlopp.adapters.incoming import incoming_rules
from vardforlopp.app import clock
from vardforlopp.app.followed import PART, noted
from vardforlopp.app.version import VERSION
from vardforlopp.fhir.names import CATEGORY_SYSTEM, EXTENSION, canonical
from vardforlopp.fhir.resources_in import Sent
from vardforlopp.services.importing import Imported, import_
from vardforlopp.services.preparing import known_of, prepared
from vardforlopp.services.sweeping import sweep
from vardforlopp.store.database import Database
from vardforlopp.store.migrations import migrate
from vardforlopp.store.units import SqlStore

HERE = Path(__file__).parent
#: What each is: `load.py`.
KINDS = ("read", "search", "create", "assessed", "apply", "preview", "worklist")
#: What the peer is asked, too.
COMPARED = {"read", "search", "create"}
#: Section 9 of the architecture: a second, audited, on PostgreSQL with 1e6 resources.
BARS = {"read": 2500, "search": 600, "create": 800, "assessed": 400, "apply": 200, "preview": 500}
TICK = os.sysconf("SC_CLK_TCK")
#: Resources of each person: with observations, and the care plan that says that a pathway is followed.
EACH = 10


class Process(NamedTuple):
    """A server, and which processes' time is its and its database's."""

    port: int
    own: int
    database: int | None


def person(number: int) -> dict[str, Any]:
    """A person as a population register has them: about 600 bytes."""
    return {
        "resourceType": "Patient", "id": f"p{number}", "active": True, "gender": "female",
        "birthDate": f"19{number % 90 + 10}-01-15",
        "identifier": [{"system": "https://region.example/register", "value": f"{number:012d}"}],
        "name": [{"use": "official", "family": f"Testsson{number}", "given": ["Test", "Person"]}],
        "address": [{"line": ["Storgatan 1"], "postalCode": "123 45", "city": "Staden", "country": "SE"}],
        "telecom": [{"system": "phone", "value": "070-000 00 00", "use": "mobile"}],
    }  # fmt: skip


#: What is measured of each person, by LOINC, with UCUM's unit.
MEASURED = (
    ("8867-4", "/min"), ("8480-6", "mm[Hg]"), ("8462-4", "mm[Hg]"), ("29463-7", "kg"), ("8302-2", "cm"),
    ("2708-6", "%"), ("9279-1", "/min"), ("8310-5", "Cel"),
)  # fmt: skip


def observation(number: int, whose: int) -> dict[str, Any]:
    """One of the kinds of values of a person."""
    found = json.loads(BODY)
    code, unit = MEASURED[number]
    found["code"]["coding"][0]["code"] = code
    found["valueQuantity"] |= {"unit": unit, "code": unit}
    return {**found, "id": f"o{whose}-{number}", "subject": {"reference": f"Patient/p{whose}"}}


def stay(whose: int) -> dict[str, Any]:
    """A person's enrolment."""
    return {
        "resourceType": "CarePlan", "id": f"c{whose}", "status": "active", "intent": "plan",
        "category": [{"coding": [{"system": CATEGORY_SYSTEM, "code": "enrolment"}]}],
        "instantiatesCanonical": [canonical("hjartsvikt", "1.0.0")],
        "subject": {"reference": f"Patient/p{whose}"}, "period": {"start": "2026-02-20"},
        "author": {"display": "Vårdcentralen Norr"}, "created": "2026-02-20",
        "extension": [{"url": f"{EXTENSION}followed-from", "valueDate": "2026-02-20"}],
    }  # fmt: skip


def fill(url: str, persons: int) -> float:
    """Persons who are followed, in transactions of 500, and where they stand; seconds that it took."""
    migrate(url)
    in_force = read_in_force(region="region-exempel", program=VERSION)
    store = SqlStore(Database(url, connections=1), after=noted(in_force, clock.now))
    rules = incoming_rules("http://127.0.0.1/fhir", in_force=in_force)
    began = perf_counter()
    part: list[Sent] = []
    for number in range(1, persons + 1):
        values = (observation(n, number) for n in range(len(MEASURED)))
        for resource in (person(number), *values, stay(number)):
            text = orjson.dumps(resource)
            part.append(Sent("-", text, resource, None))
        if len(part) >= 500 or number == persons:
            with store.writing() as unit:
                ready = prepared(part, known=known_of(part), rules=rules)
                kept = import_(unit, ready, actor=Actor("bench", "system"), at=clock.now())
                assert isinstance(kept, Imported), kept
                assert kept.kept == len(part), kept.faults
            part = []
            if number in (100, 500, 2_500, 10_000):
                store.database.measure()  # as `vardforlopp import` does
    while sweep(store, in_force, now=clock.now(), most=PART):
        pass
    store.database.close()
    return perf_counter() - began


def used(pid: int) -> float:
    """Seconds of processors that a process and those below it have used so far."""
    total, waiting = 0.0, [pid]
    while waiting:
        one = waiting.pop()
        try:
            fields = Path(f"/proc/{one}/stat").read_text("ascii").rpartition(")")[2].split()
            total += sum(map(int, fields[11:15])) / TICK
            waiting += map(int, Path(f"/proc/{one}/task/{one}/children").read_text("ascii").split())
        except OSError:
            continue
    return total


@contextmanager
def running(command: list[str], database: int | None = None, **environment: str) -> Iterator[Process]:
    """A server as processes of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    paths = os.pathsep.join([str(HERE), *(path for path in sys.path if path)])
    with subprocess.Popen(
        [part.replace("PORT", str(port)) for part in command], stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": paths, **environment},
    ) as process:  # fmt: skip
        try:
            for _ in range(300):
                with socket.socket() as asked:
                    if asked.connect_ex(("127.0.0.1", port)) == 0:
                        break
                sleep(0.05)
            sleep(1.5)
            yield Process(port, process.pid, database)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(40)


def served(url: str, workers: int, database: int | None) -> Any:
    """Our server, in a demonstration: everybody may, and every act is logged."""
    return running(
        [sys.executable, "-m", "vardforlopp", "serve", "--demo", "--data", url, "--port", "PORT"], database,
        VARDFORLOPP_WORKERS=str(workers), VARDFORLOPP_REQUESTS_A_MINUTE="100000000",
    )  # fmt: skip


def loaded(at: Process, kind: str, chosen: argparse.Namespace) -> dict[str, Any]:
    """What a load of one kind comes to, with the cores that each side used."""
    own = used(at.own)
    base = used(at.database) if at.database else 0.0
    told = subprocess.check_output(
        [sys.executable, str(HERE / "load.py"), str(at.port), kind, str(chosen.seconds),
         str(chosen.connections), str(chosen.resources // EACH)],
    )  # fmt: skip
    found: dict[str, Any] = json.loads(told)
    lasted = found["lasted"]
    found["server"] = (used(at.own) - own) / lasted
    found["database"] = (used(at.database) - base) / lasted if at.database else 0.0
    return found


def answers(at: Process, folder: Path) -> Path:
    """What the server answers to one of each kind, for the peer to say."""
    told = {}
    asked = {
        kind: ("GET", f"/fhir/{ASKED[kind]}1", None) if kind in ASKED else ("POST", "/fhir/Observation", BODY)
        for kind in COMPARED
    }
    for kind, (method, path, body) in asked.items():
        connection = HTTPConnection("127.0.0.1", at.port)
        connection.request(method, path, body, {"content-type": "application/fhir+json"})
        answer = connection.getresponse()
        headers = {
            name: value for name, value in answer.getheaders() if name not in ("content-length", "date")
        }
        told[kind] = (answer.status, headers, answer.read().decode())
        connection.close()
    file = folder / "answers.json"
    file.write_text(json.dumps(told), "utf-8")
    return file


def row(name: str, kind: str, found: dict[str, Any], bar: int | None) -> None:
    """One line."""
    verdict = "" if bar is None else f"  bar {bar}: {'met' if found['per_second'] >= bar else 'NOT met'}"
    wrong = f"  also answered {found['others']}" if found["others"] else ""
    cores = f"client {found['cores']:.2f}, server {found['server']:.2f}, database {found['database']:.2f}"
    each = 1000 * (found["server"] + found["database"]) / found["per_second"]
    took = f"p50 {found['p50']:6.2f} ms  p99 {found['p99']:6.2f} ms"
    cost = f"{each:.2f} ms of processor each"
    print(
        f"{name:12s} {kind:7s} {found['per_second']:6.0f}/s  {took}  cores: {cores}  {cost}{verdict}{wrong}",
        flush=True,
    )


@contextmanager
def postgresql() -> Iterator[tuple[str, int]]:
    """A PostgreSQL of its own: its address, and the process above all of its processes."""
    sys.path.insert(0, str(HERE.parent / "tests"))
    from made.databases import Restarted

    database = Restarted()
    try:
        yield database.url, int(database._server.get_pid())
    finally:
        database.end()


def size(url: str) -> int:
    """Bytes that a database takes."""
    database = Database(url, connections=1)
    with database.reading() as connection:
        asked = (
            "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
            if database.is_sqlite
            else "SELECT pg_database_size(current_database())"
        )
        found = int(connection.exec_driver_sql(asked).scalar_one())
    database.close()
    return found


def measured(name: str, url: str, pid: int | None, *, chosen: argparse.Namespace, folder: Path) -> None:
    """One database: filled, asked, and compared with the peer."""
    imported(url, chosen.also)
    before = size(url) if chosen.also else 0
    took = fill(url, chosen.resources // EACH)
    bytes_ = size(url) - before
    workers = 1 if name == "sqlite" else 3
    with served(url, workers, pid) as server:
        said = answers(server, folder)
        for kind in chosen.kinds:
            loaded(server, kind, argparse.Namespace(**{**vars(chosen), "seconds": 1}))
            row(name, kind, loaded(server, kind, chosen), BARS.get(kind))
        memory = sum(
            int(line.split()[1])
            for each in (server.own, *_below(server.own))
            for line in Path(f"/proc/{each}/status").read_text("ascii").splitlines()
            if line.startswith("VmRSS")
        )
    with running([sys.executable, str(HERE / "peer.py"), "PORT"], PEER_ANSWERS=str(said)) as peer:
        for kind in sorted(COMPARED & set(chosen.kinds)):
            row("  the peer", kind, loaded(peer, kind, chosen), None)
    print(
        f"{name}: {chosen.resources} resources in {took:.0f} s, {chosen.resources / took:.0f}/s, "
        f"{bytes_ / chosen.resources:.0f} bytes each on the disk, "
        f"{bytes_ / chosen.resources / 1000:.1f} GB a million; "
        f"{workers} process(es) and the first of all: {memory / 1024:.0f} MB of memory"
    )


def imported(url: str, files: list[Path]) -> None:
    """What is stored beside, by the command that users give: how much, and how fast, all counted."""
    if not files:
        return
    data = str(Path(url.removeprefix("sqlite:///")).parent) if url.startswith("sqlite") else url
    command = [sys.executable, "-m", "vardforlopp", "import", "--data", data, *map(str, files)]
    began = perf_counter()
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    took = perf_counter() - began
    kept = int(done.stdout.split()[0])
    print(f"stored beside: {done.stdout.strip()} {kept / took:.0f}/s, whole process", flush=True)


def _below(pid: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()]


def main() -> None:
    """All that is asked for."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("databases", nargs="*", default=["sqlite", "postgresql"])
    reader.add_argument("--kinds", type=lambda said: said.split(","), default=KINDS)
    reader.add_argument("--resources", type=int, default=20_000)
    reader.add_argument("--seconds", type=float, default=4)
    reader.add_argument("--connections", type=int, default=16)
    reader.add_argument("--also", nargs="*", type=Path, default=[], help="files of FHIR to store beside")
    chosen = reader.parse_args()
    print(f"{chosen.resources} resources stored, {chosen.connections} connections, {os.cpu_count()} cores")
    for name in chosen.databases:
        with tempfile.TemporaryDirectory() as made:
            folder = Path(made)
            here = (
                nullcontext((f"sqlite:///{folder}/vardforlopp.db", None))
                if name == "sqlite"
                else postgresql()
            )
            with here as (url, pid):
                measured(name, url, pid, chosen=chosen, folder=folder)


if __name__ == "__main__":
    main()
