"""The log as it is followed, active subscriptions, and what is still to be delivered to them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, delete, exists, func, insert, select, update

from vardforlopp.fhir.subscription import Wanted
from vardforlopp.services.delivering import Due
from vardforlopp.services.ports import Key, Method, Version
from vardforlopp.services.subscribing import Change, Subscribed, Told
from vardforlopp.store import following, log, tables

_S, _D = tables.subscription.c, tables.delivery.c


class Delivering:
    """What followers and deliverers need of a connection; see `services.subscribing` and `delivering`."""

    connection: Connection

    def changes(self, name: str, count: int) -> list[Change]:
        columns = tables.log.c
        position = following.come_to(self.connection, name)
        query = (
            select(columns.xact, columns.seq, columns.type, columns.id, columns.method, columns.actor)
            .where(
                following.after(self.connection, tables.log, position=position),
                following.settled(self.connection, tables.log),
            )
            .order_by(*following.in_order(self.connection, tables.log))
            .limit(count)
        )
        return [
            Change(row.xact, row.seq, Key(row.type, row.id), Method(row.method), row.actor)
            for row in self.connection.execute(query)
        ]

    def seen(self, name: str, change: Change) -> None:
        following.go_on(self.connection, name, to=following.Position(change.xact, change.seq))

    def subscribed(self) -> list[Subscribed]:
        rows = self.connection.execute(select(tables.subscription).order_by(_S.id))
        return [
            Subscribed(row.id, row.owner, Wanted(row.criteria, row.endpoint, row.payload, row.ends))
            for row in rows
        ]

    def subscribe(self, one: Subscribed, *, at: int) -> None:
        row: dict[str, Any] = {"id": one.id, "owner": one.owner, **one.wanted._asdict()}
        free = {"failures": 0, "next_at": at, "held_until": 0}
        self.connection.execute(insert(tables.subscription), {**row, **free})

    def unsubscribe(self, id_: str) -> None:
        self.connection.execute(delete(tables.delivery).where(_D.subscription == id_))
        self.connection.execute(delete(tables.subscription).where(_S.id == id_))

    def tell(self, told: Sequence[Told]) -> None:
        if told:
            self.connection.execute(insert(tables.delivery), [each._asdict() for each in told])

    def is_due(self, now: int) -> bool:
        return self.connection.execute(select(_S.id).where(_due(now)).limit(1)).first() is not None

    def take_on(self, *, now: int, until: int) -> Due | None:
        free = select(tables.subscription).where(_due(now)).order_by(_S.next_at, _S.id).limit(1)
        row = self.connection.execute(free.with_for_update(skip_locked=True)).first()
        if row is None:
            return None
        first = select(func.min(_D.number)).where(_D.subscription == row.id).scalar_subquery()
        found = self.connection.execute(select(tables.delivery).where(_D.number == first)).first()
        if found is None:  # somebody has just delivered the last
            return None
        self.connection.execute(update(tables.subscription).where(_S.id == row.id).values(held_until=until))
        return Due(
            found.number, row.id, row.owner, row.endpoint, row.payload, found.seq, found.name,
            row.failures, until,
        )  # fmt: skip

    def version_at(self, seq: int) -> Version | None:
        return log.at_place(self.connection, seq)

    def delivered(self, due: Due, *, now: int) -> None:
        self.connection.execute(delete(tables.delivery).where(_D.number == due.number))
        self._let_go(due, failures=0, next_at=now)

    def put_off(self, due: Due, *, to: int) -> None:
        self._let_go(due, failures=due.failures + 1, next_at=to)

    def _let_go(self, due: Due, *, failures: int, next_at: int) -> None:
        """Unless it was held for so long that somebody else has taken it on."""
        mine = and_(_S.id == due.subscription, _S.held_until == due.held_until)
        free = {"failures": failures, "next_at": next_at, "held_until": 0}
        self.connection.execute(update(tables.subscription).where(mine).values(free))


def _due(now: int) -> ColumnElement[bool]:
    waiting = exists().where(_D.subscription == _S.id)
    return and_(_S.next_at <= now, _S.held_until <= now, waiting)
