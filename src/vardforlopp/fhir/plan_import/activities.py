"""What an action does: its activity, and the evidence that it was done."""

from __future__ import annotations

from typing import Any

from vardforlopp.fhir.plan_import.draft import Draft, Vocabulary
from vardforlopp.fhir.plan_import.labels import ACTIVITY_SYSTEM, mdr_class, roles
from vardforlopp.fhir.plan_import.ledger import Element
from vardforlopp.fhir.plan_import.selectors import METADATA, Selectors, codings, data, writable
from vardforlopp.fhir.plan_import.shelf import Json, Read
from vardforlopp.fhir.plan_import.structure import Item
from vardforlopp.fhir.plan_import.texts import Ids, our_language, texts

#: What shows that a request of that kind was carried out.
_DONE_BY = {
    "ServiceRequest": ("Procedure", "DiagnosticReport", "Observation"),
    "Appointment": ("Encounter",),
    "CommunicationRequest": ("Communication",),
    "ImmunizationRecommendation": ("Immunization",),
    "NutritionOrder": ("Procedure",),
    "DeviceRequest": ("Procedure",),
    "Task": ("Task", "Procedure"),
}
_NOT_READ = (
    "purpose", "usage", "library", "relatedArtifact", "profile", "topic", "priority",
    "location", "productCodeableConcept", "productReference", "quantity", "bodySite", "specimenRequirement",
    "observationRequirement", "observationResultRequirement",
)  # fmt: skip
_ANY = ("Procedure", "Observation", "DiagnosticReport", "Encounter")


class Activities:
    """The activities of a draft, one for all actions that name the same."""

    def __init__(self, draft: Draft, selectors: Selectors, vocabulary: Vocabulary) -> None:
        self._draft = draft
        self._selectors = selectors
        self._vocabulary = vocabulary
        self._ids = Ids()
        self._by_definition: dict[str, str] = {}

    def of(self, item: Item, title: Json) -> str:
        """The activity of a step."""
        own = own_code(item.element)
        if item.activity is not None:
            return self._defined(item.activity, own, title)
        if own:
            if own not in self._by_definition:
                self._by_definition[own] = self._ids.new(own, otherwise="aktivitet")
                self._write(self._by_definition[own], title)
            return self._by_definition[own]
        name = self._ids.new(item.id, otherwise="aktivitet")
        self._write(name, title)
        return name

    def done(self, item: Item) -> Any:
        """The evidence of a step: its data, its code, else a recorded decision."""
        ours = bool(own_code(item.element))
        inside = item.plan.resource
        shown = [
            data(each, self._selectors, inside=inside)
            for each in item.element.items("input" if ours else "output")
        ]
        if not ours:
            item.element.leave("input", "input")
        found = list(dict.fromkeys(name for name in shown if name))
        if not found and not ours:
            found = self._by_code(item)
        if not found:
            item.element.ledger.note(f"{item.element.path}", "evidence-none", item.id)
            return {"decided": item.id}
        if any(shown):
            why = "evidence-one" if len(found) == 1 else "evidence-many"
            item.element.ledger.note(f"{item.element.path}.{'input' if ours else 'output'}", why, item.id)
        return self._shown_by(item, found)

    def _shown_by(self, item: Item, found: list[str]) -> Any:
        """One kind of data is the evidence. Several, or a drug, may be but a part of what was meant (S05):

        a person may say that it is done without them, so that nothing asks for a treatment.
        """
        data_shown: Any = found[0] if len(found) == 1 else {"all": found}
        drug = any(self._selectors.made[name]["kind"] == "medications" for name in found)
        if len(found) == 1 and not drug:
            return data_shown
        return {"any": [{"decided": item.id}, data_shown]}

    def _by_code(self, item: Item) -> list[str]:
        kind = item.activity.element.text("kind") if item.activity is not None else ""
        for element in filter(
            None, (item.activity.element if item.activity is not None else None, item.element)
        ):
            for concept in _concepts(element):
                said = [(system, code) for system, code, _ in codings(concept)]
                display = next((each for _, _, each in codings(concept) if each), "")
                made = self._selectors.of_codes(
                    said, _DONE_BY.get(kind, _ANY), title=concept.text("text") or display
                )
                if made is not None:
                    _mark(concept)
                    item.element.ledger.note(concept.path, "evidence-code", item.id)
                    return [made]
        return []

    def _defined(self, found: Read, own: str, title: Json) -> str:
        element = found.element
        key = element.path
        if key not in self._by_definition:
            language = our_language(element.text("language")) or self._draft.language
            named = texts(element, "title", language) or title
            name = self._ids.new(own, element.text("id"), element.text("name"), otherwise="aktivitet")
            self._by_definition[key] = name
            self._write(name, named, text=texts(element, "description", language))
            performers = roles(element, self._vocabulary)
            if performers:
                self._draft.activities[name]["performers"] = performers
            element.set_aside("metadata", *METADATA, "intent", "kind", "subtitle")
            element.leave("activity", *_NOT_READ)
            element.leave("population", "useContext", "subjectCodeableConcept", "subjectReference")
            element.leave("code", *(["code"] if f"{element.path}.code" not in element.ledger.marks else []))
            element.leave("computed", "dynamicValue", "transform")
            mdr = mdr_class(element)
            if mdr:
                self._draft.activities[name]["mdr"] = mdr
            own_code(element)
        return self._by_definition[key]

    def _write(self, name: str, title: Json, *, text: Json | None = None) -> None:
        self._draft.activities[name] = {"title": dict(title), **({"text": dict(text)} if text else {})}


def _concepts(element: Element) -> list[Element]:
    """The codes of an action (a list) or of an activity (one)."""
    one = element.get("code")
    return element.items("code") or ([one] if one is not None and isinstance(one.value, dict) else [])


def _mark(concept: Element) -> None:
    """The codings that the selector has are carried; the others are left."""
    concept.carry("text")
    for each in concept.items("coding"):
        if each.text("system") and writable(each.text("code")):
            each.carry()
        else:
            each.leave("code")


def own_code(element: Element) -> str:
    """The activity in our own code system, marked; empty for a plan from elsewhere."""
    for concept in _concepts(element):
        for system, code, _ in codings(concept):
            if system == ACTIVITY_SYSTEM and code:
                concept.carry()
                return code
    return ""
