"""A transaction's entries as acts, and what came of them as answers."""

from __future__ import annotations

from typing import TypeVar

from vardforlopp.api.ask import Ask, Reply, Server
from vardforlopp.api.batch import Part
from vardforlopp.api.interactions import asked_exactly, condition_of, if_match_of, pairs
from vardforlopp.api.outcome import refusal
from vardforlopp.api.versions import removed, written
from vardforlopp.services import transaction
from vardforlopp.services.links import conditional
from vardforlopp.services.outcomes import Kept, Refused, Removed
from vardforlopp.services.ports import Key
from vardforlopp.services.transaction import Broken, Create, Delete, Patch, Update

_Said = TypeVar("_Said")


def part_of(part: Part, server: Server) -> transaction.Part:
    """An entry that writes, as a part of a transaction. Raises: Broken, for what is not understood."""
    found = conditional(part.ask.body) if part.ask.method != "DELETE" else {}
    refers = {
        words: _sound(asked_exactly(type_, pairs(asked), base=server.base), part, ".resource")
        for words, (type_, asked) in found.items()
    }
    return transaction.Part(part.number, _act(part, server), part.full_url, refers)


def _act(part: Part, server: Server) -> transaction.Act:
    ask = part.ask
    if_match = _sound(if_match_of(ask), part, ".request")
    condition = _sound(condition_of(ask, server), part, ".request")
    match ask.method, ask.path:
        case "DELETE", (type_, id_):
            return Delete(Key(type_, id_), if_match)
        case "PATCH", (type_, id_):
            return Patch(Key(type_, id_), ask.body, if_match)
        case "PUT", (type_, id_):
            return Update(type_, ask.body, server.new_id(), id_, if_match)
        case "PUT", (type_,):
            assert condition is not None, "an update that names no resource has a condition"
            return Update(type_, ask.body, server.new_id(), condition, if_match)
        case _, (type_, *_):
            return Create(type_, ask.body, server.new_id(), condition)
    raise AssertionError("an entry that writes has an address")


def _sound(said: _Said | Refused, part: Part, where: str) -> _Said:
    if isinstance(said, Refused):
        issues = tuple(issue._replace(where="") for issue in said.issues)
        raise Broken(part.number, said._replace(issues=issues), where=where)
    return said


def told(result: Kept | Removed, ask: Ask, server: Server) -> Reply:
    """What came of a part."""
    return removed(result) if isinstance(result, Removed) else written(result, ask, server)


def located(broken: Broken) -> Reply:
    """Why nothing of a transaction was kept: it says which entry, and where in it."""
    entry = f"Bundle.entry[{broken.number}]"
    issues = tuple(
        issue._replace(where=f"{entry}.resource.{issue.where}" if issue.where else entry + broken.where)
        for issue in broken.why.issues
    )
    return refusal(broken.why._replace(issues=issues))
