"""A search's tests as conditions on `head`: what R4 means by each, written once for both databases."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, exists, false, func, literal, not_, or_, select

from vardforlopp.access import NOBODYS
from vardforlopp.fhir.search.parameters import Parameter
from vardforlopp.fhir.search.query import (
    Chained,
    Holds,
    Ids,
    Missing,
    Referred,
    Test,
    Together,
    Updated,
)
from vardforlopp.fhir.search.values import (
    DateTest,
    QuantityTest,
    ReferenceTest,
    StringTest,
    TokenTest,
    UriTest,
)
from vardforlopp.services.ports import Scope
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


def shown(head: FromClause, scope: Scope) -> tuple[Condition, ...]:
    """That a row of `head` is current, and within what the asker may see: one's own, and what is nobody's."""
    current = not_(head.c.deleted)
    if scope.within is None:
        return (current,)
    nobodys = and_(head.c.patients == "", head.c.type.in_(sorted(NOBODYS)))
    return current, or_(head.c.patients == scope.within, nobodys)


def condition(test: Test, head: FromClause, *, scope: Scope) -> Condition:
    """One test as a condition on a row of `head` (or of an alias of it). `scope` says whose."""
    match test:
        case Ids(ids):
            return head.c.id.in_(ids)
        case Updated(values):
            return or_(*(_compared(one, head.c.at, head.c.at, scope) for one in values))
        case Missing(parameter, missing):
            there = _there(parameter, head)
            return not_(there) if missing else there
        case Holds(parameter, values, negated):
            found = head.c.rid.in_(_rows(parameter, values, scope))
            return not_(found) if negated else found
        case Together(parameter, tuples) if parameter.groups:
            return or_(*(_together(parameter, one, head, scope) for one in tuples))
        case Together(_, tuples):
            return or_(*(and_(*(condition(part, head, scope=scope) for part in one)) for one in tuples))
        case Chained(parameter, tests):
            return or_(*(_chained(parameter, target, inner, head, scope) for target, inner in tests))
        case Referred(parameter, inner):
            return _referred(parameter, inner, head, scope)


def _rows(parameter: Parameter, values: Sequence[object], scope: Scope) -> Any:
    table = TABLES[parameter.kind]
    return select(table.c.rid).where(
        table.c.parameter == parameter.number, or_(*(_matches(table, one, scope) for one in values))
    )


def _together(parameter: Parameter, wanted: Sequence[Holds], head: FromClause, scope: Scope) -> Condition:
    """The parts of a composite hold in one and the same part of the resource."""
    rows = [TABLES[one.parameter.kind].alias() for one in wanted]
    held = [
        and_(row.c.parameter == one.parameter.number, _matches(row, one.values[0], scope))
        for row, one in zip(rows, wanted, strict=True)
    ]
    same = [and_(row.c.rid == rows[0].c.rid, row.c.part == rows[0].c.part) for row in rows[1:]]
    return head.c.rid.in_(select(rows[0].c.rid).where(*held, *same))


def _there(parameter: Parameter, head: FromClause) -> Condition:
    if parameter.kind == "composite":
        parts = parameter.groups[0].parts if parameter.groups else ()
        return or_(false(), *(_there(part, head) for part in parts))
    table = TABLES[parameter.kind]
    return exists().where(table.c.rid == head.c.rid, table.c.parameter == parameter.number)


def _chained(parameter: Parameter, target: str, inner: Test, head: FromClause, scope: Scope) -> Condition:
    there = tables.head.alias()
    row = tables.index_reference.alias()
    return head.c.rid.in_(
        select(row.c.rid)
        .join(there, and_(there.c.type == row.c.type, there.c.id == row.c.id))
        .where(
            row.c.parameter == parameter.number,
            row.c.type == target,
            *shown(there, scope),
            condition(inner, there, scope=scope),
        )
    )


def _referred(parameter: Parameter, inner: Test, head: FromClause, scope: Scope) -> Condition:
    other = tables.head.alias()
    row = tables.index_reference.alias()
    return head.c.id.in_(
        select(row.c.id)
        .join(other, other.c.rid == row.c.rid)
        .where(
            row.c.parameter == parameter.number,
            row.c.type == head.c.type,
            *shown(other, scope),
            condition(inner, other, scope=scope),
        )
        .correlate(head)
    )


def _matches(table: FromClause, value: object, scope: Scope) -> Condition:
    return _BY_KIND[type(value)](table, value, scope)


def _token(table: FromClause, value: TokenTest, scope: Scope) -> Condition:
    if value.text is not None:
        return table.c.text.startswith(value.text, autoescape=True)
    parts: list[Condition] = []
    if value.system == "":
        parts.append(table.c.system.is_(None))
    elif value.system is not None:
        parts.append(table.c.system == value.system)
    if value.code is not None:
        parts.append(table.c.code == value.code)
    return and_(*parts)


def _reference(table: FromClause, value: ReferenceTest, scope: Scope) -> Condition:
    if value.identifier is not None:
        parts: list[Condition] = [table.c.value == value.identifier.code]
        if value.identifier.system == "":
            parts.append(table.c.system.is_(None))
        elif value.identifier.system is not None:
            parts.append(table.c.system == value.identifier.system)
        return and_(*parts)
    if value.url is not None:
        same = table.c.url == value.url
        return and_(same, table.c.version == value.version) if value.version is not None else same
    parts = [table.c.id == value.id]
    if value.type is not None:
        parts.append(table.c.type == value.type)
    if value.version is not None:
        parts.append(table.c.version == value.version)
    return and_(*parts)


def _date(table: FromClause, value: DateTest, scope: Scope) -> Condition:
    return _compared(value, table.c.lo, table.c.hi, scope)


def _compared(value: DateTest, lo: Any, hi: Any, scope: Scope) -> Condition:
    """A time that covers lo..hi against the one asked for, as the prefix says."""
    within = and_(lo >= value.lo, hi <= value.hi)
    match value.prefix:
        case "eq":
            return within
        case "ne":
            return not_(within)
        case "gt":
            return hi > value.hi
        case "lt":
            return lo < value.lo
        case "ge":
            return or_(hi > value.hi, within)
        case "le":
            return or_(lo < value.lo, within)
        case "sa":
            return lo > value.hi
        case "eb":
            return hi < value.lo
        case "ap":
            slack = abs(scope.now - value.lo) // _ABOUT
            return and_(lo <= value.hi + slack, hi >= value.lo - slack)


def _string(table: FromClause, value: StringTest, scope: Scope) -> Condition:
    match value.how:
        case "starts":
            return and_(table.c.folded >= value.text, table.c.folded < value.text + LAST_CHARACTER)
        case "contains":
            return table.c.folded.contains(value.text, autoescape=True)
        case "exact":
            return table.c.exact == value.text


def _quantity(table: FromClause, value: QuantityTest, scope: Scope) -> Condition:
    measured = _measured(value, table.c.lo, table.c.hi)
    if value.code is None:
        return measured if value.system is None else and_(measured, table.c.system == value.system)
    if value.system is not None:
        return and_(measured, table.c.system == value.system, table.c.code == value.code)
    return and_(measured, or_(table.c.code == value.code, table.c.unit == value.code))


def _measured(value: QuantityTest, lo: Any, hi: Any) -> Condition:
    within = and_(lo >= value.lo, hi < value.hi)
    match value.prefix:
        case "eq":
            return within
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
            return hi < value.value
        case "ap":
            slack = abs(value.value) / _ABOUT
            return and_(lo <= value.value + slack, hi >= value.value - slack)


def _uri(table: FromClause, value: UriTest, scope: Scope) -> Condition:
    column = table.c.value
    match value.how:
        case "is":
            return column == value.value
        case "below":
            return and_(column >= value.value, column < value.value + LAST_CHARACTER)
        case "above":
            return func.substr(literal(value.value), 1, func.length(column)) == column


_BY_KIND: dict[type, Callable[[FromClause, Any, Scope], Condition]] = {
    TokenTest: _token,
    ReferenceTest: _reference,
    DateTest: _date,
    StringTest: _string,
    QuantityTest: _quantity,
    UriTest: _uri,
}
