"""The HTTP around the interactions: bodies within limits, JSON in and out."""

from __future__ import annotations

from asyncio import get_running_loop, to_thread
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import replace
from ipaddress import ip_address, ip_network
from typing import cast, get_args
from urllib.parse import parse_qsl, unquote

from anyio import move_on_after
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from vardforlopp.access import Actor
from vardforlopp.api.ask import Ask, Method, Reply, Server
from vardforlopp.api.dispatch import answer, faulty, interaction_of, turned_away, unavailable
from vardforlopp.api.knocking import Knocking
from vardforlopp.api.outcome import fault
from vardforlopp.services.ports import Unavailable

JSON = "application/fhir+json"
_RESOURCE = frozenset((JSON, "application/json"))
#: What a body may be, by method; else a resource.
_PATCH = frozenset(("application/json-patch+json", "application/json"))
_FORM = "application/x-www-form-urlencoded"
#: Bytes of an address and of all headers, at most.
LONGEST_ADDRESS, LARGEST_HEADERS = 8_000, 32_000
#: Requests that are answered at once by a process; each may hold a connection, or wait for one.
_THREADS = 40
#: Pairs of a query, at most.
_MOST_PAIRS = 200


def application(
    server: Server,
    *,
    who: Callable[[str | None], Actor | None],
    clock: Callable[[], int],
    largest: int,
    patience: int,
    work: AbstractAsyncContextManager[None] | None = None,
    beside: Callable[[Callable[[], bool]], Sequence[Route]] | None = None,
    closing: Sequence[Callable[[], object]] = (),
) -> Starlette:
    """The server's interface: FHIR under `/fhir`, and what stands `beside` it.

    `who` tells the actor of an `Authorization` header, `clock` the time; `largest` body in bytes, and seconds
    of `patience` until it has come. `work` is done as long as the server lives. `beside` gives what stands
    beside it, and may write down who was not known: False if the store does not take it. `closing` is called
    at the end.
    """
    door = _Entrance(server, who, clock, largest, patience)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        get_running_loop().set_default_executor(ThreadPoolExecutor(_THREADS, "request"))
        async with work or nullcontext():
            yield
        await to_thread(door.written_down)
        for close in closing:
            await to_thread(close)

    methods = [*get_args(Method), "HEAD", "OPTIONS", "TRACE"]
    return Starlette(
        lifespan=lifespan,
        exception_handlers=dict.fromkeys((404, 405), _nothing),
        routes=[
            Route("/fhir", door.fhir, methods=methods),
            Route("/fhir/{path:path}", door.fhir, methods=methods),
            *(() if beside is None else beside(lambda: door.written_down(clock()))),
        ],
    )


class _Entrance:
    """Where every request of FHIR comes in: who asks, then what, then the answer."""

    def __init__(
        self,
        server: Server,
        who: Callable[[str | None], Actor | None],
        clock: Callable[[], int],
        largest: int,
        patience: int,
    ) -> None:
        self._server, self._who, self._clock = server, who, clock
        self._largest, self._patience = largest, patience
        self._knocking = Knocking(server.store)

    async def fhir(self, request: Request) -> Response:
        actor = self._who(request.headers.get("authorization"))
        if actor is None and not _is_public(request):
            return _response(await to_thread(self._unknown, request))
        body: bytes | Reply = b""
        try:
            body = _too_long(request) or (await self._sent(request) if actor is not None else b"")
        except ClientDisconnect:
            return Response(status_code=400)
        return _response(await to_thread(self._answered, request, actor, body))

    async def _sent(self, request: Request) -> bytes | Reply:
        return await _body(request, self._largest, self._patience)

    def _answered(self, request: Request, actor: Actor | None, body: bytes | Reply) -> Reply:
        ask = heard(request, actor=actor or _NOBODY, at=self._clock())
        try:
            found = body if isinstance(body, Reply) else asked(ask, request, body)
            if isinstance(found, Reply):
                return found if actor is None else turned_away(found, ask, self._server)
            return answer(found, self._server)
        except Exception as error:  # noqa: BLE001 - whatever it is, the client gets an answer that tells nothing
            return faulty(error, ask, self._server)

    def _unknown(self, request: Request) -> Reply:
        """Nobody knows who asks: not even what is sent is read."""
        try:
            self._knocking.knock(_source(request), self._clock())
        except Unavailable:
            return unavailable()
        told = fault(401, "login", "nobody vouches for you", "Send your client's token.")
        return Reply(told.status, told.body, {"www-authenticate": "Bearer"})

    def written_down(self, at: int | None = None) -> bool:
        """Write down who was not known in a minute that is over, or in any; whether the store took it."""
        try:
            self._knocking.rest(at)
        except Unavailable:
            return False
        return True


