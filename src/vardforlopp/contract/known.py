"""Known collisions of the shared catalogue, judged on this person's record.

An interaction is tried when all its pathways run; it stands when all its activities are planned
and its criterion is met. Not known is not no: then the conflict is possible, and says what is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from itertools import combinations, product
from typing import NamedTuple

from vardforlopp.contract.asks import Followed
from vardforlopp.contract.conflicts import waits
from vardforlopp.contract.join import content_id, strictest
from vardforlopp.contract.proposal import Checked, Conflict, PlannedActivity
from vardforlopp.contract.windows import overlap
from vardforlopp.definitions.criteria import Criterion
from vardforlopp.definitions.model import Interaction
from vardforlopp.engine.course import NO, UNKNOWN, YES, Reason, Truth
from vardforlopp.record.record import Source

Judge = Callable[[Criterion], Reason]

_TIMED = frozenset({"incompatible-timing", "preparation-clash", "double-booking"})


class Tried(NamedTuple):
    """The rules that were tried on this person, and what they found."""

    rules: int
    conflicts: tuple[Conflict, ...]


def try_interactions(
    interactions: Collection[Interaction],
    followed: Sequence[Followed],
    planned: Sequence[PlannedActivity],
    *,
    judge: Judge,
) -> Tried:
    """Judge every interaction whose pathways all run for this person."""
    running = {course.pathway for course, _ in followed if course.ended is None and not course.dead}
    relevant = [rule for rule in interactions if set(rule.pathways) <= running]
    found = (_conflict(rule, followed, planned, judge=judge) for rule in relevant)
    return Tried(len(relevant), tuple(conflict for conflict in found if conflict is not None))


def _conflict(
    rule: Interaction,
    followed: Sequence[Followed],
    planned: Sequence[PlannedActivity],
    *,
    judge: Judge,
) -> Conflict | None:
    involved = [activity for activity in planned if activity.activity in rule.activities]
    truth = _planned_truth(rule, involved)
    reason = judge(rule.when) if rule.when is not None and truth != NO else None
    truth = min(truth, YES if reason is None else reason.truth)
    if truth == NO:
        return None
    between = tuple(sorted({*rule.pathways, *(activity.id for activity in involved)}))
    refs = tuple(sorted(_refs(reason))) if reason is not None else ()
    missing = tuple(sorted(_missing(reason))) if reason is not None and truth == UNKNOWN else ()
    suspected = any(
        not course.enrolment.explicit for course, _ in followed if course.pathway in rule.pathways
    )
    return Conflict(
        id=content_id("c", rule.kind, rule.id, *between, *refs),
        kind=rule.kind,
        severity=rule.severity,
        between=between,
        interaction=rule.id,
        source=rule.source,
        level=rule.level,
        ways_out=rule.ways_out,
        decider=rule.decider,
        status="open" if truth == YES else "possible",
        disclosure=strictest(("staff-only" if suspected else "open", rule.disclosure)),
        refs=refs,
        missing=missing,
    )


def _planned_truth(rule: Interaction, involved: Sequence[PlannedActivity]) -> Truth:
    """Are the rule's activities planned, and for rules on time at overlapping times?"""
    by_activity = {name: [each for each in involved if each.activity == name] for name in rule.activities}
    if not all(by_activity.values()):
        return NO
    if rule.kind not in _TIMED or len(by_activity) < 2:
        return YES
    truth = YES
    for one, other in combinations(by_activity.values(), 2):
        pairs = list(product(one, other))
        if any(overlap(a.window, b.window) and not (waits(a) or waits(b)) for a, b in pairs):
            continue
        if not any(waits(a) or waits(b) for a, b in pairs):
            return NO
        truth = UNKNOWN
    return truth


def _refs(reason: Reason) -> set[str]:
    found = {ref for fact in reason.facts for ref in (fact.refs or (fact.ref,))}
    found |= {act.ref for act in reason.acts}
    for part in reason.of:
        found |= _refs(part)
    return found


def _missing(reason: Reason) -> set[str]:
    found = {missing.id for missing in reason.missing}
    for part in reason.of:
        found |= _missing(part)
    return found


def checked(rules: int, sources: Sequence[Source], *, today: int) -> Checked:
    """What the absence of conflicts rests on (S12).

    The medication list is as good as its worst connected source; none connected = missing.
    """
    lists = sorted(
        (source for source in sources if source.kind == "medications" and source.connected),
        key=lambda source: (source.last_seen is None, source.last_seen or 0, source.provider),
    )
    if not lists:
        return Checked(rules, None, None, "missing")
    fresh = all(source.fresh(today) for source in lists)
    providers = ", ".join(sorted({source.provider for source in lists}))
    return Checked(rules, providers or None, lists[0].last_seen, "fresh" if fresh else "stale")
