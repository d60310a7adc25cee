"""Read a resource, or a version of it."""

from __future__ import annotations

from vardforlopp.access import Action, Actor, Subject
from vardforlopp.services.doors import Door, subject_of
from vardforlopp.services.outcomes import Refused, refused
from vardforlopp.services.ports import Key, Reading, Version


def read(unit: Reading, key: Key, *, actor: Actor, at: int) -> Version | Refused:
    """The current version. Gone when it was deleted, not found when it never was."""
    return _read(unit, key, None, actor=actor, at=at)


def vread(unit: Reading, key: Key, *, version: int, actor: Actor, at: int) -> Version | Refused:
    """One version, as it was."""
    return _read(unit, key, version, actor=actor, at=at)


def _read(unit: Reading, key: Key, version: int | None, *, actor: Actor, at: int) -> Version | Refused:
    door = Door(unit, actor, Action.READ if version is None else Action.VREAD, at=at)
    found = unit.read(key, version=version)
    subject = Subject(*key, found.patients if found is not None else ())
    what = f"there is no {key.type}/{key.id}" + ("" if version is None else f" of version {version}")
    missing = refused("not-found", "not-found", what, "Search for it.")
    if version is not None:
        # An older version may have been about somebody else: who may not see the resource sees none of it.
        now = subject_of(key, unit.heads([key]).get(key))
        if (no := door.enter(now)) is not None:
            return missing if door.hides(now) else no
        subject = now if found is None else subject
    if (no := door.enter(subject)) is not None:
        return missing if door.hides(subject) else no
    if found is None:
        return door.failed(subject, missing)
    if found.body is None:
        what = f"{key.type}/{key.id} was deleted"
        return door.failed(subject, refused("gone", "deleted", what, "Its history tells what it was before."))
    door.done(subject, version=found.version)
    return found
