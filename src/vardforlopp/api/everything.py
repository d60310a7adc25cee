"""GET /Patient/id/$everything: a record page by page, and what it leads to; without id: one's own."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import orjson

from vardforlopp.access import Action
from vardforlopp.api.ask import Ask, Reply, Server
from vardforlopp.api.bundles import bundle, entry, link, page_text, place_of
from vardforlopp.api.interactions import failed
from vardforlopp.api.outcome import outcome, refusal
from vardforlopp.api.parameters import parameters
from vardforlopp.fhir.resource_types import KNOWN
from vardforlopp.fhir.times import written
from vardforlopp.services.everything import LARGEST_PAGE, PAGE, Sought, everything
from vardforlopp.services.outcomes import Issue, Refused, refused
from vardforlopp.services.ports import Reading

_OURS = ("start", "end", "_since", "_type", "_count", "_page")
#: Said of how it is written, not of what.
_OF_FORM = ("_format", "_pretty")


class Asked(NamedTuple):
    """What is asked for, where the page begins, and what was not understood."""

    sought: Sought
    after: int | None
    unknown: tuple[Issue, ...]


def record(ask: Ask, unit: Reading, server: Server) -> Reply:
    """A page of a patient's record."""
    sent = parameters(ask.body)
    ask = replace(ask, query=(*ask.query, *(sent or ())), body=b"")
    asked = (
        _asked(ask) if sent is not None else _wrong("", "the body is not Parameters", "Send none, or those.")
    )
    patient = ask.path[1] if len(ask.path) == 3 else ask.actor.patient
    if patient is None:
        what, do = "nobody has one record of all", "Name the patient: /Patient/id/$everything."
        asked = refused("invalid", "too-costly", what, do)
    if isinstance(asked, Refused):
        return refusal(failed(unit, ask, Action.EVERYTHING, asked))
    assert patient is not None
    found = everything(
        unit, patient, sought=asked.sought, actor=ask.actor, at=ask.at, base=server.base, after=asked.after,
        query="&".join(sorted({name for name, _ in ask.query if name in _OURS})) or "-",
    )  # fmt: skip
    if isinstance(found, Refused):
        return refusal(found)
    entries = [
        entry(
            f"{server.base}/{match.head.type}/{match.head.id}",
            match.body,
            search={"mode": "match" if match.met else "include"},
        )
        for match in found.matches
    ]
    if asked.unknown:
        told = orjson.dumps(outcome(asked.unknown, severity="warning"))
        entries.append(b'{"resource":' + told + b',"search":{"mode":"outcome"}}')
    links = [("self", link(ask, server))]
    if found.after is not None:
        links.append(("next", link(ask, server, _page=page_text((found.after,), now=ask.at))))
    return Reply(200, bundle("searchset", entries, at=ask.at, links=links))


def _asked(ask: Ask) -> Asked | Refused:
    named = {name: value for name, value in ask.query if name != "_type"}
    listed = [one for name, value in ask.query if name == "_type" for one in value.split(",")]
    known = (*_OURS, *_OF_FORM)
    unknown = tuple(
        Issue("not-supported", name[:60], "there is no such parameter", f"Known are {', '.join(_OURS)}.")
        for name in named
        if name not in known
    )
    if unknown and ask.strict:
        return Refused("invalid", unknown)
    times = {}
    for name in ("start", "end", "_since"):
        span = written(named[name].replace(" ", "+")) if name in named else None
        if name in named and span is None:
            return _wrong(name, "it is no time", "Write it as 2026-03-02.")
        times[name] = span
    if not set(listed) <= KNOWN:
        return _wrong("_type", "it names no type of R4", "Write for example `_type=Observation,Encounter`.")
    count = named.get("_count", str(PAGE))
    if not count.isascii() or not count.isdigit() or int(count[:9]) == 0:
        return _wrong("_count", "it takes a whole number above 0", "Write for example `_count=50`.")
    page = named.get("_page")
    place = place_of(page, ["whole"]) if page is not None else None
    if page is not None and place is None:
        return _wrong("_page", "it is none of ours", "Follow the link of the page before it.")
    start, end, since = times["start"], times["end"], times["_since"]
    sought = Sought(
        None if start is None else start.lo,
        None if end is None else end.hi,
        None if since is None else since.lo,
        frozenset(listed) if listed else None,
        min(int(count[:9]), LARGEST_PAGE),
    )
    return Asked(sought, None if place is None else place[0][0], unknown)


def _wrong(name: str, what: str, do: str) -> Refused:
    return refused("invalid", "value", what, do, where=name)
