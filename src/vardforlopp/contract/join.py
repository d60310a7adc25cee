"""Joining equal activities. Everything is derived from the origins; nothing is stored.

Asks of one key are joined greedily: the ask whose window ends first takes with it every other
one that has begun by then, so all of them share that day. Two occurrences of one step are two
occasions and are never joined; what waits for something else has no time and is not joined.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import attrgetter

from vardforlopp.contract.asks import Ask, JoinKey
from vardforlopp.contract.disclosure import strictest
from vardforlopp.contract.proposal import PlannedActivity
from vardforlopp.contract.windows import first_day, is_empty, last_day, meet
from vardforlopp.kernel.civil import MAX_DAY

_origin_id = attrgetter("origin.id")


def join(asks: Iterable[Ask]) -> tuple[PlannedActivity, ...]:
    """The fewest activities that serve all asks with a possible time, in the order of the plan.

    Joining what was already joined, or the same asks in another order, gives the same.
    Asks whose own window is empty are left out: `impossible` returns them.
    """
    by_key: dict[JoinKey, list[Ask]] = {}
    for ask in {ask.origin.id: ask for ask in asks}.values():
        if not is_empty(ask.origin.window):
            by_key.setdefault(ask.key, []).append(ask)
    joined = []
    for found in by_key.values():
        if len(found) == 1:
            joined.append(_alone(found[0]))
        else:
            joined += [_alone(one[0]) if len(one) == 1 else _together(one) for one in _occasions(found)]
    joined.sort(key=plan_order)
    return tuple(joined)


def impossible(asks: Iterable[Ask]) -> tuple[Ask, ...]:
    """The asks that no day can serve: they open after they are due. People must settle them."""
    empty = {ask.origin.id: ask for ask in asks if is_empty(ask.origin.window)}
    return tuple(empty[key] for key in sorted(empty))


def plan_order(activity: PlannedActivity) -> tuple[int, int, str, str]:
    """The order of the plan: what must be done first, then what may begin first."""
    start, end = activity.window
    return MAX_DAY if end is None else end, start or 0, activity.activity, activity.origins[0].id


def _end_order(ask: Ask) -> tuple[int, int, str]:
    return last_day(ask.origin.window), first_day(ask.origin.window), ask.origin.id


def _occasions(asks: list[Ask]) -> list[list[Ask]]:
    """Groups of asks of one key that one occasion can serve."""
    occasions = [[ask] for ask in asks if ask.origin.state == "waiting"]
    left = sorted((ask for ask in asks if ask.origin.state != "waiting"), key=_end_order)
    while left:
        day = last_day(left[0].origin.window)
        group: list[Ask] = []
        taken: set[tuple[str, str]] = set()
        rest: list[Ask] = []
        for ask in left:
            series = (ask.origin.enrolment, ask.origin.step)
            if first_day(ask.origin.window) <= day and series not in taken:
                taken.add(series)
                group.append(ask)
            else:
                rest.append(ask)
        occasions.append(group)
        left = rest
    return occasions


def owners(asks: Sequence[Ask]) -> tuple[tuple[str, ...], str]:
    """Who can do the joined thing: the roles all agree on, and the care level.

    Where they agree on no role, all roles stand; where levels differ, the level is empty.
    Both are shown as a conflict, never chosen in silence.
    """
    ordered = sorted(asks, key=_origin_id)
    common = [role for role in ordered[0].roles if all(role in ask.roles for ask in ordered)]
    every = dict.fromkeys(role for ask in ordered for role in ask.roles)
    levels = {ask.level for ask in ordered}
    return tuple(common or every), levels.pop() if len(levels) == 1 else ""


def _alone(ask: Ask) -> PlannedActivity:
    origin = ask.origin
    return PlannedActivity(*ask.key, origin.window, (origin,), ask.roles, ask.level, origin.disclosure)


def _together(group: list[Ask]) -> PlannedActivity:
    origins = tuple(ask.origin for ask in sorted(group, key=_origin_id))
    window = meet(origin.window for origin in origins)
    disclosure = strictest(origin.disclosure for origin in origins)
    return PlannedActivity(*group[0].key, window, origins, *owners(group), disclosure)
