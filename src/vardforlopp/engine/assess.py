"""Where a person stands in a pathway: the first step of the reference engine. Pure."""

from __future__ import annotations

from operator import ge, gt, le, lt

from vardforlopp.definitions.criteria import Compare, FactLeaf, First, Quantity, Value
from vardforlopp.definitions.model import Entry, Pathway, Step
from vardforlopp.engine.course import YES, Anchor, Course, Reason, StepState, Suggestion
from vardforlopp.kernel.civil import Moment, civil, iso
from vardforlopp.kernel.durations import Duration, add
from vardforlopp.record.facts import Fact
from vardforlopp.record.record import Enrolment, Record

_COMPARE = {"<": lt, "<=": le, ">": gt, ">=": ge}


def suggest(pathway: Pathway, record: Record, *, as_of: Moment, known_at: int) -> tuple[Suggestion, ...]:
    """The entries of a pathway that the record meets, each with the fact that meets it."""
    found = []
    for entry in pathway.entries.values():
        facts = (fact for name in entry.event for fact in _visible(record, name, as_of, known_at))
        first = next((fact for fact in facts if _passes(entry, fact)), None)
        if first is not None:
            found.append(_suggestion(pathway, entry, first))
    return tuple(found)


def _suggestion(pathway: Pathway, entry: Entry, fact: Fact) -> Suggestion:
    rule = f"{pathway.id}/{pathway.version}#{entry.id}.when"
    return Suggestion(
        pathway.id, pathway.version, entry.id, "entry", civil(fact.day), fact.side, entry.disclosure, YES,
        explain=lambda: Reason("value", YES, rule, entry.when, (fact,)),
    )  # fmt: skip


def assess(pathway: Pathway, record: Record, enrolment: Enrolment, *, as_of: Moment, known_at: int) -> Course:
    """Every step's state at `as_of`, by what was known at `known_at`."""
    steps = tuple(_state(step, record, as_of, known_at) for step in pathway.steps.values())
    return Course(enrolment, pathway.id, pathway.version, as_of, known_at, None, False, steps, {})


def _visible(record: Record, selector: str, as_of: Moment, known_at: int) -> tuple[Fact, ...]:
    facts = record.facts.get(selector, ())
    return tuple(fact for fact in facts if fact.lo <= as_of.at and fact.known_from <= known_at)


def _passes(entry: Entry, fact: Fact) -> bool:
    match entry.when, fact.value:
        case Value(test=Compare(op=op, limit=Quantity(value=limit))), value if value is not None:
            return bool(_COMPARE[op](value, limit))
    return False


def _state(step: Step, record: Record, as_of: Moment, known_at: int) -> StepState:
    assert isinstance(step.after, First)
    assert isinstance(step.within, Duration)
    assert isinstance(step.done, FactLeaf)
    anchors = _visible(record, step.after.selector, as_of, known_at)
    level = step.provenance.level
    if not anchors:
        return StepState(step.id, "-", "waiting", waits_for=(step.after.selector,), level=level)
    nominal = civil(anchors[0].day)
    due = add(nominal, step.within, _plain_days)
    evidence = [f for f in _visible(record, step.done.selector, as_of, known_at) if f.last_day >= nominal.day]
    completed = civil(evidence[0].day) if evidence else None
    late = completed is not None and completed.day > due.day
    past = completed is None and as_of.day > due.day
    return StepState(
        step.id, iso(nominal.day), "done-late" if late else "done" if completed else "due",
        nominal=nominal, opens=nominal, due=due, completed=completed, evidence=tuple(evidence[:1]),
        level=level, proposal=past, anchor=Anchor("first", anchors[0].ref, nominal),
    )  # fmt: skip


def _plain_days(day: int, n: int) -> int:
    return day + n
