"""Sweeping: what time alone changes, who was only noted while importing, and feeds that come back."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from vardforlopp.access import Action, Actor, Subject
from vardforlopp.kernel.civil import day_of
from vardforlopp.services import assessing
from vardforlopp.services.doors import Door
from vardforlopp.services.in_force import InForce
from vardforlopp.services.outcomes import Refused, refused
from vardforlopp.services.ports import Reading, Unavailable
from vardforlopp.services.projected import Touched

#: Patients of one transaction: few enough that nobody waits long for one of them.
TOGETHER = 20
#: More than there are.
EVERYBODY = 1 << 62


_FEED = Subject("*")


class Unit(Reading, assessing.Unit, Protocol):
    """The transaction of a sweep."""

    def due(self, now: int, *, count: int) -> list[str]:
        """Patients who are to be looked at, those first who have waited longest."""

    def claim(self, patient: str) -> bool:
        """Hold a patient until the transaction ends; False if somebody else does, who then looks."""

    def wake(self) -> None:
        """Everybody is to be looked at once more."""

    def expire_others(self, stamp: str) -> None:
        """Records that were read with other definitions are to be read anew."""


class Store(Protocol):
    """Where a sweep works."""

    def writing(self) -> AbstractContextManager[Unit]:
        """A transaction that ends with the block."""


def sweep(store: Store, in_force: InForce, *, now: int, most: int = 1_000) -> int:
    """Look at those whose time has come, `most` at once; how many that were. Raises: Unavailable."""
    done = 0
    while done < most:
        count = min(TOGETHER, most - done)
        try:
            looked = _together(store, in_force, now, count)
        except Unavailable:
            raise
        except Exception:  # noqa: BLE001 - one of them is not taken by the store: the others do not wait for it
            looked = _one_by_one(store, in_force, now, count)
        done += looked
        if not looked:
            break
    return done


def _together(store: Store, in_force: InForce, now: int, count: int) -> int:
    with store.writing() as unit:
        mine = [patient for patient in unit.due(now, count=count) if unit.claim(patient)]
        for patient in mine:
            assessing.look(unit, patient, in_force=in_force, now=now)
    return len(mine)


def _one_by_one(store: Store, in_force: InForce, now: int, count: int) -> int:
    """Each in a transaction of its own; of whom that fails, it is written down, and tried again later."""
    with store.writing() as unit:
        due = unit.due(now, count=count)
    for patient in due:
        try:
            with store.writing() as unit:
                if unit.claim(patient):
                    assessing.look(unit, patient, in_force=in_force, now=now)
        except Unavailable:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, it is told, and it is the next one's turn
            with store.writing() as unit:
                assessing.failed(unit, patient, fault=type(error).__name__, now=now)
    return len(due)


def begin(store: Store, in_force: InForce) -> None:
    """When a process begins with definitions that are other than those before."""
    with store.writing() as unit:
        unit.expire_others(in_force.stamp)


def note(unit: Unit, touched: Sequence[Touched]) -> None:
    """Instead of following at once: whose records are to be read anew. For many resources of one patient."""
    unit.expire(assessing.concerned(unit, touched))


def alive(unit: Unit, in_force: InForce | None, *, actor: Actor, at: int) -> Refused | None:
    """A client says that it is alive, and has nothing to tell."""
    door = Door(unit, actor, Action.HEARTBEAT, at=at)
    if (no := door.enter(_FEED)) is not None:
        return no
    if in_force is None or not in_force.feeds_of(actor.id):
        what, do = "it is not a client that feeds this server", "Name it as a provider in the file of feeds."
        return door.failed(_FEED, refused("not-found", "not-found", what, do))
    hear(unit, actor.id, in_force=in_force, now=at)
    door.done(_FEED)
    return None


def hear(unit: Unit, client: str, *, in_force: InForce, now: int) -> None:
    """A feeding client is alive. One that was silent too long wakes everybody, once (S01)."""
    if not in_force.feeds_of(client):
        return
    today, heard = day_of(now), unit.heartbeats()
    if heard.get(client, 0) >= today:
        return
    was_silent = any(source.provider == client for source in in_force.silent(heard, today))
    unit.heard(client, today)
    if was_silent:
        unit.wake()
