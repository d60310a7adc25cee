"""Exports: many records at once, to a connected system that asked for them.

An export is no heap of files: it is a list of places in the log, as of the moment when it was asked for. A
worker cuts it into parts; a part is read from the log when it is fetched, and that is written down for each
patient in it. So nothing lies about, and what is destroyed meanwhile is in no part any more.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import NamedTuple, Protocol

from vardforlopp.access import Action, Actor, Subject
from vardforlopp.services.doors import Door
from vardforlopp.services.outcomes import Refused, refused
from vardforlopp.services.ports import Reading, Unit

#: Resources and bytes of one part, at most (one resource may be larger).
PART, PART_BYTES = 5_000, 16_000_000


class Asked(NamedTuple):
    """What is to be exported: what of these types was written since an instant, or is about patients.

    `request` is the address that was asked; no type named = all.
    """

    request: str
    patients: bool = False
    types: tuple[str, ...] = ()
    since: int | None = None


class Part(NamedTuple):
    """Resources of one type: those numbered above and up to. Parts of a type are numbered 1, 2, 3."""

    type: str
    number: int
    after: int
    upto: int
    resources: int


class Export(NamedTuple):
    """An export as it stands. `type`: the one that is being cut, empty when all are; kept until `ends`."""

    id: str
    actor: str
    at: int
    asked: Asked
    type: str
    ends: int
    parts: tuple[Part, ...] = ()

    @property
    def is_ready(self) -> bool:
        return not self.type

    @property
    def progress(self) -> str:
        """How far it has come, for people."""
        done = self.asked.types.index(self.type) if self.type else len(self.asked.types)
        return f"{done} of {len(self.asked.types)} types"


class Piece(NamedTuple):
    """A resource of a part: its text, and whom it is about."""

    body: bytes
    patients: tuple[str, ...]


class Exports(Reading, Protocol):
    """A view of the exports."""

    def export(self, id_: str) -> Export | None:
        """One, with its parts."""

    def pieces(self, export: Export, part: Part) -> list[Piece]:
        """What stands in a part, as of the export's moment."""

    def to_cut(self) -> bool:
        """Whether an export waits to be cut."""

    def over(self, now: int) -> list[str]:
        """The exports that are kept no longer."""


class Exporting(Unit, Exports, Protocol):
    """A transaction that makes, cuts or removes exports."""

    def types(self) -> tuple[str, ...]:
        """The types that anything was ever kept of."""

    def begin_export(self, export: Export) -> None:
        """Keep an export of what was written before this transaction."""

    def cut_next(self, *, most: int, size: int) -> int:
        """Cut the next part of an export that nobody else is cutting; 0 when there is none to cut."""

    def remove_export(self, id_: str) -> None:
        """Remove one with its parts."""


class ExportStore(Protocol):
    """A store that keeps exports."""

    def reading(self) -> AbstractContextManager[Exports]: ...

    def writing(self) -> AbstractContextManager[Exporting]: ...


def begin(
    unit: Exporting, asked: Asked, *, new_id: str, ends: int, actor: Actor, at: int
) -> Export | Refused:
    """Begin an export of what is there now."""
    door, everything = Door(unit, actor, Action.EXPORT, at=at), Subject("*")
    if (no := door.enter(everything)) is not None:
        return no
    types = asked.types or unit.types()
    made = Export(new_id, actor.id, at, asked._replace(types=types), types[0] if types else "", ends)
    unit.begin_export(made)
    door.done(everything)
    return made


def standing(unit: Exports, id_: str, *, actor: Actor, at: int) -> Export | Refused:
    """How an export stands; who did not ask for it is told that there is none."""
    door = Door(unit, actor, Action.EXPORT, at=at)
    found = _entered(unit, door, id_)
    if not isinstance(found, Refused):
        door.done(Subject("*"))
    return found


def cancel(unit: Exporting, id_: str, *, actor: Actor, at: int) -> Export | Refused:
    """End an export; nothing of it can be fetched any more."""
    door = Door(unit, actor, Action.EXPORT, at=at)
    found = _entered(unit, door, id_)
    if not isinstance(found, Refused):
        unit.remove_export(id_)
        door.done(Subject("*"))
    return found


def fetch(
    unit: Exports, id_: str, *, type_: str, number: int, actor: Actor, at: int
) -> Sequence[bytes] | Refused:
    """The resources of a part, as texts. Each patient in it has a line in the log of acts."""
    door = Door(unit, actor, Action.EXPORT, at=at)
    found = _entered(unit, door, id_)
    if isinstance(found, Refused):
        return found
    subject = Subject(type_)
    part = next((one for one in found.parts if (one.type, one.number) == (type_, number)), None)
    if part is None or not found.is_ready:
        return door.failed(
            subject, refused("not-found", "not-found", "there is no such part", "See its status.")
        )
    pieces = unit.pieces(found, part)
    door.shown(subject, (piece.patients for piece in pieces))
    return [piece.body for piece in pieces]


def _entered(unit: Exports, door: Door, id_: str) -> Export | Refused:
    everything = Subject("*")
    if (no := door.enter(everything)) is not None:
        return no
    found = unit.export(id_)
    if found is None or found.actor != door.actor.id or found.ends <= door.at:
        what = "there is no such export of yours, or it is kept no longer"
        return door.failed(everything, refused("not-found", "not-found", what, "Begin another."))
    return found


def cut(store: ExportStore, now: int) -> int:
    """Cut the next part of an export; how many resources were looked at."""
    with store.reading() as view:
        if not view.to_cut():
            return 0
    with store.writing() as unit:
        return unit.cut_next(most=PART, size=PART_BYTES)


def remove_old(store: ExportStore, now: int) -> int:
    """Remove the exports that are kept no longer; how many it was."""
    with store.reading() as view:
        if not view.over(now):
            return 0
    with store.writing() as unit:
        found = unit.over(now)
        for id_ in found:
            unit.remove_export(id_)
    return len(found)
