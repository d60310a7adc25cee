"""The resources that came with a plan: which of them is the plan, and what its references lead to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from vardforlopp.definitions.suggest import listed
from vardforlopp.fhir.plan_import.ledger import Element, Ledger
from vardforlopp.kernel.errors import InputError

Json = dict[str, Any]
PLAN = "PlanDefinition"
_LISTED, _SHOWN = 20, 80
#: Elements that only other versions of FHIR have, by the place where they stand.
_OTHERS: dict[str, tuple[str, ...]] = {
    "R5": ("versionAlgorithmString", "versionAlgorithmCoding", "copyrightLabel", "asNeededBoolean", "actor"),
    "STU3": (),
}
_OTHERS_ACTION: dict[str, tuple[str, ...]] = {
    "R5": ("timingRelative", "locationCodeableConcept", "locationReference"),
    "STU3": ("label", "triggerDefinition", "activityDefinition"),
}


class Shelf:
    """Everything that was handed in, found by what a plan calls it."""

    def __init__(self, found: Iterable[tuple[str, Any]], *, name: str) -> None:
        self.name = name
        self._by_name: dict[str, list[tuple[str, Json]]] = {}
        self._plans: list[tuple[str, Json]] = []
        self._inside: dict[int, Mapping[tuple[str, str], Json]] = {}
        self.kinds: list[str] = []
        for place, document in found:
            for where, resource in _resources(place, document):
                self._put(where, resource)

    def _put(self, where: str, resource: Json) -> None:
        kind = resource.get("resourceType")
        if not isinstance(kind, str):
            return
        if kind == PLAN:
            self._plans.append((where, resource))
        self.kinds.append(kind)
        url, version, own = (resource.get(key) for key in ("url", "version", "id"))
        for called in _names(kind, url, version, own):
            self._by_name.setdefault(called, []).append((where, resource))

    def plan(self, wanted: str | None = None) -> Json:
        """The plan that is meant: the one named, else the one that no other plan takes in."""
        if not self._plans:
            raise self._none()
        chosen = [plan for _, plan in self._plans if wanted is None or wanted in _called(plan)]
        if wanted is None and len(chosen) > 1:
            nested = {name for plan in chosen for name in _nested(plan)}
            chosen = [plan for plan in chosen if not nested & set(_called(plan))] or chosen
        if len(chosen) != 1:
            names = [str(plan.get("id") or plan.get("url") or "?")[:_SHOWN] for _, plan in self._plans]
            what = "it holds several plans" if chosen else "there is no such plan in it"
            do = f"Choose one with --plan: {listed(names[:_LISTED])}."
            raise InputError("VF-IMP-002", self.name, what, do)
        _refuse_other_versions(chosen[0], self.name)
        return chosen[0]

    def _none(self) -> InputError:
        kinds = sorted({each[:_SHOWN] for each in self.kinds})[:_LISTED]
        held = listed(kinds) if kinds else "no resource"
        what = f"there is no PlanDefinition in it; it holds {held}"
        return InputError("VF-IMP-001", self.name, what, "Name a PlanDefinition, or what holds one.")

    def find(self, kind: str, reference: str, *, inside: Json | None = None) -> Json | None:
        """What a reference means among a kind: `#contained`, `Type/id`, a canonical with version."""
        if reference.startswith("#") and inside is not None:
            return self._contained(inside).get((kind, reference[1:]))
        for called in (reference, reference.partition("|")[0]):
            found = [each for _, each in self._by_name.get(called, ()) if each.get("resourceType") == kind]
            if found:
                return found[0]
        return None

    def _contained(self, inside: Json) -> Mapping[tuple[str, str], Json]:
        """The resources within another by type and id, the first of each."""
        found = self._inside.get(id(inside))
        if found is None:
            held = inside.get("contained")
            named = [each for each in (held if isinstance(held, list) else []) if isinstance(each, dict)]
            found = {
                (str(each.get("resourceType")), str(each.get("id", ""))): each for each in reversed(named)
            }
            self._inside[id(inside)] = found
        return found


def _resources(place: str, document: Any) -> Iterable[tuple[str, Json]]:
    if not isinstance(document, dict):
        return
    if document.get("resourceType") != "Bundle":
        yield place, document
        return
    entries = document.get("entry")
    for number, entry in enumerate(entries if isinstance(entries, list) else []):
        resource = entry.get("resource") if isinstance(entry, dict) else None
        if isinstance(resource, dict):
            yield f"{place}, entry[{number}]", resource


def _names(kind: str, url: Any, version: Any, own: Any) -> list[str]:
    named = [f"{kind}/{own}"] if isinstance(own, str) else []
    if isinstance(url, str):
        named.append(url)
        if isinstance(version, str):
            named.append(f"{url}|{version}")
    return named


def _called(plan: Json) -> list[str]:
    own = plan.get("id")
    return [
        *_names(PLAN, plan.get("url"), plan.get("version"), own),
        *([own] if isinstance(own, str) else []),
    ]


def _nested(plan: Json) -> set[str]:
    """What the plan's actions refer to, with and without version."""
    found: set[str] = set()
    waiting: list[Any] = [plan.get("action")]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting += value
        elif isinstance(value, dict):
            name = value.get("definitionCanonical")
            if isinstance(name, str):
                found |= {name, name.partition("|")[0]}
            waiting.append(value.get("action"))
    return found


