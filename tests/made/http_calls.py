"""HTTP without a socket: what the server's interface answers to a request, as it stands on the wire."""

from __future__ import annotations

import asyncio
from typing import Any, NamedTuple

import orjson
from starlette.types import ASGIApp

from made.serving import NOW, SYSTEM, Client
from vardforlopp.access import Actor
from vardforlopp.api.front import Front
from vardforlopp.api.http import application
from vardforlopp.api.limits import Places, Rate
from vardforlopp.api.watch import Unwatched

Json = dict[str, Any]
#: Bytes of a body, at most, in these tests.
LARGEST = 100_000


class Answer(NamedTuple):
    """Status, headers by lower-case name, body."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def issue(self) -> Json:
        """The first issue of a refusal."""
        told = orjson.loads(self.body)
        assert told["resourceType"] == "OperationOutcome"
        found: Json = told["issue"][0]
        return found


def interface(client: Client) -> ASGIApp:
    """The interface over a client's server: who sends a token is a system, any other nobody."""

    def who(authorization: str | None) -> Actor | None:
        return SYSTEM if authorization else None

    inside = application(client.server, who=who, clock=lambda: NOW, largest=LARGEST, patience=10)
    ids = client.server.new_id
    return Front(inside, who, lambda: NOW, lambda: 0, ids, Unwatched(), Rate(60_000), Places(100))


def call(
    client: Client,
    method: str,
    address: str,
    body: bytes | list[bytes] = b"",
    *,
    http: str = "1.1",
    **headers: str,
) -> Answer:
    """One request; `address` below `/fhir` as it is sent. A list is a body in pieces, its length not told."""
    pieces = body if isinstance(body, list) else [body]
    raw, _, query = f"/fhir/{address}".partition("?")
    said = {"authorization": "Bearer x", **{name.replace("_", "-"): value for name, value in headers.items()}}
    if not isinstance(body, list):
        said["content-length"] = str(len(body)) if body else ""
    elif http == "1.1":
        said["transfer-encoding"] = "chunked"
    scope = {
        "type": "http", "http_version": http, "method": method, "scheme": "http", "path": raw,
        "raw_path": raw.encode("utf-8"), "query_string": query.encode("utf-8"), "root_path": "",
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in said.items() if value],
        "server": ("server.example", 80), "client": ("127.0.0.1", 1),
    }  # fmt: skip
    sent: list[Json] = []
    waiting = [
        {"type": "http.request", "body": piece, "more_body": number < len(pieces)}
        for number, piece in enumerate(pieces, start=1)
    ]

    async def receive() -> Any:
        return waiting.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(interface(client)(scope, receive, send))
    return Answer(
        sent[0]["status"],
        {name.decode(): value.decode("latin-1") for name, value in sent[0]["headers"]},
        b"".join(each.get("body", b"") for each in sent[1:]),
    )
