"""What a server is told from outside: environment variables, and a file that says the same."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from vardforlopp.kernel.errors import InputError

#: A setting's variable is its name in capitals behind this.
PREFIX = "VARDFORLOPP_"
#: What else is said by a variable: where the file of settings is, and that places in the program are told.
_NOT_SETTINGS = ("SETTINGS", "DEBUG")
_YES, _NO = frozenset(("1", "true", "yes", "on")), frozenset(("0", "false", "no", "off", ""))


@dataclass(frozen=True, slots=True)
class Settings:
    """How a server runs. Each is explained in `MEANINGS`."""

    data: str = "data"
    host: str = "127.0.0.1"
    port: int = 8080
    address: str = ""
    demo: bool = False
    clients: str = ""
    region: str = ""
    feeds: str = ""
    workers: int = 1
    connections: int = 8
    largest_body: int = 10_000_000
    longest_statement: int = 10
    hook_networks: str = ""
    export_hours: int = 24
    patience: int = 30
    requests_a_minute: int = 60_000
    requests_at_once: int = 100
    metrics: str = ""
    metrics_token_sha256: str = ""
    traces: str = ""

    @property
    def base(self) -> str:
        """The address under which clients reach the FHIR interface, without a slash at the end."""
        return (self.address or f"http://{_named(self.host)}:{self.port}").rstrip("/") + "/fhir"

    @property
    def database(self) -> str:
        """The database's address: as given, or SQLite in the folder that is given."""
        return self.data if "://" in self.data else f"sqlite:///{Path(self.data).resolve()}/vardforlopp.db"

    @property
    def receivers(self) -> tuple[str, ...]:
        """The networks in which receivers of subscriptions may be."""
        return tuple(one.strip() for one in self.hook_networks.split(",") if one.strip())

    @property
    def is_local(self) -> bool:
        """True when nobody else's machine reaches the server, neither itself nor by what stands before it."""
        before = urlsplit(self.address).hostname if self.address else self.host
        return is_loopback(self.host) and before is not None and is_loopback(before)


