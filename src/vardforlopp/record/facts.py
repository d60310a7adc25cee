"""What is known of one patient: facts, states, and our own acts, as values.

A fact is made once, at import: codes have become a *selector* of the shared catalogue,
quantities one canonical unit, partial dates an interval, pieces of one state one fact.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from operator import attrgetter
from typing import Literal, NamedTuple

Side = Literal["left", "right", "both"]


class Span(NamedTuple):
    """A value known only within limits: `<5`, `10-20`. None = no limit on that side."""

    lo: Fraction | None
    hi: Fraction | None
    lo_open: bool = False
    hi_open: bool = False


class Word(NamedTuple):
    """A coded, yes/no or text answer, as the catalogue's word for it."""

    word: str


class Day(NamedTuple):
    """A date as a value: a booked time, a stop date. `at` is the instant if one was written."""

    day: int
    at: int | None = None


FactValue = Fraction | Span | Word | Day


class Fact(NamedTuple):
    """One thing that the record shows.

    `lo..hi` (instants) and `day..last_day` (civil days, Stockholm) say when, with its
    imprecision. `until`/`until_day` is the end of a state, None = it goes on; an event has
    `state=False` and no `until`. It was known from `known_from` and until `known_to` (None =
    still). `value` is in the selector's canonical `unit`; `original` keeps what was written.
    `unusable` is the finding code of a value that could not be converted. `ref` is the source
    resource, `Type/id`; a united state names its first piece and lists all in `refs`.
    """

    selector: str
    lo: int
    hi: int
    day: int
    last_day: int
    known_from: int
    ref: str
    value: FactValue | None = None
    unit: str | None = None
    original: tuple[str, str] | None = None
    ref_low: Fraction | None = None
    ref_high: Fraction | None = None
    side: Side | None = None
    state: bool = False
    until: int | None = None
    until_day: int | None = None
    known_to: int | None = None
    unusable: str | None = None
    refs: tuple[str, ...] = ()


#: The one order of facts, in every engine: (lo, hi, known_from, ref).
order: Callable[[Fact], tuple[int, int, int, str]] = attrgetter("lo", "hi", "known_from", "ref")

_PLACE = {name: number for number, name in enumerate(Fact._fields)}


def changed(fact: Fact, **fields: object) -> Fact:
    """A fact with other values in some fields: `_replace`, in a third of its time."""
    values: list[object] = list(fact)
    for name, value in fields.items():
        values[_PLACE[name]] = value
    return tuple.__new__(Fact, values)


ActKind = Literal[
    "decision", "deviation", "decline", "attestation", "pause", "care-focus", "informed", "credit"
]


class Act(NamedTuple):
    """Something that people did to a course: a decision, a deviation, a pause ...

    `pathway` None = all pathways; `enrolment` None = every enrolment in the pathway; `step`
    is a step, choice or decision id (None = the whole pathway); `occurrence` the nominal
    day of the occurrence meant (None = the open one). `until_day`: re-offer date of a decline,
    last day of a pause. `done_day`: when an attested or credited step was done.
    """

    kind: ActKind
    day: int
    at: int
    known_from: int
    ref: str
    pathway: str | None = None
    enrolment: str | None = None
    step: str | None = None
    occurrence: int | None = None
    value: str | None = None
    reason: str | None = None
    by: str | None = None
    where: str | None = None
    done_day: int | None = None
    until_day: int | None = None
    known_to: int | None = None
