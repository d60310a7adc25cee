"""What `assess` answers: a course, its step states, and the reasons as values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from vardforlopp.kernel.civil import Moment
from vardforlopp.record.facts import Act, Fact, Side
from vardforlopp.record.record import Enrolment

NO, UNKNOWN, YES = 0, 1, 2
Truth = int

State = Literal[
    "done", "done-late", "attested", "skipped", "not-applicable", "ended", "waiting", "before-start",
    "unknown", "superseded", "missed", "upcoming", "due", "unseen", "overdue",
]  # fmt: skip
STATES: tuple[State, ...] = (
    "done", "done-late", "attested", "skipped", "not-applicable", "ended", "waiting", "before-start",
    "unknown", "superseded", "missed", "upcoming", "due", "unseen", "overdue",
)  # fmt: skip
#: States in which something may still be done; what `contract.propose` must carry.
OPEN_STATES = frozenset({"waiting", "unknown", "upcoming", "due", "unseen", "overdue"})


class Missing(NamedTuple):
    """Data whose absence keeps an answer unknown or a step undone.

    `what`: `selector`, `decision`, `choice`, `step`, `birth-date`, `sex`, `side`, `parameter`.
    `why`: `no-data`, `stale` (`since` = day of the last value), `not-connected`, `silent` (the source
    has not been seen since `since`), `no-code` (no known code means it, and the source does not send our
    own), `open`,
    `unusable`, `imprecise`, `undetermined`, `no-reference`.
    """

    what: str
    id: str
    why: str
    since: int | None = None


class Reason(NamedTuple):
    """Why: a node of the definition, its truth, the facts and the missing data it rests on.

    `rule` = `pathway/version#step.part`. `node` is the criterion, moment or evidence node
    (worded by `definitions.explain`); `of` the parts.
    """

    op: str
    truth: Truth
    rule: str
    node: object = None
    facts: tuple[Fact, ...] = ()
    acts: tuple[Act, ...] = ()
    missing: tuple[Missing, ...] = ()
    of: tuple[Reason, ...] = ()


def _no_reason() -> Reason:
    return Reason("-", YES, "")


class Anchor(NamedTuple):
    """What an occurrence is counted from. `imprecise`: the fact's day is not certain."""

    kind: str
    ref: str | None
    on: Moment
    imprecise: bool = False


class StepState(NamedTuple):
    """One occurrence of one step in one course.

    `occurrence`: the nominal day as ISO text (with time of day for instants), `-` when there is
    none yet. `proposal`: past due, but the rule is at level `default` and not adopted (S04).
    `flags`: `may-be-shorter`, `imprecise-anchor`, `blocked`, `lapsed`, `until`. Two states are equal
    when all but `explain` is. A tuple, because a course has hundreds.
    """

    step: str
    occurrence: str
    state: State
    nominal: Moment | None = None
    opens: Moment | None = None
    due: Moment | None = None
    preferred: Moment | None = None
    completed: Moment | None = None
    evidence: tuple[Fact, ...] = ()
    act: Act | None = None
    branch: str | None = None
    waits_for: tuple[str, ...] = ()
    missing: tuple[Missing, ...] = ()
    level: str = "default"
    adopted: bool = False
    proposal: bool = False
    anchored_at: Fact | None = None
    trigger: Fact | None = None
    flags: tuple[str, ...] = ()
    explain: Callable[[], Reason] = _no_reason

    @property
    def anchor(self) -> Anchor | None:
        """What the occurrence is counted from; None without a nominal date."""
        if self.nominal is None:
            return None
        fact = self.anchored_at
        if fact is None:
            return Anchor("entry", None, self.nominal)
        return Anchor("fact", fact.ref, self.nominal, fact.day != fact.last_day)

    @property
    def because(self) -> Reason:
        """The reason tree; built when asked for, always the same."""
        return self.explain()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, StepState) and self[:-1] == other[:-1]

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(self[:-1])


@dataclass(frozen=True, slots=True)
class ChoiceState:
    """A branch: the decision and what the criteria say are both shown. None = undetermined."""

    choice: str
    taken: str | None
    computed: str | None
    decided: str | None
    act: Act | None = None
    missing: tuple[Missing, ...] = ()
    explain: Callable[[], Reason] = field(compare=False, repr=False, default=_no_reason)

    @property
    def because(self) -> Reason:
        return self.explain()


@dataclass(frozen=True, slots=True)
class Course:
    """One enrolment at one time: every step's occurrences, in the pathway's order."""

    enrolment: Enrolment
    pathway: str
    version: str
    as_of: Moment
    known_at: int
    ended: tuple[Moment, str] | None
    dead: bool
    steps: tuple[StepState, ...]
    choices: dict[str, ChoiceState]
    changes: Callable[[], int | None] = field(compare=False, repr=False, default=lambda: None)

    @property
    def next_change_at(self) -> int | None:
        """Instant before which nothing changes by time alone; None = never. Never late."""
        return self.changes()


@dataclass(frozen=True, slots=True)
class Instance:
    """A stay in a pathway that the record itself shows."""

    pathway: str
    entry: str
    started: Moment
    side: Side | None
    ended: tuple[Moment, str] | None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A possible enrolment, for staff only (S09). `truth` UNKNOWN = possible, data missing."""

    pathway: str
    version: str
    entry: str
    kind: Literal["entry", "known", "opportunity"]
    on: Moment
    side: Side | None
    disclosure: str
    truth: Truth
    missing: tuple[Missing, ...] = ()
    explain: Callable[[], Reason] = field(compare=False, repr=False, default=_no_reason)

    @property
    def because(self) -> Reason:
        return self.explain()
