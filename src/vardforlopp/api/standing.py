"""How the server stands: whether it lives, whether it is ready, what it counts. None of it is a person's."""

from __future__ import annotations

import hmac
from asyncio import to_thread
from collections.abc import Callable
from hashlib import sha256
from ipaddress import ip_address

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

#: What a proxy adds: then the address that a request comes from is the proxy's.
_FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip", "via")


def standing(
    *, ready: Callable[[], str | None], counts: Callable[[], bytes], token_sha256: str
) -> list[Route]:
    """`/health`, `/ready` and `/metrics`.

    `ready` says what is wrong, if anything; `counts` is a page for Prometheus, which only this machine gets,
    or with a digest of a token whoever holds that.
    """

    async def health(request: Request) -> Response:
        return PlainTextResponse("alive\n")

    async def is_ready(request: Request) -> Response:
        wrong = await to_thread(ready)
        if wrong is None:
            return PlainTextResponse("ready\n")
        return PlainTextResponse(f"{wrong}\n", 503, {"retry-after": "5"})

    async def metrics(request: Request) -> Response:
        if not _may_count(request, token_sha256):
            return PlainTextResponse("metrics are for this machine, or for who holds their token\n", 403)
        page = await to_thread(counts)
        return Response(page, media_type="text/plain; version=0.0.4; charset=utf-8")

    return [Route("/health", health), Route("/ready", is_ready), Route("/metrics", metrics)]


def _may_count(request: Request, token_sha256: str) -> bool:
    if token_sha256:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        digest = sha256(token.strip().encode()).hexdigest()
        return scheme.lower() == "bearer" and hmac.compare_digest(digest, token_sha256.lower())
    if request.client is None or any(name in request.headers for name in _FORWARDED):
        return False
    try:
        return ip_address(request.client.host).is_loopback
    except ValueError:
        return False
