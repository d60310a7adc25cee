"""Resources out of what was sent: entries, ids, references, versions and doubles.

The same resources give the same answer in whatever order they stand.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import orjson

from vardforlopp.fhir.quality import finding
from vardforlopp.fhir.resource_types import Json
from vardforlopp.fhir.times import written
from vardforlopp.kernel.errors import InputError
from vardforlopp.record.record import Finding

Group = dict[str, Json]  # id -> resource, of one type


# Only these types of Bundle may hold answers that are Bundles themselves.
_NESTING = ("batch-response", "transaction-response", "collection", "batch", "searchset")


class Version(NamedTuple):
    """A further resource with an id that is taken: an older version, or one that differs.

    It was known from `known_from` (None = as it says itself) until `known_to` (None = still).
    """

    type: str
    id: str
    resource: Json
    known_from: int | None
    known_to: int | None


@dataclass(slots=True)
class Collected:
    """All resources by type and id, and what else is to be known of them."""

    groups: dict[str, Group] = field(default_factory=lambda: defaultdict(dict))
    entries: list[list[Any]] = field(default_factory=list)  # of each Bundle
    _urls: dict[str, Json] | None = None
    more: list[Version] = field(default_factory=list)
    known_since: dict[tuple[str, str], int] = field(default_factory=dict)  # newest of several versions
    doubles: list[tuple[str, str]] = field(default_factory=list)
    misshapen: list[str] = field(default_factory=list)  # refs of what is no resource at all
    findings: list[Finding] = field(default_factory=list)
    stamp: str | None = None  # when the Bundle was put together
    total: int = 0
    given: dict[int, str] = field(default_factory=dict)  # ids given by a `urn:uuid:`, by resource

    @property
    def urls(self) -> dict[str, Json]:
        """Resources by the URL that their Bundle gives them; made when first asked for."""
        if self._urls is None:
            self._urls = {
                entry["fullUrl"]: entry["resource"]
                for entries in self.entries
                for entry in entries
                if isinstance(entry, dict) and isinstance(entry.get("fullUrl"), str)
                and isinstance(entry.get("resource"), dict)
            }  # fmt: skip
            self._urls = {url: self._settled(resource) for url, resource in self._urls.items()}
        return self._urls

    def _settled(self, resource: Json) -> Json:
        """Of several with one id, the one that was chosen: the same in whatever order they stand."""
        kind, own = resource.get("resourceType"), resource.get("id")
        group = self.groups.get(kind) if isinstance(kind, str) else None
        return resource if group is None or not isinstance(own, str) else group.get(own, resource)

    def ref_of(self, resource: Json) -> str:
        """`Type/id` of a resource, with or without an id of its own."""
        own = resource.get("id") or self.given.get(id(resource)) or _content_id(resource)
        return f"{resource['resourceType']}/{own}"


def collect(documents: list[Any], *, name: str) -> Collected:
    """The resources of a file's documents: Bundles of any type, single resources, NDJSON."""
    found = Collected()
    taken: dict[tuple[str, str], list[Json]] = {}
    for document in documents:
        kind = document.get("resourceType") if isinstance(document, dict) else None
        if not isinstance(kind, str):
            what = "JSON, but not FHIR: there is no resourceType"
            raise InputError("VF-REC-008", name, what, "Send a FHIR R4 resource or Bundle.")
        if kind == "Bundle":
            _gather(_entries(document, found, name), found, taken)
        else:
            _one(None, document, found, taken)
    for (kind, own), same in sorted(taken.items()):
        _settle(found, kind, own, same)
    return found


def _gather(entries: list[Any], found: Collected, taken: dict[tuple[str, str], list[Json]]) -> None:
    """Sort entries into groups. The common shape goes straight in, the rest is looked at."""
    groups = found.groups
    found.entries.append(entries)
    odd: list[Any] = []
    for entry in entries:
        try:
            resource = entry["resource"]
            group = groups[resource["resourceType"]]
            own = resource["id"]
            if own.__class__ is str and own not in group:
                group[own] = resource
            else:
                odd.append(entry)
        except (KeyError, TypeError, AttributeError):
            odd.append(entry)
    odd.extend({"resource": group.pop("")} for group in groups.values() if "" in group)
    found.total += len(entries) - len(odd)
    for entry in odd:
        _odd(entry, found, taken)
    for kind in [kind for kind in groups if kind.__class__ is not str or not groups[kind]]:
        for resource in groups.pop(kind).values():
            found.misshapen.append(f"?/{_content_id(resource)}")


