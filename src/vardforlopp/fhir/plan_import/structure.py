"""The actions of a plan as a tree of ours: phases, groups, choices and steps, nested plans folded in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from vardforlopp.fhir.package.site import fhir_id
from vardforlopp.fhir.plan_import.ledger import Element
from vardforlopp.fhir.plan_import.shelf import PLAN, Desk, Read
from vardforlopp.fhir.plan_import.texts import Ids, slug
from vardforlopp.kernel.errors import InputError

Kind = Literal["group", "step", "way", "entry", "exit", "device", "not-to-do"]
#: How our own export marks what is no phase.
_EVENTS: dict[str, Kind] = {"entries": "entry", "exits": "exit"}
_STEP: Kind = "step"
_CHOOSING = frozenset(("exactly-one", "at-most-one"))
_SHOWN = 8  # plans of a circle that are told
_MOST = 1_000
_DEEPEST = 50
_DOSES = ("dos", "rate", "quantity", "strength", "infusion")


@dataclass
class Item:
    """An action in its place. `id` is ours; `plan` is what it was read in; `activity` what it does."""

    element: Element
    plan: Read
    kind: Kind
    id: str
    parent: Item | None = None
    children: list[Item] = field(default_factory=list)
    activity: Read | None = None
    chooses: bool = False

    def steps(self) -> Iterator[Item]:
        """All steps below, itself when it is one."""
        if self.kind == "step":
            yield self
        for child in self.children:
            yield from child.steps()

    @property
    def decision(self) -> str:
        """What people decide when a condition of it cannot be read; no two items share one."""
        kind = {"entry": "ingang-", "exit": "utgang-", "group": "grupp-"}.get(self.kind, "")
        return f"{kind}{self.id}-villkor"

    def above(self) -> Iterator[Item]:
        """The groups around it, the nearest first."""
        found = self.parent
        while found is not None:
            yield found
            found = found.parent


class Forest:
    """All items of a plan, and which of them an `actionId` means."""

    def __init__(self, desk: Desk, plan: Read) -> None:
        self._desk = desk
        self._ids = {kind: Ids() for kind in ("group", "step", "entry", "exit")}
        self._count = 0
        self._named: dict[tuple[int, str], list[Item]] = {}
        self.plan = plan
        self.top = self._actions(plan, (plan,), parent=None)
        if not self._count:
            where = f"{desk.shelf.name}, {plan.element.path}.action"
            do = "Import a plan with actions."
            raise InputError("VF-IMP-004", where, "the plan has no action", do)

    def items(self) -> Iterator[Item]:
        """Every item, each after what it stands in."""
        waiting = list(reversed(self.top))
        while waiting:
            item = waiting.pop()
            yield item
            waiting += reversed(item.children)

    def named(self, item: Item, action: str) -> list[Item]:
        """What an action id means in the plan of an item: one item, or several when ids stand twice."""
        return self._named.get((id(item.plan.resource), action), [])

    def _actions(self, plan: Read, around: tuple[Read, ...], *, parent: Item | None) -> list[Item]:
        return [self._item(action, plan, around, parent=parent) for action in plan.element.items("action")]

    def _item(self, action: Element, plan: Read, around: tuple[Read, ...], *, parent: Item | None) -> Item:
        self._count += 1
        if self._count > _MOST:
            what = f"the plan and those within it have more than {_MOST} actions"
            raise InputError(
                "VF-IMP-007", f"{self._desk.shelf.name}, {action.path}", what, "Import its parts."
            )
        if parent is not None and sum(1 for _ in parent.above()) >= _DEEPEST:
            what = f"the actions of the plan and those within it stand more than {_DEEPEST} deep"
            where = f"{self._desk.shelf.name}, {action.path}"
            raise InputError("VF-IMP-013", where, what, "Import its parts.")
        item = self._named_item(action, plan, parent=parent)
        below = [self._item(each, plan, around, parent=item) for each in action.items("action")]
        item.children = [*below, *self._nested(item, around)]
        if item.kind == "step":
            item.kind = "group" if item.children else _kind(item)
        item.chooses = item.kind == "group" and action.text("selectionBehavior") in _CHOOSING
        if item.chooses:
            for child in item.children:
                if _only_a_way(child, item):
                    child.kind, child.id = "way", slug(child.element.text("id")[len(item.id) + 1 :])
        return item

    def _named_item(self, action: Element, plan: Read, *, parent: Item | None) -> Item:
        own = action.text("id")
        wanted, kind = own, _STEP
        phase = parent is None and bool(action.items("action"))
        if phase and action.text("selectionBehavior") not in _CHOOSING:
            kind, wanted = "group", own.removeprefix("phase-")
        elif parent is not None and parent.parent is None and parent.element.text("id") in _EVENTS:
            kind = _EVENTS[parent.element.text("id")]
            wanted = own.removeprefix(f"{kind}-")
        made = Item(
            action, plan, kind, self._ids[kind].new(wanted, action.text("title"), otherwise="atgard"), parent
        )
        if own:
            found = self._named.setdefault((id(plan.resource), own), [])
            found.append(made)
            if len(found) > 1:
                self._desk.ledger.note(f"{action.path}.id", "id-twice", f"{own}: {made.id}")
        return made

    def _nested(self, item: Item, around: tuple[Read, ...]) -> list[Item]:
        """The actions of the plan that the action takes in; an activity is only remembered."""
        action, name = item.element, item.element.text("definitionCanonical")
        if not name:
            return []
        plan = self._desk.find(PLAN, name, inside=item.plan.resource)
        if plan is not None:
            if any(plan.resource is each.resource for each in around):
                chain = " -> ".join(each.element.path for each in (*around[-_SHOWN:], plan))
                where = f"{self._desk.shelf.name}, {action.path}.definitionCanonical"
                raise InputError(
                    "VF-IMP-005", where, f"the plans take each other in: {chain}", "Cut the circle."
                )
            action.carry("definitionCanonical")
            return self._actions(plan, (*around, plan), parent=item)
        item.activity = self._desk.find("ActivityDefinition", name, inside=item.plan.resource)
        if item.activity is not None:
            action.carry("definitionCanonical")
        else:
            action.leave(
                "plan-missing" if "PlanDefinition" in name else "definition-missing", "definitionCanonical"
            )
        return []


def _only_a_way(child: Item, choice: Item) -> bool:
    """A way of a choice in our own export: named after it, and nothing to do."""
    says = set(child.element.value) <= {"id", "title", "_title", "condition"}
    stem, name = fhir_id(choice.id), child.element.text("id")
    return says and name.startswith(f"{stem}-") and bool(slug(name[len(stem) + 1 :]))


def dosing(element: Element) -> list[Element]:
    """The parts of an action or activity that compute or give a dose."""
    found = [
        each
        for each in element.items("dynamicValue")
        if any(word in each.text("path").lower() for word in _DOSES)
    ]
    return [*found, *element.items("dosage")]


def _kind(item: Item) -> Kind:
    """What an action without others is: something to do, a dose, or something not to do."""
    if _is_device(item):
        return "device"
    activity = item.activity.element if item.activity is not None else None
    never = activity is not None and activity.value.get("doNotPerform") is True
    return "not-to-do" if never else "step"


def _is_device(item: Item) -> bool:
    mark = next(
        (each for each in item.element.items("extension") if each.text("url").endswith("/mdr-class")), None
    )
    if mark is not None and mark.text("valueCode") == "device":
        return True
    return bool(dosing(item.element)) or (item.activity is not None and bool(dosing(item.activity.element)))
