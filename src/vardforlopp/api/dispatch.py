"""From an address and a method to the interaction: the whole table of what the server does."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from vardforlopp.access import Action, Subject
from vardforlopp.api import batch, interactions
from vardforlopp.api.ask import Ask, Reply, Server
from vardforlopp.api.metadata import metadata
from vardforlopp.api.outcome import fault
from vardforlopp.api.search import search
from vardforlopp.api.transactions import Broken, in_order, named
from vardforlopp.fhir.resource_types import KNOWN
from vardforlopp.services.doors import Door
from vardforlopp.services.outcomes import refused
from vardforlopp.services.ports import MovedOn, Unavailable, Unit


class Interaction(NamedTuple):
    """What answers a request: on a view of the store, or in a transaction."""

    answer: Callable[[Ask, Any, Server], Reply]
    writes: bool


_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
#: How often an act is tried again that somebody else's came before.
_TRIES = 3


def answer(ask: Ask, server: Server) -> Reply:
    """The answer to one request, in one transaction."""
    if ask.path == () and ask.method == "POST":
        return _bundle(ask, server)
    if ask.path == ("metadata",) and ask.method == "GET":
        return metadata(ask, server)
    found = interaction_of(ask)
    if isinstance(found, Reply):
        return found
    if found.writes:
        return _kept(lambda unit: _done(found, ask, unit, server), server)
    try:
        with server.store.reading() as view:
            return _done(found, ask, view, server)
    except Unavailable:
        return _unavailable()


def _done(found: Interaction, ask: Ask, unit: Any, server: Server) -> Reply:
    with server.watch.span(f"service {found.answer.__name__}"):
        return found.answer(ask, unit, server)


def _bundle(ask: Ask, server: Server) -> Reply:
    parts = batch.parts_of(ask, server)
    if isinstance(parts, Reply):
        return _not_tried(parts, ask, server)
    kind, entries = parts
    if kind == "batch":
        return batch.response(kind, [answer(part.ask, server) for part in entries], ask)
    try:
        return _kept(lambda unit: batch.response(kind, _all_of(entries, unit, server), ask), server)
    except Broken as broken:
        return broken.reply if broken.tried else _not_tried(broken.reply, ask, server)


def _kept(act: Callable[[Unit], Reply], server: Server) -> Reply:
    """What an act answers in a transaction of its own, tried again when somebody else's came before."""
    for _ in range(_TRIES):
        try:
            with server.store.writing() as unit:
                return act(unit)
        except MovedOn:
            continue
        except Unavailable:
            return _unavailable()
    return fault(409, "conflict", "the resource is being changed by others", "Read it again and retry.")


def _all_of(entries: list[batch.Part], unit: Unit, server: Server) -> list[Reply]:
    """Every part of a transaction done, in the order of the entries. Raises: Broken."""
    replies: dict[int, Reply] = {}
    for part in in_order(named(entries, unit, server)):
        found = interaction_of(part.ask)
        reply = found if isinstance(found, Reply) else _done(found, part.ask, unit, server)
        if reply.status >= 400:
            raise Broken(batch.located(reply, part), tried=True)
        replies[part.number] = reply
    return [replies[part.number] for part in entries]


def _not_tried(reply: Reply, ask: Ask, server: Server) -> Reply:
    """A Bundle of which nothing was tried; it stands in the log of acts all the same."""
    why = refused("invalid", "invalid", "nothing of the Bundle was tried", "")
    try:
        with server.store.writing() as unit:
            Door(unit, ask.actor, Action.BUNDLE, at=ask.at).failed(Subject("Bundle"), why)
    except Unavailable:
        return _unavailable()
    return reply


def _unavailable() -> Reply:
    told = fault(503, "transient", "the store does not answer", "Try again in a while.")
    return Reply(told.status, told.body, {"retry-after": "5"})


def interaction_of(ask: Ask) -> Interaction | Reply:
    """Which interaction is asked for; else why there is none."""
    path = ask.path
    if path and path[0] != "_history" and path[0] not in KNOWN:
        return fault(404, "not-supported", "no such type in R4, nor an operation of ours", "See /metadata.")
    if len(path) > 1 and not path[1].startswith("_") and not _ID.fullmatch(path[1]):
        return fault(400, "value", "that is no id", "An id has letters, digits, - and ., 64 at most.")
    methods = _at(path)
    if methods is None:
        return fault(404, "not-supported", "there is nothing at this address", "See /metadata.")
    found = methods.get(ask.method)
    if found is None:
        allowed = ", ".join(sorted(methods))
        told = fault(405, "not-supported", f"{ask.method} is not understood here", f"Known are {allowed}.")
        return Reply(told.status, told.body, {"allow": allowed})
    return found


_SEARCH = Interaction(search, writes=False)
_UPDATE = Interaction(interactions.update, writes=True)


def _at(path: tuple[str, ...]) -> dict[str, Interaction] | None:
    match path:
        case ("_history",) | (_, "_history") | (_, _, "_history"):
            return {"GET": Interaction(interactions.history, writes=False)}
        case (_, "_search"):
            return {"POST": _SEARCH}
        case (_,):
            return {"GET": _SEARCH, "POST": Interaction(interactions.create, writes=True), "PUT": _UPDATE}
        case (_, _):
            return {
                "GET": Interaction(interactions.read, writes=False),
                "PUT": _UPDATE,
                "PATCH": Interaction(interactions.patch, writes=True),
                "DELETE": Interaction(interactions.delete, writes=True),
            }
        case (_, _, "_history", _):
            return {"GET": Interaction(interactions.vread, writes=False)}
    return None