def _nothing(request: Request, error: Exception) -> Response:
    """What answers where no route does: another address or method, or a line break within the path."""
    assert isinstance(error, HTTPException)
    reply = fault(error.status_code, "not-supported", "there is nothing here", "See /fhir/metadata.")
    return _response(Reply(reply.status, reply.body, error.headers or {}))


#: What the server can do is told to whoever asks.
_OPEN = frozenset(("metadata", "openapi.json"))
_NOBODY = Actor("-", "nobody")


def _is_public(request: Request) -> bool:
    return request.method in ("GET", "HEAD") and _raw_path(request).strip("/") in _OPEN


def _source(request: Request) -> str:
    """Where a request came from: the address, or of IPv6 the network of one household."""
    host = request.client.host if request.client is not None else "-"
    try:
        address = ip_address(host)
    except ValueError:
        return host
    return str(ip_network((address, 64), strict=False)) if address.version == 6 else host


def heard(request: Request, *, actor: Actor, at: int) -> Ask:
    """Who asks where, before anything that is sent is looked at."""
    path = tuple(unquote(part) for part in _raw_path(request).split("/") if part)
    method = "GET" if request.method == "HEAD" else request.method
    return Ask(cast(Method, method), path, (), actor, at, b"", dict(request.headers))


def asked(ask: Ask, request: Request, body: bytes) -> Ask | Reply:
    """The whole of what is asked."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    is_form = kind == _FORM and ask.path[-1:] == ("_search",)
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        return _not_taken(ask, fault(415, "not-supported", "the body is packed", "Send it as it is."))
    try:
        query = _pairs(request.url.query)
        if is_form:
            query += _pairs(body.decode("utf-8"))
    except ValueError:
        what = "the parameters are not UTF-8, or there are too many"
        return fault(400, "structure", what, f"Send {_MOST_PAIRS} at most, as UTF-8.")
    if body and not is_form and ask.path[-1:] == ("_search",):
        told = fault(415, "not-supported", "a search is sent as a form", f"Send it as {_FORM}.")
        return _not_taken(ask, told)
    if body and not is_form and kind not in (_PATCH if ask.method == "PATCH" else _RESOURCE):
        return _not_taken(ask, _wrong_type(ask))
    if not _acceptable(request, dict(query).get("_format")):
        return fault(406, "not-supported", "only JSON is written here", f"Accept {JSON}.")
    return replace(ask, query=tuple(query), body=b"" if is_form else body)


def _not_taken(ask: Ask, told: Reply) -> Reply:
    """Why a body is not taken; where nothing is done with that method, that comes first."""
    is_bundle = ask.path == () and ask.method == "POST"
    found = None if is_bundle else interaction_of(ask)
    return found if isinstance(found, Reply) else told


def _wrong_type(ask: Ask) -> Reply:
    if ask.method != "PATCH":
        return fault(415, "not-supported", "the body is not declared to be JSON", f"Send it as {JSON}.")
    known = "application/json-patch+json"
    told = fault(415, "not-supported", "the body is not declared to be a JSON Patch", f"Send it as {known}.")
    return Reply(told.status, told.body, {"accept-patch": known})


def _too_long(request: Request) -> Reply | None:
    address = len(request.scope.get("raw_path") or b"") + len(request.scope.get("query_string") or b"")
    if address > LONGEST_ADDRESS:
        return fault(414, "too-long", "the address is too long", "Search with POST _search.")
    if sum(len(name) + len(value) for name, value in request.headers.raw) > LARGEST_HEADERS:
        return fault(431, "too-long", "the headers are too large", "Send fewer of them.")
    return None


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


def _sends_nothing(request: Request) -> bool:
    """Whether it says so: HTTP/1 announces a body (RFC 9112, 6.3), HTTP/2 need not."""
    is_announced = "content-length" in request.headers or "transfer-encoding" in request.headers
    return not is_announced and request.scope.get("http_version", "2") in ("1.0", "1.1")


async def _body(request: Request, largest: int, patience: int) -> bytes | Reply:
    """What was sent, read in pieces, and no further than it may be large or slow."""
    if _sends_nothing(request):
        return b""
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
    headers = dict(reply.headers)
    kind = headers.pop("content-type", f"{JSON}; charset=utf-8") if reply.body else None
    return Response(reply.body, reply.status, headers, media_type=kind)
