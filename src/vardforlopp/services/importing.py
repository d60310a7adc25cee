"""Import: many resources at once, each kept, known already, or refused with its reason."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any, NamedTuple

import orjson

from vardforlopp.access import Action, Actor, Subject
from vardforlopp.fhir.resource_types import KNOWN
from vardforlopp.fhir.resources_in import Sent
from vardforlopp.fhir.search.served import SERVED
from vardforlopp.services.doors import Door, subject_of
from vardforlopp.services.drafts import Draft, Rules, drafted
from vardforlopp.services.outcomes import Issue, Refused, refused
from vardforlopp.services.ports import Entry, Head, Key, Stamp, Unit

Json = dict[str, Any]
_UUID = re.compile(r"urn:uuid:([A-Za-z0-9\-.]{1,64})")
_REFERENCE = re.compile(rb'("reference"\s*:\s*)"(urn:uuid:[^"\\]*)"')


class Fault(NamedTuple):
    """Why a resource of a file was not kept: where it stands, and what was wrong with it."""

    where: str
    issues: tuple[Issue, ...]


class Imported(NamedTuple):
    """What became of some resources: new or changed, there already as they are, refused, and left as somebody
    else has changed or deleted them since. `aside`: those kept whose type is not searched.
    """

    kept: int = 0
    same: int = 0
    faults: tuple[Fault, ...] = ()
    left: int = 0
    aside: int = 0


class Known(NamedTuple):
    """What is known of a whole file: where each entry will be found, by the name that others call it by, and
    the first place of each resource.
    """

    addresses: Mapping[str, str]
    first: Mapping[Key, Sent]


def known_of(sent: Sequence[Sent]) -> Known:
    """What the resources of a file tell of each other."""
    typed = [(each, Key(each.parsed["resourceType"], _id(each))) for each in sent if _is_typed(each)]
    first: dict[Key, Sent] = {}
    for each, key in typed:
        first.setdefault(key, each)
    return Known({each.url: "/".join(key) for each, key in typed if each.url is not None}, first)


def _is_typed(sent: Sent) -> bool:
    return isinstance(sent.parsed, dict) and isinstance(sent.parsed.get("resourceType"), str)


def import_(
    unit: Unit, sent: Sequence[Sent], *, known: Known, actor: Actor, at: int, rules: Rules
) -> Imported | Refused:
    """Keep what is new of some resources. `known`: of the whole file that they come from.

    What is there already, as it is, is left alone, so that a file can be imported again; so is what somebody
    else has changed or deleted since. Each that is kept or refused has its line in the log of acts.
    """
    door = Door(unit, actor, Action.IMPORT, at=at)
    if (no := door.enter(Subject("*"))) is not None:
        return no
    drafts: dict[Key, tuple[str, Draft]] = {}
    faults = []
    for each in sent:
        draft = _draft(each, known, rules)
        if isinstance(draft, Refused):
            faults.append(Fault(each.where, door.failed(_subject(each), draft).issues))
        else:
            assert draft.id is not None
            drafts[Key(draft.type, draft.id)] = each.where, draft
    heads = unit.lock(drafts)
    others = _of_others(unit, heads, actor)
    mine = {key: draft for key, (_, draft) in drafts.items() if key not in others}
    changed = _changed(unit, mine, heads, at=at, rules=rules)
    entries = []
    for entry in changed:
        refused_ = _let_in(door, entry, heads.get(entry.key))
        if refused_ is None:
            entries.append(entry)
        else:
            faults.append(Fault(drafts[entry.key][0], refused_.issues))
    unit.append(entries, heads, actor=actor.id)
    if not entries and not faults:
        door.shown(Subject("*"), ())
    same = len(sent) - len(faults) - len(entries) - len(others)
    aside = sum(entry.key.type not in SERVED for entry in entries)
    return Imported(len(entries), same, tuple(faults), len(others), aside)


def _let_in(door: Door, entry: Entry, head: Head | None) -> Refused | None:
    """None when a version may be kept, which is then written down; else why not."""
    after = Subject(*entry.key, entry.patients)
    before = after if head is None else subject_of(entry.key, head)
    for subject in dict.fromkeys((before, after)):
        if (no := door.enter(subject)) is not None:
            return no
    both = tuple(sorted({*before.patients, *after.patients}))
    door.done(after._replace(patients=both), version=entry.stamp.version)
    return None


def _subject(sent: Sent) -> Subject:
    """What a refused resource says that it is, as far as it says anything that is one."""
    type_ = sent.parsed["resourceType"] if _is_typed(sent) else None
    return Subject(type_ if type_ in KNOWN else "*", None)


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
            again = draft.entry(key, Stamp(head.version, head.at), rules=rules)
            if standing.get(head.seq) == again.body:
                continue
        entries.append(draft.entry(key, Stamp.after(head, at), rules=rules))
    return entries


def _draft(sent: Sent, known: Known, rules: Rules) -> Draft | Refused:
    """A resource ready to be kept: with an id, and referring to where things will be found."""
    text = _REFERENCE.sub(lambda found: _resolved(found, known.addresses), sent.text)
    parsed = sent.parsed if text == sent.text else orjson.loads(text)
    if not isinstance(parsed, dict):
        return refused("invalid", "structure", "it is not one JSON object", "Send a resource.")
    if parsed.get("meta") == {}:
        text, parsed = _without_meta(text, parsed)
    draft = drafted(text, parsed, rules=rules)
    if isinstance(draft, Refused):
        return draft
    id_ = _id(sent)
    first = known.first.get(Key(draft.type, id_), sent)
    if first.text != sent.text:
        what = f"{draft.type}/{id_} stands in {first.where} already, and says something else there"
        return refused("invalid", "duplicate", what, "Keep the one that is meant.")
    return draft if draft.id is not None else draft.named(id_)


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
