"""A light generator of load: connections that are kept, each asking again as soon as it is answered.

    python benchmarks/load.py PORT KIND SECONDS CONNECTIONS    prints what it found, as JSON

It is a process of its own, so that what it uses of the processors is not the server's.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable
from random import Random
from time import perf_counter, process_time

BODY = json.dumps(
    {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "8867-4", "display": "Heart rate"}]},
        "subject": {"reference": "Patient/p1"},
        "effectiveDateTime": "2026-03-02T10:00:00+01:00",
        "valueQuantity": {"value": 71, "unit": "/min", "system": "http://unitsofmeasure.org", "code": "/min"},
    }
).encode()
#: A value that no pathway asks for: it is kept, and the patient is looked at no further.
OTHER = BODY.replace(b"8867-4", b"8280-0").replace(b"Heart rate", b"Waist circumference")

#: What is read, but for the number of a person: a plan with all that goes into it, one pathway as if it were
#: followed, fifty steps of all that somebody should see to.
ASKED = {
    "read": "Patient/p",
    "search": "Observation?code=8867-4&patient=p",
    "apply": "PlanDefinition/hjartsvikt/$apply?form=bundle&subject=Patient/p",
    "preview": "PlanDefinition/kol/$apply?subject=Patient/p",
    "worklist": "$worklist?_count=50",
}
#: What is written: something that no pathway asks for, and something that one does.
WRITTEN = {"create": OTHER, "assessed": BODY}


class Connection(asyncio.Protocol):
    """Asks, reads the whole answer, keeps the time, asks again until it is told to stop."""

    def __init__(self, request: Callable[[], bytes], expected: int) -> None:
        self._request, self._expected = request, expected
        self.took: list[float] = []
        self.others: list[int] = []
        self.stopped = False
        self._left, self._head, self._began = 0, b"", 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._ask()

    def _ask(self) -> None:
        self._began = perf_counter()
        self._transport.write(self._request())  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        if self._left == 0:
            self._head += data
            head, end, rest = self._head.partition(b"\r\n\r\n")
            if not end:
                return
            length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
            self._left = int(length or 0) - len(rest)
        else:
            self._left -= len(data)
        if self._left == 0:
            self.took.append(perf_counter() - self._began)
            status = int(self._head[9:12])
            if status != self._expected:
                self.others.append(status)
            self._head = b""
            if not self.stopped:
                self._ask()


def requests(kind: str, persons: int) -> Callable[[], bytes]:
    """What is asked: another resource each time."""
    random = Random(1)

    def get() -> bytes:
        number = "" if kind == "worklist" else random.randrange(1, persons + 1)
        return f"GET /fhir/{ASKED[kind]}{number} HTTP/1.1\r\nhost: x\r\n\r\n".encode()

    def post() -> bytes:
        whose = f"Patient/p{random.randrange(1, persons + 1)}".encode()
        body = WRITTEN[kind].replace(b"Patient/p1", whose)
        head = "POST /fhir/Observation HTTP/1.1\r\nhost: x\r\ncontent-type: application/fhir+json\r\n"
        return f"{head}content-length: {len(body)}\r\n\r\n".encode() + body

    return post if kind in WRITTEN else get


async def _run(port: int, kind: str, seconds: float, connections: int, persons: int) -> dict[str, object]:
    loop, ask = asyncio.get_running_loop(), requests(kind, persons)
    expected = 201 if kind in WRITTEN else 200
    began, used = perf_counter(), process_time()
    opened = [
        (await loop.create_connection(lambda: Connection(ask, expected), "127.0.0.1", port))[1]
        for _ in range(connections)
    ]
    await asyncio.sleep(seconds)
    for each in opened:
        each.stopped = True
    lasted, spent = perf_counter() - began, process_time() - used
    await asyncio.sleep(0.5)
    took = sorted(time for each in opened for time in each.took)
    others = sorted({status for each in opened for status in each.others})
    return {
        "per_second": len(took) / lasted,
        "p50": took[len(took) // 2] * 1000,
        "p99": took[int(len(took) * 0.99)] * 1000,
        "cores": spent / lasted,
        "lasted": lasted,
        "others": others,
    }


if __name__ == "__main__":
    _, port_, kind_, seconds_, connections_, persons_ = sys.argv
    print(json.dumps(asyncio.run(_run(int(port_), kind_, float(seconds_), int(connections_), int(persons_)))))
