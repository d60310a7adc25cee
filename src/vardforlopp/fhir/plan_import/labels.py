"""What our own export says of a step in extensions, read back; what it says only in words is left."""

from __future__ import annotations

from typing import Any

from vardforlopp.fhir.plan_import.draft import Vocabulary
from vardforlopp.fhir.plan_import.ledger import Element
from vardforlopp.fhir.plan_import.lengths import duration
from vardforlopp.fhir.plan_import.texts import slug

_WORDS = {
    "disclosure": ("open", "after-informed", "staff-only"),
    "watch": ("core", "quiet"),
    "mode": ("prospective", "retrospective"),
    "mdr-class": ("administrative", "informative"),
}
_USUAL = {"disclosure": "open", "watch": "quiet", "mode": "prospective", "mdr-class": "informative"}
_FLAGS = ("maintenance", "preventive")
_DURATIONS = ("opens", "within", "preferred", "fresh", "first")
ROLE_SYSTEM = "urn:x-vardforlopp:role"
LEVEL_SYSTEM = "urn:x-vardforlopp:level"
ACTIVITY_SYSTEM = "urn:x-vardforlopp:activity"


def labels(element: Element, vocabulary: Vocabulary) -> dict[str, Any]:
    """The keywords in the extensions of an action; each extension is carried or left."""
    found = {each.own(): each for each in element.items("extension")}
    counted_otherwise = "counts-from" in found
    made: dict[str, Any] = {}
    for name, each in found.items():
        if name in _WORDS and each.text("valueCode") in _WORDS[name]:
            if each.text("valueCode") != _USUAL[name]:
                made["mdr" if name == "mdr-class" else name] = each.text("valueCode")
            each.carry()
        elif name in _FLAGS and each.value.get("valueBoolean") is True:
            made[name] = True
            each.carry()
        elif name in _DURATIONS:
            said = duration(each.value.get("valueQuantity"))
            once = name == "first" and element.get("timingTiming") is None
            if said is None or once or (counted_otherwise and name != "fresh"):
                each.leave("counts-from" if said is not None else "in-words")
            else:
                made[name] = str(said)
                each.carry()
        elif name == "care-level":
            _care_level(each, vocabulary, made=made)
        elif name == "level":
            each.leave("level")
        elif name in ("counts-from", "adopted-by", "parameter"):
            each.leave(name)
    return made


def rows(element: Element) -> list[str]:
    """The rows of the source text that our own export names; marked."""
    found = [
        each for each in element.items("extension") if each.own() == "row" and slug(each.text("valueString"))
    ]
    for each in found:
        each.carry()
    return [slug(each.text("valueString")) for each in found]


def disclosure(element: Element) -> str | None:
    """Who may see it, as our own export says; marked."""
    for each in element.items("extension"):
        if each.own() == "disclosure" and each.text("valueCode") in _WORDS["disclosure"]:
            each.carry()
            return each.text("valueCode")
    return None


def mdr_class(element: Element) -> str:
    """The class of an activity, when it is not the usual one; marked."""
    for each in element.items("extension"):
        if each.own() == "mdr-class" and each.text("valueCode") in _WORDS["mdr-class"]:
            each.carry()
            if each.text("valueCode") != _USUAL["mdr-class"]:
                return each.text("valueCode")
    return ""


def leave_level(element: Element) -> None:
    """A level is not taken on trust."""
    for each in element.items("extension"):
        if each.own() == "level":
            each.leave("level")


def counts_otherwise(element: Element) -> bool:
    """True when the export says in words only what the times count from."""
    return any(each.own() == "counts-from" for each in element.items("extension"))


def _care_level(each: Element, vocabulary: Vocabulary, *, made: dict[str, Any]) -> None:
    coding = each.get("valueCoding")
    code = coding.text("code") if coding is not None else ""
    if coding is not None and coding.text("system") == LEVEL_SYSTEM and code in vocabulary.levels:
        made["level"] = code
        each.carry()


def roles(element: Element, vocabulary: Vocabulary) -> list[str]:
    """The roles of an action's or activity's participants; one that the catalogue lacks is left."""
    made: list[str] = []
    for each in element.items("participant"):
        role = each.get("role")
        coding = role.items("coding")[0] if role is not None and role.items("coding") else None
        ours = coding is not None and coding.text("system") == ROLE_SYSTEM
        if coding is not None and ours and coding.text("code") in vocabulary.roles:
            made.append(coding.text("code"))
            each.carry()
        elif role is None and each.text("type") == "patient" and "patient" in vocabulary.roles:
            made.append("patient")
            each.carry()
        else:
            each.leave("participant")
    return list(dict.fromkeys(made))
