"""The peer of the server's benchmark: Starlette and granian as we use them, answering given bytes."""

from __future__ import annotations

import json
import os
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route


def make() -> Starlette:
    """Answers each method and path shape with what the real server answered: status, headers and body."""
    told = json.loads(Path(os.environ["PEER_ANSWERS"]).read_text("utf-8"))
    answers = {name: (status, headers, body.encode()) for name, (status, headers, body) in told.items()}

    async def answer(request: Request) -> Response:
        await request.body()
        name = "create" if request.method == "POST" else "search" if request.url.query else "read"
        status, headers, body = answers[name]
        return Response(body, status, headers)

    return Starlette(routes=[Route("/fhir/{path:path}", answer, methods=["GET", "POST"])])


def serve(port: int) -> None:
    """One process of it."""
    from granian.constants import Interfaces
    from granian.server import Server

    Server(
        "peer:make", address="127.0.0.1", port=port, interface=Interfaces.ASGI, workers=1, factory=True,
        websockets=False, log_enabled=False,
    ).serve()  # fmt: skip


if __name__ == "__main__":
    import sys

    serve(int(sys.argv[1]))
