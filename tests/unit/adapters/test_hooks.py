"""Calling a receiver: over TLS that is checked, never for longer than the deadline."""

from __future__ import annotations

import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import which
from threading import Thread
from time import monotonic, sleep

import pytest

from vardforlopp.adapters import hooks
from vardforlopp.adapters.hooks import Receivers

ANSWER = b"HTTP/1.1 204 No Content\r\n\r\n"


@contextmanager
def answering(answer: bytes, *, tls: ssl.SSLContext | None = None, wait: float = 0.0) -> Iterator[int]:
    """A server that answers one call, each byte after a wait; its port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            connection, _ = listening.accept()
            try:
                with tls.wrap_socket(connection, server_side=True) if tls else connection as found:
                    found.recv(65_536)
                    for byte in answer if wait else (answer,):
                        found.sendall(bytes((byte,)) if isinstance(byte, int) else byte)
                        sleep(wait)
            except OSError:
                pass  # whoever called has left
            finally:
                connection.close()

        thread = Thread(target=serve)
        thread.start()
        yield listening.getsockname()[1]
        thread.join(10)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a certificate of this machine, which nobody else trusts."""
    if which("openssl") is None:
        pytest.skip("needs openssl")
    file = tmp_path_factory.mktemp("tls") / "both.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-days", "1",
         "-addext", "subjectAltName=DNS:localhost", "-keyout", file, "-out", f"{file}.crt"],
        check=True, capture_output=True,
    )  # fmt: skip
    file.write_bytes(file.read_bytes() + Path(f"{file}.crt").read_bytes())
    return file


@pytest.mark.parametrize(
    ("trusted", "host", "arrived"),
    [(True, "localhost", True), (False, "localhost", False), (True, "127.0.0.1", False)],
    ids=["trusted", "not trusted", "of another name"],
)
def test_who_answers_must_prove_who_they_are(
    certificate: Path, trusted: bool, host: str, arrived: bool
) -> None:
    theirs = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    theirs.load_cert_chain(certificate)
    ours = ssl.create_default_context(cafile=f"{certificate}.crt" if trusted else None)
    receivers = Receivers(("127.0.0.0/8", "::1/128"), tls=ours)
    with answering(ANSWER, tls=theirs) as port:
        found = receivers.send(f"https://{host}:{port}/", {}, body=b"")
    assert found.arrived == arrived
    assert arrived or not found.final, "it may be put right"


@pytest.mark.parametrize("silent", [True, False])
def test_a_call_ends_at_the_deadline(silent: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also when the receiver answers a byte now and then."""
    monkeypatch.setattr(hooks, "_SECONDS", 0.5)
    with answering(ANSWER if not silent else b"", wait=0.2 if not silent else 1.5) as port:
        began = monotonic()
        found = Receivers(demo=True).send(f"http://127.0.0.1:{port}/", {}, body=b"")
        assert monotonic() - began < 1.4
    assert not found.arrived


@pytest.mark.parametrize("answer", [b"SSH-2.0-x\r\n", b"HTTP/1.1 abc\r\n\r\n", b"", b"\0" * 70_000])
def test_nonsense_has_not_arrived(answer: bytes) -> None:
    with answering(answer) as port:
        found = Receivers(demo=True).send(f"http://127.0.0.1:{port}/", {}, body=b"")
    assert (found.status, found.arrived, found.final) == (None, False, False)
    assert "was not reached" in found.says


def test_a_secret_is_read_or_refused(tmp_path: Path) -> None:
    from vardforlopp.adapters.clients import read_clients
    from vardforlopp.kernel.errors import InputError

    file = tmp_path / "clients.toml"
    start = f'[[client]]\nrole = "system"\ntoken_sha256 = "{"0" * 64}"\n'
    for line in (
        'id = "x"\nhook_secret = "whsec_c2hvcnQ="',
        'id = "x"\nhook_secret = "c2hvcnQ"',
        'id = "server"',
    ):
        file.write_text(start + line, "utf-8")
        with pytest.raises(InputError):
            read_clients(file)
