"""The HTTP around the interactions: bodies within limits, JSON in and out."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import cast, get_args
from urllib.parse import parse_qsl, unquote

from anyio import move_on_after
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
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
#: Pairs of a query, at most.
_MOST_PAIRS = 200


def application(
    server: Server,
    *,
    who: Callable[[str | None], Actor | None],
    clock: Callable[[], int],
    largest: int,
    patience: int,
    beside: Sequence[Route] = (),
    closing: Sequence[Callable[[], object]] = (),
) -> Starlette:
    """The server's interface: FHIR under `/fhir`, and what stands `beside` it.

    `who` tells the actor of an `Authorization` header, `clock` the time; `largest` body in bytes, and seconds
    of `patience` until it has come. `closing` is called when the process is told to stop.
    """

    async def fhir(request: Request) -> Response:
        try:
            body = await _body(request, largest, patience)
        except ClientDisconnect:
            return Response(status_code=400)
        if isinstance(body, Reply):
            return _response(body)
        return _response(await run_in_threadpool(_answered, request, body))

    def _answered(request: Request, body: bytes) -> Reply:
        try:
            actor = who(request.headers.get("authorization"))
            ask = asked(request, body, actor=actor or _NOBODY, at=clock())
            if isinstance(ask, Reply):
                return ask
            if actor is None and ask.path != ("metadata",):
                told = fault(401, "login", "nobody vouches for you", "Send your client's token.")
                return Reply(told.status, told.body, {"www-authenticate": "Bearer"})
            return answer(ask, server)
        except Exception as error:  # noqa: BLE001 - whatever it is, the client gets an answer that tells nothing
            name = server.watch.failed(error)
            return fault(500, "exception", "the program has a fault", f"Tell us the time, and {name}.")

    @asynccontextmanager
    async def life(_: Starlette) -> AsyncIterator[None]:
        yield
        for close in closing:
            await run_in_threadpool(close)

    methods = [*get_args(Method), "HEAD"]
    return Starlette(
        lifespan=life,
        routes=[
            Route("/fhir", fhir, methods=methods),
            Route("/fhir/{path:path}", fhir, methods=methods),
            *beside,
        ],
    )


#: Who asks what the server can do needs no name.
_NOBODY = Actor("-", "system")


def asked(request: Request, body: bytes, *, actor: Actor, at: int) -> Ask | Reply:
    """A request as an interaction."""
    path = tuple(unquote(part) for part in _raw_path(request).split("/") if part)
    try:
        query = parse_qsl(request.url.query, keep_blank_values=True, max_num_fields=_MOST_PAIRS)
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if body and kind == _FORM:
            query += parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=_MOST_PAIRS)
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


def _raw_path(request: Request) -> str:
    """The path below `/fhir` as it was sent, so that an escaped slash stays within its part."""
    raw = cast(bytes, request.scope.get("raw_path") or request.url.path.encode())
    return raw.decode("latin-1").partition("?")[0].removeprefix("/fhir")


def _acceptable(request: Request, format_: str | None) -> bool:
    wanted = format_ if format_ is not None else request.headers.get("accept", "*/*")
    return any(word in wanted.lower().replace(" ", "+") for word in ("json", "*/*", "application/*"))


async def _body(request: Request, largest: int, patience: int) -> bytes | Reply:
    """What was sent, read in pieces, and no further than it may be large or slow."""
    declared = request.headers.get("content-length", "0")
    if declared.isdigit() and int(declared) > largest:
        return _too_large(largest)
    pieces, size = [], 0
    with move_on_after(patience) as waiting:
        async for piece in request.stream():
            size += len(piece)
            if size > largest:
                return _too_large(largest)
            pieces.append(piece)
    if waiting.cancelled_caught:
        return fault(408, "timeout", f"the body had not come after {patience} seconds", "Send it again.")
    return b"".join(pieces)


def _too_large(largest: int) -> Reply:
    what = f"the body is larger than {largest // 1_000_000} MB"
    return fault(413, "too-long", what, "Send it in parts, or import it as a file.")


def _response(reply: Reply) -> Response:
    media_type = f"{JSON}; charset=utf-8" if reply.body else None
    return Response(reply.body, reply.status, dict(reply.headers), media_type)
