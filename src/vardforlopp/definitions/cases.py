"""A clinician's case: a record in a few lines, and what is expected at given times.

The values of a case, as `read_cases` makes them from text; `case_record` turns the lines into
the same facts that an import would give.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from vardforlopp.definitions.model import Place, Texts
from vardforlopp.kernel.civil import Interval, Moment
from vardforlopp.record.facts import ActKind, FactValue, Side
from vardforlopp.record.record import Sex

ABSENT = "absent"
Status = Literal["performed", "ordered", "planned", "refuted", "cancelled", "family", "provisional"]
STATUSES: tuple[Status, ...] = (
    "performed", "ordered", "planned", "refuted", "cancelled", "family", "provisional",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class FactLine:
    """One thing in the record. A state without `until` goes on."""

    selector: str
    on: Interval
    place: Place
    value: FactValue | None = None
    written: tuple[str, str] | None = None
    ref_low: Fraction | None = None
    ref_high: Fraction | None = None
    side: Side | None = None
    until: Interval | None = None
    known: Interval | None = None
    retracted: Interval | None = None
    status: Status | None = None


@dataclass(frozen=True, slots=True)
class ActLine:
    """Something that people did to the course; fields as in `record.facts.Act`."""

    kind: ActKind
    on: Interval
    place: Place
    step: str | None = None
    occurrence: int | None = None
    value: str | None = None
    reason: str | None = None
    by: str | None = None
    where: str | None = None
    done: int | None = None
    until: int | None = None
    known: Interval | None = None
    retracted: Interval | None = None


@dataclass(frozen=True, slots=True)
class SourceLine:
    kind: str
    connected: bool = True
    last_seen: int | None = None
    limit_days: int | None = None
    since: int | None = None
    own_codes: bool = True


@dataclass(frozen=True, slots=True)
class EnrolLine:
    """A stored enrolment, in place of the one that the record itself shows."""

    on: Interval
    entry: str | None
    followed_from: int
    side: Side | None = None


@dataclass(frozen=True, slots=True)
class StepExpectation:
    """What is expected of one occurrence: only what is written counts.

    `occurrence` None = the open one, else the last. `state` may be `absent`: no occurrence.
    """

    step: str
    place: Place
    occurrence: str | None = None
    state: str | None = None
    opens: Interval | None = None
    due: Interval | None = None
    preferred: Interval | None = None
    completed: Interval | None = None
    missing: tuple[str, ...] | None = None
    waits_for: tuple[str, ...] | None = None
    proposal: bool | None = None
    lapsed: bool | None = None


@dataclass(frozen=True, slots=True)
class Expectation:
    """What is expected at `as_of`; a part that is None is not asked about.

    `entered`: the entry of the instance; `none`. `possible`: an entry whose guard is unknown.
    `choices`: the way taken, None = undetermined.
    """

    as_of: Moment
    place: Place
    known_at: Moment | None = None
    entered: str | None = None
    possible: str | None = None
    started: Interval | None = None
    ended: str | None = None
    choices: dict[str, str | None] | None = None
    steps: tuple[StepExpectation, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """One case of one pathway version."""

    id: str
    pathway: str
    version: str
    title: Texts
    place: Place
    record: tuple[FactLine | ActLine, ...]
    expect: tuple[Expectation, ...]
    sheet: int | None = None
    differs: str | None = None
    region: str | None = None
    born: Interval | None = None
    sex: Sex | None = None
    died: Moment | None = None
    side: Side | None = None
    sources: tuple[SourceLine, ...] = ()
    enrol: EnrolLine | None = None
