"""What a resource leads to: other resources by type and id, definitions by their canonical address."""

from __future__ import annotations

from typing import Any, NamedTuple

from vardforlopp.fhir.search.index import reference
from vardforlopp.fhir.search.parameters import parameters_of
from vardforlopp.fhir.search.served import SERVED

Json = dict[str, Any]
#: Elements that name a definition by its address.
_CANONICAL = frozenset(
    source.path[-1].name
    for type_ in SERVED
    for parameter in parameters_of(type_).values()
    for source in parameter.sources
    if source.type == "canonical" and parameter.name != "_profile"
)
#: What finds a definition by its address.
BY_ADDRESS = tuple(
    parameters_of(type_)["url"].number
    for type_ in SERVED
    if "url" in parameters_of(type_) and type_ != "Subscription"
)


class Leads(NamedTuple):
    """Where a resource leads, in its order: `(type, id)` of ours, and canonical addresses as written."""

    references: tuple[tuple[str, str], ...]
    canonicals: tuple[str, ...]


def leads_of(resource: Json, *, base: str) -> Leads:
    """Every reference and canonical anywhere in a resource, each once. `base` is our own address."""
    references: dict[tuple[str, str], None] = {}
    canonicals: dict[str, None] = {}
    waiting: list[Any] = [resource]
    while waiting:
        node = waiting.pop()
        if isinstance(node, list):
            waiting += reversed(node)
            continue
        if not isinstance(node, dict):
            continue
        for name, value in node.items():
            if name == "reference" and isinstance(value, str):
                found = [value]
            elif name in _CANONICAL:
                found = _texts(value)
            else:
                continue
            for text in found:
                row = reference(text, base=base)
                if row is not None and row.type is not None and row.id is not None:
                    references[row.type, row.id] = None
                elif name != "reference":
                    canonicals[text] = None
        waiting += reversed([value for value in node.values() if isinstance(value, dict | list)])
    return Leads(tuple(references), tuple(canonicals))


def _texts(value: object) -> list[str]:
    found = value if isinstance(value, list) else [value]
    return [one for one in found if isinstance(one, str)]
