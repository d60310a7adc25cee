"""The log of acts told to those who control it: searched, and read line by line. That stands in it, too."""

from __future__ import annotations

import orjson

from vardforlopp.access import Action, Actor, Subject
from vardforlopp.audit import Event
from vardforlopp.audit.seal import Line
from vardforlopp.fhir.audit_event import audit_event, number_of
from vardforlopp.fhir.search.query import Holds, Ids, Query, Test, Updated
from vardforlopp.fhir.search.served import ACTS
from vardforlopp.fhir.search.values import DateTest, ReferenceTest, TokenTest
from vardforlopp.services.doors import Door
from vardforlopp.services.outcomes import Issue, Refused, refused
from vardforlopp.services.ports import Head, Key, Method, Place, Reading, Version
from vardforlopp.services.searching import LARGEST_PAGE, PAGE, Found, Match, names_of, whose

#: What the log can be sorted by: it is kept in the order of time.
_TIMES = frozenset(("_lastUpdated", "date"))


def search(
    unit: Reading, query: Query, *, actor: Actor, at: int, after: Place | None = None, now: int | None = None
) -> Found | Refused:
    """Lines of the log that meet a query, by their time."""
    door = Door(unit, actor, Action.SEARCH, at=at)
    subject = Subject(ACTS, None, whose(query))
    if (no := door.enter(subject)) is not None:
        return no
    if issues := _unanswered(query):
        return door.failed(subject, Refused("invalid", tuple(issues)))
    as_of = at if now is None else now
    counts_only = query.summary == "count" or query.count == 0
    total = None
    if query.total == "accurate" or counts_only:
        total = unit.count_acts(query, now=as_of)
    lines: list[Line] = []
    following = None
    if not counts_only:
        count = min(query.count or PAGE, LARGEST_PAGE)
        found = unit.acts(query, count=count + 1, now=as_of, after=after)
        lines = found[:count]
        following = (lines[-1].event.at, lines[-1].seq) if len(found) > count else None
        if after is None and following is None and total is None:
            total = len(lines)
    door.shown(subject, (_patients(line.event) for line in lines), query=names_of(query))
    return Found(tuple(Match(_head(line), _body(line), True) for line in lines), total, following, as_of)


def read(unit: Reading, id_: str, *, actor: Actor, at: int) -> Version | Refused:
    """One line."""
    door = Door(unit, actor, Action.READ, at=at)
    number = number_of(id_)
    line = None if number is None else unit.act(number)
    subject = Subject(ACTS, id_, () if line is None else _patients(line.event))
    if (no := door.enter(subject)) is not None:
        return no
    if line is None:
        what = f"there is no {ACTS}/{id_}"
        return door.failed(subject, refused("not-found", "not-found", what, "Search for it."))
    door.done(subject, version=1)
    head = _head(line)
    return Version(
        line.seq, *head.key, 1, head.at, line.event.actor, Method.CREATED, head.patients, _body(line)
    )


def _unanswered(query: Query) -> list[Issue]:
    """What of a query is not asked of the log."""
    do = "See the CapabilityStatement."
    by_time = len(query.sort) == 1 and getattr(query.sort[0].by, "name", query.sort[0].by) in _TIMES
    issues = [] if by_time else [Issue("not-supported", "_sort", "the log is sorted by time alone", do)]
    for test in query.tests:
        if not _is_plain(test):
            what = "the log is asked by what stands in it, without more"
            issues.append(Issue("not-supported", names_of(Query(query.type, (test,))), what, do))
    return issues


def _is_plain(test: Test) -> bool:
    """Whether a test is one of the line alone: no chain, nothing missing, no text, nothing by an address."""
    if not isinstance(test, Holds):
        return isinstance(test, Ids | Updated)
    return all(_is_plain_value(value) for value in test.values)


def _is_plain_value(value: object) -> bool:
    match value:
        case TokenTest(_, _, None) | DateTest():
            return True
        case ReferenceTest(_, str(), None, None, None):
            return True
    return False


def _patients(event: Event) -> tuple[str, ...]:
    return () if event.patient is None else (event.patient,)


def _head(line: Line) -> Head:
    key = Key(ACTS, str(line.seq))
    return Head(line.seq, *key, line.seq, 1, line.event.at, False, _patients(line.event))


def _body(line: Line) -> bytes:
    return orjson.dumps(audit_event(line.seq, line.event))
