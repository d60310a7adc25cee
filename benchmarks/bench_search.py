"""Searches over HTTP, of a server in a process of its own, on many stored resources: SQLite and PostgreSQL.

    python benchmarks/bench_search.py [resources] [sqlite] [postgresql]

Client and server share the machine; what the server's processes alone use of a processor for an answer
stands beside (of PostgreSQL's own, nothing does). PostgreSQL comes as a wheel (`tests/made/databases.py`).
What is stored is imported by the program itself, which is timed too.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection
from itertools import count
from pathlib import Path
from time import perf_counter, sleep
from typing import Any

from measure import children_time

ROOT = Path(__file__).parents[1]
#: Of one patient: themselves, and this many values.
VALUES = 49
CODES = 40
#: Clients that ask at once, and for how many seconds.
CLIENTS, SECONDS = 4, 6.0
#: What is asked, of one patient after the other, and the bar in answers a second (a million stored).
SEARCHES = {
    "by patient": "/fhir/Observation?patient=p{p}&_count=20",
    "by patient, code and date, newest first": (
        "/fhir/Observation?patient=p{p}&code=s|c{c}&date=ge2005&_sort=-date"
    ),
    "_has": "/fhir/Patient?_id=p{p}&_has:Observation:patient:code=s|c{c}",
    "_has, nothing else": "/fhir/Patient?_has:Observation:patient:code=s|c{c}&_count=10",
    "newest of all": "/fhir/Observation?_sort=-date&_count=10",
}
BAR = 600


def resources(number: int) -> Iterator[dict[str, Any]]:
    """Invented patients with their values."""
    for n in range(number // (VALUES + 1)):
        yield {"resourceType": "Patient", "id": f"p{n}", "gender": "female", "name": [{"family": f"Prov{n}"}]}
        for v in range(VALUES):
            coding = {"system": "s", "code": f"c{(n + v) % CODES}"}
            quantity = {"value": (n * v) % 200, "unit": "mmHg", "code": "mm[Hg]"}
            yield {
                "resourceType": "Observation", "id": f"o{n}-{v}", "status": "final",
                "code": {"coding": [coding]}, "subject": {"reference": f"Patient/p{n}"},
                "effectiveDateTime": f"{2000 + (n + v) % 25}-{v % 12 + 1:02}-{n % 28 + 1:02}",
                "valueQuantity": quantity,
            }  # fmt: skip


@contextmanager
def serving(data: str) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """The program's own server; its port, and its process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    command = [sys.executable, "-m", "vardforlopp", "serve", "--demo", "--data", data, "--port", str(port)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        try:
            for _ in range(200):
                try:
                    asked(HTTPConnection("127.0.0.1", port), "/ready")
                    break
                except OSError:
                    sleep(0.05)
            yield port, process
        finally:
            process.terminate()


def asked(connection: HTTPConnection, address: str) -> bytes:
    """The body of an answer, which must be one."""
    connection.request("GET", address)
    answer = connection.getresponse()
    body = answer.read()
    assert answer.status == 200, body
    return body


def processor(parent: int) -> float:
    """Seconds of processor time of a process and its children so far (Linux)."""
    used = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            pid, fields = int(stat.parent.name), stat.read_text().rpartition(")")[2].split()
        except OSError:  # it has ended
            continue
        if parent in (pid, int(fields[1])):
            used += int(fields[11]) + int(fields[12])
    return used / os.sysconf("SC_CLK_TCK")


def measured(port: int, address: str, *, patients: int) -> tuple[float, float, float]:
    """Answers a second, and milliseconds of the median and of the 99th in a hundred."""
    numbers, until = count(), perf_counter() + SECONDS

    def client(_: int) -> list[float]:
        connection, took = HTTPConnection("127.0.0.1", port), []
        while (began := perf_counter()) < until:
            n = next(numbers)
            asked(connection, address.format(p=n * 7919 % patients, c=n % CODES))
            took.append((perf_counter() - began) * 1000)
        return took

    began = perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        took = sorted(ms for each in pool.map(client, range(CLIENTS)) for ms in each)
    return len(took) / (perf_counter() - began), took[len(took) // 2], took[int(len(took) * 0.99)]


def bench(kind: str, number: int) -> None:
    """All searches on one database."""
    os.environ["TEST_DATABASE"] = kind
    sys.path.insert(0, str(ROOT / "tests"))
    from made.databases import bare

    with tempfile.TemporaryDirectory() as folder, bare(Path(folder)) as url:
        data = folder if kind == "sqlite" else url
        path = Path(folder) / "made.ndjson"
        with path.open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(one) + "\n" for one in resources(number))
        began, used = perf_counter(), children_time()
        subprocess.run([sys.executable, "-m", "vardforlopp", "import", "--data", data, str(path)], check=True)
        took = perf_counter() - began
        print(f"{kind}: {number} imported, {number / took:.0f}/s, processor {children_time() - used:.0f} s")
        with serving(data) as (port, process):
            for name, address in SEARCHES.items():
                before = processor(process.pid)
                rate, median, worst = measured(port, address, patients=number // (VALUES + 1))
                each = (processor(process.pid) - before) / SECONDS / rate * 1000
                bar = f"   bar {BAR}/s: {'met' if rate >= BAR else 'NOT met'}" if "patient" in name else ""
                print(
                    f"{kind}: {name:42s} {rate:7.0f}/s  p50 {median:7.1f}  p99 {worst:7.1f}"
                    f"  processor {each:6.2f} ms{bar}",
                    flush=True,
                )


if __name__ == "__main__":
    kinds = [each for each in sys.argv[1:] if not each.isdigit()] or ["sqlite", "postgresql"]
    size = next((each for each in sys.argv[1:] if each.isdigit()), "200000")
    if len(kinds) == 1:
        bench(kinds[0], int(size))
    else:
        for kind in kinds:
            subprocess.run([sys.executable, __file__, size, kind], check=True)
