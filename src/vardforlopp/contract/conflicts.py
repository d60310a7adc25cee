"""Conflicts that the merge itself finds: times, owners, preparations, bookings, declines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

from vardforlopp.contract import ways_out
from vardforlopp.contract.asks import Ask, Followed, JoinKey, join_key, step_id
from vardforlopp.contract.disclosure import of_step, strictest
from vardforlopp.contract.join import impossible
from vardforlopp.contract.proposal import Conflict, PlannedActivity, content_id
from vardforlopp.contract.windows import overlap
from vardforlopp.definitions.catalogue import Activity
from vardforlopp.definitions.model import Disclosure, Texts
from vardforlopp.engine.course import Course, StepState
from vardforlopp.record.facts import Side
from vardforlopp.record.record import Mention

_OWN_RULE = "vardforlopp"


def found_in_plan(asks: Sequence[Ask], activities: Sequence[PlannedActivity]) -> list[Conflict]:
    """All conflicts that show in the asks and the joined activities alone."""
    return [
        *_impossible_timing(asks),
        *_two_owners(asks, activities),
        *_preparation_clashes(activities),
    ]


def own_conflict(
    kind: str,
    between: Iterable[str],
    *,
    ways: tuple[Texts, ...],
    disclosure: Disclosure,
    refs: Iterable[str] = (),
) -> Conflict:
    """A conflict by one of our own rules: low severity, for a coordinator to settle."""
    ends = tuple(sorted(set(between)))
    sources = tuple(sorted(set(refs)))
    return Conflict(
        id=content_id("c", kind, *ends, *sources),
        kind=kind,
        severity="low",
        between=ends,
        interaction=None,
        source=_OWN_RULE,
        level="default",
        ways_out=ways,
        decider=ways_out.DECIDER,
        status="open",
        disclosure=disclosure,
        refs=sources,
    )


def _impossible_timing(asks: Sequence[Ask]) -> list[Conflict]:
    """Each occurrence that opens after it is due; it stands here and in no activity."""
    return [
        own_conflict(
            "incompatible-timing",
            (ask.origin.id,),
            ways=ways_out.IMPOSSIBLE_TIMING,
            disclosure=ask.origin.disclosure,
        )
        for ask in impossible(asks)
    ]


def _two_owners(asks: Sequence[Ask], activities: Sequence[PlannedActivity]) -> list[Conflict]:
    """Joined activities whose origins name no common role, or different care levels.

    The same disagreement in many occasions is one conflict.
    """
    joined = [activity for activity in activities if len(activity.origins) > 1]
    by_id = {ask.origin.id: ask for ask in asks} if joined else {}
    disputed: dict[tuple[object, ...], list[PlannedActivity]] = {}
    for activity in joined:
        sides = frozenset((by_id[o.id].roles, by_id[o.id].level) for o in activity.origins)
        common = frozenset.intersection(*(frozenset(roles) for roles, _ in sides))
        if len({level for _, level in sides}) > 1 or not common:
            disputed.setdefault((key_of(activity), sides), []).append(activity)
    return [
        own_conflict(
            "two-owners",
            (activity.id for activity in found),
            ways=ways_out.TWO_OWNERS,
            disclosure=strictest(activity.disclosure for activity in found),
        )
        for found in disputed.values()
    ]


def _preparation_clashes(activities: Sequence[PlannedActivity]) -> list[Conflict]:
    """The same activity asked for at the same time with different preparations (fasting or not)."""
    by_thing: dict[tuple[str, Side | None], list[PlannedActivity]] = {}
    for activity in activities:
        if not activity.waits:
            by_thing.setdefault((activity.activity, activity.side), []).append(activity)
    conflicts = []
    for found in by_thing.values():
        if len(found) < 2:
            continue
        clashing = {
            each.id: each
            for one, other in combinations(found, 2)
            if one.preparation != other.preparation and overlap(one.window, other.window)
            for each in (one, other)
        }
        if clashing:
            conflicts.append(
                own_conflict(
                    "preparation-clash",
                    clashing,
                    ways=ways_out.PREPARATION_CLASH,
                    disclosure=strictest(each.disclosure for each in clashing.values()),
                )
            )
    return conflicts


def double_bookings(mentions: Sequence[Mention], *, now: int) -> list[Conflict]:
    """Booked appointments that overlap from now on. One without an end counts as its start."""
    booked = sorted(
        (at, max(at, mention.until or at), mention.ref)
        for mention in mentions
        if mention.kind == "appointment" and (at := mention.at) is not None and at >= now
    )
    return [
        own_conflict(
            "double-booking",
            (one_ref, other_ref),
            ways=ways_out.DOUBLE_BOOKING,
            disclosure="open",
            refs=(one_ref, other_ref),
        )
        for (start, end, one_ref), (other_start, _, other_ref) in combinations(booked, 2)
        if one_ref != other_ref and (other_start < end or other_start == start)
    ]


def declined_elsewhere(
    followed: Sequence[Followed],
    planned: Sequence[PlannedActivity],
    *,
    activities: Mapping[str, Activity],
) -> list[Conflict]:
    """What the person has declined in one course and another course still plans: a no holds (S19).

    A no is one conflict, however many occurrences it is of and however many times are planned.
    """
    conflicts = []
    by_thing: dict[tuple[str, Side | None], list[PlannedActivity]] = {}
    for each in planned:
        by_thing.setdefault((each.activity, each.side), []).append(each)
    for course, pathway in followed:
        own = course.enrolment.id
        for (step, ref), states in _declined(course).items():
            key = join_key(pathway.steps[step], course.enrolment.side, activities=activities)
            same = [
                each
                for each in by_thing.get((key.activity, key.side), ())
                if all(origin.enrolment != own for origin in each.origins)
            ]
            if same:
                disclosures = (*(each.disclosure for each in same), of_step(pathway, pathway.steps[step]))
                conflicts.append(
                    own_conflict(
                        "contradicting-advice",
                        (
                            *(each.id for each in same),
                            *(step_id(course.enrolment.id, each) for each in states),
                        ),
                        ways=ways_out.DECLINED_ELSEWHERE,
                        disclosure=strictest(disclosures),
                        refs=(ref,),
                    )
                )
    return conflicts


def _declined(course: Course) -> dict[tuple[str, str], list[StepState]]:
    """The occurrences that a no has left out, by step and by the act that says it."""
    found: dict[tuple[str, str], list[StepState]] = {}
    for state in course.steps:
        if state.state == "skipped" and state.act is not None and state.act.kind == "decline":
            found.setdefault((state.step, state.act.ref), []).append(state)
    return found


def key_of(activity: PlannedActivity) -> JoinKey:
    """The key on which an activity's origins were joined."""
    return JoinKey(
        activity.activity,
        activity.side,
        activity.purpose,
        activity.competence,
        activity.preparation,
    )
