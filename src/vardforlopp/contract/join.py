"""Joining equal activities. Everything is derived from the origins; nothing is stored.

Asks of one key are joined greedily: the ask whose window ends first takes with it every other
one that has begun by then, so all of them share that day. Two occurrences of one step are two
occasions and are never joined; what waits for something else has no time and is not joined.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

from vardforlopp.contract.asks import Ask, JoinKey
from vardforlopp.contract.proposal import PlannedActivity
from vardforlopp.contract.windows import first_day, is_empty, last_day, meet
from vardforlopp.definitions.model import Disclosure

_FROM_OPEN_TO_CLOSED: tuple[Disclosure, ...] = ("open", "after-informed", "staff-only")


def content_id(prefix: str, *parts: object) -> str:
    """An id that follows from the content alone: the same in every run and every order."""
    digest = sha256("\x1f".join(map(str, parts)).encode()).hexdigest()
    return f"{prefix}-{digest[:12]}"


def strictest(disclosures: Iterable[Disclosure]) -> Disclosure:
    """The most closed of some disclosures."""
    return max(disclosures, key=_FROM_OPEN_TO_CLOSED.index, default="open")


def join(asks: Iterable[Ask]) -> tuple[PlannedActivity, ...]:
    """The fewest activities that serve all asks with a possible time, in the order of the plan.

    Joining what was already joined, or the same asks in another order, gives the same.
    Asks whose own window is empty are left out: `impossible` returns them.
    """
    by_key: dict[JoinKey, list[Ask]] = {}
    for ask in {ask.origin.id: ask for ask in asks}.values():
        if not is_empty(ask.origin.window):
            by_key.setdefault(ask.key, []).append(ask)
    joined = [_activity(group) for found in by_key.values() for group in _occasions(found)]
    return tuple(sorted(joined, key=plan_order))


def impossible(asks: Iterable[Ask]) -> tuple[Ask, ...]:
    """The asks that no day can serve: they open after they are due. People must settle them."""
    empty = {ask.origin.id: ask for ask in asks if is_empty(ask.origin.window)}
    return tuple(empty[key] for key in sorted(empty))


def plan_order(activity: PlannedActivity) -> tuple[int, int, str, str]:
    """The order of the plan: what must be done first, then what may begin first."""
    return last_day(activity.window), first_day(activity.window), activity.activity, activity.id


def _end_order(ask: Ask) -> tuple[int, int, str]:
    return last_day(ask.origin.window), first_day(ask.origin.window), ask.origin.id


def _occasions(asks: list[Ask]) -> list[list[Ask]]:
    """Groups of asks of one key that one occasion can serve."""
    if len(asks) == 1:
        return [asks]
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


def owners(asks: Iterable[Ask]) -> tuple[tuple[str, ...], str]:
    """Who can do the joined thing: the roles all agree on, and the care level.

    Where they agree on no role, all roles stand; where levels differ, the level is empty.
    Both are shown as a conflict, never chosen in silence.
    """
    ordered = sorted(asks, key=_origin_id)
    if len(ordered) == 1:
        return ordered[0].roles, ordered[0].level
    common = [role for role in ordered[0].roles if all(role in ask.roles for ask in ordered)]
    every = dict.fromkeys(role for ask in ordered for role in ask.roles)
    levels = {ask.level for ask in ordered}
    return tuple(common or every), levels.pop() if len(levels) == 1 else ""


def _origin_id(ask: Ask) -> str:
    return ask.origin.id


def _activity(group: list[Ask]) -> PlannedActivity:
    key = group[0].key
    origins = tuple(ask.origin for ask in sorted(group, key=_origin_id))
    roles, level = owners(group)
    return PlannedActivity(
        id=content_id("a", *key, *(origin.id for origin in origins)),
        activity=key.activity,
        side=key.side,
        purpose=key.purpose,
        competence=key.competence,
        preparation=key.preparation,
        window=origins[0].window if len(origins) == 1 else meet(origin.window for origin in origins),
        origins=origins,
        roles=roles,
        level=level,
        disclosure=strictest(origin.disclosure for origin in origins),
    )
