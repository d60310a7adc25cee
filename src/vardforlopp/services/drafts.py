"""What a client sends, made ready to be kept: checked, numbered and indexed, with its digits untouched."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import orjson

from vardforlopp.audit import SOMEBODY
from vardforlopp.fhir.json_input import parse
from vardforlopp.fhir.json_splice import strings, value_of, with_members
from vardforlopp.fhir.own_rules import OwnRules
from vardforlopp.fhir.reference_rules import reference_faults
from vardforlopp.fhir.resource_types import KNOWN
from vardforlopp.fhir.search.index import Indexed, indexed, reference
from vardforlopp.fhir.search.served import SERVED
from vardforlopp.fhir.swedish_identifiers import SwedishIdentifiers
from vardforlopp.fhir.validation import Fault, Validator
from vardforlopp.fhir.written_times import stamp_text
from vardforlopp.kernel.errors import InputError
from vardforlopp.services.links import linked
from vardforlopp.services.outcomes import Issue, Refused, refused
from vardforlopp.services.ports import Entry, Key, Stamp

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Rules:
    """What incoming resources are held to: the strict rules of R4, of Swedish identifiers, and our own.

    `base` is this server's own address; `own` are the rules of what is followed, where pathways are.
    """

    validator: Validator
    base: str
    identifiers: SwedishIdentifiers
    own: OwnRules | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A sound resource as it was sent."""

    type: str
    id: str | None
    text: bytes
    parsed: Json

    def named(self, id_: str) -> Draft:
        """The same resource under an id."""
        return replace(self, id=id_, text=with_members(self.text, {"id": orjson.dumps(id_)}))

    def linked(self, url: str | None, names: Mapping[str, str]) -> Draft:
        """The same resource, referring to where things will be found; see `links.linked`."""
        text = linked(self.text, url=url, names=names)
        return self if text == self.text else replace(self, text=text, parsed=orjson.loads(text))

    def entry(self, key: Key, stamp: Stamp, *, rules: Rules) -> Entry:
        """The version to keep: with its id, number and time in it, and what is searched of it."""
        return self.written(key, rules=rules).entry(stamp)

    def written(self, key: Key, *, rules: Rules) -> Written:
        """The resource as it will be kept, but for its stamp."""
        body = self._whole(key, _STAMP) or self._spliced(key, _STAMP)
        rows: Indexed = indexed(self.parsed, base=rules.base) if self.type in SERVED else {}
        return Written(key, tuple(_PLACES.split(body)), rows, patients_of(key, self.parsed, base=rules.base))

    def _whole(self, key: Key, stamp: dict[str, str]) -> bytes | None:
        """The body written anew, if that changes nothing of what was sent: it was written as we would."""
        if orjson.dumps(self.parsed) != self.text:
            return None
        first = {"resourceType": self.type, "id": key.id, "meta": {**self.parsed.get("meta", {}), **stamp}}
        return orjson.dumps({**first, **self.parsed, **first})

    def _spliced(self, key: Key, stamp: dict[str, str]) -> bytes:
        """The body as it was sent, digits and blanks included, with only id and stamp put in."""
        written = {name: orjson.dumps(value) for name, value in stamp.items()}
        said = value_of(self.text, "meta") if "meta" in self.parsed else None
        meta = with_members(said or b"{}", written)
        return with_members(self.text, {"id": orjson.dumps(key.id), "meta": meta})


#: What stands where a version's number and instant will: no sound resource has a text like it.
_STAMP = {"versionId": "\0version", "lastUpdated": "\0at"}
_PLACES = re.compile(rb'"\\u0000(version|at)"')


@dataclass(frozen=True, slots=True)
class Written:
    """A resource as it will be kept, but for its stamp, and what is searched of it.

    `pieces` are its text, with `version` and `at` where the stamp goes. It can go to another process.
    """

    key: Key
    pieces: tuple[bytes, ...]
    rows: Indexed
    patients: tuple[str, ...]

    def entry(self, stamp: Stamp) -> Entry:
        """The version to keep."""
        said = {b"version": b'"%d"' % stamp.version, b"at": b'"%b"' % stamp_text(stamp.at).encode()}
        body = b"".join(said[piece] if number % 2 else piece for number, piece in enumerate(self.pieces))
        return Entry(self.key, stamp, body, self.rows, self.patients)


