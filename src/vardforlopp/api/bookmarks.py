"""The links of a page: of a search by GET in its address, of one by POST by a name that tells nothing.

A search is sent by POST so that what it asks for, perhaps a personal identity number, stands in no address:
proxies keep those. Its next page is fetched by GET, as R4 has it: so what was asked is kept for an hour.
"""

from __future__ import annotations

from dataclasses import replace

import orjson

from vardforlopp.access import Action
from vardforlopp.api.ask import Ask, Server
from vardforlopp.api.bundles import link
from vardforlopp.api.interactions import failed
from vardforlopp.kernel.civil import HOUR
from vardforlopp.services.outcomes import Refused, refused
from vardforlopp.services.ports import Bookmark, Reading

_NAME = "_bookmark"


def opened(ask: Ask, unit: Reading) -> Ask | Refused:
    """What is asked where a bookmark is followed: a search by POST that goes on."""
    name = dict(ask.query).get(_NAME)
    if name is None:
        return ask
    found = unit.bookmark(name)
    if found is not None and found.actor == ask.actor.id and found.until >= ask.at:
        kind, pairs = orjson.loads(found.asked)
        if kind == ask.path[0]:
            return replace(ask, method="POST", query=tuple((name, value) for name, value in pairs))
    what = "the page is no longer kept, or was somebody else's"
    return failed(unit, ask, Action.SEARCH, refused("gone", "not-found", what, "Search again."))


def links(ask: Ask, unit: Reading, server: Server, *, page: str | None) -> list[tuple[str, str]]:
    """The links of a page; `page`: where the next one begins."""
    if ask.method == "GET":
        following = [] if page is None else [("next", link(ask, server, _page=page))]
        return [("self", link(ask, server)), *following]
    address = f"{server.base}/{ask.path[0]}"
    told = [("self", f"{address}/_search")]
    if page is not None:
        pairs = [*(pair for pair in ask.query if pair[0] != "_page"), ("_page", page)]
        name = server.new_id()
        unit.leave(Bookmark(name, ask.actor.id, ask.at + HOUR, orjson.dumps([ask.path[0], pairs])))
        told.append(("next", f"{address}?{_NAME}={name}"))
    return told
