"""Following the log, or the log of acts: what was written since, in an order in which nothing comes late.

On PostgreSQL a row gets its `seq` before its transaction ends, so that 11 may be seen before 10. Who
follows reads in the order of (transaction, seq), and only what was written by transactions that are
older than every one still at work: nothing can be put before what was read. On SQLite there is one
writer; `xact` is 0, and `seq` is the order.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Table,
    case,
    delete,
    func,
    literal,
    select,
    text,
    true,
    tuple_,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from vardforlopp.store import tables

#: Who follows the log of acts; everybody else follows the log.
OF_THE_ACTS = ("seal",)
_LAST = (1 << 62) - 1


class Position(NamedTuple):
    """A row's place in the order of following."""

    xact: int
    seq: int


def settled(connection: Connection, table: FromClause) -> ColumnElement[bool]:
    """That nothing can come before a row any more."""
    if connection.dialect.name != "postgresql":
        return true()
    return table.c.xact < text("pg_snapshot_xmin(pg_current_snapshot())::text::bigint")


def after(connection: Connection, table: FromClause, *, position: Position) -> ColumnElement[bool]:
    """That a row comes after a place."""
    if connection.dialect.name != "postgresql":
        found: ColumnElement[bool] = table.c.seq > position.seq
        return found
    return tuple_(table.c.xact, table.c.seq) > tuple_(literal(position.xact), literal(position.seq))


def in_order(connection: Connection, table: FromClause) -> tuple[ColumnElement[int], ...]:
    """What rows are followed by."""
    return (table.c.xact, table.c.seq) if connection.dialect.name == "postgresql" else (table.c.seq,)


def come_to(connection: Connection, name: str) -> Position:
    """How far somebody has come; before everything who has not begun."""
    row = connection.execute(select(tables.follower).where(tables.follower.c.name == name)).first()
    return Position(0, 0) if row is None else Position(row.xact, row.seq)


def go_on(connection: Connection, name: str, *, to: Position) -> None:
    """Somebody has come so far."""
    dialect: Any = postgresql if connection.dialect.name == "postgresql" else sqlite
    place = to._asdict()
    made = dialect.insert(tables.follower).values(name=name, **place)
    connection.execute(made.on_conflict_do_update(index_elements=["name"], set_=place))


def begin_anew(connection: Connection) -> bool:
    """Number the transactions of a database that was brought from another server, whose numbers were higher.

    There, followers would take what is written now for long read. Call it on PostgreSQL, before anything is
    written. True when there was something to do.
    """
    next_ = connection.execute(_NEXT).scalar_one()
    ahead = [
        table
        for table in (tables.log, tables.audit)
        if (connection.execute(select(func.max(table.c.xact))).scalar() or 0) >= next_
    ]
    for table in ahead:
        _renumber(connection, table)
    if ahead:
        for leftover in (tables.export_part, tables.export):  # places in the order that was
            connection.execute(delete(leftover))
    return bool(ahead)


_NEXT = text("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint")


def _renumber(connection: Connection, table: Table) -> None:
    """What every follower has read gets the number 0, the rest that of this transaction."""
    connection.execute(text(f"LOCK TABLE {table.name} IN SHARE ROW EXCLUSIVE MODE"))
    name = tables.follower.c.name
    whose = name.in_(OF_THE_ACTS) if table is tables.audit else name.not_in(OF_THE_ACTS)
    read = [Position(row.xact, row.seq) for row in connection.execute(select(tables.follower).where(whose))]
    unread = after(connection, table, position=min(read, default=Position(0, 0)))
    numbered = case((unread, text("pg_current_xact_id()::text::bigint")), else_=0)
    connection.execute(update(table).values(xact=numbered))
    connection.execute(update(tables.follower).where(whose).values(xact=0, seq=_LAST))
