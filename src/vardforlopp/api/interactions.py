"""Read, history, create, update and delete: from what is asked to the service, and back."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl

from vardforlopp.access import Action, Subject
from vardforlopp.api.ask import Ask, Reply, Server
from vardforlopp.api.bundles import history_bundle
from vardforlopp.api.outcome import refusal
from vardforlopp.api.versions import etag, kept, shown, version_in
from vardforlopp.fhir.search.query import Query, read_query
from vardforlopp.fhir.times import written
from vardforlopp.services import keeping, past, reading, removing
from vardforlopp.services.doors import Door
from vardforlopp.services.drafts import Draft, read_draft
from vardforlopp.services.outcomes import Issue, Kept, Refused, refused
from vardforlopp.services.ports import Key, Reading, Unit

_BEFORE = re.compile(r"\A(?:[A-Z][A-Za-z]*)?\?")
#: Versions on a page of a history.
HISTORY_PAGE = 100


def read(ask: Ask, unit: Reading, server: Server) -> Reply:
    """GET /Type/id; 304 when the client has this version already."""
    found = reading.read(unit, _key(ask), actor=ask.actor, at=ask.at)
    if isinstance(found, Refused):
        return refusal(found)
    known = ask.headers.get("if-none-match")
    if known is not None and version_in(known) == found.version.version:
        return Reply(304, b"", {"etag": etag(found.version.version)})
    return shown(found.version)


def vread(ask: Ask, unit: Reading, server: Server) -> Reply:
    """GET /Type/id/_history/version"""
    number = _number(ask.path[3], digits=9)
    if number is None:
        why = refused("not-found", "not-found", "versions are numbered 1, 2, 3", "See its history.")
        return refusal(failed(unit, ask, Action.VREAD, why))
    found = reading.vread(unit, _key(ask), version=number, actor=ask.actor, at=ask.at)
    return refusal(found) if isinstance(found, Refused) else shown(found.version)


def history(ask: Ask, unit: Reading, server: Server) -> Reply:
    """GET /Type/id/_history, /Type/_history, /_history, with `_since`, `_count` and pages."""
    named = dict(ask.query)
    since = written(named.get("_since", "").replace(" ", "+")) if "_since" in named else None
    if "_since" in named and since is None:
        do = "Write it as 2026-03-02T10:00:00+01:00."
        why = refused("invalid", "value", "`_since` is no time", do)
        return refusal(failed(unit, ask, Action.HISTORY, why))
    count, before = (_number(named.get(name)) for name in ("_count", "_page"))
    kind, id_ = (*[part for part in ask.path if part != "_history"], None, None)[:2]
    found = past.history(
        unit,
        kind,
        id_=id_,
        actor=ask.actor,
        at=ask.at,
        since=None if since is None else since.lo,
        before=before,
        count=min(count or HISTORY_PAGE, HISTORY_PAGE),
    )
    return refusal(found) if isinstance(found, Refused) else history_bundle(found, ask, server)


def create(ask: Ask, unit: Unit, server: Server) -> Reply:
    """POST /Type, with `If-None-Exist` as a condition."""
    draft = _draft(ask, unit, server, Action.CREATE)
    if isinstance(draft, Refused):
        return refusal(draft)
    new_id = ask.new_id or server.new_id()
    condition = ask.headers.get("if-none-exist")
    if condition is None:
        result = keeping.create(unit, draft, new_id=new_id, actor=ask.actor, at=ask.at, rules=server.rules)
        return refusal(result) if isinstance(result, Refused) else kept(result, ask, server)
    query = asked_exactly(ask.path[0], pairs(condition), base=server.base)
    result = (
        failed(unit, ask, Action.CREATE, query)
        if isinstance(query, Refused)
        else keeping.create_unless(
            unit, draft, new_id=new_id, query=query, actor=ask.actor, at=ask.at, rules=server.rules
        )
    )
    return refusal(result) if isinstance(result, Refused) else kept(result, ask, server)


def update(ask: Ask, unit: Unit, server: Server) -> Reply:
    """PUT /Type/id with `If-Match`, or PUT /Type?query."""
    draft = _draft(ask, unit, server, Action.UPDATE)
    condition = _condition(ask)
    result: Kept | Refused
    if isinstance(draft, Refused):
        result = draft
    elif isinstance(condition, Refused):
        result = failed(unit, ask, Action.UPDATE, condition)
    elif len(ask.path) == 1:
        result = _update_where(ask, draft, unit, server)
    else:
        result = keeping.update(
            unit, draft, key=_key(ask), actor=ask.actor, at=ask.at, rules=server.rules, condition=condition
        )
    return refusal(result) if isinstance(result, Refused) else kept(result, ask, server)


def patch(ask: Ask, unit: Unit, server: Server) -> Reply:
    """PATCH /Type/id with a JSON Patch, and `If-Match`."""
    condition = _condition(ask)
    result = (
        failed(unit, ask, Action.UPDATE, condition)
        if isinstance(condition, Refused)
        else keeping.patch(
            unit,
            _key(ask),
            changes=ask.body,
            actor=ask.actor,
            at=ask.at,
            rules=server.rules,
            condition=condition,
        )
    )
    return refusal(result) if isinstance(result, Refused) else kept(result, ask, server)


def delete(ask: Ask, unit: Unit, server: Server) -> Reply:
    """DELETE /Type/id, with `If-Match`."""
    condition = _condition(ask)
    result = (
        failed(unit, ask, Action.DELETE, condition)
        if isinstance(condition, Refused)
        else removing.remove(unit, _key(ask), actor=ask.actor, at=ask.at, condition=condition)
    )
    if isinstance(result, Refused):
        return refusal(result)
    return Reply(204, b"", {} if result.version is None else {"etag": etag(result.version)})


def failed(unit: Reading, ask: Ask, action: Action, why: Refused) -> Refused:
    """What was asked so that it cannot be done; it stands in the log of acts all the same."""
    type_, id_ = (*(part for part in ask.path if not part.startswith(("_", "$"))), None, None)[:2]
    return Door(unit, ask.actor, action, at=ask.at).failed(Subject(type_ or "*", id_), why)


def _draft(ask: Ask, unit: Unit, server: Server, action: Action) -> Draft | Refused:
    draft = read_draft(ask.body, rules=server.rules, type_=ask.path[0])
    return failed(unit, ask, action, draft) if isinstance(draft, Refused) else draft


def _condition(ask: Ask) -> keeping.Condition | Refused | None:
    tag = ask.headers.get("if-match")
    if tag is None:
        return None
    number = version_in(tag)
    if number is None:
        what = "`If-Match` names no version of ours"
        return refused("precondition", "conflict", what, 'Send W/"3" as in the ETag.')
    return keeping.Condition(number)


def _update_where(ask: Ask, draft: Draft, unit: Unit, server: Server) -> Kept | Refused:
    query = asked_exactly(ask.path[0], ask.query, base=server.base)
    if isinstance(query, Refused):
        return failed(unit, ask, Action.UPDATE, query)
    new_id = ask.new_id or server.new_id()
    return keeping.update_where(
        unit, draft, new_id=new_id, query=query, actor=ask.actor, at=ask.at, rules=server.rules
    )


def asked_exactly(type_: str, asked: tuple[tuple[str, str], ...], *, base: str) -> Query | Refused:
    """A condition: all of it must be understood, and it must ask for something."""
    query = read_query(type_, asked, base=base)
    if query.refused:
        issues = tuple(Issue("not-supported", one.parameter, one.what, one.do) for one in query.refused)
        return Refused("invalid", issues)
    if not query.tests:
        what = "the condition asks for nothing"
        return refused("precondition", "multiple-matches", what, "Name what it must have.")
    return query


def pairs(text: str) -> tuple[tuple[str, str], ...]:
    """The pairs of a query string, decoded; `?` or `Type?` before them is left out."""
    return tuple(parse_qsl(_BEFORE.sub("", text, count=1), keep_blank_values=True))


def _key(ask: Ask) -> Key:
    return Key(ask.path[0], ask.path[1])


def _number(text: str | None, *, digits: int = 15) -> int | None:
    """A whole number of at most so many digits, which a column of the store can hold."""
    sound = text is not None and text.isascii() and text.isdigit() and len(text) <= digits
    return int(text) if sound and text is not None else None