def is_loopback(host: str) -> bool:
    """Whether a host is this machine, by an address that nobody else's machine reaches."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


class Meaning(NamedTuple):
    """What a setting does, and why one would change it."""

    what: str
    example: str


MEANINGS: dict[str, Meaning] = {
    "data": Meaning(
        "Where everything is kept: a folder (SQLite in it) or the address of a PostgreSQL database.",
        "postgresql://vardforlopp@db.internal/vardforlopp",
    ),
    "host": Meaning("The address that is listened on.", "0.0.0.0"),
    "port": Meaning("The port that is listened on.", "8080"),
    "address": Meaning(
        "How clients reach the server, where something stands before it. References are written with it, so "
        "the database keeps the first one, and another is refused.",
        "https://vardforlopp.region.example",
    ),
    "demo": Meaning(
        "Everybody may do everything, with invented persons only. Told on every answer, and refused where "
        "others' machines reach the server.",
        "true",
    ),
    "clients": Meaning(
        "The file that says which systems may connect (see the how-to).", "/etc/vardforlopp-clients"
    ),
    "region": Meaning(
        "The region whose settings, adoptions and units are followed; none if not given.", "region-exempel"
    ),
    "feeds": Meaning(
        "The file that says which client feeds what, and how long it may be silent (see the how-to). Without "
        "it, what occurs in a record counts as connected.",
        "/etc/vardforlopp-feeds",
    ),
    "workers": Meaning("Processes that answer. One with SQLite; with PostgreSQL one a core.", "2"),
    "connections": Meaning("Connections to the database that each process may hold.", "8"),
    "largest_body": Meaning("Bytes of a request's body, at most.", "10000000"),
    "longest_statement": Meaning(
        "Seconds that the database may work on one statement. A search that needs more is told so.", "30"
    ),
    "hook_networks": Meaning(
        "Networks in which receivers of subscriptions may be, beside public addresses.",
        "10.20.0.0/16, fd00:1234::/32",
    ),
    "export_hours": Meaning("Hours for which an export can be fetched.", "24"),
    "patience": Meaning("Seconds that a client may take to send a body.", "30"),
    "requests_a_minute": Meaning(
        "Requests of one client in a minute, at most; each process counts for itself.", "6000"
    ),
    "requests_at_once": Meaning("Requests that each process answers at once, at most.", "100"),
    "metrics": Meaning(
        "The folder in which processes count, and an import beside them; if none is named it is in memory, "
        "and gone with the server.",
        "/run/vardforlopp/metrics",
    ),
    "metrics_token_sha256": Meaning(
        "The SHA-256 of the token with which `/metrics` is read; without it only this machine reads it.",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    ),
    "traces": Meaning(
        "Where traces are sent: an OpenTelemetry collector that takes OTLP over HTTP.",
        "http://127.0.0.1:4318",
    ),
}


def settings(given: Mapping[str, Any], environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings: what is `given` (on the command line), else the environment, else the file, else ours.

    Raises: InputError for what no setting takes.
    """
    _refuse_unknown(environment)
    file = environment.get(f"{PREFIX}SETTINGS")
    written = _file(Path(file)) if file else {}
    found: dict[str, Any] = {}
    for field in fields(Settings):
        name = field.name
        for where, values, key in (
            ("the command line", given, name),
            (f"{PREFIX}{name.upper()}", environment, f"{PREFIX}{name.upper()}"),
            (f"{file}, {name}", written, name),
        ):
            if values.get(key) is not None:
                found[name] = _READERS[type(field.default)](values[key], where)
                break
    made = Settings(**found)
    if made.port > _LAST_PORT:
        what = f"there is no port {made.port}"
        raise InputError("VF-APP-001", "port", what, f"Write one up to {_LAST_PORT}.")
    if made.demo and not made.is_local:
        what = "a demonstration is open to everybody, and this address is reached from other machines"
        do = "Listen on 127.0.0.1 with an address of this machine, or leave --demo out."
        raise InputError("VF-APP-002", made.address or made.host, what, do)
    for network in made.receivers:
        try:
            ip_network(network)
        except ValueError:
            what = "it is no network"
            raise InputError("VF-APP-011", network, what, "Write hook_networks as 10.20.0.0/16.") from None
    return made


def _refuse_unknown(environment: Mapping[str, str]) -> None:
    """A name that is written wrongly would leave what it should change as it is, and nobody would know."""
    known = {*(field.name.upper() for field in fields(Settings)), *_NOT_SETTINGS}
    for name in environment:
        if name.startswith(PREFIX) and name.removeprefix(PREFIX) not in known:
            raise InputError("VF-APP-001", name, "there is no such setting", "See the reference of settings.")


def as_environment(chosen: Settings) -> dict[str, str]:
    """The same settings as variables, for the processes of the server."""
    return {
        f"{PREFIX}{field.name.upper()}": _written(getattr(chosen, field.name)) for field in fields(Settings)
    }


def _written(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _file(path: Path) -> dict[str, Any]:
    try:
        found = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(
            "VF-APP-001", str(path), f"the settings cannot be read: {error}", "Correct the file."
        ) from None
    unknown = sorted(set(found) - {field.name for field in fields(Settings)})
    if unknown:
        what = f"there is no setting {', '.join(unknown)}"
        raise InputError("VF-APP-001", str(path), what, "See the reference of settings.")
    return found


def _flag(value: object, where: str) -> bool:
    text = str(value).lower()
    if text not in _YES | _NO:
        raise InputError("VF-APP-001", where, "it is neither yes nor no", "Write true or false.")
    return text in _YES


def _number(value: object, where: str) -> int:
    text = str(value)
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 1 << 31:
        raise InputError("VF-APP-001", where, "it is no whole number above 0", "Write a number.")
    return int(text)


_LAST_PORT = 65_535


def _text(value: object, where: str) -> str:
    return str(value)


_READERS: dict[type, Callable[[object, str], Any]] = {bool: _flag, int: _number, str: _text}


def _named(host: str) -> str:
    return f"[{host}]" if ":" in host else host
