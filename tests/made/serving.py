"""A server without HTTP: what a client asks, and what it is answered, in a few words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any, cast

import orjson
from sqlalchemy import select

from vardforlopp.access import Actor
from vardforlopp.adapters.incoming import incoming_rules
from vardforlopp.api.ask import Ask, Method, Reply, Server
from vardforlopp.api.dispatch import answer
from vardforlopp.api.interactions import pairs
from vardforlopp.kernel.civil import SECOND, parse_time
from vardforlopp.store import tables
from vardforlopp.store.database import Database
from vardforlopp.store.units import SqlStore

Json = dict[str, Any]
BASE = "http://server.example/fhir"
NOW = parse_time("2026-03-02T10:00:00+01:00").lo
SYSTEM, STAFF = Actor("journal", "system"), Actor("SE2321000016-1", "staff", unit="SE2321000016-v1")


def patient(id_: str) -> Actor:
    """A patient who asks about their own record."""
    return Actor(f"Patient/{id_}", "patient", patient=id_)


@dataclass(frozen=True)
class Client:
    """Somebody who asks a server; a second passes with each thing asked."""

    server: Server
    actor: Actor = SYSTEM
    clock: Iterator[int] = field(default_factory=lambda: count(NOW, SECOND))

    def as_(self, actor: Actor) -> Client:
        """The same server, asked by somebody else."""
        return replace(self, actor=actor)

    def ask(self, method: str, address: str, body: object = None, **headers: str) -> Reply:
        """`headers` with `_` for `-`; a body that is not bytes is written as JSON."""
        path, _, query = address.partition("?")
        text = body if isinstance(body, bytes) else b"" if body is None else orjson.dumps(body)
        parts = tuple(part for part in path.split("/") if part)
        return self.exactly(method, parts, pairs(query) if query else (), body=text, **headers)

    def exactly(
        self,
        method: str,
        path: tuple[str, ...],
        query: tuple[tuple[str, str], ...],
        *,
        body: bytes = b"",
        **headers: str,
    ) -> Reply:
        """The same, of what is read out of an address already."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return answer(
            Ask(cast(Method, method), path, query, self.actor, next(self.clock), body, named), self.server
        )

    def get(self, address: str, **headers: str) -> Json:
        """What is found there; it must be."""
        return told(self.ask("GET", address, **headers), 200)

    def create(self, resource: Json) -> Json:
        """A resource kept, as it is then."""
        return told(self.ask("POST", resource["resourceType"], resource), 201)

    def found(self, address: str) -> list[str]:
        """`Type/id` of what a search finds, in order."""
        entries = self.get(address).get("entry", ())
        return ["{resourceType}/{id}".format(**entry["resource"]) for entry in entries]

    def audited(self, **wanted: object) -> list[Json]:
        """The lines of the log of acts that say this, in order."""
        with cast(SqlStore, self.server.store).database.reading() as connection:
            rows = connection.execute(select(tables.audit).order_by(tables.audit.c.seq)).mappings()
            return [dict(row) for row in rows if all(row[name] == value for name, value in wanted.items())]


def served(database: Database, *, names: str = "new", store: SqlStore | None = None) -> Client:
    """A server over a database, and somebody who asks it; what it creates is called `new-1` and so on."""
    numbers = count(1)
    new_id = lambda: f"{names}-{next(numbers)}"  # noqa: E731
    return Client(Server(store or SqlStore(database), incoming_rules(BASE), new_id))


def told(reply: Reply, status: int) -> Json:
    """The body of an answer of this status."""
    assert reply.status == status, (reply.status, reply.body.decode())
    return cast(Json, orjson.loads(reply.body)) if reply.body else {}


def refusal(reply: Reply, status: int) -> str:
    """What a refusal of this status says, in its first issue."""
    issue = told(reply, status)["issue"][0]
    return f"{issue.get('expression', ['-'])[0]}: {issue['diagnostics']}"
