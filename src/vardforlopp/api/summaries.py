"""A resource with less in it: `_elements` and `_summary`, marked as a part of itself."""

from __future__ import annotations

import orjson

from vardforlopp.fhir.json_splice import members, value_of, with_members
from vardforlopp.fhir.search.parameters import elements_of
from vardforlopp.fhir.search.query import Query

_SUBSETTED = {"system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "code": "SUBSETTED"}
#: Always told, whatever else is left out.
_KEPT = ("resourceType", "id", "meta")


def shortened(body: bytes, query: Query) -> bytes:
    """What the search asks for of a resource: all of it, unless it says otherwise."""
    known = elements_of(query.type)
    if query.elements:
        asked = [each for name in query.elements for each in (name, *known.choices.get(name, ()))]
        return _only(body, (*asked, *known.mandatory, *_KEPT))
    match query.summary:
        case "data":
            return _only(body, [name for name in members(body) if name != "text"])
        case "true":
            return _only(body, (*known.summary, *known.mandatory, *_KEPT))
        case "text":
            return _only(body, ("text", *known.mandatory, *_KEPT))
        case _:
            return body


def _only(body: bytes, names: tuple[str, ...] | list[str]) -> bytes:
    wanted = set(names) | {f"_{name}" for name in names}
    kept = [body[place.start : place.end] for name, place in members(body).items() if name in wanted]
    text = b"{" + b",".join(kept) + b"}"
    meta = value_of(text, "meta") or b"{}"
    tags = [*orjson.loads(value_of(meta, "tag") or b"[]"), _SUBSETTED]
    return with_members(text, {"meta": with_members(meta, {"tag": orjson.dumps(tags)})})
