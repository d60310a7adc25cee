"""Search a type: one page, with what belongs to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from vardforlopp.access import Action, Actor, Subject
from vardforlopp.fhir.search.parameters import parameters_of
from vardforlopp.fhir.search.query import Chained, Holds, Ids, Query, Referred, Test, Updated
from vardforlopp.services.doors import Door
from vardforlopp.services.outcomes import Refused
from vardforlopp.services.ports import Head, Included, Place, Reading, Scope

#: Resources on a page where the client says nothing, and at most.
PAGE, LARGEST_PAGE = 50, 1_000


class Match(NamedTuple):
    """A resource of a result: its bytes, and whether it met the search or came along."""

    head: Head
    body: bytes
    met: bool


class Found(NamedTuple):
    """A page of a result. `total` None = not counted; `after` = where the next page begins, if any.

    `cut`: more came along with the page than is told.
    """

    matches: tuple[Match, ...]
    total: int | None
    after: Place | None
    now: int
    cut: bool = False


def search(
    unit: Reading,
    query: Query,
    *,
    actor: Actor,
    at: int,
    after: Place | None = None,
    now: int | None = None,
) -> Found | Refused:
    """The resources that meet a query. What was searched by is written down by its names, not its values.

    `now`: the instant of the first page, from which "about" is counted.
    """
    door = Door(unit, actor, Action.SEARCH, at=at)
    subject = Subject(query.type, None, whose(query))
    if (no := door.enter(subject)) is not None:
        return no
    assert door.decision is not None
    scope = Scope(at if now is None else now, door.decision.within)
    reached = within_reach(query, door)
    if isinstance(reached, Refused):
        return reached
    query = reached
    counts_only = query.summary == "count" or query.count == 0
    total = None
    if query.total == "accurate" or counts_only:
        total = unit.total(query, scope=scope)
    if counts_only:
        door.shown(subject, (), query=names_of(query))
        return Found((), total, None, scope.now)
    count = min(query.count or PAGE, LARGEST_PAGE)
    page = unit.page(query, count=count, scope=scope, after=after)
    if after is None and page.after is None and total is None:
        total = len(page.heads)
    also = unit.included(page.heads, query.includes, scope=scope) if query.includes else Included(())
    along = [head for head in also.heads if door.shows(head.key, head.patients)]
    bodies = unit.bodies([head.seq for head in (*page.heads, *along)])
    matches = [Match(head, bodies[head.seq], True) for head in page.heads]
    matches += [Match(head, bodies[head.seq], False) for head in along]
    door.shown(subject, (match.head.patients for match in matches), query=names_of(query))
    return Found(tuple(matches), total, page.after, scope.now, also.cut)


def within_reach(query: Query, door: Door) -> Query | Refused:
    """A query that asks of no type that its actor may not search; the refusal when it names one.

    A chain through a reference of many types follows those that may be.
    """
    for type_ in _asked_beside(query, door):
        if (no := door.enter(Subject(type_))) is not None:
            return no
    return replace(query, tests=tuple(_open(test, door) for test in query.tests))


def _asked_beside(query: Query, door: Door) -> Iterator[str]:
    """The types that a query must be let into beside its own; of a chain one, if it may go nowhere."""
    yield from (one.parameter.of for one in query.includes if one.reverse)
    for test in query.tests:
        match test:
            case Referred(parameter):
                yield parameter.of
            case Chained(_, tests) if not any(door.searches(target) for target, _ in tests):
                yield tests[0][0]


def _open(test: Test, door: Door) -> Test:
    if not isinstance(test, Chained):
        return test
    return replace(test, tests=tuple(one for one in test.tests if door.searches(one[0])))


def whose(query: Query) -> tuple[str, ...]:
    """The one patient whose record is searched, if the search says so."""
    named: set[str | None] = set()
    patient = parameters_of(query.type).get("patient")
    for test in query.tests:
        if isinstance(test, Ids) and query.type == "Patient":
            named |= set(test.ids) if len(test.ids) == 1 else {None}
        elif isinstance(test, Holds) and test.parameter == patient and not test.negated:
            named |= {getattr(one, "id", None) for one in test.values} if len(test.values) == 1 else {None}
    only = named.pop() if len(named) == 1 else None
    return () if only is None else (only,)


def names_of(query: Query) -> str:
    """The names of what was searched by."""
    return "&".join(sorted({_name(test) for test in query.tests})) or "-"


def _name(test: Test) -> str:
    match test:
        case Ids():
            return "_id"
        case Updated():
            return "_lastUpdated"
        case Chained(parameter, tests):
            return f"{parameter.name}.{_name(tests[0][1])}"
        case _:
            return test.parameter.name
