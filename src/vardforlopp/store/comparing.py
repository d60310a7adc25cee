"""Rows of the search index against values that are asked for: what R4 means by each, for both databases."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, func, literal, not_, or_

from vardforlopp.fhir.search.index import fold
from vardforlopp.fhir.search.query import Value
from vardforlopp.fhir.search.values import (
    DateTest,
    QuantityTest,
    ReferenceTest,
    StringTest,
    TokenTest,
    UriTest,
)
from vardforlopp.store import tables

Condition = ColumnElement[bool]
TABLES = {
    "token": tables.index_token,
    "reference": tables.index_reference,
    "date": tables.index_date,
    "string": tables.index_string,
    "quantity": tables.index_quantity,
    "uri": tables.index_uri,
}
#: After every text that begins so.
LAST_CHARACTER = "\U0010ffff"
#: How much more or less is still about as much (`ap`): R4 recommends a tenth.
_ABOUT = 10


def meets(row: FromClause, values: Sequence[Value], *, now: int) -> Condition:
    """That a row of an index meets one of the values. Those that differ in one column are one test of it."""
    alike: dict[object, list[str]] = {}
    others: list[Condition] = []
    for value in values:
        match value:
            case TokenTest(system, str(code), None):
                alike.setdefault(system, []).append(code)
            case ReferenceTest(type_, str(id_), None, None, None):
                alike.setdefault(type_, []).append(id_)
            case _:
                others.append(_BY_KIND[type(value)](row, value, now))
    by_kind = _coded if "code" in row.c else _referring
    return or_(*(by_kind(row, same, found) for same, found in alike.items()), *others)


def _coded(row: FromClause, system: Any, codes: Sequence[str]) -> Condition:
    """`system` None = any, "" = none."""
    held = row.c.code.in_(codes)
    if system is None:
        return held
    return and_(held, row.c.system.is_(None) if system == "" else row.c.system == system)


def _referring(row: FromClause, type_: Any, ids: Sequence[str]) -> Condition:
    held = row.c.id.in_(ids)
    return held if type_ is None else and_(held, row.c.type == type_)


def _token(row: FromClause, value: TokenTest, now: int) -> Condition:
    if value.text is not None:
        return row.c.text.startswith(value.text, autoescape=True)
    return row.c.system.is_(None) if value.system == "" else row.c.system == value.system


def _reference(row: FromClause, value: ReferenceTest, now: int) -> Condition:
    if value.identifier is not None:
        parts: list[Condition] = [row.c.value == value.identifier.code]
        if value.identifier.system == "":
            parts.append(row.c.system.is_(None))
        elif value.identifier.system is not None:
            parts.append(row.c.system == value.identifier.system)
        return and_(*parts)
    if value.url is not None:
        same = row.c.url == value.url
    else:
        assert value.id is not None, "a reference leads to an id, an address or an identifier"
        same = _referring(row, value.type, [value.id])
    return same if value.version is None else and_(same, row.c.version == value.version)


def _date(row: FromClause, value: DateTest, now: int) -> Condition:
    return compared(value, (row.c.lo, row.c.hi), now=now)


def compared(value: DateTest, covers: tuple[Any, Any], *, now: int) -> Condition:
    """A time that covers lo..hi against the one asked for, as the prefix says.

    As `lo <= hi`, a bound of one is often one of the other too: said all the same, so that an index that
    begins with either is read between two ends.
    """
    lo, hi = covers
    within = and_(lo >= value.lo, hi <= value.hi)
    match value.prefix:
        case "eq":
            return and_(within, hi >= value.lo, lo <= value.hi)
        case "ne":
            return not_(within)
        case "gt":
            return hi > value.hi
        case "lt":
            return lo < value.lo
        case "ge":
            return and_(hi >= value.lo, or_(hi > value.hi, lo >= value.lo))
        case "le":
            return and_(lo <= value.hi, or_(lo < value.lo, hi <= value.hi))
        case "sa":
            return and_(lo > value.hi, hi > value.hi)
        case "eb":
            return and_(hi < value.lo, lo < value.lo)
        case "ap":
            slack = abs(now - value.lo) // _ABOUT
            return and_(lo <= value.hi + slack, hi >= value.lo - slack)


def _string(row: FromClause, value: StringTest, now: int) -> Condition:
    match value.how:
        case "starts":
            return and_(row.c.folded >= value.text, row.c.folded < value.text + LAST_CHARACTER)
        case "contains":
            return row.c.folded.contains(value.text, autoescape=True)
        case "exact":
            return and_(row.c.folded == fold(value.text), row.c.exact == value.text)


def _quantity(row: FromClause, value: QuantityTest, now: int) -> Condition:
    measured = _measured(value, row.c.lo, row.c.hi)
    if value.code is None:
        return measured if value.system is None else and_(measured, row.c.system == value.system)
    if value.system is not None:
        return and_(measured, row.c.system == value.system, row.c.code == value.code)
    return and_(measured, or_(row.c.code == value.code, row.c.unit == value.code))


def _measured(value: QuantityTest, lo: Any, hi: Any) -> Condition:
    """The same as `compared`, of numbers; each as precise as it is written."""
    within = and_(lo >= value.lo, hi < value.hi)
    match value.prefix:
        case "eq":
            return and_(within, lo < value.hi)
        case "ne":
            return not_(within)
        case "gt":
            return hi > value.value
        case "lt":
            return lo < value.value
        case "ge":
            return hi >= value.value
        case "le":
            return lo <= value.value
        case "sa":
            return lo > value.value
        case "eb":
            return and_(hi < value.value, lo < value.value)
        case "ap":
            slack = abs(value.value) / _ABOUT
            return and_(lo <= value.value + slack, hi >= value.value - slack)


def _uri(row: FromClause, value: UriTest, now: int) -> Condition:
    column = row.c.value
    match value.how:
        case "is":
            return column == value.value
        case "below":
            return and_(column >= value.value, column < value.value + LAST_CHARACTER)
        case "above":
            return func.substr(literal(value.value), 1, func.length(column)) == column


_BY_KIND: dict[type, Callable[[FromClause, Any, int], Condition]] = {
    TokenTest: _token,
    ReferenceTest: _reference,
    DateTest: _date,
    StringTest: _string,
    QuantityTest: _quantity,
    UriTest: _uri,
}
