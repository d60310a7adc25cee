"""What is about one patient, in the order in which it first came; and what else that leads to.

What was deleted stands neither in `about` nor in the index.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from sqlalchemy import ColumnElement, Connection, and_, exists, not_, or_, select, tuple_

from vardforlopp.fhir.care_dates import CARE_DATES
from vardforlopp.fhir.leads import BY_ADDRESS
from vardforlopp.services.ports import About, Head, Key
from vardforlopp.store import tables
from vardforlopp.store.log import head_of

#: How many are asked for at once: within what either database takes as parameters.
_AT_ONCE = 400


def about(connection: Connection, which: About, *, after: int, count: int) -> list[Head]:
    """Resources about the patient whose numbers come after another's."""
    query = (
        select(tables.head)
        .join(tables.about, tables.about.c.rid == tables.head.c.rid)
        .where(*_of(which), tables.about.c.rid > after)
        .order_by(tables.about.c.rid)
        .limit(count)
    )
    return [head_of(row) for row in connection.execute(query)]


def defined(connection: Connection, addresses: Iterable[str]) -> list[Head]:
    """Definitions that have one of these as their own address."""
    found = []
    for part in _parts(addresses):
        named = select(tables.index_uri.c.rid).where(
            tables.index_uri.c.parameter.in_(BY_ADDRESS), tables.index_uri.c.value.in_(part)
        )
        query = select(tables.head).where(tables.head.c.rid.in_(named))
        found += [head_of(row) for row in connection.execute(query.order_by(tables.head.c.rid))]
    return found


def led_to(
    connection: Connection, which: About, *, keys: Iterable[Key], addresses: Iterable[str], upto: int
) -> set[Key | str]:
    """Of some resources and addresses those that one about the patient, up to that number, leads to."""
    row = tables.index_reference
    among = (
        select(tables.head.c.rid)
        .join(tables.about, tables.about.c.rid == tables.head.c.rid)
        .where(*_of(which), or_(tables.about.c.rid <= upto, _is_the_patient(which)))
    )
    found: set[Key | str] = set()
    for part in _parts(keys):
        query = select(row.c.type, row.c.id).distinct().where(row.c.rid.in_(among))
        found |= {
            Key(*one) for one in connection.execute(query.where(tuple_(row.c.type, row.c.id).in_(part)))
        }
    for named in _parts(addresses):
        query = select(row.c.url).distinct().where(row.c.rid.in_(among))
        found |= set(connection.execute(query.where(row.c.url.in_(named))).scalars())
    return found


def _is_the_patient(which: About) -> ColumnElement[bool]:
    """Told first of all, whatever their number."""
    return and_(tables.head.c.type == "Patient", tables.head.c.id == which.patient)


def _of(which: About) -> tuple[ColumnElement[bool], ...]:
    head = tables.head
    conditions = [tables.about.c.patient == which.patient]
    if which.alone:
        conditions.append(head.c.patients == which.patient)
    if which.lo is not None or which.hi is not None:
        dated = and_(tables.index_date.c.rid == head.c.rid, tables.index_date.c.parameter.in_(CARE_DATES))
        met = [dated]
        if which.lo is not None:
            met.append(tables.index_date.c.hi >= which.lo)
        if which.hi is not None:
            met.append(tables.index_date.c.lo <= which.hi)
        conditions.append(or_(not_(exists().where(dated)), exists().where(*met)))
    return tuple(conditions)


_One = TypeVar("_One")


def _parts(values: Iterable[_One]) -> Iterator[Sequence[_One]]:
    listed = list(values)
    return (listed[start : start + _AT_ONCE] for start in range(0, len(listed), _AT_ONCE))
