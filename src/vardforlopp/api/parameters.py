"""The parameters of an operation, in the address or in a body of Parameters: pairs of name and value."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import orjson

from vardforlopp.api.ask import Ask
from vardforlopp.services.outcomes import Issue, Refused, refused

#: Said of how it is written, not of what.
_OF_FORM = frozenset(("_format", "_pretty"))


def parameters(body: bytes) -> list[tuple[str, str]] | None:
    """The pairs of a body; none when there is none, None when it is of something else."""
    try:
        parsed = orjson.loads(body) if body else {"resourceType": "Parameters"}
    except orjson.JSONDecodeError:
        return None
    if not isinstance(parsed, dict) or parsed.get("resourceType") != "Parameters":
        return None
    listed: Any = parsed.get("parameter")
    return [
        (one["name"], str(value))
        for one in (listed if isinstance(listed, list) else ())
        if isinstance(one, dict) and isinstance(one.get("name"), str)
        for value in map(_plain, (each for name, each in one.items() if name.startswith("value")))
        if isinstance(value, str | int)
    ]


def asked_with(ask: Ask, known: Collection[str]) -> dict[str, str] | Refused:
    """What is asked with, by name; refused where it is not Parameters, said twice, or strictly not known."""
    sent = parameters(ask.body)
    if sent is None:
        return refused("invalid", "structure", "the body is not Parameters", "Send none, or those.")
    pairs = [(name, value) for name, value in (*ask.query, *sent) if name not in _OF_FORM]
    unknown = sorted({name for name, _ in pairs} - set(known))
    if unknown and ask.strict:
        do = f"Known are {', '.join(sorted(known))}."
        return Refused(
            "invalid",
            tuple(Issue("not-supported", one[:60], "there is no such parameter", do) for one in unknown),
        )
    found: dict[str, str] = {}
    for name, value in pairs:
        if name in found and name in known:
            return refused("invalid", "invalid", "it is said twice", "Say it once.", where=name)
        found[name] = value
    return {name: value for name, value in found.items() if name in known}


def _plain(value: Any) -> Any:
    """A value, of a Reference what it refers to."""
    return value.get("reference") if isinstance(value, dict) else value
