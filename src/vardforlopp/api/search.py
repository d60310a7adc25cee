"""GET /Type?..., POST /Type/_search: a page of what was found."""

from __future__ import annotations

from dataclasses import replace

import orjson

from vardforlopp.access import Action
from vardforlopp.api.ask import Ask, Reply, Server
from vardforlopp.api.bookmarks import links, opened
from vardforlopp.api.bundles import bundle, entry, page_text, place_of
from vardforlopp.api.interactions import failed
from vardforlopp.api.outcome import outcome
from vardforlopp.api.summaries import shortened
from vardforlopp.fhir.search.query import Query, read_query
from vardforlopp.fhir.search.served import ACTS, SERVED
from vardforlopp.services import acts, searching
from vardforlopp.services.outcomes import Issue, Refused, refused
from vardforlopp.services.ports import Reading


def search(ask: Ask, unit: Reading, server: Server) -> Reply | Refused:
    """A page of the result. What is not had here is told, or ends the search if the client is strict; what is
    written wrongly always does.
    """
    kind = ask.path[0]
    if kind not in SERVED and kind != ACTS:
        what = f"{kind} is kept here, but not searched"
        return failed(
            unit, ask, Action.SEARCH, refused("invalid", "not-supported", what, f"Read it as /{kind}/id.")
        )
    told = opened(ask, unit)
    if isinstance(told, Refused):
        return told
    ask = told
    query = read_query(kind, ask.query, base=server.base)
    issues = [Issue(one.code, one.parameter, one.what, one.do) for one in query.refused]
    if issues and (ask.strict or any(one.code != "not-supported" for one in issues)):
        return failed(unit, ask, Action.SEARCH, Refused("invalid", tuple(issues)))
    left_out = {one.parameter for one in query.refused}
    ask = replace(ask, query=tuple(pair for pair in ask.query if pair[0] not in left_out))
    page = dict(ask.query).get("_page")
    place = place_of(page, query.sorted_by) if page is not None else None
    if page is not None and place is None:
        do = "Follow the link of the page before it."
        return failed(unit, ask, Action.SEARCH, refused("invalid", "value", "`_page` is none of ours", do))
    after, now = place if place is not None else (None, ask.at)
    search_ = acts.search if kind == ACTS else searching.search
    found = search_(unit, query, actor=ask.actor, at=ask.at, after=after, now=now)
    if isinstance(found, Refused):
        return found
    entries = [
        entry(
            f"{server.base}/{match.head.type}/{match.head.id}",
            shortened(match.body, query) if match.met else match.body,
            search={"mode": "match" if match.met else "include"},
        )
        for match in found.matches
    ]
    if found.cut:
        issues.append(Issue("too-costly", "", "more came along than is told", "Search for it by itself."))
    if issues:
        warned = orjson.dumps(outcome(issues, severity="warning"))
        entries.append(b'{"resource":' + warned + b',"search":{"mode":"outcome"}}')
    following = None if found.after is None else page_text(found.after, now=found.now)
    told_of = links(ask, unit, server, page=following)
    total = _total(found.total, query)
    return Reply(200, bundle("searchset", entries, at=ask.at, links=told_of, total=total))


def _total(total: int | None, query: Query) -> int | None:
    return None if query.total == "none" and query.summary != "count" and query.count != 0 else total
