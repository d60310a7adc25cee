"""Goals of a plan as indicators: what is reached, by when; what no data answers is kept in words."""

from __future__ import annotations

from typing import Any

from vardforlopp.fhir.plan_import.draft import Draft, Part
from vardforlopp.fhir.plan_import.ledger import Element, said
from vardforlopp.fhir.plan_import.lengths import duration, number
from vardforlopp.fhir.plan_import.selectors import Selectors, codings
from vardforlopp.fhir.plan_import.texts import Ids
from vardforlopp.kernel.durations import Duration

Json = dict[str, Any]


def goals(plan: Element, draft: Draft, *, selectors: Selectors) -> None:
    """An indicator for each goal of the plan."""
    ids = Ids()
    for goal in plan.items("goal"):
        name = ids.new(goal.text("id"), otherwise="mal")
        described = goal.get("description")
        title = _concept_text(described) or name
        if described is not None:
            described.carry()
            if described.text("text"):
                described.leave("goal-part", "coding")
        goal.carry("id")
        goal.leave("goal-part", "category", "priority", "start", "addresses", "documentation")
        keys: Json = {"title": {draft.language: title}, "per": "enrolment", "index": "entry"}
        keys |= _met(goal, selectors)
        keys |= {"source": "PLAN", "row": name}
        draft.indicators[name] = Part(keys, [goal.path])
        draft.rows.setdefault(name, ("indicator", f"{goal.path}: {title}"))


def _met(goal: Element, selectors: Selectors) -> Json:
    """The criterion of all targets, when each can be read and they fall due together."""
    targets = goal.items("target")
    tests = [_test(target, selectors) for target in targets]
    due = [_due(target) for target in targets]
    words = "; ".join(filter(None, map(_words, targets)))
    told: Json = {"target": words} if words else {}
    if not targets or not all(tests) or len(set(due)) != 1:
        for target in targets:
            target.leave("goal-target")
        return {"measurable": False, "note": words or "-", **told}
    for target in targets:
        target.carry("measure", "detailQuantity", "detailRange", "due")
    found = [test for test in tests if test]
    made: Json = {"follow_up": str(due[0])} if due[0] is not None else {}
    return {**made, "met": found[0] if len(found) == 1 else {"all": found}, **told}


def _words(target: Element) -> str:
    """A target as people write it: what is measured, the limit, by when."""
    measured, limit, due = _concept_text(target.get("measure")), _limit(target), _due(target)
    shown = [measured or said(target.value.get("measure")), limit[0] if limit else _detail(target)]
    when = str(due) if isinstance(due, Duration) else said(target.value.get("due"))
    return ", ".join(filter(None, (" ".join(filter(None, shown)), when)))


def _detail(target: Element) -> str:
    concept = target.get("detailCodeableConcept")
    other = [said(value) for name, value in target.value.items() if name.startswith("detail")]
    return _concept_text(concept) or " ".join(other)


def _due(target: Element) -> Duration | str | None:
    """When it falls due; `unread` keeps what cannot be said apart from what is not said."""
    value = target.get("due")
    if value is None:
        return None
    found = duration(value.value)
    return found if found is not None and found.amount >= 0 else "unread"


def _test(target: Element, selectors: Selectors) -> Json | None:
    measure = target.get("measure")
    limit = _limit(target)
    if measure is None or limit is None or _due(target) == "unread":
        return None
    test, unit = limit
    found = codings(measure)
    title = _concept_text(measure) or ""
    name = selectors.of_codes([(s, c) for s, c, _ in found], ("Observation",), title=title, unit=unit)
    return {"value": name, "is": test} if name is not None else None


def _limit(target: Element) -> tuple[str, str] | None:
    """The test and its unit. A bare quantity is a value to hit, which is no limit."""
    exact, ranged = target.get("detailQuantity"), target.get("detailRange")
    if exact is not None and isinstance(exact.value, dict):
        bare = {key: value for key, value in exact.value.items() if key != "comparator"}
        sign, amount = exact.text("comparator"), _amount(bare)
        return (f"{sign} {amount[0]}{amount[1]}", amount[1].strip()) if amount and sign else None
    if ranged is None:
        return None
    low = _amount(ranged.value.get("low")) if isinstance(ranged.value, dict) else None
    high = _amount(ranged.value.get("high")) if isinstance(ranged.value, dict) else None
    if low and high and low[1] == high[1] and float(low[0]) <= float(high[0]):
        return f"{low[0]}..{high[0]}{high[1]}", high[1].strip()
    if high and not ranged.value.get("low"):
        return f"<= {high[0]}{high[1]}", high[1].strip()
    if low and not ranged.value.get("high"):
        return f">= {low[0]}{low[1]}", low[1].strip()
    return None


def _amount(value: Any) -> tuple[str, str] | None:
    """A number and its unit with the space before it, the unit by its UCUM code where there is one."""
    if not isinstance(value, dict) or "comparator" in value:
        return None
    amount = value.get("value")
    if isinstance(amount, bool) or not isinstance(amount, int | float):
        return None
    unit = value.get("code") or value.get("unit") or ""
    if not isinstance(unit, str) or not (unit.isascii() and unit.isprintable()) or " " in unit:
        return None
    return number(amount), f" {unit}" if unit not in ("", "1") else ""


def _concept_text(concept: Element | None) -> str:
    if concept is None:
        return ""
    return concept.text("text") or next((display for _, _, display in codings(concept) if display), "")
