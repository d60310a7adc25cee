"""The HTTP around the interactions: bodies within limits, JSON in and out, headers on every answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast, get_args
from urllib.parse import parse_qsl, unquote

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from vardforlopp.access import Actor
from vardforlopp.api.ask import Ask, Method, Reply, Server
from vardforlopp.api.dispatch import answer
from vardforlopp.api.outcome import fault

JSON = "application/fhir+json"
_JSON_TYPES = frozenset((JSON, "application/json", "application/json-patch+json"))
_FORM = "application/x-www-form-urlencoded"
#: On every answer: nothing of a record is guessed at, framed, stored on the way or sent along.
SAFE = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
#: Pairs of a query, at most.
_MOST_PAIRS = 200


def application(
    server: Server,
    *,
    who: Callable[[str | None], Actor | None],
    clock: Callable[[], int],
    largest: int,
    failed: Callable[[Exception], str],
    ready: Callable[[], bool],
) -> Starlette:
    """The server's interface: FHIR under `/fhir`, and whether it lives and is ready.

    `who` tells the actor of an `Authorization` header, `clock` the time; `largest` body in bytes. `failed`
    writes down a fault of the program and gives the name under which it is found.
    """

    async def fhir(request: Request) -> Response:
        try:
            body = await _body(request, largest)
        except ClientDisconnect:
            return Response(status_code=400)
        if isinstance(body, Reply):
            return _response(body, server)
        return _response(await run_in_threadpool(_answered, request, body), server)

    def _answered(request: Request, body: bytes) -> Reply:
        try:
            actor = who(request.headers.get("authorization"))
            ask = asked(request, body, actor=actor or _NOBODY, at=clock())
            if isinstance(ask, Reply):
                return ask
            if actor is None and ask.path not in _OPEN:
                told = fault(401, "login", "nobody vouches for you", "Send your client's token.")
                return Reply(told.status, told.body, {"www-authenticate": "Bearer"})
            return answer(ask, server)
        except Exception as error:  # noqa: BLE001 - whatever it is, the client gets an answer that tells nothing
            name = failed(error)
            return fault(500, "exception", "the program has a fault", f"Tell us the time, and {name}.")

    async def alive(request: Request) -> Response:
        return Response("alive\n", media_type="text/plain", headers=SAFE)

    async def is_ready(request: Request) -> Response:
        found = await run_in_threadpool(ready)
        told = "ready\n" if found else "the store does not answer\n"
        return Response(told, 200 if found else 503, SAFE, "text/plain")

    methods = [*get_args(Method), "HEAD", "OPTIONS", "TRACE"]
    return Starlette(
        exception_handlers=dict.fromkeys((404, 405), _nothing(server)),
        routes=[
            Route("/fhir", fhir, methods=methods),
            Route("/fhir/{path:path}", fhir, methods=methods),
            Route("/health", alive),
            Route("/ready", is_ready),
        ],
    )


def _nothing(server: Server) -> Callable[[Request, Exception], Response]:
    """What answers where no route does: another address or method, or a line break within the path."""

    def told(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        reply = fault(error.status_code, "not-supported", "there is nothing here", "See /fhir/metadata.")
        return _response(Reply(reply.status, reply.body, error.headers or {}), server)

    return told


#: Who asks what the server can do needs no name.
_OPEN = (("metadata",), ("openapi.json",))
_NOBODY = Actor("-", "system")


def asked(request: Request, body: bytes, *, actor: Actor, at: int) -> Ask | Reply:
    """A request as an interaction."""
    path = tuple(unquote(part) for part in _raw_path(request).split("/") if part)
    try:
        query = _pairs(request.url.query)
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if body and kind == _FORM:
            query += _pairs(body.decode("utf-8"))
            body = b""
    except ValueError:
        what = "the parameters are not UTF-8, or there are too many"
        return fault(400, "structure", what, f"Send {_MOST_PAIRS} at most, as UTF-8.")
    if body and kind not in _JSON_TYPES:
        return fault(415, "not-supported", "the body is not declared to be JSON", f"Send it as {JSON}.")
    if not _acceptable(request, dict(query).get("_format")):
        return fault(406, "not-supported", "only JSON is written here", f"Accept {JSON}.")
    method = "GET" if request.method == "HEAD" else request.method
    return Ask(cast(Method, method), path, tuple(query), actor, at, body, dict(request.headers))


def _pairs(text: str) -> list[tuple[str, str]]:
    """The pairs of a query or a form. Raises: ValueError for what is not UTF-8, or too many."""
    return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_MOST_PAIRS)


def _raw_path(request: Request) -> str:
    """The path below `/fhir` as it was sent, so that an escaped slash stays within its part."""
    raw = cast(bytes, request.scope.get("raw_path") or request.url.path.encode())
    return raw.decode("latin-1").partition("?")[0].removeprefix("/fhir")


def _acceptable(request: Request, format_: str | None) -> bool:
    wanted = format_ if format_ is not None else request.headers.get("accept", "*/*")
    return any(word in wanted.lower().replace(" ", "+") for word in ("json", "*/*", "application/*"))


async def _body(request: Request, largest: int) -> bytes | Reply:
    declared = request.headers.get("content-length", "0")
    if declared.isdigit() and int(declared) > largest:
        return _too_large(largest)
    pieces, size = [], 0
    async for piece in request.stream():
        size += len(piece)
        if size > largest:
            return _too_large(largest)
        pieces.append(piece)
    return b"".join(pieces)


def _too_large(largest: int) -> Reply:
    what = f"the body is larger than {largest // 1_000_000} MB"
    return fault(413, "too-long", what, "Send it in parts, or import it as a file.")


def _response(reply: Reply, server: Server) -> Response:
    headers = {**SAFE, **reply.headers}
    if server.demo:
        headers["x-demo"] = "true"
    kind = headers.pop("content-type", f"{JSON}; charset=utf-8") if reply.body else None
    return Response(reply.body, reply.status, headers, media_type=kind)
