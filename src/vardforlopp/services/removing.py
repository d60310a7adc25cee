"""Delete: the resource is no longer current; what it was stays in its history."""

from __future__ import annotations

from vardforlopp.access import Action, Actor
from vardforlopp.services.doors import Door, subject_of
from vardforlopp.services.keeping import moved_on
from vardforlopp.services.outcomes import Refused, Removed
from vardforlopp.services.ports import Entry, Key, Stamp, Unit


def remove(unit: Unit, key: Key, *, actor: Actor, at: int, if_match: int | None = None) -> Removed | Refused:
    """Delete a resource. One that is not there is as good as deleted."""
    door = Door(unit, actor, Action.DELETE, at=at)
    head = unit.lock([key]).get(key)
    subject = subject_of(key, head)
    if (no := door.enter(subject)) is not None:
        return no
    if (late := moved_on(head, if_match)) is not None:
        return door.failed(subject, late)
    if head is None or head.deleted:
        door.done(subject)
        return Removed(None)
    stamp = Stamp.after(head, at)
    unit.append([Entry(key, stamp, None, patients=head.patients)], {key: head}, actor=actor.id)
    door.done(subject, version=stamp.version)
    return Removed(stamp.version)