def _refuse_other_versions(plan: Json, name: str) -> None:
    """R4 is what is read; elements of another version would be misread."""
    for version, names in _OTHERS.items():
        _refuse(version, names, name=name, found=plan, path=PLAN)
    waiting = [(f"{PLAN}.action", plan.get("action"))]
    while waiting:
        path, actions = waiting.pop()
        for number, action in enumerate(actions if isinstance(actions, list) else []):
            if isinstance(action, dict):
                at = f"{path}[{number}]"
                _refuse_action(action, name, path=at)
                waiting.append((f"{at}.action", action.get("action")))


def _refuse_action(action: Json, name: str, *, path: str) -> None:
    for version, names in _OTHERS_ACTION.items():
        _refuse(version, names, name=name, found=action, path=path)
    for key, marks, version in (
        ("relatedAction", ("targetId",), "R5"),
        ("participant", ("actorId", "typeCanonical"), "R5"),
        ("input", ("requirement", "relatedData"), "R5"),
        ("output", ("requirement", "relatedData"), "R5"),
    ):
        held = action.get(key)
        for number, each in enumerate(held if isinstance(held, list) else []):
            if isinstance(each, dict):
                _refuse(version, marks, name=name, found=each, path=f"{path}.{key}[{number}]")


def _refuse(version: str, names: tuple[str, ...], *, name: str, found: Mapping[str, Any], path: str) -> None:
    for each in names:
        if each in found:
            raise InputError(
                "VF-IMP-003",
                f"{name}, {path}.{each}",
                f"this element is of FHIR {version}; the importer reads R4",
                "Convert the plan to R4 (4.0.1) first.",
            )


class Read(NamedTuple):
    """A resource that the import reads, and its elements."""

    resource: Json
    element: Element


class Desk:
    """What is read off the shelf, each resource once, under a label that no two share."""

    def __init__(self, shelf: Shelf, ledger: Ledger) -> None:
        self.shelf = shelf
        self.ledger = ledger
        self._read: dict[int, Read] = {}
        self._numbers: dict[str, int] = {}

    @property
    def unread(self) -> int:
        """How many of the resources on the shelf nothing refers to."""
        return max(len(self.shelf.kinds) - len(self.ledger.roots), 0)

    def open(self, resource: Json, label: str | None = None) -> Read:
        """The resource's elements, from now on accounted for."""
        found = self._read.get(id(resource))
        if found is None:
            wanted = (
                label or f"{resource.get('resourceType')}/{resource.get('id') or resource.get('url') or '?'}"
            )
            taken, number = wanted, self._numbers.get(wanted, 1)
            while taken in self.ledger.roots:
                number += 1
                taken = f"{wanted} ({number})"
            self._numbers[wanted] = number
            found = self._read[id(resource)] = Read(resource, self.ledger.open(taken, resource))
        return found

    def find(self, kind: str, reference: str, *, inside: Json | None = None) -> Read | None:
        """What a reference means, or None when it was not handed in."""
        resource = self.shelf.find(kind, reference, inside=inside)
        if resource is None:
            return None
        if reference.startswith("#") and inside is not None:
            return self._contained(resource, inside)
        return self.open(resource)

    def _contained(self, resource: Json, inside: Json) -> Read:
        """A contained resource stands within the other: its elements are already accounted for there."""
        found = self._read.get(id(resource))
        if found is None:
            for element in self.open(inside).element.items("contained"):
                self._read.setdefault(id(element.value), Read(element.value, element))
            found = self._read[id(resource)]
        return found
