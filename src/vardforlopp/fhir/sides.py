"""Left and right: body sites, laterality qualifiers, and codes that carry them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from vardforlopp.fhir.resource_types import Json
from vardforlopp.record.facts import Side

_LATERALITY = "272741003="
_SIDES: dict[str, Side] = {"7771000": "left", "24028007": "right", "51440002": "both"}


def side_of(resource: Json) -> Side | None:
    """The side that a resource's body site, laterality or code says; None when nothing does.

    Left and right together are both.
    """
    said: set[Side] = set()
    sites = resource.get("bodySite") or ()
    for site in (sites,) if isinstance(sites, dict) else sites:
        said |= _said(site.get("coding") or (site,))
        said |= _qualified(site)
    said |= _said((resource.get("code") or {}).get("coding") or ())
    said |= _qualified(resource)
    if len(said) > 1:
        return "both"
    return next(iter(said), None)


def _qualified(element: Mapping[str, Any]) -> set[Side]:
    found: set[Side] = set()
    for extension in element.get("extension") or ():
        if "laterality" in str(extension.get("url", "")).lower():
            concept = extension.get("valueCodeableConcept") or {}
            found |= _said(concept.get("coding") or (extension.get("valueCoding") or {},))
    return found


def _said(codings: Iterable[Mapping[str, Any]]) -> set[Side]:
    found: set[Side] = set()
    for coding in codings:
        code = str(coding.get("code", ""))
        if code in _SIDES:
            found.add(_SIDES[code])
        for code_of_side, side in _SIDES.items():
            if f"{_LATERALITY}{code_of_side}" in code.replace(" ", ""):
                found.add(side)
    return found