def read_draft(text: bytes, *, rules: Rules, type_: str | None = None) -> Draft | Refused:
    """A resource out of what was sent; every fault of it is told, with its place."""
    text = text.removeprefix(b"\xef\xbb\xbf")  # a mark of some writers, which no body of ours has
    try:
        documents = parse(text, name="").documents
    except InputError as error:
        return refused("invalid", "structure", error.what, error.do)
    parsed = documents[0]
    if len(documents) != 1 or not isinstance(parsed, dict):
        return refused("invalid", "structure", "it is not one JSON object", "Send one resource at a time.")
    return drafted(text, parsed, rules=rules, type_=type_)


def drafted(text: bytes, parsed: Json, *, rules: Rules, type_: str | None = None) -> Draft | Refused:
    """A parsed resource, held to the rules of its type."""
    kind = parsed.get("resourceType")
    if not isinstance(kind, str) or kind not in KNOWN:
        return refused(
            "invalid", "structure", "it names no resource type of R4", "Set it.", where="resourceType"
        )
    if type_ is not None and kind != type_:
        what = f"a {kind} was sent where a {type_} belongs"
        return refused("invalid", "invalid", what, f"Send it to /{kind}.", where="resourceType")
    if b"\\u0000" in text and any("\0" in each.says for each in strings(text)):
        return refused(
            "invalid", "value", "a text has a character that stands in no text (\\u0000)", "Leave it out."
        )
    if faults := rules.validator.faults(_relative(parsed, text, rules.base)):
        return Refused("invalid", _issues("structure", faults))
    own = rules.own.faults(parsed) if rules.own is not None else ()
    if faults := [*reference_faults(parsed, text), *rules.identifiers.faults(parsed), *own]:
        return Refused("invalid", _issues("value", faults))
    return Draft(kind, parsed.get("id"), text, parsed)


def _relative(parsed: Json, text: bytes, base: str) -> Json:
    """The resource with what is ours referred to as such: so it is known where it leads."""
    ours = b'"' + base.rstrip("/").encode() + b"/"
    return parsed if ours not in text else orjson.loads(text.replace(ours, b'"'))


def remarks(resource: Json, *, rules: Rules) -> tuple[Issue, ...]:
    """What is told of a sound resource to who asks for it, and keeps it from nothing."""
    return _issues("business-rule", rules.identifiers.remarks(resource))


def _issues(code: str, faults: Iterable[Fault]) -> tuple[Issue, ...]:
    return tuple(Issue(code, each.path, each.what, each.do) for each in faults)


def patients_of(key: Key, resource: Json, *, base: str) -> tuple[str, ...]:
    """Whom a resource is about: every patient that it refers to, anywhere in it; of a patient the person.

    A patient who is not one of ours by type and id is `SOMEBODY`.
    """
    found = {key.id} if key.type == "Patient" else set()
    waiting: list[Any] = [resource]
    while waiting:
        node = waiting.pop()
        if isinstance(node, list):
            waiting += node
        elif isinstance(node, dict):
            waiting += node.values()
            if "reference" in node or "type" in node:
                found |= _patient(node, base)
            elif node.get("resourceType") == "Patient" and node is not resource:
                found.add(SOMEBODY)  # contained: whoever it is has no id of ours
    return tuple(sorted(found))


#: A patient by another server's address, by a condition, or a part of one.
_A_PATIENT = re.compile(r"(?:.*/)?Patient[/?]", re.DOTALL)


def _patient(node: Json, base: str) -> set[str]:
    """The patient that a Reference leads to, if this is one, and leads to one."""
    written = node.get("reference")
    if not isinstance(written, str):
        return {SOMEBODY} if node.get("type") == "Patient" and "identifier" in node else set()
    row = reference(written, base=base)
    if row is not None and row.type is not None:
        return {row.id} if row.type == "Patient" and row.id is not None else set()
    return {SOMEBODY} if node.get("type") == "Patient" or _A_PATIENT.match(written) else set()
