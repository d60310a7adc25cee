"""Calling receivers of subscriptions: only where we may, over TLS, without following where they point.

The address that is called is the one that was looked at: a name is resolved once, and each of its addresses
must be one that we may call, so that a name that changes its mind leads nowhere.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterable, Mapping
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from threading import Timer
from typing import cast
from urllib.parse import SplitResult, urlsplit

from vardforlopp.kernel.civil import SECOND
from vardforlopp.services.delivering import DEADLINE, Sent

Network = IPv4Network | IPv6Network
_SECONDS = DEADLINE / SECOND


class NotCalled(Exception):
    """Why an address is not called."""


class Receivers:
    """Who may be called: public addresses and those within `networks`, over https; in a demonstration we."""

    def __init__(
        self, networks: Iterable[str] = (), *, demo: bool = False, tls: ssl.SSLContext | None = None
    ) -> None:
        self._networks = tuple(ip_network(one) for one in networks)
        self._demo = demo
        self._tls = tls or ssl.create_default_context()

    def refused(self, endpoint: str) -> str | None:
        """Why an address is never called, by its form alone; None when it may be."""
        try:
            self._parts(endpoint)
        except NotCalled as why:
            return str(why)
        return None

    def send(self, endpoint: str, headers: Mapping[str, str], *, body: bytes) -> Sent:
        """One POST within the deadline. What the answer says is not read, nor followed where it points."""
        connection: HTTPConnection | None = None
        try:
            parts = self._parts(endpoint)
            found = self._opened(parts)
            connection = HTTPConnection(parts.hostname or "", parts.port, timeout=_SECONDS)
            connection.sock = found
            # A receiver that answers a byte at a time shall not hold us longer than one that does not answer.
            watch = Timer(_SECONDS, _cut, (found,))
            watch.start()
            try:
                if isinstance(found, ssl.SSLSocket):
                    found.do_handshake()
                path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
                connection.request("POST", path, body, dict(headers))
                return Sent(connection.getresponse().status)
            finally:
                watch.cancel()
        except NotCalled as why:
            return Sent(None, str(why), final=True)
        except (OSError, HTTPException) as error:
            return Sent(None, f"the receiver was not reached ({type(error).__name__})")
        finally:
            if connection is not None:
                connection.close()

    def _parts(self, endpoint: str) -> SplitResult:
        try:
            parts = urlsplit(endpoint)
            port = parts.port
        except ValueError:
            raise NotCalled("the endpoint is no address") from None
        if not parts.hostname or port == 0 or any(ord(each) <= 32 for each in endpoint):
            raise NotCalled("the endpoint is no address")
        if parts.username is not None or parts.password is not None or parts.fragment:
            raise NotCalled("the endpoint has a name, a password or a fragment in it")
        if parts.scheme != "https" and not (self._demo and parts.scheme == "http"):
            raise NotCalled("the endpoint is called over https only")
        return parts

    def _opened(self, parts: SplitResult) -> socket.socket:
        """A connection to an address that may be called. Raises: NotCalled, OSError."""
        secure = parts.scheme == "https"
        name = cast(str, parts.hostname)
        found = socket.getaddrinfo(name, parts.port or (443 if secure else 80), type=socket.SOCK_STREAM)
        for *_, place in found:
            self._check(str(place[0]), secure=secure)
        family, kind, protocol, _, place = found[0]
        opened = socket.socket(family, kind, protocol)
        try:
            opened.settimeout(_SECONDS)
            opened.connect(place)
            if secure:
                return self._tls.wrap_socket(opened, server_hostname=name, do_handshake_on_connect=False)
            return opened
        except BaseException:
            opened.close()
            raise

    def _check(self, written: str, *, secure: bool) -> None:
        address = ip_address(written.partition("%")[0])
        if any(address in network for network in self._networks if network.version == address.version):
            allowed = secure
        elif address.is_loopback:
            allowed = self._demo
        else:
            allowed = secure and address.is_global and not address.is_multicast
        if not allowed:
            raise NotCalled("the receiver's address is none that this server calls (see hook_networks)")


def _cut(connection: socket.socket) -> None:
    with suppress(OSError):  # it is closed already
        socket.socket.shutdown(connection, socket.SHUT_RDWR)
