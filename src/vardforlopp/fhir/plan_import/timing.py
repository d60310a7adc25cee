"""When an action comes again: what of FHIR's timing our language can say."""

from __future__ import annotations

from typing import Any, NamedTuple

from vardforlopp.fhir.plan_import.ledger import Element
from vardforlopp.fhir.plan_import.lengths import duration, length
from vardforlopp.kernel.durations import Duration

_TIMINGS = ("timingDateTime", "timingPeriod", "timingDuration", "timingRange")
_AGES = {"years": "years", "months": "months"}


class Recurrence(NamedTuple):
    """Keywords of the step, and a guard that the timing adds."""

    keys: dict[str, Any]
    when: dict[str, Any] | None = None


def recurrence(element: Element, *, anchor: dict[str, Any] | None) -> Recurrence:
    """What an action's (or activity's) timing says, each part marked."""
    element.leave("timing", *_TIMINGS)
    age = element.get("timingAge")
    if age is not None:
        return _from_age(age)
    timing = element.get("timingTiming")
    return Recurrence(_repeated(timing, anchor)) if timing is not None else Recurrence({})


def _from_age(age: Element) -> Recurrence:
    """At an age: from that age on. No pathway counts its days from a birth date."""
    found = duration(age.value)
    if found is None or found.unit not in _AGES or found.amount < 0:
        age.leave("timing")
        return Recurrence({})
    age.carry()
    age.ledger.note(age.path, "timing-age", str(found))
    return Recurrence({}, {"age": f">= {found.amount} {_AGES[found.unit]}"})


def _repeated(timing: Element, anchor: dict[str, Any] | None) -> dict[str, Any]:
    repeat = timing.get("repeat")
    if repeat is None or not isinstance(repeat.value, dict):
        timing.leave("timing")
        return {}
    every = _every(repeat)
    if every is None:
        timing.leave("timing")
        return {}
    made: dict[str, Any] = {"every": str(every)}
    repeat.carry("frequency", "period", "periodUnit")
    longest = length(repeat.value.get("periodMax"), repeat.text("periodUnit"))
    if longest is not None and longest.unit == every.unit and longest.amount >= every.amount:
        made["within"] = str(Duration(longest.amount - every.amount, every.unit))
        repeat.carry("periodMax")
    count = repeat.value.get("count")
    bounds = repeat.get("boundsDuration")
    lasting = duration(bounds.value) if bounds is not None else None
    if type(count) is int and 0 < count < 10_000:
        made["until"] = {"times": count}
        repeat.carry("count")
    elif bounds is not None and lasting is not None:
        made["until"] = _shifted(anchor, lasting)
        bounds.carry()
    for name in repeat.value:
        if f"{repeat.path}.{name}" not in repeat.ledger.marks:
            repeat.leave("timing", name)
    timing.leave("timing", "event", "code")
    return made


def _every(repeat: Element) -> Duration | None:
    """The interval of once each period. Twice a day is not each twelfth hour, and is left."""
    frequency = repeat.value.get("frequency", 1)
    if frequency != 1 or frequency is True or "frequencyMax" in repeat.value:
        return None
    found = length(repeat.value.get("period"), repeat.text("periodUnit"))
    return found if found is not None and found.amount > 0 else None


def _shifted(anchor: dict[str, Any] | None, lasting: Duration) -> dict[str, Any]:
    if anchor is None:
        return {"at": "entry", "plus": str(lasting)}
    if "plus" in anchor or list(anchor) != ["done"]:
        return {"at": anchor, "plus": str(lasting)}
    return {**anchor, "plus": str(lasting)}
