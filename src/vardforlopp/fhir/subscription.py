"""A Subscription read: what somebody wants to be told of, and where. http://hl7.org/fhir/R4/subscription.html"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from vardforlopp.fhir.search.query import Query, read_query
from vardforlopp.fhir.search.served import SERVED
from vardforlopp.fhir.times import written

#: Of these nobody is told by subscription: they are ours to answer.
_NEVER = frozenset(("Subscription",))
#: The only content of a call, beside none.
PAYLOAD = "application/fhir+json"
_MOST_PAIRS = 50
_ESCAPED = re.compile(rb"%([0-9A-Fa-f]{2})")


class Wanted(NamedTuple):
    """What a subscription asks for. `ends`: an instant, None = until it is ended."""

    criteria: str
    endpoint: str
    payload: bool
    ends: int | None


def read_subscription(resource: dict[str, Any], *, base: str) -> Wanted | str:
    """What a Subscription that is valid R4 asks for; as text why it cannot be had."""
    channel = resource["channel"]
    if channel["type"] != "rest-hook":
        return f"the channel {channel['type']} is not had here; there is rest-hook"
    if channel.get("header"):
        return "headers are not sent along; calls are signed instead"
    payload = channel.get("payload")
    if payload not in (None, PAYLOAD):
        return f"the payload is {PAYLOAD}, or there is none"
    endpoint = channel.get("endpoint")
    if endpoint is None:
        return "it says not where to call"
    query = read_criteria(resource["criteria"], base=base)
    if isinstance(query, str):
        return query
    end = written(resource["end"]) if "end" in resource else None
    return Wanted(resource["criteria"], endpoint, payload is not None, None if end is None else end.lo)


def read_criteria(text: str, *, base: str) -> Query | str:
    """A criterion as a search: `Observation?code=...`; as text why it is none."""
    kind, _, asked = text.partition("?")
    if kind not in SERVED or kind in _NEVER:
        return f"nobody is told of {kind or 'nothing'} here: write a search as Observation?code=..."
    parts = [part.partition("=") for part in asked.split("&") if part]
    if len(parts) > _MOST_PAIRS:
        return f"the criteria have more than {_MOST_PAIRS} parameters"
    query = read_query(kind, [(_plain(name), _plain(value)) for name, _, value in parts], base=base)
    if query.refused:
        first = query.refused[0]
        return f"the criteria: {first.parameter}: {first.what}"
    if query.includes or query.sort or query.count is not None or query.summary or query.elements:
        return "the criteria say what is told of, not how it is shown: leave out _sort, _include and the like"
    return query


def _plain(text: str) -> str:
    """What is written in an address, without its escapes."""
    whole = _ESCAPED.sub(lambda found: bytes((int(found[1], 16),)), text.replace("+", " ").encode())
    return whole.decode("utf-8", "replace")
