"""A record: one patient's facts, acts, enrolments and sources, with its quality report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from vardforlopp.kernel.civil import Moment
from vardforlopp.record.facts import Act, Fact, Side
from vardforlopp.record.series import FactIndex

Sex = Literal["female", "male", "other", "unknown"]


@dataclass(frozen=True, slots=True)
class Patient:
    """Who the record is about. Days are civil days; a partial birth date is an interval."""

    ref: str
    birth_lo: int | None
    birth_hi: int | None
    sex: Sex | None
    died: Moment | None
    name: str | None = None
    identifier: str | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """A connected (or missing) feed of one kind of facts from one provider (safety rule S01)."""

    kind: str
    provider: str
    connected: bool
    last_seen: int | None
    limit_days: int | None
    since: int | None = None
    assumed: bool = False
    own_codes: bool | None = None  # it sends our own names where no code is known; None = nobody has said

    def fresh(self, day: int) -> bool:
        """True when the source would carry a fact of `day`."""
        if not self.connected or (self.since is not None and day < self.since):
            return False
        if self.last_seen is None or self.limit_days is None:
            return True
        return day <= self.last_seen + self.limit_days


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A patient in a pathway version. `followed_from`: lateness is judged from this day on."""

    id: str
    pathway: str
    version: str | None
    entry: str | None
    started: Moment
    followed_from: int
    side: Side | None = None
    unit: str | None = None
    explicit: bool = True
    ended: tuple[int, str] | None = None
    known_from: int | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the data-quality report: about data, never with a patient's data in it."""

    code: str
    ref: str
    path: str
    what: str
    do: str


@dataclass(frozen=True, slots=True)
class NotRead:
    """Resources that gave nothing, with the reason; every resource is accounted for."""

    type: str
    reason: str
    refs: tuple[str, ...]

    @property
    def count(self) -> int:
        return len(self.refs)


@dataclass(frozen=True, slots=True)
class Quality:
    """What was read, what was not, and why. Law: resources = read + sum(not_read.count)."""

    resources: int
    read: int
    not_read: tuple[NotRead, ...] = ()
    known_from_assumed: int = 0
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Mention:
    """What the sheet may say, from CarePlan, Goal, CareTeam, Appointment, Communication."""

    kind: Literal["matters", "goal", "contact", "appointment", "if-worse", "own-action", "plan"]
    text: str
    ref: str
    day: int | None = None
    at: int | None = None
    role: str | None = None
    phone: str | None = None
    unit: str | None = None
    until: int | None = None  # end of a booked time, if one is written
    selectors: tuple[str, ...] = ()  # what a booked time is for


@dataclass(frozen=True, slots=True)
class Record:
    """All that is known of one patient. Facts stand in their one order within a selector."""

    patient: Patient
    facts: Mapping[str, tuple[Fact, ...]]
    acts: tuple[Act, ...] = ()
    enrolments: tuple[Enrolment, ...] = ()
    sources: tuple[Source, ...] = ()
    mentions: tuple[Mention, ...] = ()
    quality: Quality = field(default_factory=lambda: Quality(0, 0))


def index(facts: Sequence[Fact]) -> FactIndex:
    """Facts by selector, each in the one order."""
    return FactIndex(facts)
