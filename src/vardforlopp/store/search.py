"""Searches answered: which resources meet a query, a page at a time, and what is told along with them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    false,
    func,
    literal,
    or_,
    select,
)

from vardforlopp.fhir.search.index import ALWAYS, FOREVER
from vardforlopp.fhir.search.query import Include, Query, Sort
from vardforlopp.services.ports import Head, Included, Page, Place, Scope
from vardforlopp.store import tables
from vardforlopp.store.comparing import LAST_CHARACTER, TABLES
from vardforlopp.store.conditions import conditions, in_sight
from vardforlopp.store.log import by_type, head_of

#: Which column a kind is sorted by, from and to.
_SORTED_BY = {
    "token": ("code", "code"),
    "reference": ("id", "id"),
    "date": ("lo", "hi"),
    "string": ("folded", "folded"),
    "quantity": ("lo", "hi"),
    "uri": ("value", "value"),
}
#: How many resources are followed to, at most, for one page.
MOST_INCLUDED = 2_000
#: How many resources' references are asked for at once.
_AT_ONCE = 400


def page(
    connection: Connection, query: Query, *, count: int, scope: Scope, after: Place | None = None
) -> Page:
    """One page of a search. A resource that nobody touches is told once, whatever else is written."""
    keys, select_ = _sorted(query)
    found = select_.where(*conditions(query.tests, tables.head, of=query.type, scope=scope))
    if after is not None:
        found = found.where(_later(keys, after))
    rows = connection.execute(found.limit(count + 1)).all()
    told = rows[:count]
    heads = tuple(map(head_of, told))
    if len(rows) <= count or not told:
        return Page(heads, None)
    return Page(heads, tuple(told[-1][len(Head._fields) :]))


def total(connection: Connection, query: Query, *, scope: Scope) -> int:
    """How many resources meet a query."""
    counted = (
        select(func.count())
        .select_from(tables.head)
        .where(*conditions(query.tests, tables.head, of=query.type, scope=scope))
    )
    return int(connection.execute(counted).scalar_one())


def included(
    connection: Connection, heads: Sequence[Head], *, includes: Sequence[Include], scope: Scope
) -> Included:
    """What the resources of a page refer to, or what refers to them; each once, none of the page."""
    seen = {head.rid for head in heads}
    told: list[Head] = []
    reached: Sequence[Head] = heads
    first = True
    while reached:
        step: list[Head] = []
        for one in includes:
            if not (first or one.iterate):
                continue
            for head in _followed(connection, reached, one, scope, MOST_INCLUDED - len(told) - len(step) + 1):
                if head.rid not in seen:
                    seen.add(head.rid)
                    step.append(head)
        told += step
        if len(told) > MOST_INCLUDED:
            return Included(tuple(told[:MOST_INCLUDED]), cut=True)
        reached, first = step, False
    return Included(tuple(told))


def _followed(
    connection: Connection, heads: Sequence[Head], one: Include, scope: Scope, most: int
) -> Iterator[Head]:
    """The resources at the other end of a reference, each once, at most so many and those seen before."""
    row = tables.index_reference
    there = tables.head
    query = (
        select(there).where(*in_sight(there, scope=scope), row.c.parameter == one.parameter.number).distinct()
    )
    if one.reverse:
        query = query.join(row, row.c.rid == there.c.rid)
    else:
        query = query.join(row, and_(row.c.type == there.c.type, row.c.id == there.c.id))
        if one.target is not None:
            query = query.where(there.c.type == one.target)
    left = most + len(heads)
    for start in range(0, len(heads), _AT_ONCE):
        part = heads[start : start + _AT_ONCE]
        if one.reverse:
            ends = by_type(head.key for head in part if one.target in (None, head.type))
            among = [and_(row.c.type == type_, row.c.id.in_(ids)) for type_, ids in ends.items()]
        else:
            among = [row.c.rid.in_([head.rid for head in part if head.type == one.parameter.of])]
        for each in among:
            for found in connection.execute(query.where(each).order_by(there.c.rid).limit(left)):
                yield head_of(found)


Sorting = tuple[ColumnElement[Any], bool]


def _sorted(query: Query) -> tuple[list[Sorting], Select[Any]]:
    """What is sorted by, each with whether it goes down; the last is `rid`, which nobody shares."""
    keys = [(_key(one), one.descending) for one in query.sort]
    keys.append((tables.head.c.rid, False))
    columns = [column.label(f"key{number}") for number, (column, _) in enumerate(keys)]
    found = select(tables.head, *columns).order_by(
        *(column.desc() if down else column.asc() for column, down in keys)
    )
    return keys, found


def _key(one: Sort) -> ColumnElement[Any]:
    """The value that a resource is sorted by; one that has none comes last."""
    if one.by == "_id":
        return tables.head.c.id
    if isinstance(one.by, str):
        return tables.head.c.at
    table = TABLES[one.by.kind].alias()
    low, high = _SORTED_BY[one.by.kind]
    best = func.max(table.c[high]) if one.descending else func.min(table.c[low])
    value = (
        select(best)
        # By its number alone, which leaves few: no database shall think of going through a whole parameter.
        .where(table.c.rid == tables.head.c.rid, table.c.parameter + 0 == one.by.number)
        .correlate(tables.head)
        .scalar_subquery()
    )
    return func.coalesce(value, literal(_nothing(one)))


def _nothing(one: Sort) -> Any:
    assert not isinstance(one.by, str)
    if one.by.kind == "date":
        return ALWAYS if one.descending else FOREVER
    if one.by.kind == "quantity":
        return float("-inf") if one.descending else float("inf")
    return "" if one.descending else LAST_CHARACTER


def _later(keys: Sequence[Sorting], after: Place) -> ColumnElement[bool]:
    """What comes after a place: beyond it in the first key, or equal there and beyond in the next."""
    found: ColumnElement[bool] = false()
    for (column, down), value in zip(reversed(keys), reversed(after), strict=True):
        beyond = column < literal(value) if down else column > literal(value)
        found = or_(beyond, and_(column == literal(value), found))
    return found
