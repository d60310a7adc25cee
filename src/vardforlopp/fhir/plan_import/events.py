"""Ways in and out: the groups of our own export, and a trigger on the whole of a plan from elsewhere."""

from __future__ import annotations

from typing import Any

from vardforlopp.fhir.plan_import import labels
from vardforlopp.fhir.plan_import.draft import Draft, Part
from vardforlopp.fhir.plan_import.ledger import Element
from vardforlopp.fhir.plan_import.selectors import Selectors, data
from vardforlopp.fhir.plan_import.shelf import Json
from vardforlopp.fhir.plan_import.steps import Steps, leave_the_rest
from vardforlopp.fhir.plan_import.structure import Forest, Item
from vardforlopp.fhir.plan_import.texts import Ids

_ADDED = "data-added"


class Events:
    """Makes the entries and exits of a draft."""

    def __init__(self, draft: Draft, *, steps: Steps, selectors: Selectors) -> None:
        self._draft = draft
        self._steps = steps
        self._selectors = selectors

    def event(self, item: Item) -> Part | None:
        """An entry or exit of our own export. Without an event that can be read, there is none."""
        guard = self._steps.guard(item)
        found = self._named(item)
        if not found:
            item.element.leave("event")
            return None
        labels.leave_level(item.element)
        keys: dict[str, Any] = {
            "event": found,
            "when": guard.criterion(),
            "title": self._steps.texts(item, "title"),
            "row": labels.rows(item.element) or item.id,
            "source": "PLAN",
        }
        if item.kind == "entry":
            keys["disclosure"] = labels.disclosure(item.element)
        item.element.leave("text", "textEquivalent", "_textEquivalent")
        leave_the_rest(item)
        part = Part(
            {key: value for key, value in keys.items() if value}, [item.element.path, *guard.comments]
        )
        (self._draft.entries if item.kind == "entry" else self._draft.exits)[item.id] = part
        return part

    def of_the_whole(self, forest: Forest) -> None:
        """A plan that is one group and has triggers begins when its data come."""
        if len(forest.top) != 1 or forest.top[0].kind != "group":
            return
        ids = Ids()
        for each in forest.top[0].element.items("trigger"):
            found = self._fact(each, inside=forest.plan.resource)
            each.leave("trigger")
            if found is not None:
                each.carry("type", "name")
                name = ids.new(each.text("name"), otherwise="IN1")
                keys = {"event": [found], "title": {self._draft.language: each.text("name") or name}}
                self._draft.entries[name] = Part(keys | {"source": "PLAN", "row": name}, [each.path])

    def _named(self, item: Item) -> list[str]:
        """The facts of the triggers. Our own export names the selector, and of a state its end."""
        found: list[str] = []
        for each in item.element.items("trigger"):
            made = self._fact(each, inside=item.plan.resource)
            if made is None:
                each.leave("trigger")
                continue
            if each.text("name") == f"{made}.end":
                self._selectors.lasts(made)
                made = f"{made}.end"
            each.carry("type", "name")
            found.append(made)
        return list(dict.fromkeys(found))

    def _fact(self, trigger: Element, inside: Json) -> str | None:
        """The selector of a trigger. Several data would have to come together: we have no such event."""
        asked = trigger.items("data")
        if trigger.text("type") != _ADDED or trigger.get("condition") is not None or len(asked) != 1:
            return None
        return data(asked[0], self._selectors, inside=inside)
