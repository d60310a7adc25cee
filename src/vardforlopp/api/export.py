"""$export: many records at once, by FHIR Bulk Data Access 2.0. http://hl7.org/fhir/uv/bulkdata

`GET /$export` and `/Patient/$export` begin one, `/$export/id` tells how it stands and ends it, and
`/$export/id/Type-1.ndjson` is a part of it.
"""

from __future__ import annotations

import re
from email.utils import formatdate
from typing import Any

import orjson

from vardforlopp.access import Action, Subject
from vardforlopp.api.ask import Ask, Reply, Server
from vardforlopp.api.bundles import link
from vardforlopp.api.outcome import refusal
from vardforlopp.fhir.resource_types import KNOWN
from vardforlopp.fhir.times import written
from vardforlopp.fhir.written_times import stamp_text
from vardforlopp.kernel.civil import HOUR, SECOND
from vardforlopp.services import exporting
from vardforlopp.services.doors import Door
from vardforlopp.services.exporting import Asked, Export, Exporting, Exports
from vardforlopp.services.outcomes import Issue, Refused, refused

NDJSON = "application/fhir+ndjson"
_FORMATS = frozenset((NDJSON, "application/ndjson", "ndjson"))
_PART = re.compile(r"([A-Z][A-Za-z]+)-([1-9][0-9]{0,8})\.ndjson")


def begin(ask: Ask, unit: Exporting, server: Server) -> Reply:
    """GET /$export, /Patient/$export: 202, and where it is told how it stands."""
    asked = _asked(ask, server)
    if isinstance(asked, Refused):
        return refusal(Door(unit, ask.actor, Action.EXPORT, at=ask.at).failed(Subject("*"), asked))
    made = exporting.begin(
        unit,
        asked,
        new_id=server.new_id(),
        ends=ask.at + server.export_hours * HOUR,
        actor=ask.actor,
        at=ask.at,
    )
    if isinstance(made, Refused):
        return refusal(made)
    return Reply(202, b"", {"content-location": f"{server.base}/$export/{made.id}"})


def standing(ask: Ask, unit: Exports, server: Server) -> Reply:
    """GET /$export/id: 202 with how far it is, or 200 with the list of its parts."""
    found = exporting.standing(unit, ask.path[1], actor=ask.actor, at=ask.at)
    if isinstance(found, Refused):
        return refusal(found)
    if not found.is_ready:
        return Reply(202, b"", {"x-progress": found.progress, "retry-after": "1"})
    expires = formatdate(found.ends // SECOND, usegmt=True)
    told = orjson.dumps(_manifest(found, server))
    return Reply(200, told, {"content-type": "application/json", "expires": expires})


def cancel(ask: Ask, unit: Exporting, server: Server) -> Reply:
    """DELETE /$export/id: nothing of it can be fetched any more."""
    found = exporting.cancel(unit, ask.path[1], actor=ask.actor, at=ask.at)
    return refusal(found) if isinstance(found, Refused) else Reply(202)


def fetch(ask: Ask, unit: Exports, server: Server) -> Reply:
    """GET /$export/id/Type-1.ndjson: a resource a line."""
    named = _PART.fullmatch(ask.path[2])
    type_, number = (named[1], int(named[2])) if named is not None else ("*", 0)
    found = exporting.fetch(unit, ask.path[1], type_=type_, number=number, actor=ask.actor, at=ask.at)
    if isinstance(found, Refused):
        return refusal(found)
    # A line break within a resource stands between its parts, never in a text: there it is written as \n.
    lines = [body.replace(b"\r", b" ").replace(b"\n", b" ") + b"\n" for body in found]
    return Reply(200, b"".join(lines), {"content-type": NDJSON})


def _manifest(found: Export, server: Server) -> dict[str, Any]:
    where = f"{server.base}/$export/{found.id}"
    output = [
        {"type": one.type, "url": f"{where}/{one.type}-{one.number}.ndjson", "count": one.resources}
        for one in found.parts
    ]
    return {
        "transactionTime": stamp_text(found.at),
        "request": found.asked.request,
        "requiresAccessToken": not server.demo,
        "output": output,
        "deleted": [],
        "error": [],
    }


def _asked(ask: Ask, server: Server) -> Asked | Refused:
    """What is to be exported; what is not understood ends it, unless the client is lenient."""
    issues, types, since = [], list[str](), None
    for name, text in ask.query:
        wrong = "it is not had here"
        if name == "_outputFormat":
            wrong = "" if text.replace(" ", "+") in _FORMATS else f"only {NDJSON} is written"
        elif name == "_since":
            span = written(text.replace(" ", "+"))
            since, wrong = (span.lo, "") if span is not None else (None, "it is no time")
        elif name == "_type":
            named = [one.strip() for one in text.split(",") if one.strip()]
            unknown = [one for one in named if one not in KNOWN]
            types += [one for one in named if one in KNOWN]
            wrong = f"R4 has no {', '.join(unknown)}" if unknown else ""
        if wrong:
            issues.append(Issue("not-supported", name, f"{name}: {wrong}", "Leave it out, or correct it."))
    if issues and "handling=lenient" not in ask.headers.get("prefer", ""):
        return Refused("invalid", tuple(issues))
    if any(name == "_type" for name, _ in ask.query) and not types:
        return refused("invalid", "value", "no type is left to export", "Name one.", where="_type")
    return Asked(link(ask, server), ask.path[0] == "Patient", tuple(dict.fromkeys(types)), since)
