"""A process of the server: everything wired together, by the settings in its environment."""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

from starlette.applications import Starlette

from vardforlopp.access import Actor
from vardforlopp.adapters.clients import Clients, read_clients
from vardforlopp.adapters.incoming import incoming_rules
from vardforlopp.api.ask import Server
from vardforlopp.api.http import application
from vardforlopp.app import clock
from vardforlopp.app.chance import new_id
from vardforlopp.app.followed import at_once, followed_by
from vardforlopp.app.memory import relax_collection, settle_memory
from vardforlopp.app.settings import Settings, settings
from vardforlopp.app.timed import timed_work
from vardforlopp.app.worker import Working, beside, threads_of
from vardforlopp.services.ports import Unavailable
from vardforlopp.store.database import Database
from vardforlopp.store.limits import limit
from vardforlopp.store.units import SqlStore

_DEMO = Actor("demo", "demo")


def make() -> Starlette:
    """The application of one process; what granian calls. On SQLite it does the timed work, too."""
    relax_collection()
    made = build(settings({}))
    settle_memory()
    return made


def build(chosen: Settings) -> Starlette:
    """The application by settings. The database must have the newest schema."""
    in_force = followed_by(chosen)
    work = timed_work(chosen, in_force) if chosen.database.startswith("sqlite") else ()
    database = Database(chosen.database, connections=chosen.connections + threads_of(work))
    limit(database, chosen.longest_statement, ticks=clock.ticks)
    store = SqlStore(database, after=at_once(in_force, clock.now))
    server = Server(
        store, incoming_rules(chosen.base), new_id, chosen.demo, told_fault, chosen.export_hours, in_force
    )
    clients = read_clients(Path(chosen.clients)) if chosen.clients else Clients({})
    return application(
        server,
        who=_who(clients, demo=chosen.demo),
        clock=clock.now,
        largest=chosen.largest_body,
        ready=lambda: _answers(store),
        work=beside(Working(work, store, failed=told_fault)),
    )


def _who(clients: Clients, *, demo: bool) -> Callable[[str | None], Actor | None]:
    def who(authorization: str | None) -> Actor | None:
        scheme, _, token = (authorization or "").partition(" ")
        known = clients.of_token(token.strip()) if scheme.lower() == "bearer" else None
        return known or (_DEMO if demo else None)

    return who


def _answers(store: SqlStore) -> bool:
    try:
        with store.reading() as view:
            view.heads([])
    except Unavailable:
        return False
    return True


def told_fault(error: Exception) -> str:
    """Where in the program it failed, without what it was about: a message may repeat a person's data."""
    name = new_id()[:8]
    places = [
        f"{each.filename.rpartition('/')[2]}:{each.lineno}"
        for each in traceback.extract_tb(error.__traceback__)
    ]
    line = {"at": clock.now(), "event": "fault", "name": name, "kind": type(error).__name__, "places": places}
    print(json.dumps(line), file=sys.stderr, flush=True)  # noqa: T201 - the process's own log
    return name
