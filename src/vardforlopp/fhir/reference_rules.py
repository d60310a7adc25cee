"""Whether what a resource refers to is written so that it can be followed; whether it is there is not asked.

R4 lets a reference be a relative or absolute address, a name (`urn:`), a part of the same resource (`#id`,
which must be there), or in a transaction a condition. http://hl7.org/fhir/R4/references.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from vardforlopp.fhir.resource_types import KNOWN
from vardforlopp.fhir.validation import Fault

Json = dict[str, Any]
_WRITTEN = re.compile(rb'"reference"\s*:\s*"((?:[^"\\]|\\.)*)"')
_ID = r"[A-Za-z0-9\-.]{1,64}"
_RELATIVE = re.compile(rf"([A-Za-z]+)(?:/{_ID}(?:/_history/{_ID})?(?:#\S*)?|\?\S+)")
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:\S+")


def reference_faults(resource: Json, text: bytes) -> list[Fault]:
    """References of a sound resource that nobody could follow. `text` is the resource as it was sent."""
    if all(_followed(found[1].decode()) for found in _WRITTEN.finditer(text)):
        return []
    parts = {each.get("id") for each in resource.get("contained", ())}
    faults = []
    for path, said in _references(resource, resource["resourceType"]):
        if said.startswith("#"):
            if said != "#" and said[1:] not in parts:
                what = "it refers to a contained resource that is not there"
                faults.append(Fault(f"{path}.reference", what, "Put it in `contained`, or correct the id."))
        elif not _followed(said):
            what = "it is no reference: neither Type/id of a type of R4, nor an address, nor #id"
            faults.append(Fault(f"{path}.reference", what, "Write for example Patient/123."))
    return faults


def _followed(said: str) -> bool:
    """Whether a reference leads out of the resource in a way that R4 knows."""
    match = _RELATIVE.fullmatch(said)
    return match[1] in KNOWN if match is not None else _ABSOLUTE.fullmatch(said) is not None


def _references(node: Any, path: str) -> Iterator[tuple[str, str]]:
    """Each reference with the place of what it stands in."""
    if isinstance(node, list):
        for number, each in enumerate(node):
            yield from _references(each, f"{path}[{number}]")
    elif isinstance(node, dict):
        said = node.get("reference")
        if isinstance(said, str):
            yield path, said
        for name, value in node.items():
            if isinstance(value, dict | list):
                yield from _references(value, f"{path}.{name}")
