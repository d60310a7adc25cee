"""Who asks and is not known: refused, and written down."""

from __future__ import annotations

from vardforlopp.access import Action, Actor, Subject
from vardforlopp.services.doors import Door
from vardforlopp.services.outcomes import Refused
from vardforlopp.services.ports import Reading


def knocked(unit: Reading, *, actor: Actor, at: int, times: int = 1) -> Refused:
    """Somebody asked, so many times, whom nobody vouches for: it is written down in one line."""
    why = Door(unit, actor, Action.REQUEST, at=at).enter(Subject("*"), times=times)
    assert why is not None, "who is not known may do nothing"
    return why
