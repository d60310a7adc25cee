"""What follows from the log: which versions are current, whom they are about, what is searched of them.

All of it can be dropped and made again, so none of it is in a backup.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, and_, func, insert, select

from vardforlopp.services.ports import Entry, Head, Method
from vardforlopp.store import log, tables

#: Tables of what follows. Whatever else the schema has is kept for itself.
DERIVED = frozenset(
    ("head", "about", *(name for name in tables.metadata.tables if name.startswith("index_")))
)
#: What is kept of a current version, from its head and its bytes.
EntryOf = Callable[[Head, bytes | None], Entry]
_AT_ONCE = 500


def make(connection: Connection, entry_of: EntryOf) -> Iterator[int]:
    """Fill the empty tables of what follows; tells how many resources are done, each time some are."""
    connection.execute(insert(tables.head).from_select([column.name for column in tables.head.c], _HEADS))
    done = 0
    for found in current(connection):
        log.put_in(connection, [(head.rid, entry_of(head, body)) for head, body in found if body is not None])
        done += len(found)
        yield done


_ONE = tables.log.alias()
_ENDS = (
    select(
        _ONE.c.type,
        _ONE.c.id,
        func.min(_ONE.c.seq).label("first"),
        func.max(_ONE.c.version).label("last"),
    )
    .group_by(_ONE.c.type, _ONE.c.id)
    .subquery()
)
#: The rows of `head`: of each resource the last version, under the number of its first.
_HEADS = select(
    _ENDS.c.first,
    tables.log.c.type,
    tables.log.c.id,
    tables.log.c.seq,
    tables.log.c.version,
    tables.log.c.at,
    tables.log.c.method == int(Method.DELETED),
    tables.log.c.patients,
).join(
    _ENDS,
    and_(
        tables.log.c.type == _ENDS.c.type,
        tables.log.c.id == _ENDS.c.id,
        tables.log.c.version == _ENDS.c.last,
    ),
)


def current(
    connection: Connection, rids: Sequence[int] | None = None
) -> Iterator[list[tuple[Head, bytes | None]]]:
    """The current versions with their bytes, some at a time: all, or of these resources only."""
    after = -1
    waiting = None if rids is None else sorted(rids)
    while True:
        query = _CURRENT.where(tables.head.c.rid > after)
        if waiting is not None:
            part, waiting = waiting[:_AT_ONCE], waiting[_AT_ONCE:]
            query = query.where(tables.head.c.rid.in_(part))
        rows = connection.execute(query).all()
        if rows:
            yield [(log.head_of(row), None if row[-1] is None else bytes(row[-1])) for row in rows]
            after = rows[-1][0]
        if not waiting and (waiting is not None or not rows):
            return


_CURRENT = (
    select(tables.head, tables.body.c.bytes)
    .outerjoin(tables.body, tables.body.c.seq == tables.head.c.seq)
    .order_by(tables.head.c.rid)
    .limit(_AT_ONCE)
)


def that_differ(
    connection: Connection, found: Sequence[tuple[Head, bytes | None]], *, entry_of: EntryOf
) -> list[int]:
    """The numbers of those resources whose index is not what would be indexed now."""
    named = [(head.rid, entry_of(head, body)) for head, body in found if body is not None]
    rids = [head.rid for head, _ in found]
    expected = log.index_rows(named)
    wrong: Counter[int] = Counter()
    for table in (tables.metadata.tables[name] for name in sorted(DERIVED - {"head"})):
        columns = [column.name for column in table.c]
        there: Counter[tuple[Any, ...]] = Counter(
            tuple(row) for row in connection.execute(select(table).where(table.c.rid.in_(rids)))
        )
        here: Counter[tuple[Any, ...]] = Counter(
            tuple(row.get(name) for name in columns) for row in expected.get(table, ())
        )
        place = columns.index("rid")
        wrong.update(row[place] for row in ((there - here) + (here - there)))
    return sorted(wrong)
