"""A search's tests as conditions on `head`, written once for both databases.

Each test can be asked of one resource, by its number and the parameter (`_holds`). Most can also find what
they hold of by an index; the one that leaves the fewest does (`_found`), and the others are asked of what it
found. So a search takes as long as what its best test leaves, or as its type has resources.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import IntEnum
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, and_, exists, false, not_, or_, select, union_all

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
    Value,
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
from vardforlopp.store.comparing import TABLES, compared, meets

Condition = ColumnElement[bool]


class Leaves(IntEnum):
    """How much a test leaves of a type's resources, as a rule."""

    ONE = 0
    RECORD = 1  # what is of one person, or hangs on one resource
    FEW = 2
    SOME = 3
    MANY = 4
    MOST = 5  # or is not found by an index


#: Elements whose codes are few, so that each stands in many resources; and parameters that are as broad.
_FEW_CODES = frozenset(("code", "boolean", "deceased"))
_BROAD = frozenset(("category", "class", "_tag", "_security", "_profile", "_source"))


def conditions(tests: Sequence[Test], head: FromClause, *, of: str, scope: Scope) -> list[Condition]:
    """What finds the rows of `head` (or an alias of it) that are of a type, in sight, and meet all tests."""
    found = [head.c.type == of, *in_sight(head, scope=scope, of=of)]
    best = min(tests, key=leaves, default=None)
    left = Leaves.MOST if best is None else leaves(best)
    if scope.within is not None and of not in NOBODYS and left > Leaves.RECORD:
        found.append(head.c.rid.in_(_record(scope.within, of)))
        best = None
    elif best is not None and left < Leaves.MOST:
        found.append(_found(best, head, of=of, scope=scope))
    else:
        best = None
    return found + [_holds(test, head, of=of, scope=scope) for test in tests if test is not best]


def in_sight(head: FromClause, *, scope: Scope, of: str | None = None) -> tuple[Condition, ...]:
    """That a row of `head` is current, and within what the asker may see: one's own, and what is nobody's.

    `of`: its type, where it is known.
    """
    current = not_(head.c.deleted)
    if scope.within is None:
        return (current,)
    own = head.c.patients == scope.within
    if of is None:
        return current, or_(own, and_(head.c.patients == "", head.c.type.in_(sorted(NOBODYS))))
    return current, head.c.patients.in_(("", scope.within)) if of in NOBODYS else own


def _record(patient: str, of: str) -> Select[Any]:
    """What of a type is about a patient, and perhaps about others too."""
    return select(tables.about.c.rid).where(tables.about.c.patient == patient, tables.about.c.type == of)


def leaves(test: Test) -> Leaves:
    """How much a test leaves; by that one is chosen to find what the others are asked of."""
    match test:
        case Ids():
            return Leaves.ONE
        case Holds(parameter, values, False):
            return max(_left_by(parameter, value) for value in values)
        case Together(_, tuples):
            return max(min(map(leaves, parts)) for parts in tuples)
        case Chained(_, tests):
            return max(max(leaves(inner), Leaves.SOME) for _, inner in tests)
        case Referred(_, inner):
            return max(leaves(inner), Leaves.SOME)
        case Holds() | Missing() | Updated():
            return Leaves.MOST


def _left_by(parameter: Parameter, value: Value) -> Leaves:
    match value:
        case TokenTest(_, str(), None):
            types = {source.type for source in parameter.sources}
            if parameter.name in _BROAD or types & _FEW_CODES:
                return Leaves.MANY
            return Leaves.ONE if types == {"Identifier"} else Leaves.SOME
        case ReferenceTest(type_):
            return Leaves.SOME if type_ in NOBODYS else Leaves.RECORD
        case StringTest("starts" | "exact"):
            return Leaves.FEW
        case UriTest("is" | "below"):
            return Leaves.MANY if parameter.name in _BROAD else Leaves.FEW
        case DateTest("eq" | "ap"):
            return Leaves.SOME
        case DateTest("ge" | "gt" | "sa") | QuantityTest("eq" | "ap"):
            return Leaves.MANY
    return Leaves.MOST


