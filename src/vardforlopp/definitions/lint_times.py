"""Lint: times that contradict each other, and times that must never be live."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise

from vardforlopp.definitions.catalogue import Catalogue
from vardforlopp.definitions.criteria import MomentExpr, Named, Shifted, Window
from vardforlopp.definitions.findings import DefinitionFinding, finding
from vardforlopp.definitions.lengths import lengths
from vardforlopp.definitions.model import Indicator, Pathway, Step
from vardforlopp.definitions.walk import nodes, rule_parts
from vardforlopp.kernel.durations import NOTHING, Duration


def check(pathway: Pathway, catalogue: Catalogue) -> Iterator[DefinitionFinding]:
    """Windows that close before they open, slots out of order, indicators counted too early."""
    for step in pathway.steps.values():
        for what, do in (*_bounds(pathway, step), *_recurrence(pathway, step), *_before(pathway, step)):
            yield finding("VF-DEF-057", step.place, f"step '{pathway.id}.{step.id}': {what}", do=do)
        yield from _live(pathway, step)
    for indicator in pathway.indicators.values():
        yield from _indicator(pathway, indicator)
    for step in pathway.steps.values():
        for window in nodes(*rule_parts(step).values()):
            if isinstance(window, Window) and _backwards(pathway, window):
                yield finding(
                    "VF-DEF-057",
                    step.place,
                    f"step '{pathway.id}.{step.id}' has a window that ends before it begins",
                    do="Let `from` be the earlier moment.",
                )


def _shortest(found: list[Duration]) -> Duration | None:
    return min(found, key=lambda one: one.rough_days, default=None)


def _longest(found: list[Duration]) -> Duration | None:
    return max(found, key=lambda one: one.rough_days, default=None)


def _shorter(one: Duration | None, other: Duration | None) -> bool:
    return one is not None and other is not None and one.rough_days < other.rough_days


def _bounds(pathway: Pathway, step: Step) -> Iterator[tuple[str, str]]:
    opens = _longest(lengths(pathway, step.opens)) or NOTHING
    within = _shortest(lengths(pathway, step.within))
    preferred = _shortest(lengths(pathway, step.preferred))
    if _shorter(within, opens):
        yield f"it is due ({within}) before it opens ({opens})", "Let `within` be later than `opens`."
    if _shorter(preferred, opens):
        yield (
            f"its goal ({preferred}) comes before it opens ({opens})",
            "Let `preferred` be later than `opens`.",
        )
    longest = _longest(lengths(pathway, step.preferred))
    if step.within is not None and _shorter(_longest(lengths(pathway, step.within)), longest):
        yield f"its goal ({longest}) is later than it is due", "Let `preferred` be the shorter of the two."
    fresh = _shortest(lengths(pathway, step.fresh))
    if _shorter(fresh, NOTHING):
        yield "evidence cannot be younger than now", "Let `fresh` be positive."


def _recurrence(pathway: Pathway, step: Step) -> Iterator[tuple[str, str]]:
    every = _shortest(lengths(pathway, step.every))
    if every is not None and every.amount <= 0:
        yield f"it comes back every {every}", "Let `every` be positive."
    first = _longest(lengths(pathway, step.first))
    if _shorter(_longest(lengths(pathway, step.every)), first):
        yield f"its first time ({first}) is later than its interval", "Let `first` be no longer than `every`."
    opens = _shortest(lengths(pathway, step.opens))
    if every is not None and opens is not None and _shorter(-opens, every) is False and opens.amount < 0:
        yield f"it opens ({opens}) before the last time it was done", "Let `opens` be shorter than `every`."
    yield from _slots(pathway, step)


def _slots(pathway: Pathway, step: Step) -> Iterator[tuple[str, str]]:
    if step.slots is None:
        return
    offsets = [lengths(pathway, offset) for offset in step.slots.offsets]
    within, opens = (
        _longest(lengths(pathway, step.within)),
        _shortest(lengths(pathway, step.opens)) or NOTHING,
    )
    for before, after in pairwise(offsets):
        if not before or not after:
            continue
        one, other = before[0], after[0]
        if not _shorter(one, other):
            yield f"its slots {one} and {other} are not in order", "Write them from first to last."
        elif within is not None and one.rough_days + within.rough_days >= other.rough_days + opens.rough_days:
            yield (
                f"its slot at {one} is due ({within} after) when the slot at {other} has opened",
                "Shorten `within`, or let `opens` come later.",
            )


def _before(pathway: Pathway, step: Step) -> Iterator[tuple[str, str]]:
    if step.before is None:
        return
    anchor, lead = _split(pathway, step.after or Named("entry"))
    limit, span = _split(pathway, step.before)
    if anchor != limit or lead is None or span is None:
        return
    opens = _longest(lengths(pathway, step.opens)) or NOTHING
    within = _shortest(lengths(pathway, step.within))
    if span < lead + opens.rough_days:
        yield "`before` comes before it opens", "Let `before` be later."
    elif within is not None and span >= lead + within.rough_days:
        yield "`before` comes after `within`, so it never matters", "Keep one of the two."


def _split(pathway: Pathway, moment: MomentExpr) -> tuple[MomentExpr, Fraction | None]:
    """A moment as its base and the days that are added; None days when they are not known."""
    days = Fraction(0)
    while isinstance(moment, Shifted):
        by = _shortest(lengths(pathway, moment.by))
        if by is None:
            return moment.base, None
        shift = by.rough_days
        days += -shift if moment.minus else shift
        moment = moment.base
    return moment, days


def _backwards(pathway: Pathway, window: Window) -> bool:
    if window.start is None or window.end is None:
        return False
    (base, start), (other, end) = _split(pathway, window.start), _split(pathway, window.end)
    return base == other and start is not None and end is not None and end < start


def _live(pathway: Pathway, step: Step) -> Iterator[DefinitionFinding]:
    name = f"step '{pathway.id}.{step.id}'"
    if step.mode == "retrospective":
        if step.watch == "core":
            yield finding(
                "VF-DEF-073",
                step.place,
                f"{name} is retrospective and watched",
                do="Write `watch: quiet`, or remove it.",
            )
        return
    timed = (step.within, step.opens, step.every, step.first, step.preferred)
    if any(one.unit == "minutes" for written in timed for one in lengths(pathway, written)):
        yield finding(
            "VF-DEF-073",
            step.place,
            f"{name} is counted in minutes and would be live",
            do="Write `mode: retrospective`: no emergency is run from here.",
        )


def _indicator(pathway: Pathway, indicator: Indicator) -> Iterator[DefinitionFinding]:
    name = f"indicator '{pathway.id}.{indicator.id}'"
    if (
        indicator.met is None
        and indicator.days is None
        and indicator.show != "count"
        and indicator.measurable
    ):
        yield finding(
            "VF-DEF-061",
            indicator.place,
            f"{name} says neither what is met nor which days are counted",
            do="Write `met:` or `days:`, or `measurable: false` with a note.",
        )
    if not indicator.measurable and not indicator.note:
        yield finding(
            "VF-DEF-061",
            indicator.place,
            f"{name} cannot be measured and has no note",
            do="Say why in `note:`.",
        )
    follow_up = _longest(lengths(pathway, indicator.follow_up)) or NOTHING
    for window in nodes(indicator.met):
        if not isinstance(window, Window):
            continue
        reach = _reach(pathway, window)
        if reach is not None and reach > follow_up.rough_days:
            yield finding(
                "VF-DEF-089",
                indicator.place,
                f"{name} looks further ahead than it follows up ({follow_up})",
                do="Let `follow_up` be at least as long as the window.",
            )


def _reach(pathway: Pathway, window: Window) -> Fraction | None:
    """How many days after index the window ends; None when it does not say."""
    if window.end is not None and window.length is None:
        base, days = _split(pathway, window.end)
        return days if base == Named("index") else None
    if window.start is not None and window.length is not None:
        base, days = _split(pathway, window.start)
        length = _longest(lengths(pathway, window.length))
        return days + length.rough_days if base == Named("index") and days is not None and length else None
    return None
