"""GET /openapi.json: the interface as OpenAPI 3.1, made of the same tables as the CapabilityStatement.

The schemas are small: a resource is an object of its type. What R4 asks of it, its own schemas say.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any, NamedTuple

import orjson

from vardforlopp.api.ask import Reply, Server
from vardforlopp.api.metadata import INTERACTIONS, OF_ACTS, OF_THE_LOG, SYSTEM
from vardforlopp.api.operations import OPERATIONS, Operation
from vardforlopp.fhir.search.parameters import parameters_of
from vardforlopp.fhir.search.query import SUMMARIES, TOTALS
from vardforlopp.fhir.search.served import ACTS, SERVED

Json = dict[str, Any]
_FHIR = "application/fhir+json"
_FORM = "application/x-www-form-urlencoded"
#: Refusals of any request: it is wrong, nobody may, there is none, it is not JSON, it is too large, not now.
_REFUSED = (400, 401, 403, 404, 406, 413, 415, 503)


class _Way(NamedTuple):
    """An interaction: how and where it is asked for, what it takes, what it gives by status.

    `_` in what it takes and gives is the type, `_?` may be no more than how it went; None = no body.
    `refused` is how else than any request, `headers` are those that it heeds.
    """

    method: str
    path: str
    takes: str | None
    gives: dict[int, str | None]
    refused: tuple[int, ...] = ()
    headers: tuple[str, ...] = ()


_ONE, _HISTORY = "/{type}/{id}", "/_history"
_WRITTEN: dict[int, str | None] = {200: "_?", 201: "_?"}
_ISSUED = ("if-match", "prefer")
_WAYS: dict[str, tuple[_Way, ...]] = {
    "read": (_Way("get", _ONE, None, {200: "_", 304: None}, (410,), ("if-none-match",)),),
    "vread": (_Way("get", _ONE + "/_history/{version}", None, {200: "_"}, (410,)),),
    "update": (
        _Way("put", _ONE, "_", _WRITTEN, (409, 412), _ISSUED),
        _Way("put", "/{type}", "_", _WRITTEN, (409, 412), ("prefer",)),
    ),
    "patch": (_Way("patch", _ONE, "JsonPatch", {200: "_?"}, (409, 410, 412), _ISSUED),),
    "delete": (_Way("delete", _ONE, None, {204: None}, (409, 412), ("if-match",)),),
    "history-instance": (_Way("get", _ONE + _HISTORY, None, {200: "Bundle"}),),
    "history-type": (_Way("get", "/{type}" + _HISTORY, None, {200: "Bundle"}),),
    "create": (_Way("post", "/{type}", "_", _WRITTEN, (409, 412), ("if-none-exist", "prefer")),),
    "search-type": (
        _Way("get", "/{type}", None, {200: "Bundle"}, (), ("prefer",)),
        _Way("post", "/{type}/_search", "search", {200: "Bundle"}, (), ("prefer",)),
    ),
    "transaction": (_Way("post", "/", "Bundle", {200: "Bundle"}, (409, 410, 412), ("prefer",)),),
    "batch": (),  # the same as a transaction, but for the type of the Bundle
    "history-system": (_Way("get", _HISTORY, None, {200: "Bundle"}),),
}


def openapi(server: Server) -> Reply:
    """The interface of a server, for a program to read."""
    return Reply(200, _document(server.base, server.version), {"content-type": "application/json"})


@cache
def _document(base: str, version: str) -> bytes:
    paths: dict[str, Json] = {}
    told: dict[str | None, Iterable[str]] = {
        None: SYSTEM,
        **dict.fromkeys(SERVED, INTERACTIONS),
        ACTS: OF_ACTS,
    }
    for kind, names in told.items():
        for name in names:
            for way in _WAYS[name]:
                _add(paths, way, name, kind)
    for one in OPERATIONS:
        for way in _ways_of(one):
            for kind in sorted(one.types & set(SERVED)):
                _add(paths, way, one.name, kind)
            if not one.types:
                _add(paths, way, one.name, None)
    for path, gives in (("/metadata", "CapabilityStatement"), ("/openapi.json", "OpenApi")):
        _add(paths, _Way("get", path, None, {200: gives}), path[1:], None)
    document = {
        "openapi": "3.1.0",
        "info": {"title": "vardforlopp", "version": version, "description": "FHIR R4: see /metadata."},
        "servers": [{"url": base}],
        "security": [{}, {"token": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": _schemas(),
            "responses": {"Refused": {"description": "Why not", "content": _content("OperationOutcome")}},
        },
    }
    return orjson.dumps(document)


def _ways_of(one: Operation) -> list[_Way]:
    path = {"system": "", "type": "/{type}", "instance": _ONE}[one.level] + f"/${one.name}"
    gives: dict[int, str | None] = {200: "Resource", 202: None}
    return [
        _Way(method.lower(), path, "Resource" if method == "POST" else None, gives, (409, 410, 412))
        for method in one.methods
    ]


def _add(paths: dict[str, Json], way: _Way, name: str, kind: str | None) -> None:
    path = way.path.replace("{type}", kind or "")
    inside = [part for part in ("id", "version") if f"{{{part}}}" in path]
    told: Json = {
        "operationId": "-".join(filter(None, (name, kind, way.method, *inside))).replace("$", ""),
        "tags": [kind or "system"],
        "parameters": [
            *(_parameter(one, "path", _ID_TEXT if one == "id" else _TEXT) for one in inside),
            *(_parameter(one, "header", _TEXT) for one in way.headers),
            *_asked(name, way, kind),
        ],
        "responses": {
            **{str(status): _response(gives, kind) for status, gives in way.gives.items()},
            **{str(one): {"$ref": "#/components/responses/Refused"} for one in (*_REFUSED, *way.refused)},
        },
    }
    if way.takes == "search":
        told["requestBody"] = {"content": {_FORM: {"schema": _form(kind or "")}}}
    elif way.takes is not None:
        told["requestBody"] = {"required": True, "content": _content(way.takes, kind, sent=True)}
    paths.setdefault(path, {})[way.method] = told


def _asked(name: str, way: _Way, kind: str | None) -> list[Json]:
    """What stands behind the `?`."""
    if name == "search-type" and way.method == "get" and kind is not None:
        return [_parameter(one, "query", schema) for one, schema in _form(kind)["properties"].items()]
    if name.startswith("history"):
        return [_parameter("_since", "query", _TEXT), _parameter("_count", "query", _NUMBER)]
    return []


def _form(kind: str) -> Json:
    """What can be searched by, and said of the result."""
    named = dict.fromkeys((*(name for name, _ in OF_THE_LOG), *sorted(parameters_of(kind))), _TEXT)
    result = {
        "_count": _NUMBER,
        "_elements": _TEXT,
        "_include": _TEXT,
        "_revinclude": _TEXT,
        "_sort": _TEXT,
        "_summary": {"enum": list(SUMMARIES)},
        "_total": {"enum": list(TOTALS)},
    }
    return {"type": "object", "properties": {**named, **result}}


def _parameter(name: str, where: str, schema: Json) -> Json:
    required = {"required": True} if where == "path" else {}
    return {"name": name, "in": where, "schema": schema, **required}


def _response(gives: str | None, kind: str | None) -> Json:
    if gives is None:
        return {"description": "No body"}
    content = (
        {"application/json": {"schema": _named("OpenApi")}} if gives == "OpenApi" else _content(gives, kind)
    )
    return {"description": kind if gives.startswith("_") and kind else gives, "content": content}


def _content(name: str, kind: str | None = None, *, sent: bool = False) -> Json:
    """A body; see `_Way` for `_`. What is `sent` has no id and no version yet."""
    if name == "JsonPatch":
        return {"application/json-patch+json": {"schema": _named(name)}}
    if not name.startswith("_"):
        return {_FHIR: {"schema": _named(name)}}
    if sent:
        return {_FHIR: {"schema": _of(kind or "")}}
    kept = _named(kind or "Resource")
    return {_FHIR: {"schema": {"anyOf": [kept, _named("OperationOutcome")]} if name == "_?" else kept}}


def _named(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


_TEXT: Json = {"type": "string"}
_NUMBER: Json = {"type": "integer", "minimum": 0}
_ID_TEXT: Json = {"type": "string", "pattern": r"^[A-Za-z0-9\-.]{1,64}$"}


def _of(kind: str, **elements: Json) -> Json:
    """An object that must have these elements."""
    properties = {"resourceType": {"const": kind} if kind else _TEXT, **elements}
    return {"type": "object", "required": list(properties), "properties": properties}


def _schemas() -> dict[str, Json]:
    version = {"versionId": _TEXT, "lastUpdated": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT.*Z$"}}
    issue = {
        "severity": {"enum": ["fatal", "error", "warning", "information"]},
        "code": _TEXT,
        "diagnostics": _TEXT,
    }
    meta: Json = {"type": "object", "required": list(version), "properties": version}
    listed: Json = {"type": "array", "items": {"type": "object"}}
    bundle = _of("Bundle", type=_TEXT)
    bundle["properties"] |= {"entry": listed, "link": listed, "total": _NUMBER}
    return {
        "Resource": _of(""),
        **{kind: _of(kind, id=_ID_TEXT, meta=meta) for kind in (*SERVED, ACTS)},
        "Bundle": bundle,
        "OperationOutcome": _of(
            "OperationOutcome",
            issue={
                "type": "array",
                "minItems": 1,
                "items": {"type": "object", "required": list(issue), "properties": issue},
            },
        ),
        "CapabilityStatement": _of("CapabilityStatement", rest=listed),
        "JsonPatch": {"type": "array", "items": {"type": "object", "required": ["op", "path"]}},
        "OpenApi": {"type": "object", "required": ["openapi", "paths"]},
    }
