"""From courses to one plan: equal activities joined, conflicts shown, nothing lost."""

from __future__ import annotations

from collections.abc import Sequence

from vardforlopp.contract.asks import Ask, Followed, asks, step_id
from vardforlopp.contract.conflicts import declined_elsewhere, double_bookings, found_in_plan
from vardforlopp.contract.join import join
from vardforlopp.contract.known import Judge, checked, try_interactions
from vardforlopp.contract.proposal import Conflict, Proposal
from vardforlopp.definitions.catalogue import Catalogue
from vardforlopp.definitions.model import Adoption
from vardforlopp.kernel.civil import Moment
from vardforlopp.record.record import Mention, Source

_SEVERITY = {"high": 0, "moderate": 1, "low": 2}
_STATUS = {"open": 0, "possible": 1, "settled": 2}


def propose(
    followed: Sequence[Followed],
    catalogue: Catalogue,
    *,
    judge: Judge,
    as_of: Moment,
    other_plans: Sequence[Mention] = (),
    sources: Sequence[Source] = (),
    adoptions: Sequence[Adoption] = (),
) -> Proposal:
    """One proposed plan of all courses, for people to agree on.

    Laws: the order of the courses does not matter; merging twice changes nothing; each open,
    non-retrospective occurrence stands in exactly one activity, or in a conflict when no day can
    serve it; an activity's window lies inside each of its origins' windows. `adoptions`: the region's.
    """
    asked = asks(followed, catalogue.activities, today=as_of.day)
    return propose_asked(
        asked,
        followed,
        catalogue=catalogue,
        judge=judge,
        as_of=as_of,
        other_plans=other_plans,
        sources=sources,
        adoptions=adoptions,
    )


def propose_asked(
    asked: Sequence[Ask],
    followed: Sequence[Followed],
    *,
    catalogue: Catalogue,
    judge: Judge,
    as_of: Moment,
    other_plans: Sequence[Mention] = (),
    sources: Sequence[Source] = (),
    adoptions: Sequence[Adoption] = (),
) -> Proposal:
    """`propose`, where what the courses ask for is already at hand."""
    if any(course.dead for course, _ in followed):
        return nothing_proposed(sources, today=as_of.day)
    planned = join(asked)
    tried = try_interactions(
        catalogue.interactions.values(),
        followed,
        planned=planned,
        judge=judge,
        adoptions=adoptions,
        today=as_of.day,
    )
    conflicts = [
        *found_in_plan(asked, planned),
        *double_bookings(other_plans, now=as_of.at),
        *declined_elsewhere(followed, planned, activities=catalogue.activities),
        *tried.conflicts,
    ]
    return Proposal(
        activities=planned,
        conflicts=tuple(sorted({each.id: each for each in conflicts}.values(), key=_conflict_order)),
        unknown=unknown_steps(followed),
        checked=checked(tried.rules, sources, today=as_of.day),
    )


def nothing_proposed(sources: Sequence[Source], *, today: int) -> Proposal:
    """The plan of the dead: no activity, and no rule tried (safety rule S10)."""
    return Proposal((), (), (), checked(0, sources, today=today))


def unknown_steps(followed: Sequence[Followed]) -> tuple[str, ...]:
    """Every occurrence whose need is not known, none left out (safety rule S03)."""
    return tuple(
        sorted(
            {
                step_id(course.enrolment.id, state)
                for course, _ in followed
                for state in course.steps
                if state.state == "unknown"
            }
        )
    )


def _conflict_order(conflict: Conflict) -> tuple[int, bool, int, str, str]:
    """What is open comes first, and of that what stands before what is only proposed."""
    status, severity = _STATUS[conflict.status], _SEVERITY[conflict.severity]
    return status, conflict.proposal, severity, conflict.kind, conflict.id


__all__ = ["Ask", "Followed", "nothing_proposed", "propose", "propose_asked", "unknown_steps"]
