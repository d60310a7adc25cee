"""POST /Type/$validate and /Type/id/$validate: what would be said of a resource, without keeping it."""

from __future__ import annotations

from typing import Any, NamedTuple, cast, get_args

import orjson

from vardforlopp.access import Action
from vardforlopp.api.ask import Ask, Reply, Server
from vardforlopp.api.interactions import failed
from vardforlopp.api.outcome import outcome, refusal
from vardforlopp.fhir.json_splice import elements, value_of
from vardforlopp.services import validating
from vardforlopp.services.outcomes import Issue, Refused, refused
from vardforlopp.services.ports import Reading
from vardforlopp.services.validating import Mode

_CORE = "http://hl7.org/fhir/StructureDefinition"
_VALUES = ("valueCode", "valueUri", "valueCanonical", "valueString")


class Asked(NamedTuple):
    """What is to be validated, and by what."""

    resource: bytes | None
    mode: str | None = None
    profile: str | None = None


def validate(ask: Ask, unit: Reading, server: Server) -> Reply:
    """200 with what was found, be it sound or not; a refusal when it cannot be looked at."""
    asked = _asked(ask)
    type_, id_ = ask.path[0], ask.path[1] if len(ask.path) == 3 else None
    if (no := _not_ours(asked, type_, id_)) is not None:
        return refusal(failed(unit, ask, Action.VALIDATE, no))
    mode = cast(Mode, asked.mode or ("create" if id_ is None else "update" if asked.resource else "profile"))
    found = validating.validate(
        unit, asked.resource, type_=type_, id_=id_, mode=mode, actor=ask.actor, at=ask.at, rules=server.rules
    )
    if isinstance(found, Refused):
        return refusal(found)
    told = outcome(found.errors)
    told["issue"] += outcome(found.warnings, severity="warning")["issue"]
    if not told["issue"]:
        nothing = Issue("informational", "", "it is as it should be", "")
        told = outcome([nothing], severity="information")
    return Reply(200, orjson.dumps(told))


def _asked(ask: Ask) -> Asked:
    """The resource, sent by itself or as a parameter; the address holds where the body says nothing."""
    said = dict(ask.query)
    inside = _parameters(ask)
    if inside is None:
        return Asked(ask.body or None, said.get("mode"), said.get("profile"))
    return Asked(
        inside.resource,
        inside.mode if inside.mode is not None else said.get("mode"),
        inside.profile if inside.profile is not None else said.get("profile"),
    )


def _parameters(ask: Ask) -> Asked | None:
    """The operation's parameters in the body; None when it has others, or those to be validated."""
    try:
        parsed = orjson.loads(ask.body)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(parsed, dict) or parsed.get("resourceType") != "Parameters":
        return None
    listed = parsed.get("parameter")
    named = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    if ask.path[0] == "Parameters" and not any(one.get("name") == "resource" for one in named):
        return None
    found: dict[str, Any] = {str(one.get("name")): _value(one) for one in named}
    resource = None
    for text in elements(value_of(ask.body, "parameter") or b"[]") if named else ():
        if text.startswith(b"{") and orjson.loads(text).get("name") == "resource":
            resource = value_of(text, "resource")
    return Asked(resource, found.get("mode"), found.get("profile"))


def _value(parameter: dict[str, Any]) -> str | None:
    return next((one for name in _VALUES if isinstance(one := parameter.get(name), str)), None)


def _not_ours(asked: Asked, type_: str, id_: str | None) -> Refused | None:
    """Why it cannot be looked at, if it cannot."""
    if asked.mode is not None and asked.mode not in get_args(Mode):
        what = f"there is no mode `{asked.mode[:20]}`"
        return refused("invalid", "value", what, f"Known are {', '.join(get_args(Mode))}.", where="mode")
    if asked.profile is not None and asked.profile.partition("|")[0] != f"{_CORE}/{type_}":
        what = "that profile is not known here"
        do = f"Leave it out: {type_} is held to {_CORE}/{type_}."
        return refused("invalid", "not-supported", what, do, where="profile")
    if asked.resource is None and id_ is None:
        what = "there is nothing to validate"
        return refused("invalid", "required", what, "Send the resource.", where="resource")
    return None
