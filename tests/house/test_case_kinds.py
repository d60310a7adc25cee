"""Every pathway's cases hold every kind of situation that goes wrong in practice.

`case_kinds` says when a kind is held: only where an answer rests on it.
"""

from __future__ import annotations

from collections.abc import Callable

import case_kinds as kinds
import pytest

EVERYWHERE: dict[str, Callable[[str], bool]] = {
    "a fact known late": kinds.late_known,
    "a fact taken back": kinds.retracted,
    "a refuted condition": kinds.said_to_be("refuted"),
    "a condition of the family": kinds.said_to_be("family"),
    "missing data": kinds.missing_data,
    "death": kinds.death,
    "a region": kinds.a_region,
    "two regions": kinds.two_regions,
    "the last day and the day after": kinds.last_day_and_day_after,
    "the same day": kinds.same_day,
    "midnight": kinds.midnight,
    "the change of the clocks, in days": kinds.clocks_change_in_days,
}
#: What makes sense only where it is used: acute stroke and sepsis count no months, most no working days.
WHERE_IT_IS_USED: dict[str, tuple[Callable[[str], bool], Callable[[str], bool]]] = {
    "the leap day": (kinds.counts("months", "years"), kinds.leap_day),
    "the change of the clocks, in hours": (kinds.counts("hours"), kinds.clocks_change_in_hours),
    "a holiday": (kinds.counts("working days"), kinds.holiday),
    "rolling, twice": (kinds.comes_again("rolling"), kinds.twice("rolling")),
    "slots, twice": (kinds.comes_again("slots"), kinds.twice("slots")),
    "per, twice": (kinds.comes_again("per"), kinds.twice("per")),
}


def wanted() -> list[tuple[str, str, Callable[[str], bool]]]:
    """Each pathway with each kind that it must hold."""
    found = []
    for pathway in sorted(kinds.definitions().pathways):
        found += [(pathway, kind, held) for kind, held in EVERYWHERE.items()]
        found += [(pathway, kind, held) for kind, (used, held) in WHERE_IT_IS_USED.items() if used(pathway)]
    return found


@pytest.mark.parametrize(
    ("pathway", "kind", "held"), [pytest.param(*one, id=f"{one[0]}: {one[1]}") for one in wanted()]
)
def test_the_cases_of_a_pathway_hold(pathway: str, kind: str, held: Callable[[str], bool]):
    """A pathway without such a case is not tried where the real world tries it."""
    assert held(pathway), f"no case of '{pathway}' rests on {kind}: write one"
