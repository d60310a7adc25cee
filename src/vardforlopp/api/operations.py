"""The operations that the server answers: one line an operation and a level. http://hl7.org/fhir/R4/operations.html

Dispatch, batches, the CapabilityStatement and the OpenAPI document all read this table.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, NamedTuple

from vardforlopp.api import export
from vardforlopp.api.apply import apply
from vardforlopp.api.ask import Ask, Method, Reply, Server
from vardforlopp.api.everything import record
from vardforlopp.api.heartbeat import beat
from vardforlopp.api.validate import validate
from vardforlopp.api.worklist import listed
from vardforlopp.fhir.resource_types import KNOWN
from vardforlopp.services.outcomes import Refused

Level = Literal["system", "type", "instance"]
_HL7 = "http://hl7.org/fhir/OperationDefinition"


class Operation(NamedTuple):
    """How one is answered where: on a view of the store, or (`writes`) in a transaction.

    `name` without its `$`; `types` are those that have it, none on the system level.
    """

    level: Level
    types: frozenset[str]
    name: str
    methods: tuple[Method, ...]
    answer: Callable[[Ask, Any, Server], Reply | Refused]
    writes: bool
    definition: str


_OURS = "urn:x-vardforlopp:operation"
_PATIENT, _PLANS = frozenset(("Patient",)), frozenset(("PlanDefinition",))
_BULK = "http://hl7.org/fhir/uv/bulkdata/OperationDefinition"
_BOTH: tuple[Method, ...] = ("GET", "POST")
OPERATIONS = (
    Operation("type", KNOWN, "validate", ("POST",), validate, False, f"{_HL7}/Resource-validate"),
    Operation("instance", KNOWN, "validate", _BOTH, validate, False, f"{_HL7}/Resource-validate"),
    Operation("type", _PATIENT, "everything", _BOTH, record, False, f"{_HL7}/Patient-everything"),
    Operation("instance", _PATIENT, "everything", _BOTH, record, False, f"{_HL7}/Patient-everything"),
    Operation("instance", _PLANS, "apply", _BOTH, apply, False, f"{_HL7}/PlanDefinition-apply"),
    Operation("system", frozenset(), "worklist", _BOTH, listed, False, f"{_OURS}:worklist"),
    Operation("system", frozenset(), "heartbeat", ("POST",), beat, True, f"{_OURS}:heartbeat"),
    Operation("system", frozenset(), "export", ("GET",), export.begin, True, f"{_BULK}/export"),
    Operation("type", _PATIENT, "export", ("GET",), export.begin, True, f"{_BULK}/patient-export"),
)


def at(path: tuple[str, ...]) -> list[Operation]:
    """What an operation's address answers to: none, or a line for each way of asking."""
    type_, name = path[0] if len(path) > 1 else None, path[-1]
    return [
        one
        for one in OPERATIONS
        if f"${one.name}" == name and _PARTS[one.level] == len(path) and (type_ is None or type_ in one.types)
    ]


def operations_of(type_: str | None) -> list[Operation]:
    """The operations of a type on either level, or (None) those of the system."""
    return [one for one in OPERATIONS if (one.level == "system" if type_ is None else type_ in one.types)]


_PARTS: dict[Level, int] = {"system": 1, "type": 2, "instance": 3}
