"""The timed work: all that is done without being asked for, in one table."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

from vardforlopp.access import Actor
from vardforlopp.adapters.clients import Clients, read_clients
from vardforlopp.adapters.hooks import Receivers
from vardforlopp.adapters.incoming import incoming_rules
from vardforlopp.app.followed import PART, Sweeping
from vardforlopp.app.settings import Settings
from vardforlopp.services import sealing, subscribing
from vardforlopp.services.delivering import deliver
from vardforlopp.services.exporting import cut, remove_old
from vardforlopp.services.in_force import InForce
from vardforlopp.services.sealing import seal
from vardforlopp.services.subscribing import Hooks, Owner, end_subscriptions, match
from vardforlopp.store.units import SqlStore

#: With what calls are signed in a demonstration: `whsec_` and these bytes as Base64.
DEMO_SECRET = b"vardforlopp-demonstration"


class Timed(NamedTuple):
    """Something that is done again and again.

    `act` is called with the store and the present instant, and tells how much it did; after less than `full`
    it waits `every` so many seconds, else it is called again at once. Any number of processes and threads may
    call it: what must be done by one alone, or once, is held in the database. Killed at any place, it goes on
    where it was.
    """

    name: str
    every: float
    act: Callable[[SqlStore, int], int]
    full: int = 1
    threads: int = 1


def timed_work(chosen: Settings, in_force: InForce) -> tuple[Timed, ...]:
    """All of it, by settings."""
    receivers = Receivers(chosen.receivers, demo=chosen.demo)
    hooks = Hooks(incoming_rules(chosen.base), _owner(chosen), receivers.refused)
    return (
        Timed("seal", 0.25, seal, full=sealing.BATCH),
        Timed("sweep", 2, Sweeping(in_force), full=PART),
        Timed("match", 0.25, partial(match, hooks=hooks), full=subscribing.BATCH),
        Timed("deliver", 0.5, partial(deliver, hooks=hooks, send=receivers.send), threads=4),
        Timed("end subscriptions", 60, partial(end_subscriptions, hooks=hooks)),
        Timed("cut exports", 0.5, cut),
        Timed("remove exports", 600, remove_old),
    )


def _owner(chosen: Settings) -> Callable[[str], Owner | None]:
    clients = read_clients(Path(chosen.clients)) if chosen.clients else Clients({})
    demo = Owner(Actor("demo", "demo"), DEMO_SECRET) if chosen.demo else None

    def owner(id_: str) -> Owner | None:
        return demo if demo is not None and id_ == demo.actor.id else clients.owner(id_)

    return owner
