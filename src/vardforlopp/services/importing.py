"""Import: many resources at once, each kept, known already, or refused with its reason."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any, NamedTuple

import orjson

from vardforlopp.access import Action, Actor, Subject
from vardforlopp.fhir.resources_in import Sent
from vardforlopp.services.doors import Door
from vardforlopp.services.drafts import Draft, Rules, drafted
from vardforlopp.services.outcomes import Issue, Refused, refused
from vardforlopp.services.ports import Entry, Head, Key, Unit

Json = dict[str, Any]
_UUID = re.compile(r"urn:uuid:([A-Za-z0-9\-.]{1,64})")
_REFERENCE = re.compile(rb'("reference"\s*:\s*)"(urn:uuid:[^"\\]*)"')


class Fault(NamedTuple):
    """Why a resource of a file was not kept: where it stands, and what was wrong with it."""

    where: str
    issues: tuple[Issue, ...]


class Imported(NamedTuple):
    """What became of some resources: new or changed, there already as they are, refused, and left as somebody
    else has changed or deleted them since.
    """

    kept: int = 0
    same: int = 0
    faults: tuple[Fault, ...] = ()
    left: int = 0


def addresses(sent: Sequence[Sent]) -> dict[str, str]:
    """Where each entry of a Bundle will be found, by the name that others call it by."""
    return {
        each.url: f"{each.parsed['resourceType']}/{_id(each)}"
        for each in sent
        if each.url is not None
        and isinstance(each.parsed, dict)
        and isinstance(each.parsed.get("resourceType"), str)
    }


def import_(
    unit: Unit,
    sent: Sequence[Sent],
    *,
    known: Mapping[str, str],
    actor: Actor,
    at: int,
    rules: Rules,
) -> Imported | Refused:
    """Keep what is new of some resources. `known`: `addresses` of the whole file that they come from.

    What is there already, as it is, is left alone, so that a file can be imported again; so is what somebody
    else has changed or deleted since.
    """
    door = Door(unit, actor, Action.IMPORT, at=at)
    everything = Subject("*")
    if (no := door.enter(everything)) is not None:
        return no
    drafts: dict[Key, Draft] = {}
    faults = []
    for each in sent:
        draft = _draft(each, known, rules)
        if isinstance(draft, Refused):
            faults.append(Fault(each.where, draft.issues))
        else:
            assert draft.id is not None
            drafts[Key(draft.type, draft.id)] = draft
    heads = unit.lock(drafts)
    others = _of_others(unit, heads, actor)
    mine = {key: draft for key, draft in drafts.items() if key not in others}
    entries = _changed(unit, mine, heads, at=at, rules=rules)
    unit.append(entries, heads, at=at, actor=actor.id)
    door.shown(everything, (entry.patients for entry in entries))
    return Imported(len(entries), len(mine) - len(entries), tuple(faults), len(others))


def _of_others(unit: Unit, heads: Mapping[Key, Head], actor: Actor) -> set[Key]:
    """What somebody else has written last: an import takes nothing back."""
    found = set()
    for key in heads:
        version = unit.read(key)
        if version is not None and version.actor != actor.id:
            found.add(key)
    return found


def _changed(
    unit: Unit, drafts: Mapping[Key, Draft], heads: Mapping[Key, Head], *, at: int, rules: Rules
) -> list[Entry]:
    """The versions that are not there yet."""
    standing = unit.bodies([head.seq for head in heads.values() if not head.deleted])
    entries = []
    for key, draft in drafts.items():
        head = heads.get(key)
        if head is not None:
            again = draft.entry(key, head.version, at=head.at, rules=rules)
            if standing.get(head.seq) == again.body:
                continue
        entries.append(draft.entry(key, 1 if head is None else head.version + 1, at=at, rules=rules))
    return entries


def _draft(sent: Sent, known: Mapping[str, str], rules: Rules) -> Draft | Refused:
    """A resource ready to be kept: with an id, and referring to where things will be found."""
    text = _REFERENCE.sub(lambda found: _resolved(found, known), sent.text)
    parsed = sent.parsed if text == sent.text else orjson.loads(text)
    if not isinstance(parsed, dict):
        return refused("invalid", "structure", "it is not one JSON object", "Send a resource.")
    if parsed.get("meta") == {}:
        text, parsed = _without_meta(text, parsed)
    draft = drafted(text, parsed, rules=rules)
    return draft if isinstance(draft, Refused) or draft.id is not None else draft.named(_id(sent))


def _resolved(found: re.Match[bytes], known: Mapping[str, str]) -> bytes:
    address = known.get(found[2].decode("utf-8", "replace"))
    return found[0] if address is None else found[1] + orjson.dumps(address)


def _without_meta(text: bytes, parsed: Json) -> tuple[bytes, Json]:
    """A resource without its `meta`, which says nothing: R4 refuses that, and generators write it."""
    rest = {name: value for name, value in parsed.items() if name != "meta"}
    cut = text.replace(b'"meta":{},', b"", 1)
    return (cut, rest) if orjson.loads(cut) == rest else (text, rest)


def _id(sent: Sent) -> str:
    """The id that a resource has, or gets: the same each time it is sent."""
    own = sent.parsed.get("id") if isinstance(sent.parsed, dict) else None
    if isinstance(own, str):
        return own
    match = _UUID.fullmatch(sent.url or "")
    return match[1] if match is not None else sha256(sent.text).hexdigest()[:40]
