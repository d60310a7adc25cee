"""What is asked and what is answered: an HTTP request and an entry of a Bundle are the same thing here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from vardforlopp.access import Actor
from vardforlopp.api.watch import Unwatched, Watch
from vardforlopp.services.drafts import Rules
from vardforlopp.services.in_force import InForce
from vardforlopp.services.ports import Store

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]


@dataclass(frozen=True, slots=True)
class Ask:
    """One interaction. `path` is below the base, in parts; header names are in lower case."""

    method: Method
    path: tuple[str, ...]
    query: tuple[tuple[str, str], ...]
    actor: Actor
    at: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def strict(self) -> bool:
        """True when the client would rather be refused than have a part of its search left out."""
        return "handling=strict" in self.headers.get("prefer", "")

    @property
    def wants(self) -> str:
        """What a client wants back of what it wrote: `minimal`, `representation` or `OperationOutcome`."""
        for part in self.headers.get("prefer", "").replace(";", ",").split(","):
            name, _, value = part.strip().partition("=")
            if name == "return":
                return value
        return "representation"


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: status, headers, and a JSON body (empty = none)."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


def _raised(error: Exception) -> str:
    raise error


@dataclass(frozen=True, slots=True)
class Server:
    """What every interaction works with. `new_id` makes an id that nobody has; `demo` is always told.

    `watch` is told of what is done, and of faults. `export_hours`: for so long an export can be fetched.
    `in_force`: the pathways that are followed, if any. `version`: the program's.
    """

    store: Store
    rules: Rules
    new_id: Callable[[], str]
    demo: bool = False
    watch: Watch = field(default_factory=Unwatched)
    export_hours: int = 24
    in_force: InForce | None = None
    version: str = "0"

    @property
    def base(self) -> str:
        """The server's own address, without a slash at the end."""
        return self.rules.base.rstrip("/")
