"""A receiver of subscriptions: real HTTP on this machine, and how one tells what may be believed."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from json import loads
from pathlib import Path
from threading import Thread
from typing import Any

SECRET = b"a secret of 24 bytes at least"
WRITTEN = f"whsec_{b64encode(SECRET).decode()}"


#: What the how-to shows a receiver to do.
PAGE = (Path(__file__).parents[2] / "docs/how-to/subscribe.md").read_text("utf-8")
PROGRAM = re.findall(r"<!-- server -->\n```python\n(.*?)```", PAGE, re.DOTALL)[0]
_shown: dict[str, Any] = {"__name__": "receiver"}
exec(PROGRAM, _shown)
receive, Refused = _shown["receive"], _shown["Refused"]


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
