"""Actions that do something as steps, and groups that choose as choices."""

from __future__ import annotations

from textwrap import shorten
from typing import Any

from vardforlopp.fhir.plan_import import labels
from vardforlopp.fhir.plan_import.activities import Activities
from vardforlopp.fhir.plan_import.draft import Draft, Part, Vocabulary
from vardforlopp.fhir.plan_import.ledger import Element
from vardforlopp.fhir.plan_import.order import Order, Times
from vardforlopp.fhir.plan_import.rules import Guard, Rules
from vardforlopp.fhir.plan_import.selectors import Selectors, data
from vardforlopp.fhir.plan_import.structure import Item, dosing
from vardforlopp.fhir.plan_import.texts import our_language, texts
from vardforlopp.fhir.plan_import.timing import Recurrence, recurrence

Json = dict[str, Any]
_TITLE = 80
_NONE = "ingen"
_OF_A_STEP = (
    "input", "output", "participant", "timingTiming", "timingAge", "timingDateTime", "timingPeriod",
    "timingDuration", "timingRange", "trigger",
)  # fmt: skip


class Steps:
    """Makes the steps of one draft."""

    def __init__(
        self,
        draft: Draft,
        *,
        rules: Rules,
        order: Order,
        activities: Activities,
        selectors: Selectors,
        vocabulary: Vocabulary,
    ) -> None:
        self._draft = draft
        self._rules = rules
        self._order = order
        self._activities = activities
        self._selectors = selectors
        self._vocabulary = vocabulary
        self._guards: dict[int, Guard] = {}

    def texts(self, item: Item, name: str) -> Json:
        """A text of an action, in the language of the plan that it stands in."""
        language = our_language(item.plan.element.text("language")) or self._draft.language
        return texts(item.element, name, language)

    def guard(self, item: Item) -> Guard:
        """What the action's own conditions ask; read once."""
        made = self._guards.get(id(item))
        if made is None:
            named = item.plan.resource.get("library")
            libraries = (
                tuple(each for each in named if isinstance(each, str)) if isinstance(named, list) else ()
            )
            made = self._rules.guard(item.element, item.decision, libraries=libraries)
            if item.element.get("modifierExtension") is not None:
                item.element.leave("modifier", "modifierExtension")
                self._rules.ask(made, item.decision, "modifierExtension")
            self._guards[id(item)] = made
        return made

    def step(self, item: Item) -> Part:
        """The step of an action, each of its elements marked."""
        element = item.element
        title = self.texts(item, "title") or {self._draft.language: _short(element) or item.id}
        summary = self.texts(item, "description")
        activity = self._activities.of(item, title)
        done = self._activities.done(item)
        times = self._order.times(item)
        again = _again(item, times)
        when = self._when(item, again.when)
        keys: Json = {
            "title": title,
            "summary": summary or None,
            "row": labels.rows(element) or item.id,
            "source": self._source(element),
            "activity": activity,
            "by": labels.roles(element, self._vocabulary) or None,
            **labels.labels(element, self._vocabulary),
            "when": when.criterion(),
            "after": times.after,
            "before": times.before,
            **_times(times),
            **again.keys,
            **self._trigger(item, bool(again.keys)),
            "done": done,
        }
        if "first" in keys and "every" not in keys:
            del keys["first"]
        leave_the_rest(item)
        said = [*_spoken(item), *when.comments]
        return Part({key: value for key, value in keys.items() if value is not None}, said)

    def choice(self, item: Item) -> Part:
        """A group of which one or at most one is taken. Criteria that are not all read are left to people."""
        ways: Json = {}
        comments: list[str] = []
        for child in item.children:
            guard = self.guard(child)
            comments += [f"{child.id}: {each}" for each in guard.comments]
            ways[child.id] = guard.criterion()
        if comments or not all(ways.values()):
            ways = dict.fromkeys(ways)
            for child in item.children:
                _leave_conditions(child.element)
        options: Json = {}
        for child in item.children:
            title = self.texts(child, "title")
            said = {"title": title or None, "when": ways[child.id]}
            options[child.id] = {key: value for key, value in said.items() if value} or None
        keys: Json = {
            "title": self.texts(item, "title") or {self._draft.language: item.id},
            "options": options,
            "row": labels.rows(item.element) or item.id,
            "source": self._source(item.element),
        }
        if item.element.text("selectionBehavior") == "at-most-one" and _NONE not in options:
            if any(ways.values()):
                keys["else"] = _NONE
            else:
                options[_NONE] = None
        item.element.carry("selectionBehavior")
        labels.leave_level(item.element)
        seen_by = labels.disclosure(item.element)
        return Part(keys | ({"disclosure": seen_by} if seen_by else {}), comments)

    def _when(self, item: Item, more: Json | None) -> Guard:
        """The action's own guard and those of its groups; of a choice, that its way was taken."""
        made = Guard()
        child = item
        for group in item.above():
            if group.chooses:
                made.parts.insert(0, {"branch": group.id, "is": child.id})
            if group.parent is not None and not (group.parent.chooses):
                made.parts += self.guard(group).parts
                made.comments += self.guard(group).comments
            child = group
        if item.parent is None or not item.parent.chooses:
            own = self.guard(item)
            made.parts += own.parts
            made.comments += own.comments
        if more is not None:
            made.parts.append(more)
        return made

    def _source(self, element: Element) -> Any:
        """The plan itself, and the texts that the action names by the label of our own export."""
        named: list[str] = []
        for each in element.items("documentation"):
            label = each.text("label")
            if label in self._draft.head["sources"]:
                named.append(label)
                each.carry()
            else:
                each.leave("artifact")
        return ["PLAN", *named] if named else "PLAN"

    def _trigger(self, item: Item, recurs: bool) -> Json:
        """A trigger on data that were added: once for each. Others, and those beside a timing, are left."""
        made: Json = {}
        for each in item.element.items("trigger"):
            requirements = each.items("data")
            usable = each.text("type") == "data-added" and len(requirements) == 1
            if recurs or made or not usable or each.get("condition") is not None:
                each.leave("trigger")
                continue
            selector = data(requirements[0], self._selectors, inside=item.plan.resource)
            if selector is None:
                each.leave("trigger")
                continue
            each.carry("type", "name")
            made = {"per": selector}
        return made


