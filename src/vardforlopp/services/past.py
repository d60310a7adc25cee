"""History: the versions of a resource, or of all resources of a type."""

from __future__ import annotations

from typing import NamedTuple

from vardforlopp.access import Action, Actor, Subject
from vardforlopp.services.doors import Door, subject_of
from vardforlopp.services.outcomes import Refused, refused
from vardforlopp.services.ports import Key, Reading, Version


class Past(NamedTuple):
    """Versions, the newest first. `before` = where the next page begins, if there is one."""

    versions: tuple[Version, ...]
    before: int | None


def history(
    unit: Reading,
    type_: str | None,
    *,
    id_: str | None = None,
    actor: Actor,
    at: int,
    since: int | None = None,
    before: int | None = None,
    count: int,
) -> Past | Refused:
    """One page of what was written. `since` is an instant."""
    door = Door(unit, actor, Action.HISTORY, at=at)
    key = Key(type_, id_) if type_ is not None and id_ is not None else None
    head = unit.heads([key]).get(key) if key is not None else None
    subject = subject_of(key, head) if key is not None else Subject(type_ or "*")
    missing = refused("not-found", "not-found", f"there is no {subject.type}/{subject.id}", "Search for it.")
    if (no := door.enter(subject)) is not None:
        return missing if key is not None and door.hides(subject) else no
    if key is not None and head is None:
        return door.failed(subject, missing)
    found = unit.history(key, type_=type_, since=since, before=before, count=count + 1)
    told = tuple(each for each in found[:count] if door.shows(each.key, each.patients))
    door.shown(subject, (each.patients for each in told))
    return Past(told, found[count - 1].seq if len(found) > count else None)
