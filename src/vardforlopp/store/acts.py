"""The log of acts, searched by what stands in its lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import get_args

from sqlalchemy import ColumnElement, Connection, and_, false, func, not_, or_, select

from vardforlopp.access import Action
from vardforlopp.audit import Event, Outcome
from vardforlopp.audit.seal import Line
from vardforlopp.fhir.audit_event import codes_of, number_of
from vardforlopp.fhir.search.query import Holds, Ids, Query, Test, Updated
from vardforlopp.fhir.search.values import DateTest, ReferenceTest, TokenTest, Value
from vardforlopp.services.ports import Place
from vardforlopp.store import tables
from vardforlopp.store.comparing import compared

Condition = ColumnElement[bool]
_LINE = tables.audit.c
_ALL = select(_LINE.seq, *(_LINE[name] for name in Event._fields))
#: The words of the log that codes are asked of.
_WORDS: Mapping[str, tuple[ColumnElement[str], Sequence[str]]] = {
    "action": (_LINE.action, tuple(Action)),
    "subtype": (_LINE.action, tuple(Action)),
    "outcome": (_LINE.outcome, get_args(Outcome)),
}
#: A number that no line has.
_NONE = -1


def acts(
    connection: Connection, query: Query, *, count: int, now: int, after: Place | None = None
) -> list[Line]:
    """Lines up to `now` that meet a query, by their time; those after a place (instant and number of one).

    What is written later is no part of it: each page that is read writes more.
    """
    down = query.sort[0].descending
    found = _ALL.where(_LINE.at <= now, *_conditions(query.tests, now)).limit(count)
    order = (_LINE.at.desc(), _LINE.seq.desc()) if down else (_LINE.at.asc(), _LINE.seq.asc())
    if after is not None:
        at, seq = after
        if down:
            found = found.where(_LINE.at <= at, or_(_LINE.at < at, _LINE.seq < seq))
        else:
            found = found.where(_LINE.at >= at, or_(_LINE.at > at, _LINE.seq > seq))
    return [Line(row[0], Event(*row[1:])) for row in connection.execute(found.order_by(*order))]


def count_acts(connection: Connection, query: Query, *, now: int) -> int:
    """How many lines meet a query."""
    counted = select(func.count()).select_from(tables.audit).where(_LINE.at <= now)
    return int(connection.execute(counted.where(*_conditions(query.tests, now))).scalar_one())


def act(connection: Connection, seq: int) -> Line | None:
    """A line by its number."""
    row = connection.execute(_ALL.where(_LINE.seq == seq)).first()
    return None if row is None else Line(row[0], Event(*row[1:]))


def _conditions(tests: Sequence[Test], now: int) -> Iterator[Condition]:
    for test in tests:
        match test:
            case Ids(ids):
                yield _LINE.seq.in_([_number(one) for one in ids])
            case Updated(values):
                yield or_(*(compared(value, (_LINE.at, _LINE.at), now=now) for value in values))
            case Holds(parameter, values, negated):
                met = or_(*(_met(parameter.name, value, now) for value in values))
                yield not_(met) if negated else met
            case _:
                raise AssertionError("the service asks by nothing else")


def _number(id_: str) -> int:
    number = number_of(id_)
    return _NONE if number is None else number


def _met(name: str, value: Value, now: int) -> Condition:
    """That a line meets one value of a parameter."""
    match value:
        case DateTest():
            return compared(value, (_LINE.at, _LINE.at), now=now)
        case ReferenceTest(type_, str(id_)) if name == "patient":
            return _LINE.patient == id_ if type_ in (None, "Patient") else false()
        case ReferenceTest(type_, str(id_)):
            itself = _LINE.id == id_ if type_ is None else and_(_LINE.type == type_, _LINE.id == id_)
            return or_(itself, _LINE.patient == id_) if type_ in (None, "Patient") else itself
        case TokenTest(system, code) if name in _WORDS:
            column, words = _WORDS[name]
            return column.in_([word for word in words if _is_coded(name, word, system, code)])
        case TokenTest(system, code):  # who acts has no system
            return _LINE.actor == code if code is not None and not system else false()
    raise AssertionError("the service asks for nothing else")


def _is_coded(name: str, word: str, system: str | None, code: str | None) -> bool:
    return any(
        system in (None, own_system) and code in (None, own_code)
        for own_system, own_code in codes_of(name, word)
    )
