"""$worklist: what somebody should see to, as Tasks: the most pressing first."""

from __future__ import annotations

from typing import Any, cast, get_args

import orjson

from vardforlopp.access import Action
from vardforlopp.api.ask import Ask, Reply, Server
from vardforlopp.api.bundles import bundle, entry, link, page_text, place_of
from vardforlopp.api.interactions import failed
from vardforlopp.api.outcome import outcome
from vardforlopp.api.parameters import asked_with
from vardforlopp.fhir.search.query import Sorted
from vardforlopp.fhir.worked import task_of
from vardforlopp.fhir.written_times import date_text
from vardforlopp.services.outcomes import Issue, Refused, refused
from vardforlopp.services.projected import STATES
from vardforlopp.services.working import LARGEST_PAGE, PAGE, Place, View, worklist

_KNOWN = ("unit", "state", "_count", "_page")
_KINDS: tuple[Sorted, ...] = ("whole", "whole", "text", "text", "text", "text")
assert set(_KINDS) <= set(get_args(Sorted))


def listed(ask: Ask, unit: View, server: Server) -> Reply | Refused:
    """A page of the worklist of a care unit, or of all."""
    said = asked_with(ask, _KNOWN)
    if isinstance(said, Refused):
        return failed(unit, ask, Action.WORKLIST, said)
    states = tuple(said.get("state", ",".join(STATES)).split(","))
    count, page = said.get("_count", str(PAGE)), said.get("_page")
    place = place_of(page, _KINDS) if page is not None else None
    if wrong := _wrong(states, count, page is not None and place is None):
        where, do = wrong
        return failed(
            unit, ask, Action.WORKLIST, refused("invalid", "value", "it is not understood", do, where=where)
        )
    if server.in_force is None:
        none = refused("not-found", "not-found", "no pathway is followed here", "Ask who runs the server.")
        return failed(unit, ask, Action.WORKLIST, none)
    found = worklist(
        unit, server.in_force, actor=ask.actor, at=ask.at, unit=said.get("unit"), states=states,
        after=None if place is None else cast(Place, place[0]), count=min(int(count), LARGEST_PAGE),
    )  # fmt: skip
    if isinstance(found, Refused):
        return found
    tasks = [task_of(row, in_force=server.in_force.definitions) for row in found.rows]
    entries = [
        entry(f"urn:uuid:{task['id']}", orjson.dumps(task), search={"mode": "match"}) for task in tasks
    ]
    if found.silent:
        told = orjson.dumps(outcome([_silence(found.silent)], severity="warning"))
        entries.append(b'{"resource":' + told + b',"search":{"mode":"outcome"}}')
    links = [("self", link(ask, server))]
    if found.after is not None:
        links.append(("next", link(ask, server, _page=page_text(found.after, now=ask.at))))
    return Reply(200, bundle("searchset", entries, at=ask.at, links=links))


def _wrong(states: tuple[str, ...], count: str, lost: bool) -> tuple[str, str] | None:
    """Which parameter is not understood, and what to do."""
    if not set(states) <= set(STATES):
        return "state", f"Known are {', '.join(STATES)}."
    if not (count.isascii() and count.isdigit() and len(count) < 9):
        return "_count", f"Write a whole number up to {LARGEST_PAGE}."
    return ("_page", "Follow the link of a page.") if lost else None


def _silence(silent: Any) -> Issue:
    """What is told beside a list that would not have what was done lately (S01)."""
    named = ", ".join(
        f"{one.kind} ({one.provider}, {'never' if one.last_seen is None else date_text(one.last_seen)})"
        for one in silent
    )
    what = f"feeds are silent, and nothing new is called late that they would show: {named}"
    return Issue("incomplete", "", what, "Look whether these systems still send.")
