"""GET /metadata: the CapabilityStatement, made of the tables that the server runs by."""

from __future__ import annotations

from functools import cache
from typing import Any

import orjson

from vardforlopp.api.ask import Ask, Reply, Server
from vardforlopp.api.export import OF_ALL, OF_PATIENTS
from vardforlopp.fhir.search.parameters import Parameter, parameters_of
from vardforlopp.fhir.search.served import SERVED
from vardforlopp.fhir.written_times import stamp_text

#: What can be done with each served type; `dispatch` holds the doors, a test that both say the same.
INTERACTIONS = (
    "read", "vread", "update", "patch", "delete", "history-instance", "history-type", "create", "search-type",
)  # fmt: skip
SYSTEM = ("transaction", "batch", "history-system")
#: Parameters of every type that stand in the log, not in the index.
_OF_THE_LOG = (("_id", "token"), ("_lastUpdated", "date"))
_MODIFIERS = {
    "token": ("missing", "not", "text"),
    "reference": ("missing", "identifier", "type"),
    "string": ("missing", "contains", "exact"),
    "date": ("missing",),
    "quantity": ("missing",),
    "uri": ("missing", "above", "below"),
    "composite": (),
}


def metadata(ask: Ask, server: Server) -> Reply:
    """What this server does, for a program to read."""
    statement = {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": stamp_text(ask.at)[:10],
        "kind": "instance",
        "implementation": {"description": "vardforlopp", "url": server.base},
        "fhirVersion": "4.0.1",
        "format": ["application/fhir+json"],
        "patchFormat": ["application/json-patch+json"],
        "rest": [
            {
                "mode": "server",
                "resource": _resources(),
                "interaction": _coded(SYSTEM),
                "operation": [OF_ALL],
            }
        ],
    }
    return Reply(200, orjson.dumps(statement))


@cache
def _resources() -> list[dict[str, Any]]:
    return [_resource(kind) for kind in SERVED]


def _resource(kind: str) -> dict[str, Any]:
    parameters = sorted(parameters_of(kind).values(), key=lambda one: one.name)
    operations = {"operation": [OF_PATIENTS]} if kind == "Patient" else {}
    return {
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
        "searchParam": [
            *({"name": name, "type": type_} for name, type_ in _OF_THE_LOG),
            *(_parameter(one) for one in parameters),
        ],
        **operations,
    }


def _leading_to(kind: str) -> list[str]:
    return [
        f"{other}:{one.name}"
        for other in SERVED
        for one in parameters_of(other).values()
        if one.kind == "reference" and kind in one.targets
    ]


def _parameter(one: Parameter) -> dict[str, Any]:
    told: dict[str, Any] = {"name": one.name, "type": one.kind}
    if _MODIFIERS[one.kind]:
        told["documentation"] = "Modifiers: " + ", ".join(f":{each}" for each in _MODIFIERS[one.kind])
    return told


def _coded(codes: tuple[str, ...]) -> list[dict[str, str]]:
    return [{"code": code} for code in codes]
