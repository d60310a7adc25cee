"""The worklist: what somebody should see to, what is most pressing first."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple, Protocol

from vardforlopp.access import Action, Actor, Subject
from vardforlopp.kernel.civil import day_of
from vardforlopp.record.record import Source
from vardforlopp.services.doors import Door
from vardforlopp.services.in_force import InForce
from vardforlopp.services.outcomes import Refused
from vardforlopp.services.ports import Reading
from vardforlopp.services.projected import STATES, Projections, WorkRow

#: Rows on a page where nobody says how many, and at most.
PAGE, LARGEST_PAGE = 50, 500

#: Where a page ends: rank, due, patient, enrolment, step and occurrence of its last row.
Place = tuple[int, int, str, str, str, str]


class View(Reading, Projections, Protocol):
    """The view of the store that a worklist is read from."""

    def work(
        self, *, unit: str | None, states: Collection[str], after: Place | None, count: int
    ) -> list[WorkRow]:
        """Rows in their order: of a unit or (None) of all, in some states, after a place."""


class Worklist(NamedTuple):
    """A page. `after`: where the next one begins, None = this was the last. `silent`: feeds that would not
    carry what was done lately, so that nothing new is called late (S01).
    """

    rows: tuple[WorkRow, ...]
    after: Place | None
    silent: tuple[Source, ...]


def worklist(
    view: View,
    in_force: InForce,
    *,
    actor: Actor,
    at: int,
    unit: str | None = None,
    states: Sequence[str] = STATES,
    after: Place | None = None,
    count: int = PAGE,
) -> Worklist | Refused:
    """One page of what is to be seen to, of a care unit or of all."""
    door = Door(view, actor, Action.WORKLIST, at=at)
    subject = Subject("Task")
    if (no := door.enter(subject)) is not None:
        return no
    count = max(1, min(count, LARGEST_PAGE))
    found = view.work(unit=unit, states=states, after=after, count=count + 1)
    rows = tuple(found[:count])
    door.shown(subject, ((row.patient,) for row in rows))
    silent = in_force.silent(view.heartbeats(), day_of(at)) if in_force.feeds is not None else ()
    return Worklist(rows, place_of(rows[-1]) if len(found) > count else None, silent)


def place_of(row: WorkRow) -> Place:
    """Where a row stands in the order."""
    return row.rank, row.place, row.patient, row.enrolment, row.step, row.occurrence
