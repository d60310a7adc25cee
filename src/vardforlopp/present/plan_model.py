"""The plan page as values: what the text and the HTML page show, in words, ready to print.

Templates and the text writer lay these out and decide nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from vardforlopp.definitions.phrasebook import Lang

#: How a line is marked: one shape and one colour each, always with the words beside it.
Mark = Literal["late", "now", "unseen", "unknown", "coming", "waiting", "done", "skipped", "proposal"]
SHAPES: dict[Mark, str] = {
    "late": "!", "now": "●", "unseen": "◌", "unknown": "?", "coming": "○", "waiting": "…",
    "done": "✓", "skipped": "–", "proposal": "◇",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tag:
    """A small label: its kind names the colour, its text says the same."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Tile:
    """A number that sums up, with its words."""

    mark: str
    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Why:
    """A reason in words, outlined: each line with its depth and its truth (0, 1, 2)."""

    depth: int
    truth: int
    text: str


@dataclass(frozen=True, slots=True)
class SuggestionView:
    """A pathway that may concern the person. For staff only."""

    pathway: str
    tone: int
    kind: str
    mark: Mark
    entry: str
    since: str
    missing: str
    why: tuple[Why, ...]


@dataclass(frozen=True, slots=True)
class StepLine:
    """One step, or several occurrences of it in one state."""

    mark: Mark
    title: str
    when: str
    note: str
    tags: tuple[Tag, ...] = ()
    why: tuple[Why, ...] = ()


@dataclass(frozen=True, slots=True)
class StepGroup:
    """The steps of a course that are in one state. `more`: how many are not shown, in words."""

    mark: Mark
    title: str
    lines: tuple[StepLine, ...]
    more: str = ""


@dataclass(frozen=True, slots=True)
class CourseView:
    """Where the person stands in one pathway."""

    id: str
    title: str
    tone: int
    summary: str
    status: str
    explicit: bool
    facts: tuple[str, ...]
    choices: tuple[str, ...]
    groups: tuple[StepGroup, ...]
    rest: str
    reached: tuple[int, int]  # done steps, and all that are or were of concern


@dataclass(frozen=True, slots=True)
class OriginLine:
    """One reason for a planned activity: which pathway asks, for what step.

    `tone`: the pathway's colour on the page, 0..5; its name always stands beside.
    """

    pathway: str
    tone: int
    step: str
    level: str
    suggested: bool
    why: tuple[Why, ...]


@dataclass(frozen=True, slots=True)
class PlanItem:
    """One thing to do in the plan, once, with all its origins."""

    id: str
    mark: Mark
    title: str
    when: str
    who: str
    note: str
    tags: tuple[Tag, ...]
    origins: tuple[OriginLine, ...]


@dataclass(frozen=True, slots=True)
class WaitLine:
    """What several things of a pathway wait for, and the things: told once, not once each."""

    pathway: str
    what: str
    things: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlanGroup:
    """A stretch of the plan. What waits stands as `waits`, all else as `items`."""

    key: str
    mark: Mark
    title: str
    hint: str
    size: int
    items: tuple[PlanItem, ...] = ()
    waits: tuple[WaitLine, ...] = ()


@dataclass(frozen=True, slots=True)
class ConflictView:
    """Something people must settle, with the ways out. `proposal`: by a rule nobody has adopted (S04)."""

    id: str
    severity: str
    title: str
    kind: str
    tags: tuple[Tag, ...]
    text: str
    between: str
    ways_out: tuple[str, ...]
    decider: str
    source: str
    refs: str
    missing: str
    proposal: bool = False


@dataclass(frozen=True, slots=True)
class MissingView:
    """A missing piece of data, and the steps that it is needed for, in words."""

    what: str
    needed_for: str


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table on the page."""

    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its caption and column heads."""

    caption: str
    heads: tuple[str, ...]
    rows: tuple[Row, ...]
    more: str = ""


@dataclass(frozen=True, slots=True)
class SheetAction:
    """Who does what, when: one row of the contract sheet."""

    what: str
    who: str
    when: str
    mine: bool = False


@dataclass(frozen=True, slots=True)
class SheetContact:
    """Whom the person turns to."""

    name: str
    about: str
    phone: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """The contract sheet: paper equals screen. What is empty is a ruled line."""

    name: str
    date: str
    matters: tuple[str, ...]
    actions: tuple[SheetAction, ...]
    more: str
    next_step: str
    contacts: tuple[SheetContact, ...]
    if_worse: tuple[str, ...]
    emergency: str


@dataclass(frozen=True, slots=True)
class PlanView:
    """The whole page. `before`: that something was due before the start, and must be asked about."""

    lang: Lang
    title: str
    person: tuple[str, ...]
    as_of: str
    note: str
    alerts: tuple[Tag, ...]
    tiles: tuple[Tile, ...]
    before: str
    next_step: StepLine | None
    empty: str
    suggestions: tuple[SuggestionView, ...]
    plan_lead: str
    plan: tuple[PlanGroup, ...]
    conflicts: tuple[ConflictView, ...]
    possible: tuple[ConflictView, ...]
    unknown_lead: str
    unknown: tuple[MissingView, ...]
    courses: tuple[CourseView, ...]
    checked: tuple[str, ...]
    quality: tuple[str, ...]
    tables: tuple[Table, ...]
    footer: str
    sheet: Sheet | None
