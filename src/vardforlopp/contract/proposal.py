"""What `propose` answers: one plan of joined activities, conflicts, and what was checked."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Literal, NamedTuple

from vardforlopp.definitions.model import Disclosure
from vardforlopp.record.facts import Side


def content_id(prefix: str, *parts: object) -> str:
    """An id that follows from the content alone: the same in every run and every order."""
    digest = sha256("\x1f".join(map(str, parts)).encode()).hexdigest()
    return f"{prefix}-{digest[:12]}"


class Window(NamedTuple):
    """Civil days, both inclusive; None = open on that side."""

    start: int | None
    end: int | None


class Origin(NamedTuple):
    """A step occurrence of one course that an activity serves. `id` as in plan.json steps."""

    id: str
    enrolment: str
    pathway: str
    step: str
    occurrence: str
    state: str
    window: Window
    disclosure: Disclosure
    followed: bool  # the enrolment is explicit, not only suggested
    level: str
    adopted: bool
    proposal: bool


class PlannedActivity(NamedTuple):
    """Equal activities of one or several courses, joined; the tightest common window."""

    activity: str
    side: Side | None
    purpose: str | None
    competence: str | None
    preparation: str | None
    window: Window
    origins: tuple[Origin, ...]
    roles: tuple[str, ...]
    level: str
    disclosure: Disclosure

    @property
    def id(self) -> str:
        """Follows from the origins: an activity is what serves them. Made when asked for."""
        return content_id("a", *(origin.id for origin in self.origins))

    @property
    def waits(self) -> bool:
        """True when it has no time yet. What waits is never joined, so its first origin tells."""
        return self.origins[0].state == "waiting"


@dataclass(frozen=True, slots=True)
class Conflict:
    """Something people must settle. Never settled in silence.

    `proposal`: it rests on a rule of our own that the region has not adopted, and is for staff to
    weigh, not to act on (S04); `adopted`: on such a rule that it has.
    """

    id: str
    kind: str
    severity: Literal["high", "moderate", "low"]
    between: tuple[str, ...]  # origin ids, activity ids or pathway ids
    interaction: str | None
    source: str
    level: str
    ways_out: tuple[dict[str, str], ...]
    decider: str
    status: Literal["open", "possible", "settled"]  # possible: a fact it rests on is unknown
    disclosure: Disclosure
    refs: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    adopted: bool = False
    proposal: bool = False


@dataclass(frozen=True, slots=True)
class Checked:
    """What the absence of conflicts rests on (S12).

    The status is that of the worst source of drugs. `missing` with a source named: a part of the list
    is there, from that source, and another source is not connected.
    """

    rules: int
    medication_list_source: str | None
    medication_list_at: int | None
    medication_list_status: Literal["fresh", "stale", "missing"]


@dataclass(frozen=True, slots=True)
class Proposal:
    activities: tuple[PlannedActivity, ...]
    conflicts: tuple[Conflict, ...]
    unknown: tuple[str, ...]  # ids of step occurrences in state unknown
    checked: Checked
