"""From an address and a method to the interaction: the whole table of what the server does."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any, NamedTuple

from vardforlopp.access import Action, Subject
from vardforlopp.api import batch, export, interactions, operations, transactions
from vardforlopp.api.ask import Ask, Reply, Server
from vardforlopp.api.metadata import metadata
from vardforlopp.api.openapi import openapi
from vardforlopp.api.outcome import fault, refusal
from vardforlopp.api.search import search
from vardforlopp.fhir.resource_types import KNOWN
from vardforlopp.fhir.search.served import ACTS
from vardforlopp.services.doors import Door
from vardforlopp.services.outcomes import Cause, Refused, refused
from vardforlopp.services.ports import MovedOn, TooCostly, Unavailable, Unfit, Unit
from vardforlopp.services.transaction import Broken, transact
from vardforlopp.services.turns import in_turn


class Interaction(NamedTuple):
    """What answers a request: in a transaction, or on a view of the store.

    `once`: nothing that it asks must be of the same moment as what else it asks.
    """

    answer: Callable[[Ask, Any, Server], Reply | Refused]
    writes: bool
    once: bool = False


#: What stands where an id may stand, and is none.
_OF_A_TYPE = frozenset(("_history", "_search"))
_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")


def answer(ask: Ask, server: Server) -> Reply:
    """The answer to one request, in one transaction; whatever it is, it stands in the log of acts."""
    try:
        return _answered(ask, server)
    except MovedOn:
        told = fault(409, "conflict", "the resource is being changed by others", "Read it again and retry.")
    except TooCostly:
        what, do = "it takes longer than it may", "Name a patient, a shorter time, or fewer values."
        told = fault(400, "too-costly", what, do)
    except Unfit:
        told = fault(400, "value", "it has a value that nothing here can have", "Correct it.")
    except Unavailable:
        return unavailable()
    return turned_away(told, ask, server)


def _answered(ask: Ask, server: Server) -> Reply:
    if ask.path == () and ask.method == "POST":
        return _bundle(ask, server)
    if ask.path == ("metadata",) and ask.method == "GET":
        return metadata(ask, server)
    if ask.path == ("openapi.json",) and ask.method == "GET":
        return openapi(server)
    found = interaction_of(ask)
    if isinstance(found, Reply):
        return turned_away(found, ask, server)
    if found.writes:
        told = in_turn(server.store, lambda unit: _done(found, ask, unit, server))
    else:
        with server.store.reading(once=found.once) as view:
            told = _done(found, ask, view, server)
    return refusal(told) if isinstance(told, Refused) else told


def _done(found: Interaction, ask: Ask, unit: Any, server: Server) -> Reply | Refused:
    with server.watch.span(f"service {found.answer.__name__}"):
        return found.answer(ask, unit, server)


def _bundle(ask: Ask, server: Server) -> Reply:
    parts = batch.parts_of(ask, server)
    if isinstance(parts, Reply):
        return turned_away(parts, ask, server)
    kind, entries = parts
    if kind == "batch":
        return batch.response(kind, [part.told(_by_itself(part.ask, server)) for part in entries], ask)
    return _transaction(entries, ask, server)


def _by_itself(ask: Ask, server: Server) -> Reply:
    """A part of a batch: what has been answered of the others stands, whatever happens to this one."""
    try:
        return answer(ask, server)
    except Exception as error:  # noqa: BLE001 - as for a request of its own
        return faulty(error, ask, server)


def faulty(error: Exception, ask: Ask, server: Server) -> Reply:
    """The answer to a fault of the program, which tells nothing of it but where it is written down."""
    name = server.watch.failed(error)
    told = fault(500, "exception", "the program has a fault", f"Tell us the time, and {name}.")
    with suppress(Exception):  # if that fails too, it has been written down once
        turned_away(told, ask, server)
    return told


def _transaction(entries: list[batch.Part], ask: Ask, server: Server) -> Reply:
    found = {part.number: interaction_of(part.ask) for part in entries}
    for part in entries:
        if isinstance(wrong := found[part.number], Reply):
            return turned_away(batch.located(wrong, part), ask, server)
    reads = {number: one for number, one in found.items() if isinstance(one, Interaction) and not one.writes}
    try:
        acts = [transactions.part_of(part, server) for part in entries if part.number not in reads]
    except Broken as broken:
        return turned_away(transactions.located(broken), ask, server)

    def all_of_it(unit: Unit) -> list[Reply]:
        done = transact(unit, acts, actor=ask.actor, at=ask.at, rules=server.rules)
        if reads:
            unit.follow()  # what is read after all is written is also what follows from it
        return [
            _read_part(part, reads[part.number], unit, server)
            if part.number in reads
            else transactions.told(done[part.number], part.ask, server)
            for part in entries
        ]

    try:
        return batch.response("transaction", in_turn(server.store, all_of_it), ask)
    except Broken as broken:
        return transactions.located(broken)


def _read_part(part: batch.Part, found: Interaction, unit: Unit, server: Server) -> Reply:
    """What is read in a transaction: read after all is written. Raises: Broken."""
    told = found.answer(part.ask, unit, server)
    if isinstance(told, Refused):
        raise Broken(part.number, told)
    return part.told(told)


#: Why there was no act, where it is not for what was sent.
_CAUSES: dict[int, Cause] = {409: "conflict", 500: "fault"}


def turned_away(reply: Reply, ask: Ask, server: Server) -> Reply:
    """The answer to what became no act; it stands in the log of acts all the same."""
    why = refused(_CAUSES.get(reply.status, "invalid"), "invalid", "it became no act", "")
    is_bundle = ask.path == () and ask.method == "POST"
    action, subject = (Action.BUNDLE, Subject("Bundle")) if is_bundle else (Action.REQUEST, _whereto(ask))
    try:
        with server.store.reading(once=True) as view:
            Door(view, ask.actor, action, at=ask.at).failed(subject, why)
    except Unavailable:
        return unavailable()
    return reply


def _whereto(ask: Ask) -> Subject:
    """What an address names, as far as it is one of ours: what is no type and no id may be anything."""
    type_, id_ = (*ask.path, "", "")[:2]
    if type_ not in KNOWN:
        return Subject("*")
    return Subject(type_, id_ if _ID.fullmatch(id_) else None)


def unavailable() -> Reply:
    """The answer while the store gives none."""
    told = fault(503, "transient", "the store does not answer", "Try again in a while.")
    return Reply(told.status, told.body, {"retry-after": "5"})


def interaction_of(ask: Ask) -> Interaction | Reply:
    """Which interaction is asked for; else why there is none."""
    path = ask.path
    if ask.method != _WHOLE.get(path, ask.method):
        return _other_method(ask, [_WHOLE[path]])
    if path and path != ("_history",) and path[0] not in KNOWN and not path[0].startswith("$"):
        return fault(404, "not-supported", "no such type in R4, nor an operation of ours", "See /metadata.")
    is_id = len(path) < 2 or path[1] in _OF_A_TYPE or path[1].startswith("$") or _ID.fullmatch(path[1])
    if not is_id:
        return fault(400, "value", "that is no id", "An id has letters, digits, - and ., 64 at most.")
    methods = _at(path)
    if methods is None:
        return fault(404, "not-supported", "there is nothing at this address", "See /metadata.")
    found = methods.get(ask.method)
    return found if found is not None else _other_method(ask, methods)


def _other_method(ask: Ask, known: Iterable[str]) -> Reply:
    allowed = ", ".join(sorted(known))
    told = fault(405, "not-supported", f"{ask.method} is not understood here", f"Known are {allowed}.")
    return Reply(told.status, told.body, {"allow": allowed})


#: What is about the whole server, and how it is asked for: answered before there is a type.
_WHOLE: dict[tuple[str, ...], str] = {(): "POST", ("metadata",): "GET", ("openapi.json",): "GET"}


_SEARCH = Interaction(search, writes=False)
_UPDATE = Interaction(interactions.update, writes=True)
_HISTORY = {"GET": Interaction(interactions.history, writes=False)}


def _at(path: tuple[str, ...]) -> dict[str, Interaction] | None:
    if path and path[-1].startswith("$"):
        found = operations.at(path)
        return {way: Interaction(one.answer, one.writes) for one in found for way in one.methods} or None
    return _at_acts(path[1:]) if path[:1] == (ACTS,) else _at_resources(path)


def _at_acts(rest: tuple[str, ...]) -> dict[str, Interaction] | None:
    """The log of acts is told, and written by nobody; it has no history, since what was done was done."""
    match rest:
        case ():
            return {"GET": _SEARCH}
        case ("_search",):
            return {"POST": _SEARCH}
        case (name,) if name not in _OF_A_TYPE:
            return {"GET": Interaction(interactions.read_act, writes=False, once=True)}
    return None


def _at_resources(path: tuple[str, ...]) -> dict[str, Interaction] | None:
    match path:
        case ("$export", _):
            return {
                "GET": Interaction(export.standing, writes=False),
                "DELETE": Interaction(export.cancel, writes=True),
            }
        case ("$export", _, _):
            return {"GET": Interaction(export.fetch, writes=False)}
        case (type_, *rest) if "$" in (type_[0], *(part[0] for part in rest)):
            return None
        case ("_history",) | (_, "_history"):
            return _HISTORY
        case (_, "_search"):
            return {"POST": _SEARCH}
        case (_, name, *_) if name in _OF_A_TYPE:
            return None
        case (_, _, "_history"):
            return _HISTORY
        case (_,):
            return {"GET": _SEARCH, "POST": Interaction(interactions.create, writes=True), "PUT": _UPDATE}
        case (_, _):
            return {
                "GET": Interaction(interactions.read, writes=False, once=True),
                "PUT": _UPDATE,
                "PATCH": Interaction(interactions.patch, writes=True),
                "DELETE": Interaction(interactions.delete, writes=True),
            }
        case (_, _, "_history", _):
            return {"GET": Interaction(interactions.vread, writes=False, once=True)}
    return None
