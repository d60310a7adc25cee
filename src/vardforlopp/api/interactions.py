"""Read, history, create, update and delete: from what is asked to the service, and back."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl

from vardforlopp.access import Action, Subject
from vardforlopp.api.ask import Ask, Reply, Server
from vardforlopp.api.bundles import history_bundle
from vardforlopp.api.versions import etag, removed, shown, version_in, written
from vardforlopp.fhir.search.query import Query, read_query
from vardforlopp.fhir.times import written as time_of
from vardforlopp.services import acts, keeping, past, reading, removing
from vardforlopp.services.doors import Door
from vardforlopp.services.drafts import Draft, read_draft
from vardforlopp.services.outcomes import Issue, Refused, refused
from vardforlopp.services.ports import Key, Reading, Unit, Version

_BEFORE = re.compile(r"\A(?:[A-Z][A-Za-z]*)?\?")
#: Versions on a page of a history.
HISTORY_PAGE = 100


def read(ask: Ask, unit: Reading, server: Server) -> Reply | Refused:
    """GET /Type/id; 304 when the client has this version already."""
    return _unless_known(ask, reading.read(unit, _key(ask), actor=ask.actor, at=ask.at))


def read_act(ask: Ask, unit: Reading, server: Server) -> Reply | Refused:
    """GET /AuditEvent/id; 304 when the client has it already."""
    return _unless_known(ask, acts.read(unit, ask.path[1], actor=ask.actor, at=ask.at))


def _unless_known(ask: Ask, found: Version | Refused) -> Reply | Refused:
    if isinstance(found, Refused):
        return found
    known = ask.headers.get("if-none-match")
    if known is not None and version_in(known) == found.version:
        return Reply(304, b"", {"etag": etag(found.version)})
    return shown(found)


def vread(ask: Ask, unit: Reading, server: Server) -> Reply | Refused:
    """GET /Type/id/_history/version"""
    number = _number(ask.path[3], digits=9)
    if number is None:
        why = refused("not-found", "not-found", "versions are numbered 1, 2, 3", "See its history.")
        return failed(unit, ask, Action.VREAD, why)
    found = reading.vread(unit, _key(ask), version=number, actor=ask.actor, at=ask.at)
    return found if isinstance(found, Refused) else shown(found)


def history(ask: Ask, unit: Reading, server: Server) -> Reply | Refused:
    """GET /Type/id/_history, /Type/_history, /_history, with `_since`, `_count` and pages."""
    named = dict(ask.query)
    since = time_of(named.get("_since", "").replace(" ", "+")) if "_since" in named else None
    if "_since" in named and since is None:
        do = "Write it as 2026-03-02T10:00:00+01:00."
        return failed(unit, ask, Action.HISTORY, refused("invalid", "value", "`_since` is no time", do))
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
    return found if isinstance(found, Refused) else history_bundle(found, ask, server)


def create(ask: Ask, unit: Unit, server: Server) -> Reply | Refused:
    """POST /Type, with `If-None-Exist` as a condition."""
    draft = _draft(ask, unit, server, Action.CREATE)
    unless = condition_of(ask, server)
    if isinstance(draft, Refused):
        return draft
    if isinstance(unless, Refused):
        return failed(unit, ask, Action.CREATE, unless)
    new_id, by, at, rules = server.new_id(), ask.actor, ask.at, server.rules
    kept = (
        keeping.create(unit, draft, new_id=new_id, actor=by, at=at, rules=rules)
        if unless is None
        else keeping.create_unless(unit, draft, new_id=new_id, query=unless, actor=by, at=at, rules=rules)
    )
    return kept if isinstance(kept, Refused) else written(kept, ask, server)


def update(ask: Ask, unit: Unit, server: Server) -> Reply | Refused:
    """PUT /Type/id or PUT /Type?query, with `If-Match`."""
    draft = _draft(ask, unit, server, Action.UPDATE)
    if isinstance(draft, Refused):
        return draft
    if_match, where = if_match_of(ask), condition_of(ask, server)
    if isinstance(if_match, Refused):
        return failed(unit, ask, Action.UPDATE, if_match)
    if isinstance(where, Refused):
        return failed(unit, ask, Action.UPDATE, where)
    by, at, rules = ask.actor, ask.at, server.rules
    kept = (
        keeping.update(unit, draft, key=_key(ask), actor=by, at=at, rules=rules, if_match=if_match)
        if where is None
        else keeping.update_where(
            unit, draft, new_id=server.new_id(), query=where, actor=by, at=at, rules=rules, if_match=if_match
        )
    )
    return kept if isinstance(kept, Refused) else written(kept, ask, server)


def patch(ask: Ask, unit: Unit, server: Server) -> Reply | Refused:
    """PATCH /Type/id with a JSON Patch, and `If-Match`."""
    if_match = if_match_of(ask)
    if isinstance(if_match, Refused):
        return failed(unit, ask, Action.UPDATE, if_match)
    by, at, rules = ask.actor, ask.at, server.rules
    kept = keeping.patch(unit, _key(ask), changes=ask.body, actor=by, at=at, rules=rules, if_match=if_match)
    return kept if isinstance(kept, Refused) else written(kept, ask, server)


def delete(ask: Ask, unit: Unit, server: Server) -> Reply | Refused:
    """DELETE /Type/id, with `If-Match`."""
    if_match = if_match_of(ask)
    if isinstance(if_match, Refused):
        return failed(unit, ask, Action.DELETE, if_match)
    gone = removing.remove(unit, _key(ask), actor=ask.actor, at=ask.at, if_match=if_match)
    return gone if isinstance(gone, Refused) else removed(gone)


def failed(unit: Reading, ask: Ask, action: Action, why: Refused) -> Refused:
    """What was asked so that it cannot be done; it stands in the log of acts all the same."""
    type_, id_ = (*(part for part in ask.path if not part.startswith(("_", "$"))), None, None)[:2]
    return Door(unit, ask.actor, action, at=ask.at).failed(Subject(type_ or "*", id_), why)


def _draft(ask: Ask, unit: Unit, server: Server, action: Action) -> Draft | Refused:
    draft = read_draft(ask.body, rules=server.rules, type_=ask.path[0])
    return failed(unit, ask, action, draft) if isinstance(draft, Refused) else draft


def if_match_of(ask: Ask) -> int | Refused | None:
    """The version that `If-Match` asks for; None when nothing is said."""
    tag = ask.headers.get("if-match")
    number = version_in(tag) if tag is not None else None
    if tag is None or number is not None:
        return number
    what = "`If-Match` names no version of ours"
    return refused("precondition", "conflict", what, 'Send W/"3" as in the ETag.')


def condition_of(ask: Ask, server: Server) -> Query | Refused | None:
    """What decides on a conditional create or update; None of one that has no condition."""
    if ask.method == "POST" and "if-none-exist" in ask.headers:
        return asked_exactly(ask.path[0], pairs(ask.headers["if-none-exist"]), base=server.base)
    if ask.method == "PUT" and len(ask.path) == 1:
        return asked_exactly(ask.path[0], ask.query, base=server.base)
    return None


def asked_exactly(type_: str, asked: tuple[tuple[str, str], ...], *, base: str) -> Query | Refused:
    """A condition: all of it must be understood, and it must ask for something."""
    query = read_query(type_, asked, base=base)
    if query.refused:
        issues = tuple(Issue(one.code, one.parameter, one.what, one.do) for one in query.refused)
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
