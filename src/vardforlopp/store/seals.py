"""The log of acts as it is sealed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, and_, func, insert, not_, select

from vardforlopp.audit import Event
from vardforlopp.audit.seal import Line, Seal
from vardforlopp.store import following, tables

#: Who follows the log of acts, to seal it.
SEALER = "seal"
_EVENT = [tables.audit.c[name] for name in Event._fields]


class Sealing:
    """What a sealer needs of a connection; see `services.sealing`."""

    connection: Connection

    def last_seal(self) -> Seal | None:
        found = self.connection.execute(select(tables.seal).order_by(tables.seal.c.number.desc()).limit(1))
        row = found.first()
        return None if row is None else _seal(row)

    def seals(self) -> Iterator[Seal]:
        number = 0
        while True:
            query = select(tables.seal).where(tables.seal.c.number > number)
            rows = self.connection.execute(query.order_by(tables.seal.c.number).limit(100)).all()
            if not rows:
                return
            yield from map(_seal, rows)
            number = rows[-1].number

    def unsealed(self, count: int) -> list[Line]:
        position = following.come_to(self.connection, SEALER)
        query = (
            select(tables.audit.c.seq, *_EVENT)
            .where(
                following.after(self.connection, tables.audit, position=position),
                following.settled(self.connection, tables.audit),
            )
            .order_by(*following.in_order(self.connection, tables.audit))
            .limit(count)
        )
        return [_line(row) for row in self.connection.execute(query)]

    def keep_seal(self, seal: Seal, lines: Sequence[Line]) -> None:
        self.connection.execute(insert(tables.seal), seal._asdict())
        last = select(tables.audit.c.xact).where(tables.audit.c.seq == lines[-1].seq)
        position = following.Position(self.connection.execute(last).scalar_one(), lines[-1].seq)
        following.go_on(self.connection, SEALER, to=position)

    def lines(self, after: int, upto: int) -> Iterator[Line]:
        position = following.come_to(self.connection, SEALER)
        due = not_(following.after(self.connection, tables.audit, position=position))
        while after < upto:
            query = (
                select(tables.audit.c.seq, *_EVENT, due.label("due"))
                .where(and_(tables.audit.c.seq > after, tables.audit.c.seq <= upto))
                .order_by(tables.audit.c.seq)
                .limit(5_000)
            )
            rows = self.connection.execute(query).all()
            if not rows:
                return
            yield from map(_line, rows)
            after = rows[-1].seq

    def last_line(self) -> int:
        return int(self.connection.execute(select(func.max(tables.audit.c.seq))).scalar() or 0)


def _seal(row: Any) -> Seal:
    return Seal(row.number, row.at, bytes(row.members), bytes(row.previous), bytes(row.digest))


def _line(row: Any) -> Line:
    wide = len(Event._fields) + 1
    return Line(row[0], Event(*row[1:wide]), *(bool(each) for each in row[wide:]))
