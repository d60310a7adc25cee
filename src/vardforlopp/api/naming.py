"""What a request is called where it is counted, logged and traced: few words, none of them the client's."""

from __future__ import annotations

import re
from typing import NamedTuple

from vardforlopp.fhir.resource_types import KNOWN

#: Operations by the names that R4 knows. Others may be anything that somebody wrote.
_OPERATIONS = frozenset(("$apply", "$everything", "$expand", "$export", "$meta", "$validate"))
_OURS = frozenset(("health", "ready", "metrics"))
_VERBS = {"POST": "create", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}
_PART = re.compile(r"[^/]+")


class Named(NamedTuple):
    """An interaction in R4's word, `$name` of an operation, or `other`; and a type of R4, or `-`."""

    interaction: str
    type: str


_OTHER = Named("other", "-")


def named(method: str, path: str) -> Named:
    """What is asked for at a path as it was sent. No part of it is repeated that is not a word of R4's."""
    match _PART.findall(path):
        case [one] if one in _OURS:
            return Named(one, "-")
        case ["fhir", *parts]:
            return _of_fhir("GET" if method == "HEAD" else method, parts)
    return _OTHER


def _of_fhir(method: str, parts: list[str]) -> Named:
    type_ = parts[0] if parts and parts[0] in KNOWN else "-"
    last = parts[-1] if parts else ""
    match parts:
        case []:
            return Named("bundle", "-") if method == "POST" else _OTHER
        case ["metadata"]:
            return Named("capabilities", "-")
        case [*_, _] if last.startswith("$"):
            return Named(last if last in _OPERATIONS else "operation", type_)
        case ["_history"] | [_, "_history"] | [_, _, "_history"]:
            return Named("history", type_)
        case [_, _, "_history", _]:
            return Named("vread", type_)
        case [_, "_search"]:
            return Named("search", type_)
        case [_]:
            return Named("search" if method == "GET" else _VERBS.get(method, "other"), type_)
        case [_, _]:
            return Named("read" if method == "GET" else _VERBS.get(method, "other"), type_)
    return _OTHER._replace(type=type_)
