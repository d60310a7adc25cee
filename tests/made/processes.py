"""The server as a process of its own, over a database of the kind under test."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from time import sleep

import pytest

from made.databases import bare

#: These tests need more than the fast suite has, and more time.
FROM_OUTSIDE = pytest.mark.skipif("CLIENTS_MODULES" not in os.environ, reason="run by `make test-interface`")
_SOURCES = os.pathsep.join(path for path in sys.path if path)


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """A demonstration over an empty database; its base address. Stopped as an operator stops it."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = int(found.getsockname()[1])
    with bare(folder) as url:
        command = [sys.executable, "-m", "vardforlopp", "serve", "--demo", "--port", str(port), "--data", url]
        with subprocess.Popen(command, cwd=folder, env={**os.environ, "PYTHONPATH": _SOURCES}) as process:
            try:
                for _ in range(400):
                    if _answers(port):
                        break
                    assert process.poll() is None, "it has stopped"
                    sleep(0.05)
                yield f"http://127.0.0.1:{port}/fhir"
            finally:
                process.send_signal(signal.SIGTERM)
                process.wait(30)


def _answers(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/ready")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()
