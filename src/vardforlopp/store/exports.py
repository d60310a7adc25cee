"""Exports as places in the log: which resources, each as it was when the export was asked for."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, delete, func, insert, select, update

from vardforlopp.services.exporting import Asked, Export, Part, Piece
from vardforlopp.services.ports import Method
from vardforlopp.store import following, tables

_E, _P, _H, _L, _B = tables.export.c, tables.export_part.c, tables.head.c, tables.log.c, tables.body.c


class Exporting:
    """What exports need of a connection; see `services.exporting`."""

    connection: Connection

    def types(self) -> tuple[str, ...]:
        return tuple(self.connection.execute(select(_H.type).distinct().order_by(_H.type)).scalars())

    def begin_export(self, export: Export) -> None:
        asked = export.asked
        last = self.connection.execute(select(func.max(_L.seq))).scalar() or 0
        row = {
            "id": export.id, "actor": export.actor, "at": export.at, "seq": last, "request": asked.request,
            "patients": asked.patients, "since": asked.since, "types": " ".join(asked.types),
            "type": export.type, "rid": 0, "ends": export.ends,
        }  # fmt: skip
        self.connection.execute(insert(tables.export), row)

    def export(self, id_: str) -> Export | None:
        row = self.connection.execute(select(tables.export).where(_E.id == id_)).first()
        if row is None:
            return None
        parts = select(tables.export_part).where(_P.export == id_).order_by(_P.type, _P.number)
        asked = Asked(row.request, row.patients, tuple(row.types.split()), row.since)
        found = tuple(Part(*part[1:]) for part in self.connection.execute(parts))
        return Export(row.id, row.actor, row.at, asked, row.type, row.ends, found)

    def to_cut(self) -> bool:
        return self.connection.execute(self._waiting()).first() is not None

    def cut_next(self, *, most: int, size: int) -> int:
        row = self.connection.execute(self._waiting().with_for_update(skip_locked=True)).first()
        if row is None:
            return 0
        found = self.connection.execute(
            self._rows(row, row.type, func.length(_B.bytes).label("size")).where(_H.rid > row.rid).limit(most)
        ).all()
        count = _within(found, size)
        if count:
            self.connection.execute(
                insert(tables.export_part),
                {
                    "export": row.id, "type": row.type, "number": self._parts(row) + 1, "after": row.rid,
                    "upto": found[count - 1].rid, "resources": count,
                },
            )  # fmt: skip
        types = row.types.split()
        if count == most or count < len(found):
            place = {"type": row.type, "rid": found[count - 1].rid}
        else:
            place = {"type": "".join(types[types.index(row.type) + 1 :][:1]), "rid": 0}
        self.connection.execute(update(tables.export).where(_E.id == row.id).values(place))
        return count + 1

    def pieces(self, export: Export, part: Part) -> list[Piece]:
        row = self.connection.execute(select(tables.export).where(_E.id == export.id)).one()
        query = self._rows(row, part.type, _B.bytes).where(_H.rid > part.after, _H.rid <= part.upto)
        return [
            Piece(bytes(each.bytes), tuple(each.patients.split())) for each in self.connection.execute(query)
        ]

    def over(self, now: int) -> list[str]:
        return list(self.connection.execute(select(_E.id).where(_E.ends <= now)).scalars())

    def remove_export(self, id_: str) -> None:
        self.connection.execute(delete(tables.export_part).where(_P.export == id_))
        self.connection.execute(delete(tables.export).where(_E.id == id_))

    def _waiting(self) -> Select[Any]:
        """The next export to cut: one before whose moment nothing is being written any more."""
        ended = following.settled(self.connection, tables.export)
        return select(tables.export).where(_E.type != "", ended).order_by(_E.at, _E.id).limit(1)

    def _parts(self, row: Any) -> int:
        mine = and_(_P.export == row.id, _P.type == row.type)
        return int(self.connection.execute(select(func.count()).where(mine)).scalar_one())

    def _rows(self, row: Any, type_: str, column: ColumnElement[Any]) -> Select[Any]:
        """What of a type stands in an export, in the order of its numbers; what was destroyed does not."""
        before = tables.log.alias()
        latest = (
            select(func.max(before.c.version))
            .where(before.c.type == _H.type, before.c.id == _H.id, self._in_time(before.c, row))
            .correlate(tables.head)
            .scalar_subquery()
        )
        versions = and_(_L.type == _H.type, _L.id == _H.id, _L.version == latest)
        query = (
            select(_H.rid, _L.patients, column)
            .select_from(tables.head)
            .join(tables.log, versions)
            .join(tables.body, _B.seq == _L.seq)
            .where(_H.type == type_, _L.method != Method.DELETED)
            .order_by(_H.rid)
        )
        if row.since is not None:
            query = query.where(_L.at >= row.since)
        return query.where(_L.patients != "") if row.patients else query

    def _in_time(self, columns: Any, row: Any) -> ColumnElement[bool]:
        """That a version was written before the export was asked for."""
        numbered = self.connection.dialect.name == "postgresql"
        found: ColumnElement[bool] = columns.xact < row.xact if numbered else columns.seq <= row.seq
        return found


def _within(rows: Any, size: int) -> int:
    """How many of the first rows are within so many bytes; the first is, whatever its size."""
    count = 0
    for row in rows:
        size -= row.size
        if size < 0 and count:
            break
        count += 1
    return count
