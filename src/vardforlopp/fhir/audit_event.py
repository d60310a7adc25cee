"""A line of the log of acts as a FHIR AuditEvent, and the words of the log that a searched code stands for.

The line is the truth (HSLF-FS 2016:40, 4 kap. 9 §: who, when, where, what, about whom), and this is how it is
told.
http://hl7.org/fhir/R4/auditevent.html
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from typing import Any

from vardforlopp.audit import SOMEBODY, Event
from vardforlopp.fhir.written_times import stamp_text

Json = dict[str, Any]
#: What was done, in the words of the log; who the doer is; and by which rule it might be done.
DEED_SYSTEM = "urn:x-vardforlopp:deed"
ROLE_SYSTEM = "urn:x-vardforlopp:role"
RULE = "urn:x-vardforlopp:rule:"
_RESTFUL_SYSTEM = "http://hl7.org/fhir/restful-interaction"
_HL7 = "http://terminology.hl7.org/CodeSystem/"
_TYPE = {"system": _HL7 + "audit-event-type", "code": "rest", "display": "RESTful Operation"}
_SERVER = {"system": _HL7 + "security-source-type", "code": "4", "display": "Application Server"}
_PERSON = {"system": _HL7 + "audit-entity-type", "code": "1", "display": "Person"}
_ROLE = _HL7 + "object-role"

#: The implied systems of two codes.
_ACTION, _OUTCOME = "http://hl7.org/fhir/audit-event-action", "http://hl7.org/fhir/audit-event-outcome"
#: R4 knows five kinds of deeds: create, read, update, delete, and execute for all else, a search among it.
_LETTERS: Mapping[str, str] = {
    "create": "C", "read": "R", "vread": "R", "history": "R", "update": "U", "delete": "D",
}  # fmt: skip
_ELSE = "E"
#: What R4 calls an interaction of ours.
_RESTFUL: Mapping[str, str] = {
    "read": "read", "vread": "vread", "history": "history", "search": "search", "create": "create",
    "update": "update", "delete": "delete", "everything": "operation", "validate": "operation",
    "apply": "operation", "worklist": "operation", "heartbeat": "operation", "export": "operation",
}  # fmt: skip
#: How it went, as grave as R4 has it: it was done, it was not, the program failed.
_DONE, _NOT_DONE, _FAILED = "0", "4", "8"


def audit_event(number: int, event: Event) -> Json:
    """The AuditEvent of a line, by its number in the log."""
    recorded = stamp_text(event.at)
    deed = event.action
    told: Json = {
        "resourceType": "AuditEvent",
        "id": str(number),
        "meta": {"versionId": "1", "lastUpdated": recorded},
        "type": _TYPE,
        "subtype": [{"system": system, "code": code} for system, code in codes_of("subtype", deed)],
        "action": codes_of("action", deed)[0][1],
        "recorded": recorded,
        "outcome": codes_of("outcome", event.outcome)[0][1],
        "outcomeDesc": event.outcome,
        "agent": [_agent(event)],
        "source": {"observer": {"display": "vardforlopp"}, "type": [_SERVER]},
    }
    entities = [*_entity(event), *_person(event)]
    return {**told, "entity": entities} if entities else told


def number_of(id_: str) -> int | None:
    """The number of the line that has an id; None for an id that none has."""
    is_number = id_.isascii() and id_.isdigit() and len(id_) < 19  # so many digits a number of the log has
    return int(id_) if is_number and not (len(id_) > 1 and id_.startswith("0")) else None


def codes_of(parameter: str, word: str) -> list[tuple[str, str]]:
    """System and code of what a word of the log (a deed, or how it went) is found by."""
    match parameter:
        case "outcome":
            return [(_OUTCOME, {"done": _DONE, "failed": _FAILED}.get(word, _NOT_DONE))]
        case "action":
            return [(_ACTION, _LETTERS.get(word, _ELSE))]
        case _:
            own = (DEED_SYSTEM, word)
            return [(_RESTFUL_SYSTEM, _RESTFUL[word]), own] if word in _RESTFUL else [own]


def _agent(event: Event) -> Json:
    agent: Json = {"role": [{"coding": [{"system": ROLE_SYSTEM, "code": event.role}]}], "altId": event.actor}
    if event.role == "nobody":  # of whom no more is known than from where they asked
        agent["network"] = {"address": event.actor, "type": "2"}
    else:
        agent["who"] = {"identifier": {"value": event.actor}}
    if event.unit is not None:
        agent["location"] = {"identifier": {"value": event.unit}}
    if event.rule != "-":
        agent["policy"] = [RULE + event.rule]
    return {**agent, "requestor": True}


def _entity(event: Event) -> list[Json]:
    """What it was done to; of a search by the names of what was searched by, and how many were shown."""
    if event.type == "*" and event.query is None:
        return []
    entity: Json = {}
    if event.id is not None:
        version = "" if event.version is None else f"/_history/{event.version}"
        entity["what"] = {"reference": f"{event.type}/{event.id}{version}"}
    if event.type != "*":
        entity["type"] = {"system": "http://hl7.org/fhir/resource-types", "code": event.type}
    code, display = ("24", "Query") if event.query is not None else ("4", "Domain Resource")
    entity["role"] = {"system": _ROLE, "code": code, "display": display}
    if event.query is not None:
        entity["query"] = b64encode(event.query.encode()).decode()
    if event.shown is not None:
        entity["detail"] = [{"type": "shown", "valueString": str(event.shown)}]
    return [entity]


def _person(event: Event) -> list[Json]:
    """The patient whom it was about, unless that is what it was done to."""
    if event.patient is None or (event.type, event.id) == ("Patient", event.patient):
        return []
    role = {"system": _ROLE, "code": "1", "display": "Patient"}
    what = {"reference": f"Patient/{event.patient}"}
    if event.patient == SOMEBODY:
        what = {"display": "somebody whom we do not know"}
    return [{"what": what, "type": _PERSON, "role": role}]
