"""What follows from the log: which versions are current, whom they are about, what is searched of them.

All of it can be dropped and made again, so none of it is in a backup.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, and_, delete, func, insert, or_, select, union

from vardforlopp.services.ports import Entry, Head, Method
from vardforlopp.store import known, log, tables
from vardforlopp.store.projections import never_read
from vardforlopp.store.rows import put_if_new

#: Tables of what follows. Whatever else the schema has is kept for itself.
INDEXED = frozenset(("about", *(name for name in tables.metadata.tables if name.startswith("index_"))))
OF_PATIENTS = frozenset(table.name for table in known.OF_PATIENTS)
DERIVED = INDEXED | OF_PATIENTS | {"head", "once_about"}
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
    put_if_new(connection, known.once_about, rows=list(_once_about(connection)))
    everybody = union(select(tables.about.c.patient), select(known.once_about.c.patient))
    waiting = [never_read(patient) for patient in connection.execute(everybody).scalars()]
    put_if_new(connection, known.record, rows=waiting)


def drop(connection: Connection) -> int:
    """Empty the tables of what follows; how many resources there are to make it of again. Writers wait."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("LOCK TABLE log IN EXCLUSIVE MODE")
    there = connection.execute(select(func.count()).select_from(tables.head)).scalar_one()
    for name in sorted(DERIVED):
        connection.execute(delete(tables.metadata.tables[name]))
    return there


def _once_about(connection: Connection) -> Iterator[dict[str, object]]:
    """The patients that a resource was about, and is no longer."""
    moved = select(tables.head.c.rid, tables.head.c.deleted, tables.head.c.patients, tables.log.c.patients)
    same = and_(tables.log.c.type == tables.head.c.type, tables.log.c.id == tables.head.c.id)
    query = moved.join(tables.log, same).where(
        or_(tables.head.c.deleted, tables.head.c.patients != tables.log.c.patients)
    )
    for rid, deleted, now, then in connection.execute(query):
        still = set() if deleted else set(now.split())
        yield from ({"patient": patient, "rid": rid} for patient in sorted(set(then.split()) - still))


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
    for table in (tables.metadata.tables[name] for name in sorted(INDEXED)):
        columns = [column.name for column in table.c]
        there: Counter[tuple[Any, ...]] = Counter(
            tuple(row) for row in connection.execute(select(table).where(table.c.rid.in_(rids)))
        )
        here: Counter[tuple[Any, ...]] = Counter(expected.get(table, ()))
        place = columns.index("rid")
        wrong.update(row[place] for row in ((there - here) + (here - there)))
    return sorted(wrong)