def _found(test: Test, head: FromClause, *, of: str, scope: Scope) -> Condition:
    """A test as what finds rows of `head`, by an index."""
    if isinstance(test, Ids):
        return head.c.id.in_(test.ids)
    leading = list(_leading(test, of, scope, finding=True))
    return _end(test, head).in_(leading[0] if len(leading) == 1 else union_all(*leading))


def _holds(test: Test, head: FromClause, *, of: str, scope: Scope) -> Condition:
    """A test asked of one row of `head`."""
    match test:
        case Ids(ids):
            return head.c.id.in_(ids)
        case Updated(values):
            return or_(*(compared(one, (head.c.at, head.c.at), now=scope.now) for one in values))
        case Missing(parameter, missing):
            there = _there(parameter, head)
            return not_(there) if missing else there
    end = _end(test, head)
    held = or_(
        *(
            one.where(one.selected_columns[0] == end).correlate(head).exists()
            for one in _leading(test, of, scope, finding=False)
        )
    )
    return not_(held) if isinstance(test, Holds) and test.negated else held


def _end(test: Test, head: FromClause) -> ColumnElement[Any]:
    """What a test leads to: the number of a resource, or the id that others refer to it by."""
    return head.c.id if isinstance(test, Referred) else head.c.rid


def _leading(test: Test, of: str, scope: Scope, *, finding: bool) -> Iterator[Select[Any]]:
    """Where a test holds: selects of what `_end` names, one of them for each of its alternatives.

    `finding`: the tests at the other end of a reference find it; else they are asked of what it leads to.
    """
    match test:
        case Holds(parameter):
            row = TABLES[parameter.kind].alias()
            yield select(row.c.rid).where(*_met(row, test, scope))
        case Together(parameter, tuples):
            for parts in tuples:
                yield _together(parameter, parts, of, scope)
        case Chained(parameter, tests):
            for target, inner in tests:
                row, there = tables.index_reference.alias(), tables.head.alias()
                yield (
                    select(row.c.rid)
                    .join(there, and_(there.c.type == row.c.type, there.c.id == row.c.id))
                    .where(row.c.parameter == parameter.number, row.c.type == target)
                    .where(*_meet(inner, there, target, scope, finding))
                )
        case Referred(parameter, inner):
            row, other = tables.index_reference.alias(), tables.head.alias()
            yield (
                select(row.c.id)
                .join(other, other.c.rid == row.c.rid)
                .where(row.c.parameter == parameter.number, row.c.type == of)
                .where(*_meet(inner, other, parameter.of, scope, finding))
            )


def _meet(test: Test, head: FromClause, of: str, scope: Scope, finding: bool) -> list[Condition]:
    if finding:
        return conditions([test], head, of=of, scope=scope)
    return [*in_sight(head, scope=scope, of=of), _holds(test, head, of=of, scope=scope)]


def _met(row: FromClause, test: Holds, scope: Scope) -> tuple[Condition, ...]:
    """That a row of an index is of the parameter, and meets one of the values."""
    return row.c.parameter == test.parameter.number, meets(row, test.values, now=scope.now)


def _together(parameter: Parameter, parts: Sequence[Holds], of: str, scope: Scope) -> Select[Any]:
    """Where all parts of a composite hold, begun at the best of them."""
    best, *others = sorted(parts, key=leaves)
    row = TABLES[best.parameter.kind].alias()
    found = select(row.c.rid).where(*_met(row, best, scope))
    for other in others:
        if parameter.groups:  # in one and the same part of the resource
            beside = TABLES[other.parameter.kind].alias()
            same = (beside.c.rid == row.c.rid, beside.c.part == row.c.part)
            found = found.where(exists().where(*same, *_met(beside, other, scope)).correlate(row))
        else:
            found = found.where(_holds(other, row, of=of, scope=scope))
    return found


def _there(parameter: Parameter, head: FromClause) -> Condition:
    if parameter.kind == "composite":
        parts = parameter.groups[0].parts if parameter.groups else ()
        return or_(false(), *(_there(part, head) for part in parts))
    row = TABLES[parameter.kind].alias()
    return exists().where(row.c.rid == head.c.rid, row.c.parameter == parameter.number).correlate(head)
