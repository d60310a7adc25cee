"""What stands before every address of the server: limits, safe headers, a name for each request, its line.

A request's name is the client's own `X-Request-Id` if that is a UUID, which says nothing; else one of ours,
and the client's comes back as `X-Correlation-Id` (R4, "Custom Headers"). What clients write stands in no log.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import cast

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from vardforlopp.access import Actor
from vardforlopp.api.ask import Reply
from vardforlopp.api.limits import Places, Rate
from vardforlopp.api.naming import named
from vardforlopp.api.outcome import fault
from vardforlopp.api.watch import Answered, Watch

#: On every answer: nothing of a record is guessed at, framed, stored on the way or sent along.
SAFE = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
Pair = tuple[bytes, bytes]
_SAFE: list[Pair] = [(name.encode(), value.encode()) for name, value in SAFE.items()]
#: Where clients come by TLS: for two years they come by nothing else.
_ONLY_TLS = b"max-age=63072000"
_UUID = re.compile(r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_PLAIN = re.compile(r"[ -~]{1,128}")
#: These say how the server is, also when it is asked too much.
_UNLIMITED = frozenset(("/health", "/ready", "/metrics"))


@dataclass(frozen=True, slots=True)
class Front:
    """The server's application behind its front. `clock` tells the time, `ticks` how long something took."""

    inside: ASGIApp
    who: Callable[[str | None], Actor | None]
    clock: Callable[[], int]
    ticks: Callable[[], int]
    new_id: Callable[[], str]
    watch: Watch
    rate: Rate
    places: Places
    demo: bool = False
    tls: bool = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.inside(scope, receive, send)
            return
        began, headers = self.ticks(), _headers(scope)
        name, theirs = self._named(headers.get("x-request-id"))
        asked = named(scope["method"], scope["path"])
        status = 500

        async def answering(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*self._signed(message["headers"], name, theirs)]
            await send(message)

        actor = self.who(headers.get("authorization"))
        try:
            with self.watch.request(asked, headers):
                await self._within(scope, receive, answering, actor)
        finally:
            told, role = ("-", "-") if actor is None else (actor.id, actor.role)
            if role == "patient":
                told = "-"  # an id of a patient; the log of acts has it
            self.watch.answered(Answered(name, asked, status, self.ticks() - began, told, role))

    async def _within(self, scope: Scope, receive: Receive, send: Send, actor: Actor | None) -> None:
        """The answer within the limits, or why not."""
        if scope["path"] in _UNLIMITED:
            await self.inside(scope, receive, send)
            return
        client = scope.get("client")
        wait = self.rate.wait(actor.id if actor else f"- {client[0] if client else ''}", self.clock())
        if wait:
            told = fault(429, "throttled", "this client has asked too much", f"Ask again in {wait} seconds.")
            await _send(told, wait, scope, receive, send)
        elif not self.places.take():
            told = fault(503, "throttled", "the server is asked too much at once", "Ask again in a while.")
            await _send(told, 1, scope, receive, send)
        else:
            try:
                await self.inside(scope, receive, send)
            finally:
                self.places.give_back()

    def _named(self, theirs: str | None) -> tuple[str, str | None]:
        """The name of a request, and what the client called it if that is another."""
        if theirs is None:
            return self.new_id(), None
        if _UUID.fullmatch(theirs):
            return theirs, None
        return self.new_id(), theirs if _PLAIN.fullmatch(theirs) else None

    def _signed(self, headers: Iterable[Pair], name: str, theirs: str | None) -> Iterator[Pair]:
        """The headers of an answer with ours; it may say otherwise than what is safe for most."""
        said = set()
        for header, value in headers:
            said.add(header)
            yield header, value
        yield from (pair for pair in _SAFE if pair[0] not in said)
        yield b"x-request-id", name.encode()
        if theirs is not None:
            yield b"x-correlation-id", theirs.encode()
        if self.demo:
            yield b"x-demo", b"true"
        if self.tls:
            yield b"strict-transport-security", _ONLY_TLS


def _headers(scope: Scope) -> Mapping[str, str]:
    pairs = cast(list[tuple[bytes, bytes]], scope["headers"])
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in pairs}


async def _send(reply: Reply, wait: int, scope: Scope, receive: Receive, send: Send) -> None:
    response = Response(
        reply.body,
        reply.status,
        {"retry-after": str(wait)},
        media_type="application/fhir+json; charset=utf-8",
    )
    await response(scope, receive, send)
