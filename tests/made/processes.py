"""The server as an operator runs it: a process of its own, real HTTP, stopped by a signal."""

from __future__ import annotations

import os
import resource
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from http.client import HTTPConnection, HTTPException, HTTPResponse
from json import dumps, loads
from pathlib import Path
from time import monotonic, sleep
from typing import Any, NamedTuple

import pytest

from made.databases import KIND, bare

SOURCES = os.pathsep.join(path for path in sys.path if path)


def surroundings(**said: object) -> dict[str, str]:
    """What a process of ours finds around it."""
    ours = {f"VARDFORLOPP_{name.upper()}": str(value) for name, value in said.items()}
    return {**os.environ, "PYTHONPATH": SOURCES, **ours}


class Served(NamedTuple):
    """A running server: where it listens, its process, and what it writes to standard error."""

    port: int
    process: subprocess.Popen[bytes]
    log: Path

    def lines(self, event: str) -> list[dict[str, Any]]:
        """The lines of its log about such events."""
        found = [loads(line) for line in self.log.read_text("utf-8").splitlines() if line.startswith("{")]
        return [line for line in found if line["event"] == event]

    def limit_files(self, size: int) -> None:
        """From now on no file of any of its processes grows beyond this: to it, the disk is full."""
        for pid in self.pids():
            _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, hard))

    def pids(self) -> list[int]:
        """Its processes, the first of all first."""
        below = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text("ascii")
        return [self.process.pid, *map(int, below.split())]


def a_free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def ask(port: int, method: str, path: str, body: Any = None, **headers: str) -> tuple[HTTPResponse, Any]:
    """One request on a connection of its own; JSON comes back parsed."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    text = None if body is None else body if isinstance(body, bytes) else dumps(body)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        connection.request(method, path, text, {"content-type": "application/fhir+json", **named})
        answer = connection.getresponse()
        told = answer.read()
    finally:
        connection.close()
    return answer, loads(told) if told.startswith(b"{") else told


@contextmanager
def serving(*arguments: str, folder: Path, **settings: object) -> Iterator[Served]:
    """A server with these arguments and settings, stopped as an operator stops it."""
    port = a_free_port()
    log = folder / f"log-{port}"
    with (
        log.open("wb") as err,
        subprocess.Popen(
            [sys.executable, "-m", "vardforlopp", "serve", "--port", str(port), *arguments],
            cwd=folder, env=surroundings(**settings), stderr=err, start_new_session=True,
        ) as process,
    ):  # fmt: skip
        try:
            until(lambda: is_ready(port) or process.poll() is not None)
            assert process.poll() is None, log.read_text("utf-8")
            yield Served(port, process, log)
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(40)
            finally:
                with suppress(ProcessLookupError):  # whatever a test left behind
                    os.killpg(process.pid, signal.SIGKILL)


def is_ready(port: int) -> bool:
    """Whether the server says so."""
    try:
        return ask(port, "GET", "/ready")[0].status == 200
    except (OSError, HTTPException):
        return False


def until(true: Any, *, seconds: float = 30) -> None:
    """Wait until it is so."""
    end = monotonic() + seconds
    while not true():
        assert monotonic() < end, "it never came true"
        sleep(0.03)


#: These tests need more than the fast suite has, and more time.
FROM_OUTSIDE = pytest.mark.skipif("CLIENTS_MODULES" not in os.environ, reason="run by `make test-interface`")


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """A demonstration over an empty database, with who works for it; its base address."""
    with (
        bare(folder) as url,
        serving("--demo", "--data", url, folder=folder) as served,
        nullcontext() if KIND == "sqlite" else working(url, folder=folder),
    ):
        yield f"http://127.0.0.1:{served.port}/fhir"


@contextmanager
def working(url: str, *, folder: Path) -> Iterator[None]:
    """A worker beside the servers of a PostgreSQL."""
    command = [sys.executable, "-m", "vardforlopp", "worker", "--data", url]
    with (
        (folder / "work").open("wb") as log,
        subprocess.Popen(command, cwd=folder, env=surroundings(), stderr=log) as process,
    ):
        yield
        process.terminate()
        process.wait(40)
