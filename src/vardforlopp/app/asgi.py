"""A process of the server: everything wired together, by the settings in its environment."""

from __future__ import annotations

import ctypes
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from starlette.types import ASGIApp

from vardforlopp.access import Actor
from vardforlopp.adapters.clients import Clients, read_clients
from vardforlopp.adapters.incoming import incoming_rules
from vardforlopp.api.ask import Server
from vardforlopp.api.front import Front
from vardforlopp.api.http import application
from vardforlopp.api.limits import Places, Rate
from vardforlopp.api.standing import standing
from vardforlopp.app import clock, logs
from vardforlopp.app.chance import new_id
from vardforlopp.app.followed import at_once, followed_by
from vardforlopp.app.memory import relax_collection, settle_memory
from vardforlopp.app.metrics import Metrics, forget_the_dead
from vardforlopp.app.settings import Settings, settings
from vardforlopp.app.timed import timed_work
from vardforlopp.app.traces import traces
from vardforlopp.app.version import VERSION
from vardforlopp.app.watching import WatchedStore, Watching
from vardforlopp.app.worker import Working, beside, threads_of
from vardforlopp.store.database import Database
from vardforlopp.store.limits import limit
from vardforlopp.store.standing import places, wrong_with
from vardforlopp.store.units import SqlStore

_DEMO = Actor("demo", "demo")


def make() -> ASGIApp:
    """The application of one process; what granian calls. On SQLite it does the timed work, too."""
    _stop_as_told()
    relax_collection()
    logs.take_over()
    forget_the_dead()
    made = build(settings({}))
    settle_memory()
    return made


def _stop_as_told() -> None:
    """Until it answers it has nothing to finish, and the handler that came with its parent does nothing here.

    If the parent is killed (Linux tells) it stops too: else it would go on answering, and nobody stop it.
    """
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_TELL_ME_OF_MY_PARENTS_DEATH, signal.SIGTERM)


_TELL_ME_OF_MY_PARENTS_DEATH = 1  # PR_SET_PDEATHSIG


def build(chosen: Settings) -> ASGIApp:
    """The application by settings. The database must have the newest schema."""
    in_force = followed_by(chosen)
    work = timed_work(chosen, in_force) if chosen.database.startswith("sqlite") else ()
    connections = chosen.connections + threads_of(work)
    database = Database(chosen.database, connections=connections, ticks=clock.ticks)
    limit(database, chosen.longest_statement, ticks=clock.ticks)
    metrics = Metrics(places(database, now=clock.now))
    metrics.may_hold(connections)
    watch = Watching(metrics, traces(chosen.traces))
    kept = SqlStore(database, after=at_once(in_force, clock.now))
    store = WatchedStore(kept, watch)
    rules = incoming_rules(chosen.base, in_force=in_force)
    server = Server(store, rules, new_id, chosen.demo, watch, chosen.export_hours, in_force, VERSION)
    who = _who(read_clients(Path(chosen.clients)) if chosen.clients else Clients({}), demo=chosen.demo)
    inside = application(
        server,
        who=who,
        clock=clock.now,
        largest=chosen.largest_body,
        patience=chosen.patience,
        work=beside(Working(work, kept, failed=watch.failed)),
        beside=lambda written_down: standing(
            ready=lambda: wrong_with(database) or (None if written_down() else "the store does not answer"),
            counts=metrics.page,
            token_sha256=chosen.metrics_token_sha256,
        ),
        closing=(watch.traces.close, database.close),
    )
    return Front(
        inside,
        who,
        clock.now,
        clock.ticks,
        new_id,
        watch,
        Rate(chosen.requests_a_minute),
        Places(chosen.requests_at_once),
        demo=chosen.demo,
        tls=chosen.base.startswith("https:"),
    )


def _who(clients: Clients, *, demo: bool) -> Callable[[str | None], Actor | None]:
    def who(authorization: str | None) -> Actor | None:
        scheme, _, token = (authorization or "").partition(" ")
        known = clients.of_token(token.strip()) if scheme.lower() == "bearer" else None
        return known or (_DEMO if demo else None)

    return who
