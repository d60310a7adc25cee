"""$heartbeat: a system that feeds us is alive, and has nothing to tell (S01)."""

from __future__ import annotations

from vardforlopp.access import Action
from vardforlopp.api.ask import Ask, Reply, Server
from vardforlopp.api.interactions import failed
from vardforlopp.api.parameters import asked_with
from vardforlopp.services.outcomes import Refused
from vardforlopp.services.sweeping import Unit, alive


def beat(ask: Ask, unit: Unit, server: Server) -> Reply | Refused:
    """204: it was heard."""
    said = asked_with(ask, ())
    if isinstance(said, Refused):
        return failed(unit, ask, Action.HEARTBEAT, said)
    heard = alive(unit, server.in_force, actor=ask.actor, at=ask.at)
    return heard if isinstance(heard, Refused) else Reply(204)
