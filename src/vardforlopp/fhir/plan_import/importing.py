"""From a plan on the shelf to a draft and the account of it."""

from __future__ import annotations

from typing import NamedTuple

from vardforlopp.fhir.plan_import.activities import Activities, own_code
from vardforlopp.fhir.plan_import.draft import Draft, Part, Phase, Vocabulary
from vardforlopp.fhir.plan_import.events import Events
from vardforlopp.fhir.plan_import.goals import goals
from vardforlopp.fhir.plan_import.head import begin
from vardforlopp.fhir.plan_import.ledger import Account, Element, Ledger
from vardforlopp.fhir.plan_import.order import Order
from vardforlopp.fhir.plan_import.rules import Rules
from vardforlopp.fhir.plan_import.selectors import METADATA, Selectors
from vardforlopp.fhir.plan_import.shelf import PLAN, Desk, Shelf
from vardforlopp.fhir.plan_import.steps import Steps, leave_the_rest
from vardforlopp.fhir.plan_import.structure import Forest, Item
from vardforlopp.fhir.plan_import.texts import Ids
from vardforlopp.kernel.codes import SystemTable

_LOOSE = "atgarder"
#: Kind of action -> the reason among the rows left out, and why.
_OMITTED = {
    "device": ("device", "Doser är läkarens beslut."),
    "not-to-do": ("text-only", "Det ska inte göras."),
}


class Imported(NamedTuple):
    """The draft, and what became of each element of the plan and of all that it refers to.

    `unread`: how many resources were handed in that the plan does not refer to.
    """

    draft: Draft
    account: Account
    unread: int


def import_plan(
    shelf: Shelf, systems: SystemTable, *, vocabulary: Vocabulary, wanted: str | None = None
) -> Imported:
    """The plan that is meant, as a draft; `InputError` when it is no plan that can be read."""
    resource = shelf.plan(wanted)
    ledger = Ledger()
    desk = Desk(shelf, ledger)
    plan = desk.open(resource, PLAN)
    forest = Forest(desk, plan)
    ledger.own_base = _own_base(forest)
    draft = begin(plan.element, desk)
    order = Order(forest, name=shelf.name)
    selectors = Selectors(desk, systems, language=draft.language)
    steps = Steps(
        draft,
        rules=Rules(desk, selectors),
        order=order,
        activities=Activities(draft, selectors, vocabulary),
        selectors=selectors,
        vocabulary=vocabulary,
    )
    _Builder(draft, steps, Events(draft, steps=steps, selectors=selectors)).build(forest)
    goals(plan.element, draft, selectors=selectors)
    plan.element.leave("modifier", "modifierExtension")
    draft.selectors, draft.systems = selectors.made, selectors.systems
    _leave_unread(plan.element)
    for label in list(ledger.roots):
        if label.startswith(PLAN) and label != PLAN:
            _nested_head(ledger, label)
    return Imported(draft, ledger.account(), desk.unread)


def _own_base(forest: Forest) -> str:
    """Where our own export says that it lives, if the plan has actions with our codes; else nothing."""
    base, found, _ = forest.plan.element.text("url").rpartition("/PlanDefinition/")
    ours = any(own_code(item.element) for item in forest.items())
    return base if found and ours else ""


def _leave_unread(plan: Element) -> None:
    """What is contained in the plan, and nothing of it was read."""
    inside = f"{plan.path}.contained["
    read = {path[: path.index("]") + 1] for path in plan.ledger.marks if path.startswith(inside)}
    for held in plan.items("contained"):
        if held.path not in read:
            held.leave("contained")


def _nested_head(ledger: Ledger, label: str) -> None:
    """Of a plan within the plan, the actions are carried; its head is told."""
    element = Element(ledger, label, ledger.roots[label])
    element.set_aside("metadata", *METADATA, "topic", "type")
    element.leave("nested-head", "title", "description", "purpose", "usage", "relatedArtifact", "library",
                  "goal", "useContext", "subjectCodeableConcept", "subjectReference", "subtitle")  # fmt: skip


class _Builder:
    """Puts each item of a forest where it belongs."""

    def __init__(self, draft: Draft, steps: Steps, events: Events) -> None:
        self._draft = draft
        self._steps = steps
        self._events = events
        self._phases = Ids()
        self._loose: Phase | None = None

    def build(self, forest: Forest) -> None:
        """Phases, steps, choices and ways in and out, and a row for each."""
        self._events.of_the_whole(forest)
        for item in forest.top:
            if any(child.kind in ("entry", "exit") for child in item.children):
                self._steps.texts(item, "title")
                leave_the_rest(item)
                item.element.carry("selectionBehavior")
                for child in item.children:
                    self._row(child, child.kind, self._events.event(child))
            elif item.kind == "group":
                self._phase(item)
            else:
                self._place(item, self._for_the_loose())
        filled = [phase for phase in self._draft.phases if phase.items]
        self._draft.phases = filled or self._draft.phases[:1] or [self._for_the_loose()]

    def _phase(self, item: Item) -> None:
        guard = self._steps.guard(item)
        name = self._phases.new(item.id, otherwise="fas")
        keys = {"id": name, "title": self._steps.texts(item, "title") or {self._draft.language: name}}
        when = guard.criterion()
        phase = Phase(name, keys | ({"when": when} if when is not None else {}), comments=guard.comments)
        self._draft.phases.append(phase)
        self._group(item, phase)

    def _for_the_loose(self) -> Phase:
        """The phase of actions that stand in no group."""
        if self._loose is None:
            name = self._phases.new(_LOOSE, otherwise=_LOOSE)
            title = {self._draft.language: {"sv": "Åtgärder", "en": "Actions"}[self._draft.language]}
            self._loose = Phase(name, {"id": name, "title": title})
            self._draft.phases.append(self._loose)
        return self._loose

    def _group(self, item: Item, phase: Phase) -> None:
        if item.chooses:
            phase.items[item.id] = self._steps.choice(item)
            self._row(item, "decision", phase.items[item.id])
        elif item.parent is not None:
            item.element.leave("group", "title", "_title")
        item.element.leave("text", "textEquivalent", "_textEquivalent", "description", "_description")
        leave_the_rest(item)
        for child in item.children:
            self._place(child, phase)

    def _place(self, item: Item, phase: Phase) -> None:
        if item.kind == "group":
            self._group(item, phase)
        elif item.kind == "step":
            phase.items[item.id] = self._steps.step(item)
            self._row(item, "action", phase.items[item.id])
        elif item.kind in _OMITTED:
            self._omit(item)
        else:
            leave_the_rest(item)

    def _omit(self, item: Item) -> None:
        """What gives or computes a dose (S05), or is not to be done, is no step but a row left out."""
        reason, why = _OMITTED[item.kind]
        item.element.leave(item.kind)
        if item.activity is not None:
            item.activity.element.leave(item.kind)
        self._row(item, "action")
        self._draft.omitted.append({"row": item.id, "reason": reason, "why": f"{why} {item.element.path}"})

    def _row(self, item: Item, kind: str, part: Part | None = None) -> None:
        """The rows that a part of the draft encodes; without a part, the action itself."""
        title = item.element.text("title") or item.id
        named = part.keys.get("row", item.id) if part is not None else item.id
        for row in named if isinstance(named, list) else [named]:
            self._draft.rows.setdefault(row, (kind, f"{item.element.path}: {title}"))