def _odd(entry: Any, found: Collected, taken: dict[tuple[str, str], list[Json]]) -> None:
    """An entry without resource or id, or with an id that is taken."""
    if not isinstance(entry, dict) or "resource" not in entry:
        found.findings.append(finding("VF-QUA-022", "Bundle", "entry"))
    else:
        url = entry.get("fullUrl")
        _one(url if isinstance(url, str) else None, entry["resource"], found, taken)


def _one(url: str | None, resource: Any, found: Collected, taken: dict[tuple[str, str], list[Json]]) -> None:
    found.total += 1
    kind = resource.get("resourceType") if isinstance(resource, dict) else None
    if not isinstance(kind, str):
        found.misshapen.append(f"?/{_content_id(resource)}")
        return
    own = resource.get("id")
    if not isinstance(own, str) or not own:
        given = _given_id(url)
        own = given or _content_id(resource)
        found.given[id(resource)] = own
        if given is None:
            found.findings.append(finding("VF-QUA-019", f"{kind}/{own}", "id"))
    group = found.groups[kind]
    if own in group:
        taken.setdefault((kind, own), [group[own]]).append(resource)
    else:
        group[own] = resource


def _entries(bundle: Json, found: Collected, name: str) -> list[Any]:
    """The entries of a Bundle and of the Bundles in it (an answer to a batch of searches)."""
    stamp = bundle.get("timestamp")
    if isinstance(stamp, str) and (found.stamp is None or stamp > found.stamp):
        found.stamp = stamp
    entries = bundle.get("entry")
    if entries is None:
        return []
    if not isinstance(entries, list):
        raise InputError("VF-REC-011", name, "Bundle.entry is not a list", "Send a FHIR R4 Bundle.")
    if bundle.get("type") not in _NESTING:
        return entries
    flat: list[Any] = []
    for entry in entries:
        inner = entry.get("resource") if isinstance(entry, dict) else None
        if isinstance(inner, dict) and inner.get("resourceType") == "Bundle":
            flat.extend(_entries(inner, found, name))
        else:
            flat.append(entry)
    return flat


def _given_id(url: object) -> str | None:
    """The id that a `urn:uuid:` gives to a resource that has no id yet (transactions)."""
    return (url[9:] or None) if isinstance(url, str) and url.startswith("urn:uuid:") else None


def _content_id(resource: object) -> str:
    return "-" + hashlib.sha256(_canonical(resource)).hexdigest()[:16]


def _canonical(resource: object) -> bytes:
    return orjson.dumps(resource, option=orjson.OPT_SORT_KEYS)


def _settle(found: Collected, kind: str, own: str, same: list[Json]) -> None:
    """Several resources with one id: the same again, versions of one, or a clash of ids."""
    different = {_canonical(resource): resource for resource in same}
    resources = [different[key] for key in sorted(different)]
    ref = f"{kind}/{own}"
    for _ in range(len(same) - len(resources)):
        found.doubles.append((kind, ref))
    if len(same) > len(resources):
        found.findings.append(finding("VF-QUA-011", ref, "id"))
    if len(resources) == 1:
        return
    since = [_since(resource) for resource in resources]
    stamps = [stamp for stamp in since if stamp is not None]
    if len(set(stamps)) == len(resources):
        ordered = [
            resource for _, resource in sorted(zip(stamps, resources, strict=True), key=lambda p: p[0])
        ]
        stamps.sort()
        found.groups[kind][own] = ordered[-1]
        found.known_since[kind, own] = stamps[-1]
        for index, older in enumerate(ordered[:-1]):
            known_from = stamps[index] if index else None
            found.more.append(Version(kind, own, older, known_from, stamps[index + 1]))
        return
    found.findings.append(finding("VF-QUA-010", ref, "id"))
    found.groups[kind][own] = resources[0]
    found.more.extend(Version(kind, own, other, None, None) for other in resources[1:])


def _since(resource: Json) -> int | None:
    """When a version was written, by its own account."""
    meta = resource.get("meta")
    span = written(meta.get("lastUpdated")) if isinstance(meta, dict) else None
    return None if span is None else span.lo


def in_circles(edges: dict[str, set[str]]) -> list[str]:
    """The nodes that stand between circles of references or on one, sorted; without recursion."""
    back: dict[str, set[str]] = {}
    for node, targets in edges.items():
        for target in targets:
            back.setdefault(target, set()).add(node)
    return sorted(_without_ends(edges, back) & _without_ends(back, edges))


def _without_ends(edges: dict[str, set[str]], back: dict[str, set[str]]) -> set[str]:
    """The nodes from which one can walk for ever: ends are taken away until none is left."""
    left = {node: len(targets) for node, targets in edges.items()}
    ends = [node for node in back if node not in left]
    while ends:
        for before in back.get(ends.pop(), ()):
            left[before] -= 1
            if not left[before]:
                del left[before]
                ends.append(before)
    return set(left)