def _again(item: Item, times: Times) -> Recurrence:
    """When an action comes again: as it says itself, else as its activity does."""
    own = recurrence(item.element, anchor=times.after)
    if times.within is not None and own.keys.pop("within", None) is not None:
        timing = item.element.get("timingTiming")
        repeat = timing.get("repeat") if timing is not None else None
        assert repeat is not None, "a slack was read from it"
        repeat.leave("timing", "periodMax")
    if item.activity is None:
        return own
    if own.keys or own.when:
        defined = item.activity.element
        if defined.get("timingTiming") is not None or defined.get("timingAge") is not None:
            defined.ledger.note(item.element.path, "timing", defined.path)
        return own
    return recurrence(item.activity.element, anchor=times.after)


def _leave_conditions(element: Element) -> None:
    """The criteria of a choice are all carried or none: people decide."""
    for condition in element.items("condition"):
        expression = condition.get("expression")
        if expression is not None and expression.ledger.marks.get(expression.path, ("",))[0] == "carried":
            expression.leave("choice-left")


def _times(times: Times) -> Json:
    """Opening and due day out of an offset range; what our own export says beside it is the same."""
    found = {"opens": times.opens, "within": times.within}
    return {key: str(value) for key, value in found.items() if value is not None}


def leave_the_rest(item: Item) -> None:
    """What no step says: how a screen shows it, what is computed, goals, things without a keyword."""
    element = item.element
    element.carry("id")
    element.set_aside("shown", "groupingBehavior", "precheckBehavior", "prefix", "_prefix")
    for name, usual in (
        ("selectionBehavior", ("any", "all")),
        ("requiredBehavior", ("must",)),
        ("cardinalityBehavior", ("single",)),
    ):
        if element.text(name) in usual:
            element.set_aside("usual", name)
        elif f"{element.path}.{name}" not in element.ledger.marks:
            element.leave("behaviour", name)
    kind = element.get("type")
    codes = [each.text("code") for each in kind.items("coding")] if kind is not None else []
    if codes == ["create"]:
        element.set_aside("usual", "type")
    else:
        element.leave("action-type", "type")
    element.leave("definition-missing", "definitionUri")
    for each in element.items("documentation"):
        if each.path not in element.ledger.marks:
            each.leave("artifact")
    element.leave("priority", "priority")
    element.leave("reason", "reason")
    element.leave("computed", "dynamicValue", "transform")
    for each in dosing(element):
        each.leave("device")
    element.leave("goal-of-step", "goalId")
    element.leave("population", "subjectCodeableConcept", "subjectReference")
    element.leave("code", "code")
    if item.kind != "step":
        element.leave("on-a-group", *_OF_A_STEP)


def _short(element: Element) -> str:
    """A title for an action without one: the beginning of what else it says."""
    said = element.text("description") or element.text("textEquivalent")
    return shorten(said, _TITLE, placeholder=" ...") if said else ""


def _spoken(item: Item) -> list[str]:
    """The words for people, kept as a comment: they may say more than was carried."""
    said = item.element.text("textEquivalent")
    if not said:
        return [item.element.path]
    item.element.leave("text", "textEquivalent", "_textEquivalent")
    return [item.element.path, *said.splitlines()]
