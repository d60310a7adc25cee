"""Looking at the facts of one selector: in a window, in chains, and what is missing."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from vardforlopp.definitions.criteria import Window
from vardforlopp.engine.context import Ctx
from vardforlopp.engine.course import Missing
from vardforlopp.engine.judge import Toolbox
from vardforlopp.engine.moments import BoundsOf, within
from vardforlopp.engine.values import TestOf
from vardforlopp.kernel.civil import Moment, end_of_day
from vardforlopp.record.facts import Fact

#: The facts inside a window, and those that only may be (imprecise, or an undecided `where`).
Found = tuple[Sequence[Fact], Sequence[Fact]]
_NOTHING: Found = ((), ())
Look = Callable[[Ctx, Moment], Found | None]


def asked_at(moment: Moment) -> Moment:
    """A moment as a time asked about: a civil day means its end."""
    return moment if moment.exact else Moment(moment.day, end_of_day(moment.day), True)


def bounds_of(window: Window | None, box: Toolbox) -> BoundsOf | None:
    """A window as closures; None without one."""
    return box.moments.window(window) if window is not None else None


def looking(selector: str, where: TestOf | None, window: BoundsOf | None) -> Look:
    """The facts inside the window and those that only may be; None = the window is unsure."""

    def look(ctx: Ctx, t: Moment) -> Found | None:
        edges = None
        if window is not None:
            edges = window(ctx, t)
            if edges is None:
                return None
        seen = ctx.seen(selector)
        if not seen:
            return _NOTHING
        inside, overlapping = within(seen, edges, t)
        if where is None or not (inside or overlapping):
            return inside, overlapping
        judged = [(where(fact, ctx, t), fact) for fact in inside]
        maybe = [fact for fact in overlapping if where(fact, ctx, t)]
        return [f for truth, f in judged if truth == 2], [f for truth, f in judged if truth == 1] + maybe

    return look


def patient_gaps(ctx: Ctx) -> tuple[Missing, ...]:
    """What is not known of the patient, on which a table by age or sex rests."""
    patient = ctx.view.patient
    gaps = []
    if patient.birth_lo is None:
        gaps.append(Missing("birth-date", "patient", "no-data"))
    elif patient.birth_lo != patient.birth_hi:
        gaps.append(Missing("birth-date", "patient", "imprecise"))
    if patient.sex is None or patient.sex == "unknown":
        gaps.append(Missing("sex", "patient", "no-data"))
    return tuple(gaps)


def no_value(selector: str, ctx: Ctx, t: Moment) -> tuple[Missing, ...]:
    """What is missing when no value can be picked: stale, unusable, or no data."""
    visible = ctx.seen(selector).until(t.at)
    usable = [fact for fact in visible if fact.value is not None]
    if usable:
        return (Missing("selector", selector, "stale", usable[-1].day),)
    why = "unusable" if visible else "no-data"
    return (Missing("selector", selector, why),)


def chains(facts: Sequence[Fact], reach: Callable[[Fact], Moment | None]) -> list[Fact]:
    """The first fact of each chain: one a civil day, and none within reach of the one before it."""
    firsts: list[Fact] = []
    last: Fact | None = None
    for fact in facts:
        if last is not None:
            edge = reach(last)
            if fact.day == last.day or (edge is not None and fact.day <= edge.day):
                last = fact
                continue
        firsts.append(fact)
        last = fact
    return firsts
