"""A receiver of subscriptions: real HTTP on this machine, and how one tells what may be believed."""

from __future__ import annotations

import hmac
from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from json import loads
from threading import Thread
from typing import Any

SECRET = b"a secret of 24 bytes at least"
WRITTEN = f"whsec_{b64encode(SECRET).decode()}"


class Refused(Exception):
    """Why a call is not believed."""


# --- what the how-to shows -----------------------------------------------------------------------


def receive(headers: Any, body: bytes, *, secret: str, now: float, seen: set[str]) -> bool:
    """Whether a call is news; False for one that was had already. Raises: Refused."""
    name, stamp = headers["webhook-id"], headers["webhook-timestamp"]
    key = b64decode(secret.removeprefix("whsec_"))
    mac = hmac.new(key, b".".join((name.encode(), stamp.encode(), body)), sha256).digest()
    known = [part.removeprefix("v1,") for part in headers["webhook-signature"].split()]
    if not any(hmac.compare_digest(b64encode(mac).decode(), one) for one in known):
        raise Refused("it is not signed with our secret")
    if abs(now - int(stamp)) > 300:
        raise Refused("it is old, or of a clock that is wrong")
    if name in seen:
        return False
    seen.add(name)
    return True


# --- the rest of it ------------------------------------------------------------------------------


@dataclass
class Receiver:
    """What it was told. `answers` is the status that it gives, `slow` so many seconds before it."""

    port: int = 0
    answers: int = 200
    slow: float = 0.0
    calls: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?of=ours"

    @property
    def names(self) -> list[str]:
        """The names of the calls, in order."""
        return [headers["webhook-id"] for headers, _ in self.calls]

    @property
    def told(self) -> list[str]:
        """`Type/id/version` of what came with the calls, in order."""
        bodies = [loads(body) for _, body in self.calls if body]
        return [f"{one['resourceType']}/{one['id']}/{one['meta']['versionId']}" for one in bodies]


@contextmanager
def receiving(port: int = 0) -> Iterator[Receiver]:
    """A receiver that listens."""
    found = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            from time import sleep

            size = int(self.headers.get("content-length", "0"))
            body = self.rfile.read(size)
            if len(body) < size:
                return  # whoever called was stopped in the middle
            found.calls.append(({name.lower(): value for name, value in self.headers.items()}, body))
            sleep(found.slow)
            self.send_response(found.answers)
            if found.answers == 302:
                self.send_header("location", f"http://127.0.0.1:{found.port}/elsewhere")
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    found.port = server.server_address[1]
    thread = Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
