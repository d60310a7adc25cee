"""Known collisions of the shared catalogue, judged on this person's record.

An interaction is tried when all its pathways run; it stands when all its activities are planned
and its criterion is met. Not known is not no: then the conflict is possible, and says what is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from itertools import combinations, product
from typing import Literal, NamedTuple

from vardforlopp.contract.asks import Followed
from vardforlopp.contract.disclosure import strictest
from vardforlopp.contract.proposal import Checked, Conflict, PlannedActivity, content_id
from vardforlopp.contract.windows import overlap
from vardforlopp.definitions.catalogue import Interaction
from vardforlopp.definitions.criteria import AnyOf, AtLeast
from vardforlopp.definitions.model import Adoption
from vardforlopp.engine.course import NO, OPEN_STATES, UNKNOWN, YES, Reason, StepState, Truth
from vardforlopp.record.record import Source

Judge = Callable[[Interaction], Reason]

_CHOICES = frozenset({AnyOf.__name__, AtLeast.__name__})
_TIMED = frozenset({"incompatible-timing", "preparation-clash", "double-booking"})


class Tried(NamedTuple):
    """The rules that were tried on this person, and what they found."""

    rules: int
    conflicts: tuple[Conflict, ...]


def try_interactions(
    interactions: Collection[Interaction],
    followed: Sequence[Followed],
    *,
    planned: Sequence[PlannedActivity],
    judge: Judge,
    adoptions: Sequence[Adoption] = (),
    today: int = 0,
) -> Tried:
    """Judge every interaction whose pathways all run for this person."""
    running = _running(followed)
    tried = _tried(interactions, running)
    by_activity: dict[str, list[PlannedActivity]] = {}
    for activity in planned if tried else ():
        by_activity.setdefault(activity.activity, []).append(activity)
    found = []
    for rule in tried:
        if not by_activity.keys() >= set(rule.activities):
            continue  # not all of what collides is planned
        stays = [each for each in followed if each.course.pathway in rule.pathways]
        involved = {name: by_activity[name] for name in rule.activities}
        conflict = _conflict(rule, stays, involved, judge=judge)
        if conflict is not None:
            taken = adopted(rule, running, adoptions=adoptions, today=today)
            found.append(_weighed(conflict, rule, adopted=taken))
    return Tried(len(tried), tuple(found))


def tried_of(interactions: Collection[Interaction], followed: Sequence[Followed]) -> list[Interaction]:
    """The interactions whose pathways all run for this person."""
    return _tried(interactions, _running(followed))


def _tried(interactions: Collection[Interaction], running: Mapping[str, str]) -> list[Interaction]:
    return [rule for rule in interactions if running.keys() >= set(rule.pathways)]


def _running(followed: Sequence[Followed]) -> dict[str, str]:
    """The version of each pathway that runs, or that has ended while its safety steps go on (S15)."""
    return {
        course.pathway: course.version
        for course, _ in followed
        if not course.dead and (course.ended is None or any(map(_goes_on, course.steps)))
    }


def _goes_on(state: StepState) -> bool:
    """True for what is asked of people; what waits may wait forever."""
    return state.state in OPEN_STATES and state.state != "waiting"


def _conflict(
    rule: Interaction,
    stays: Sequence[Followed],
    planned: Mapping[str, Sequence[PlannedActivity]],
    *,
    judge: Judge,
) -> Conflict | None:
    """What a rule finds. `stays`: the person's in its pathways; `planned`: its activities, by name."""
    truth = _planned_truth(rule, planned)
    reason = judge(rule) if rule.when is not None and truth != NO else None
    truth = min(truth, YES if reason is None else reason.truth)
    if truth == NO:
        return None
    involved = (activity.id for found in planned.values() for activity in found)
    between = tuple(sorted({*rule.pathways, *involved}))
    refs = tuple(sorted(_refs(reason))) if reason is not None else ()
    missing = tuple(sorted(_missing(reason))) if reason is not None and truth == UNKNOWN else ()
    suspected = any(not course.enrolment.explicit for course, _ in stays)
    closed = strictest(pathway.disclosure for _, pathway in stays)
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
        disclosure="staff-only" if suspected else strictest((closed, rule.disclosure)),
        refs=refs,
        missing=missing,
    )


def adopted(
    rule: Interaction, versions: Mapping[str, str], *, adoptions: Sequence[Adoption], today: int
) -> bool:
    """True when the region has taken a rule of ours for its own (S04).

    An interaction belongs to no pathway, so the region's adoptions of the pathways that it speaks of
    decide: `*` on any one of them, in the version that runs, or the interaction's own id. A rule that
    speaks of no pathway is taken by its own id alone. `versions`: the running pathways with their versions.
    """
    return any(
        adoption.on <= today
        and (not rule.pathways or adoption.pathway in rule.pathways)
        and versions.get(adoption.pathway) == adoption.version
        and (rule.id in adoption.what or ("*" in adoption.what and bool(rule.pathways)))
        for adoption in adoptions
    )


def _weighed(conflict: Conflict, rule: Interaction, *, adopted: bool) -> Conflict:
    """A conflict by a rule of ours is a proposal, for staff, until the region has adopted the rule."""
    if rule.level != "default":
        return conflict
    if adopted:
        return replace(conflict, adopted=True)
    return replace(conflict, proposal=True, disclosure="staff-only")


def _planned_truth(rule: Interaction, planned: Mapping[str, Sequence[PlannedActivity]]) -> Truth:
    """Of a rule on time: are its activities, which are planned, planned at overlapping times?"""
    if rule.kind not in _TIMED or len(planned) < 2:
        return YES
    truth = YES
    for one, other in combinations(planned.values(), 2):
        pairs = list(product(one, other))
        if any(overlap(a.window, b.window) and not (a.waits or b.waits) for a, b in pairs):
            continue
        if not any(a.waits or b.waits for a, b in pairs):
            return NO
        truth = UNKNOWN
    return truth


def _refs(reason: Reason) -> set[str]:
    """What a finding rests on; of a choice of parts, only those that speak for it."""
    found = {ref for fact in reason.facts for ref in (fact.refs or (fact.ref,))}
    found |= {act.ref for act in reason.acts}
    for part in reason.of:
        if reason.op not in _CHOICES or part.truth != NO:
            found |= _refs(part)
    return found


def _missing(reason: Reason) -> set[str]:
    found = {missing.id for missing in reason.missing}
    for part in reason.of:
        found |= _missing(part)
    return found


def checked(rules: int, sources: Sequence[Source], *, today: int) -> Checked:
    """What the absence of conflicts rests on (S12): the medication list, as good as its worst source.

    A source of drugs that is not connected is missing, whatever the others carry; the rules on drugs
    answer `possible` then, and the list must not say better. The oldest source gives the date.
    """
    declared = [source for source in sources if source.kind == "medications"]
    lists = sorted(
        (source for source in declared if source.connected),
        key=lambda source: (source.last_seen is None, source.last_seen or 0, source.provider),
    )
    if not lists:
        return Checked(rules, None, None, "missing")
    providers = ", ".join(sorted({source.provider for source in lists}))
    status: Literal["fresh", "stale", "missing"] = "fresh"
    if len(lists) < len(declared):
        status = "missing"
    elif not all(source.fresh(today) for source in lists):
        status = "stale"
    return Checked(rules, providers or None, lists[0].last_seen, status)
