"""What is derived of the log and kept beside it: rows, and what the services need of a store to keep them.

All of it can be dropped and made again of the log (`rebuild`); nothing else may stand here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple, Protocol

from vardforlopp.record.facts import Fact
from vardforlopp.services.ports import Key, Version

#: Due at once.
AT_ONCE = 0
#: After every civil day: where a step has no time, it comes last.
FAR = 1 << 30


class Touched(NamedTuple):
    """A resource that was written, the patients that it was and is about, its version if it is the first.

    `unheard_of`: nothing that was kept before refers to it.
    """

    key: Key
    patients: tuple[str, ...]
    first: Version | None = None
    unheard_of: bool = False

    @property
    def ref(self) -> str:
        return "/".join(self.key)


class RecordRow(NamedTuple):
    """What is known of a patient, packed. `stamp`: the definitions that it was read with; "" = read it anew.

    `due_at`: the instant at which it is to be looked at again, None = when something is written. `fault`:
    where looking at it failed, if it did.
    """

    patient: str
    stamp: str
    packed: bytes
    due_at: int | None
    fault: str | None = None


class CourseRow(NamedTuple):
    """One enrolment as it stands. Days are civil days, `next_change_at` an instant.

    `states` is JSON: a list a step occurrence (see `services.standing.written`).
    """

    patient: str
    enrolment: str
    pathway: str
    version: str
    unit: str | None
    started: int
    ended: int | None
    reason: str | None
    next_change_at: int | None
    states: bytes


#: What stands in a worklist, the most pressing first.
STATES = ("overdue", "due", "unseen", "unknown")


def rank_of(state: str, *, proposal: bool) -> int:
    """What comes first in a worklist: what is adopted, before what is our own proposal (S04)."""
    return STATES.index(state) + (len(STATES) if proposal else 0)


#: Characters of a unit's name, as far as it tells units apart.
LONGEST_UNIT = 200


class WorkRow(NamedTuple):
    """A step that somebody should see to: due, late, unseen or unknown. `rank` is what comes first.

    `due` is a civil day; `proposal`: the rule is ours and not adopted (S04).
    """

    patient: str
    enrolment: str
    pathway: str
    step: str
    occurrence: str
    state: str
    rank: int
    due: int | None
    unit: str | None
    owner: str
    proposal: bool
    disclosure: str

    @property
    def place(self) -> int:
        """Its day in the order of a list."""
        return FAR if self.due is None else self.due


class SuggestionRow(NamedTuple):
    """A way into a pathway that the record shows, for staff (S09). `on` is a civil day."""

    patient: str
    pathway: str
    side: str
    entry: str
    kind: str
    certain: bool
    on: int
    disclosure: str


class Shown(NamedTuple):
    """Where a person stands: courses, what somebody should see to, what the record suggests."""

    courses: tuple[CourseRow, ...]
    work: tuple[WorkRow, ...]
    suggestions: tuple[SuggestionRow, ...]


class Link(NamedTuple):
    """A resource of a patient that takes a part of what it says from another; both as Type/id."""

    target: str
    patient: str
    ref: str


class Projections(Protocol):
    """The derived rows, within one transaction or view."""

    def known_of(self, patient: str) -> RecordRow | None:
        """What is known of a patient."""

    def keep_record(self, row: RecordRow) -> None:
        """Put a patient's row in the place of the one before."""

    def drop_facts(self, patient: str, selectors: Collection[str], *, refs: Collection[str] | None) -> None:
        """Drop a patient's facts of some selectors: those with these `ref`, or (None) all."""

    def add_facts(self, patient: str, facts: Iterable[Fact]) -> None:
        """Keep facts of a patient beside those that are there."""

    def courses(self, patient: str) -> list[CourseRow]:
        """A patient's courses."""

    def keep_shown(self, patient: str, shown: Mapping[str, Shown]) -> None:
        """Put where a patient stands in some pathways in the place of what was shown of these before."""

    def forget(self, patient: str) -> None:
        """Drop all that is derived of a patient."""

    def drop_derived(self) -> None:
        """Drop all that is derived of everybody, and note that it is to be made again."""

    def expire(self, patients: Iterable[str]) -> None:
        """Records that are to be read anew, at once."""

    def keep_links(self, patient: str, refs: Collection[str] | None, *, links: Iterable[Link]) -> None:
        """Put links in the place of those of a patient's resources: these, or (None) all."""

    def heartbeats(self) -> Mapping[str, int]:
        """The civil day on which each client was last heard of."""

    def heard(self, client: str, day: int) -> None:
        """A client was heard of on a civil day."""


class Sent(Protocol):
    """What is read of the log to derive rows from."""

    def versions_of(self, keys: Collection[Key]) -> list[Version]:
        """All versions of resources with their bodies, in the order of writing."""

    def versions_about(self, patient: str, *, types: Collection[str]) -> list[Version]:
        """All versions of the resources that are or were about a patient, in the order of writing."""

    def newest(self, keys: Collection[Key]) -> list[Version]:
        """The current versions of those that are there."""

    def telling(self, tasks: Collection[Key]) -> list[tuple[str, str]]:
        """The Provenances that tell who did these tasks, each with the task; both as Type/id."""

    def followers(self, targets: Collection[str]) -> list[Link]:
        """Who takes something from these."""
