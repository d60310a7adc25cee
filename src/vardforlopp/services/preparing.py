"""Resources of a file made ready to be kept, as far as that needs no store: in whichever process has time."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any, NamedTuple

import orjson

from vardforlopp.fhir.resource_types import KNOWN
from vardforlopp.fhir.resources_in import Sent
from vardforlopp.services.drafts import Draft, Rules, Written, drafted
from vardforlopp.services.outcomes import Refused, refused
from vardforlopp.services.ports import Key

Json = dict[str, Any]
_UUID = re.compile(r"urn:uuid:([A-Za-z0-9\-.]{1,64})")
_REFERENCE = re.compile(rb'("reference"\s*:\s*)"(urn:uuid:[^"\\]*)"')


class Known(NamedTuple):
    """What is known of a whole file: where each entry will be found, by the name that others call it by, and
    the first place of each resource.
    """

    addresses: Mapping[str, str]
    first: Mapping[Key, Sent]


class Prepared(NamedTuple):
    """A resource of a file: where it stands, the type that it says it is of (`*` = none that is one), and
    how it would be kept, or why it will not be.
    """

    where: str
    type: str
    as_: Written | Refused


def known_of(sent: Sequence[Sent]) -> Known:
    """What the resources of a file tell of each other."""
    typed = [(each, Key(each.parsed["resourceType"], _id(each))) for each in sent if _is_typed(each)]
    first: dict[Key, Sent] = {}
    for each, key in typed:
        first.setdefault(key, each)
    return Known({each.url: "/".join(key) for each, key in typed if each.url is not None}, first)


def prepared(sent: Sequence[Sent], *, known: Known, rules: Rules) -> list[Prepared]:
    """Some resources of a file, in their order. `known`: of the whole of it."""
    return [Prepared(each.where, _type(each), _made(each, known, rules)) for each in sent]


def _is_typed(sent: Sent) -> bool:
    return isinstance(sent.parsed, dict) and isinstance(sent.parsed.get("resourceType"), str)


def _type(sent: Sent) -> str:
    type_ = sent.parsed["resourceType"] if _is_typed(sent) else None
    return type_ if type_ in KNOWN else "*"


def _made(sent: Sent, known: Known, rules: Rules) -> Written | Refused:
    draft = _draft(sent, known, rules)
    if isinstance(draft, Refused):
        return draft
    assert draft.id is not None
    return draft.written(Key(draft.type, draft.id), rules=rules)


def _draft(sent: Sent, known: Known, rules: Rules) -> Draft | Refused:
    """A resource with an id, and referring to where things will be found."""
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
