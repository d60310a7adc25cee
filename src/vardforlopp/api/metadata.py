"""GET /metadata: the CapabilityStatement, made of the tables that the server runs by."""

from __future__ import annotations

from functools import cache
from typing import Any

import orjson

from vardforlopp.api.ask import Ask, Reply, Server
from vardforlopp.api.operations import operations_of
from vardforlopp.fhir.search.parameters import Parameter, parameters_of
from vardforlopp.fhir.search.served import ACTS, SERVED
from vardforlopp.fhir.search.values import MODIFIERS
from vardforlopp.fhir.written_times import stamp_text

#: What can be done with each served type; `dispatch` holds the doors, a test that both say the same.
INTERACTIONS = (
    "read", "vread", "update", "patch", "delete", "history-instance", "history-type", "create", "search-type",
)  # fmt: skip
OF_ACTS = ("read", "search-type")
_ASIDE = "A resource of any other type of R4 is kept, with its versions, and not searched."
_SECURITY = "Each request carries its client's token: `Authorization: Bearer ...`."
SYSTEM = ("transaction", "batch", "history-system")
#: Parameters of every type that stand in the log, not in the index.
OF_THE_LOG = (("_id", "token"), ("_lastUpdated", "date"))


def metadata(ask: Ask, server: Server) -> Reply:
    """What this server does, for a program to read."""
    statement = {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": stamp_text(ask.at)[:10],
        "kind": "instance",
        "software": {"name": "vardforlopp", "version": server.version},
        "implementation": {"description": "vardforlopp", "url": server.base},
        "fhirVersion": "4.0.1",
        "format": ["application/fhir+json"],
        "patchFormat": ["application/json-patch+json"],
        "rest": [
            {
                "mode": "server",
                "documentation": _ASIDE,
                "security": {"description": "A demonstration: open." if server.demo else _SECURITY},
                "resource": _resources(),
                "interaction": _coded(SYSTEM),
                **_operations(None),
            }
        ],
    }
    return Reply(200, orjson.dumps(statement))


@cache
def _resources() -> list[dict[str, Any]]:
    return sorted([*(_resource(kind) for kind in SERVED), _acts()], key=lambda told: str(told["type"]))


def _acts() -> dict[str, Any]:
    """The log of acts: told, and written by nobody from outside."""
    return {
        "type": ACTS,
        "interaction": _coded(OF_ACTS),
        "versioning": "no-version",
        "searchParam": _parameters(ACTS),
    }


def _resource(kind: str) -> dict[str, Any]:
    parameters = sorted(parameters_of(kind).values(), key=lambda one: one.name)
    told = {
        "type": kind,
        "interaction": _coded(INTERACTIONS),
        "versioning": "versioned",
        "readHistory": True,
        "updateCreate": True,
        "conditionalCreate": True,
        "conditionalRead": "not-match",
        "conditionalUpdate": True,
        "conditionalDelete": "not-supported",
        "referencePolicy": ["literal", "logical"],
        "searchInclude": [f"{kind}:{one.name}" for one in parameters if one.kind == "reference"],
        "searchRevInclude": _leading_to(kind),
        "searchParam": _parameters(kind),
        **_operations(kind),
    }
    return {name: value for name, value in told.items() if value != []}  # R4 has no empty list


def _operations(kind: str | None) -> dict[str, Any]:
    """The operations of a type or of the system, each told once, whatever its levels."""
    told = {one.name: {"name": one.name, "definition": one.definition} for one in operations_of(kind)}
    return {"operation": list(told.values())} if told else {}


def _leading_to(kind: str) -> list[str]:
    return [
        f"{other}:{one.name}"
        for other in SERVED
        for one in parameters_of(other).values()
        if one.kind == "reference" and kind in one.targets
    ]


def _parameters(kind: str) -> list[dict[str, Any]]:
    parameters = sorted(parameters_of(kind).values(), key=lambda one: one.name)
    return [*({"name": name, "type": type_} for name, type_ in OF_THE_LOG), *map(_parameter, parameters)]


def _parameter(one: Parameter) -> dict[str, Any]:
    told: dict[str, Any] = {"name": one.name, "type": one.kind}
    known = (*MODIFIERS[one.kind], *(("type",) if one.kind == "reference" else ()))
    if one.of == ACTS:
        known = tuple(each for each in known if each in ("not", "type"))
    if known:
        told["documentation"] = "Modifiers: " + ", ".join(f":{each}" for each in known)
    return told


def _coded(codes: tuple[str, ...]) -> list[dict[str, str]]:
    return [{"code": code} for code in codes]
