"""A transaction's entries: who writes what, in which order, and what they refer to among each other."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import orjson

from vardforlopp.api.ask import Reply, Server
from vardforlopp.api.batch import Part
from vardforlopp.api.interactions import asked_exactly, pairs
from vardforlopp.api.outcome import refusal
from vardforlopp.fhir.json_splice import Written, strings, value_of, with_strings
from vardforlopp.fhir.search.query import Query
from vardforlopp.services.keeping import those_that_meet
from vardforlopp.services.outcomes import Issue, Refused
from vardforlopp.services.ports import Key, Scope, Undone, Unit

#: In which order a transaction is done, whatever the order of its entries.
_ORDER: dict[str, int] = {"DELETE": 0, "POST": 1, "PUT": 2, "PATCH": 3, "GET": 4}
_CONDITIONAL = re.compile(r"(?P<type>[A-Z][A-Za-z]+)\?(?P<condition>.+)")
_RELATIVE = re.compile(r"[A-Z][A-Za-z]+/[A-Za-z0-9\-.]{1,64}")
_ABSOLUTE = re.compile(r"(?P<base>https?://\S+)/[A-Z][A-Za-z]+/[A-Za-z0-9\-.]{1,64}")


class Broken(Undone):
    """A transaction that cannot be done: what is answered instead, and whether any of it was tried."""

    def __init__(self, reply: Reply, *, tried: bool = False) -> None:
        super().__init__("nothing was kept")
        self.reply, self.tried = reply, tried


def in_order(parts: Sequence[Part]) -> list[Part]:
    """The parts as they are done: what goes first, then what comes, then what changes, then what is read."""
    return sorted(parts, key=lambda part: (_ORDER[part.ask.method], part.number))


def named(parts: Sequence[Part], unit: Unit, server: Server) -> list[Part]:
    """The parts with their ids, and what they refer to resolved: each other, conditions. Raises: Broken.

    All that they write is held from here on.
    """
    conditions = {part.number: query for part in parts if (query := _condition(part, server)) is not None}
    _refuse_twice(parts, conditions)
    unit.lock(
        [Key(*part.ask.path) for part in parts if _writes_one(part)],
        conditions=[query.asked for query in conditions.values()],
    )
    known: dict[str, str] = {}
    given = []
    for part in parts:
        part, address = _addressed(part, conditions.get(part.number), unit, server)
        if part.full_url is not None and address is not None:
            known[part.full_url] = address
        given.append(part)
    return [_resolved(part, known, unit=unit, server=server) for part in given]


def _writes_one(part: Part) -> bool:
    return part.ask.method in ("PUT", "PATCH", "DELETE") and len(part.ask.path) == 2


def _condition(part: Part, server: Server) -> Query | None:
    """What a conditional create or update asks for. Raises: Broken."""
    ask = part.ask
    if len(ask.path) != 1:
        return None
    if ask.method == "POST" and "if-none-exist" in ask.headers:
        asked = pairs(ask.headers["if-none-exist"])
    elif ask.method == "PUT":
        asked = ask.query
    else:
        return None
    query = asked_exactly(ask.path[0], asked, base=server.base)
    if isinstance(query, Refused):
        raise Broken(refusal(_at(part, query)))
    return query


def _at(part: Part, why: Refused) -> Refused:
    return Refused(why.cause, tuple(issue._replace(where=f"{part.where}.request") for issue in why.issues))


def _refuse_twice(parts: Sequence[Part], conditions: Mapping[int, Query]) -> None:
    """Two parts that write the same: nobody can say which is meant. Raises: Broken."""
    seen: set[object] = set()
    for part in parts:
        query = conditions.get(part.number)
        what = part.ask.path if _writes_one(part) else None if query is None else query.asked
        if what is not None and what in seen:
            issue = Issue("duplicate", part.where, "two entries write the same resource", "Send one of them.")
            raise Broken(refusal(Refused("invalid", (issue,))))
        seen.add(what)


def _addressed(part: Part, condition: Query | None, unit: Unit, server: Server) -> tuple[Part, str | None]:
    """A part with the id that what it creates will have, and where its resource is then found."""
    ask = part.ask
    if len(ask.path) == 2:
        return part, "/".join(ask.path)
    if len(ask.path) != 1 or ask.method not in ("POST", "PUT"):
        return part, None
    if condition is not None:
        met = unit.page(condition, count=2, scope=Scope(ask.at)).heads
        if len(met) == 1:
            return part, "/".join(met[0].key)
    own = _own_id(part) if ask.method == "PUT" else None
    if own is not None:
        return part, f"{ask.path[0]}/{own}"
    id_ = server.new_id()
    return replace(part, ask=replace(ask, new_id=id_)), f"{ask.path[0]}/{id_}"


def _own_id(part: Part) -> str | None:
    """The id that a resource brings, under which an update that nothing meets keeps it."""
    text = value_of(part.ask.body, "id") if part.ask.body.startswith(b"{") else None
    return str(orjson.loads(text)) if text is not None else None


def _resolved(part: Part, known: Mapping[str, str], *, unit: Unit, server: Server) -> Part:
    if not part.ask.body or part.ask.method in ("GET", "DELETE"):
        return part
    changed = list(_changes(part, known, unit=unit, server=server))
    return (
        replace(part, ask=replace(part.ask, body=with_strings(part.ask.body, changed))) if changed else part
    )


def _changes(
    part: Part, known: Mapping[str, str], *, unit: Unit, server: Server
) -> Iterator[tuple[Written, str]]:
    """What a resource refers to otherwise than it will be found: references, and URIs that name an entry.

    An identifier's value is a name of its own, also when it is written as an entry's address is.
    """
    base = _ABSOLUTE.fullmatch(part.full_url or "")
    for one in strings(part.ask.body):
        if one.key == "reference":
            full = f"{base['base']}/{one.says}" if base and _RELATIVE.fullmatch(one.says) else one.says
            if full in known:
                yield one, known[full]
            elif match := _CONDITIONAL.fullmatch(one.says):
                yield one, _the_one(match["type"], match["condition"], part, unit=unit, server=server)
        elif one.key != "value" and one.says.startswith("urn:") and one.says in known:
            yield one, known[one.says]


def _the_one(type_: str, condition: str, part: Part, *, unit: Unit, server: Server) -> str:
    """The resource that a conditional reference means. Raises: Broken."""
    query = asked_exactly(type_, pairs(condition), base=server.base)
    if isinstance(query, Refused):
        raise Broken(refusal(_at(part, query)))
    found = those_that_meet(unit, query, actor=part.ask.actor, at=part.ask.at)
    if isinstance(found, Refused):
        raise Broken(refusal(_at(part, found)), tried=True)
    if not found:
        what = "a conditional reference leads to none"
        issue = Issue("not-found", f"{part.where}.resource", what, "Refer to what exactly one has.")
        raise Broken(refusal(Refused("precondition", (issue,))))
    return "/".join(found[0].key)
