"""What a stay in a pathway, and what somebody did to it, must say so that it can be followed.

R4 allows more: a stay in a pathway that nobody knows is a sound CarePlan, and would be in force for nobody.
What each means stands in `docs/reference/acts.md`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from vardforlopp.definitions.model import Pathway
from vardforlopp.fhir.concepts import codings_of
from vardforlopp.fhir.names import (
    ACT_SYSTEM,
    ACTS,
    CATEGORY_SYSTEM,
    ENROLMENT,
    EXTENSION,
    INPUT_SYSTEM,
    pathway_of,
)
from vardforlopp.fhir.resource_types import Json
from vardforlopp.fhir.validation import Fault

#: What an act must say beside its code: an input, or an element.
_INPUTS = {"decision": ("step",), "attestation": ("step", "done", "where"), "credit": ("step", "done")}
_ELEMENTS = {"decision": "output", "deviation": "statusReason"}
_ALL = "*"


class OwnRules:
    """The rules, by the pathways that are followed."""

    def __init__(self, pathways: Mapping[str, Pathway]) -> None:
        self._pathways = pathways

    def faults(self, resource: Json) -> tuple[Fault, ...]:
        """What keeps a sound resource from being followed; none of what is not ours."""
        match resource["resourceType"]:
            case "CarePlan" if (CATEGORY_SYSTEM, ENROLMENT) in _pairs(resource, "category"):
                return tuple(self._stay(resource))
            case "Task" if acts := [
                code for system, code in _pairs(resource, "code") if system == ACT_SYSTEM
            ]:
                return tuple(self._act(acts[0], resource))
        return ()

    def _stay(self, resource: Json) -> Iterator[Fault]:
        named = pathway_of(resource.get("instantiatesCanonical"))
        pathway = self._pathways.get(named[0]) if named is not None else None
        if pathway is None:
            yield _unknown("CarePlan.instantiatesCanonical", "pathway", self._pathways)
        if "start" not in resource.get("period", {}):
            yield Fault("CarePlan.period.start", "a stay begins on a day", "Say when it began.")
        if resource["status"] == "completed" and "end" not in resource.get("period", {}):
            yield Fault("CarePlan.period.end", "a stay that is over has ended on a day", "Say when it ended.")
        said = {one.get("url"): one.get("valueCode") for one in resource.get("extension", ())}
        if pathway is None:
            return
        entry, side = said.get(f"{EXTENSION}entry"), said.get(f"{EXTENSION}side")
        if entry is not None and entry not in pathway.entries:
            yield _unknown("CarePlan.extension", "entry", pathway.entries)
        if pathway.sided and side not in ("left", "right"):
            yield Fault("CarePlan.extension", "the pathway is of one side of the body", "Say left or right.")

    def _act(self, code: str, resource: Json) -> Iterator[Fault]:
        if code not in ACTS:
            yield _unknown("Task.code", "act", ACTS)
            return
        given = _inputs(resource)
        for name in _INPUTS.get(code, ()):
            if given.get(name, _ALL) == _ALL:
                yield Fault("Task.input", f"a {code} says `{name}`", f"Give it as an input named {name}.")
        element = _ELEMENTS.get(code)
        if element is not None and element not in resource:
            yield Fault(f"Task.{element}", f"a {code} has a `{element}`", "Say it.")
        named = pathway_of(resource.get("instantiatesCanonical"))
        name = given.get("pathway", "") if named is None else named[0]
        if not name:
            return
        pathway = self._pathways.get(name)
        if pathway is None:
            yield _unknown("Task.instantiatesCanonical", "pathway", self._pathways)
        elif given.get("step", _ALL) not in {_ALL, *pathway.steps, *pathway.choices}:
            yield _unknown("Task.input", "step", (*pathway.steps, *pathway.choices))


def _pairs(resource: Json, path: str) -> set[tuple[Any, Any]]:
    return {(one.get("system"), one.get("code")) for one in codings_of(resource, path)}


def _inputs(resource: Json) -> dict[str, str]:
    """Our inputs by name; of one that is no text that it is there."""
    found: dict[str, str] = {}
    for given in resource.get("input", ()):
        value = next((each for key, each in given.items() if key.startswith("value")), None)
        for coding in given["type"].get("coding", ()):
            if coding.get("system") == INPUT_SYSTEM and value is not None:
                found[coding.get("code", "")] = value if isinstance(value, str) else "-"
    return found


def _unknown(where: str, what: str, known: Iterable[str]) -> Fault:
    return Fault(where, f"no such {what} is followed here", f"Known are {', '.join(sorted(known))}.")
