"""What waits for what: related actions as anchors (`after`) and last moments (`before`)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from vardforlopp.definitions.lint_order import circles
from vardforlopp.fhir.plan_import.labels import counts_otherwise
from vardforlopp.fhir.plan_import.ledger import Element
from vardforlopp.fhir.plan_import.lengths import duration, span
from vardforlopp.fhir.plan_import.structure import Forest, Item
from vardforlopp.kernel.durations import Duration
from vardforlopp.kernel.errors import InputError

Moment = dict[str, Any]
_SHOWN = 8  # actions of a circle that are told
_AFTER = ("after", "after-end", "after-start")
_BEFORE = ("before", "before-start", "before-end")
#: The language knows when a step was done, not when it began or went on.
_READ_AS_DONE = frozenset(("after-start", "before-end"))


class _Relation(NamedTuple):
    """A related action of an item, and the steps that it means."""

    element: Element
    before: bool
    targets: tuple[Item, ...]


class Times(NamedTuple):
    """When a step may begin and must be done, as far as its relations say."""

    after: Moment | None
    before: Moment | None
    opens: Duration | None = None
    within: Duration | None = None


class Order:
    """The relations of a forest, without circles."""

    def __init__(self, forest: Forest, *, name: str) -> None:
        self._forest = forest
        self._relations = {id(item): list(self._read(item)) for item in forest.items()}
        self._refuse_circles(name)
        self._rests: dict[str, set[str]] = {step.id: set() for step in self._steps()}
        for step in self._steps():
            for relation in self._of(step):
                if not relation.before:
                    self._rests[step.id] |= {each.id for each in relation.targets}

    def times(self, step: Item) -> Times:
        """The anchor and the last moment of a step, its groups' relations included; marks what is carried."""
        found = list(self._of(step))
        afters = [each for each in found if not each.before]
        otherwise = counts_otherwise(step.element)
        for each in found if otherwise else ():
            each.element.leave("counts-from", "offsetDuration", "offsetRange")
        alone = len(afters) == 1 and len(afters[0].targets) == 1 and not otherwise
        opens, within = self._range(afters[0].element) if alone else (None, None)
        moments = [
            moment
            for each in afters
            for moment in self._after(each, counted=bool(opens or within or otherwise))
        ]
        last = [moment for each in found if each.before for moment in self._before(step, each)]
        return Times(
            _one_of("latest", moments) if moments else None,
            _one_of("earliest", last) if last else None,
            opens,
            within,
        )

    def _of(self, step: Item) -> Iterator[_Relation]:
        for item in (step, *step.above()):
            yield from self._relations[id(item)]

    def _steps(self) -> Iterator[Item]:
        return (item for item in self._forest.items() if item.kind == "step")

    def _read(self, item: Item) -> Iterator[_Relation]:
        for element in item.element.items("relatedAction"):
            kind = element.text("relationship")
            named = self._forest.named(item, element.text("actionId"))
            if kind not in _AFTER and kind not in _BEFORE:
                element.leave("related-concurrent")
            elif len(named) != 1:
                element.leave("related-twice" if named else "related-missing")
            else:
                targets = tuple(named[0].steps())
                inside = {id(each) for each in item.steps()} & {id(each) for each in targets}
                if not targets or inside or item.kind not in ("step", "group"):
                    element.leave("related-inside" if inside else "related-missing")
                    continue
                element.carry("actionId", "relationship")
                if kind in _READ_AS_DONE:
                    element.ledger.note(f"{element.path}.relationship", "related-start", kind)
                yield _Relation(element, kind in _BEFORE, targets)

    def _refuse_circles(self, name: str) -> None:
        waits: dict[str, set[str]] = {step.id: set() for step in self._steps()}
        places = {step.id: step.element.path for step in self._steps()}
        for step in self._steps():
            for relation in self._of(step):
                for target in relation.targets:
                    first, then = (step, target) if relation.before else (target, step)
                    waits[then.id].add(first.id)
        for circle in circles(waits):
            chain = " -> ".join(places[each] for each in (*circle[:_SHOWN], circle[0]))
            where = f"{name}, {places[circle[0]]}.relatedAction"
            raise InputError(
                "VF-IMP-006", where, f"the actions wait for each other: {chain}", "Cut the circle."
            )

    def _range(self, element: Element) -> tuple[Duration | None, Duration | None]:
        offset = element.get("offsetRange")
        found = span(offset.value) if offset is not None else None
        if offset is None or found is None:
            return None, None
        offset.carry()
        return found

    def _after(self, relation: _Relation, *, counted: bool) -> Iterator[Moment]:
        offset = None if counted else self._offset(relation.element)
        for target in relation.targets:
            yield {"done": target.id} | ({"plus": str(offset)} if offset is not None else {})

    def _before(self, step: Item, relation: _Relation) -> Iterator[Moment]:
        """Before it is due, or was done if that comes first. What waits for this step says so itself."""
        offset = self._offset(relation.element)
        shift = {"minus": str(offset)} if offset is not None else {}
        for target in relation.targets:
            if step.id in self._reached(target.id):
                if offset is not None:
                    relation.element.leave("related-offset", "offsetDuration", "offsetRange")
                continue
            self._rests[step.id].add(target.id)
            yield {"earliest": [{"due": target.id, **shift}, {"done": target.id, **shift}]}

    def _offset(self, element: Element) -> Duration | None:
        """The time between: of a range, the part that both ends allow."""
        exact = element.get("offsetDuration")
        if exact is not None:
            found = duration(exact.value)
            exact.carry() if found is not None else exact.leave("duration")
            return found
        ranged = element.get("offsetRange")
        if ranged is None:
            return None
        ends = span(ranged.value)
        if ends is None:
            ranged.leave("duration")
            return None
        ranged.carry("low")
        ranged.leave("related-range", "high")
        return ends[0]

    def _reached(self, start: str) -> set[str]:
        found: set[str] = set()
        waiting = [start]
        while waiting:
            for each in self._rests.get(waiting.pop(), ()):
                if each not in found:
                    found.add(each)
                    waiting.append(each)
        return found


def _one_of(head: str, moments: list[Moment]) -> Moment:
    """One moment, or the first or last of several; nested lists of the same kind become one."""
    flat: list[Moment] = []
    for each in moments:
        for one in each[head] if list(each) == [head] else [each]:
            if one not in flat:
                flat.append(one)
    return flat[0] if len(flat) == 1 else {head: flat}
