"""The language of criteria, moments, windows and evidence, as frozen nodes.

`../docs/reference/language.md` says what each means; nothing outside these nodes is legal.
Three-valued meaning is given by the engines, not here.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from vardforlopp.kernel.durations import Duration


@dataclass(frozen=True, slots=True)
class Param:
    """`$name`: a parameter of the pathway."""

    name: str


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its UCUM unit; a bare number has unit `1`."""

    value: Fraction
    unit: str


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table: the first whose `when` is yes wins; the last has no `when`."""

    when: Criterion | None
    value: Duration | Param


@dataclass(frozen=True, slots=True)
class Table:
    """A duration that depends on the patient."""

    rows: tuple[Row, ...]


DurationLike = Duration | Param | Table


# --- tests on a value (`is:`) -------------------------------------------------------------------

Op = Literal["<", "<=", ">", ">="]


@dataclass(frozen=True, slots=True)
class Compare:
    """`>= 400 ng/L`, `> $p`."""

    op: Op
    limit: Quantity | Param


@dataclass(frozen=True, slots=True)
class CompareRef:
    """`> 3 x ref.high`: against the laboratory's own reference limit."""

    op: Op
    factor: Fraction
    which: Literal["low", "high"]


@dataclass(frozen=True, slots=True)
class CompareOwn:
    """`> own:mal-blodtryck`: against the patient's agreed goal, a selector with a value."""

    op: Op
    selector: str


@dataclass(frozen=True, slots=True)
class Between:
    """`125..399 ng/L`, both ends included."""

    lo: Quantity | Param
    hi: Quantity | Param


@dataclass(frozen=True, slots=True)
class OneOf:
    """`ja`, `[rod, orange]`: a coded answer."""

    words: tuple[str, ...]


Test = Compare | CompareRef | CompareOwn | Between | OneOf


# --- moments and windows ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Named:
    """`entry`, `now`, `trigger`, `index`."""

    word: Literal["entry", "now", "trigger", "index"]


@dataclass(frozen=True, slots=True)
class First:
    """`{first: S}`: lo of the first visible fact not over before entry."""

    selector: str
    window: Window | None = None


@dataclass(frozen=True, slots=True)
class Last:
    """`{last: S}`."""

    selector: str
    window: Window | None = None


@dataclass(frozen=True, slots=True)
class StepTime:
    """`{done: X}`, `{settled: X}`, `{due: X}`."""

    what: Literal["done", "settled", "due"]
    step: str


@dataclass(frozen=True, slots=True)
class DateIn:
    """`{date_in: S}`, `{date_in: trigger}` (selector None): the date that is a fact's value."""

    selector: str | None


@dataclass(frozen=True, slots=True)
class Earliest:
    """`{earliest: [..]}`: the least of those present."""

    of: tuple[MomentExpr, ...]


@dataclass(frozen=True, slots=True)
class Latest:
    """`{latest: [..]}`: the greatest, all required."""

    of: tuple[MomentExpr, ...]


@dataclass(frozen=True, slots=True)
class Shifted:
    """Any moment with `plus:` or `minus:`. A fixed duration that is taken away is negative; of a
    parameter, whose value may be set, `minus` says so.
    """

    base: MomentExpr
    by: Duration | Param
    minus: bool = False


MomentExpr = Named | First | Last | StepTime | DateIn | Earliest | Latest | Shifted


@dataclass(frozen=True, slots=True)
class Window:
    """`in:`. `last` alone, or any of `start` (from), `end` (to), `length` (for)."""

    last: Duration | Param | None = None
    start: MomentExpr | None = None
    end: MomentExpr | None = None
    length: Duration | Param | None = None


# --- criteria -----------------------------------------------------------------------------------

Pick = Literal["latest", "first", "highest", "lowest", "any"]


@dataclass(frozen=True, slots=True)
class All:
    of: tuple[Criterion, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    of: tuple[Criterion, ...]


@dataclass(frozen=True, slots=True)
class NoneOf:
    of: tuple[Criterion, ...]


@dataclass(frozen=True, slots=True)
class AtLeast:
    n: int
    of: tuple[Criterion, ...]


@dataclass(frozen=True, slots=True)
class Has:
    selector: str
    where: Test | None = None
    window: Window | None = None


@dataclass(frozen=True, slots=True)
class Active:
    selector: str
    window: Window | None = None
    held: Duration | Param | None = None


@dataclass(frozen=True, slots=True)
class Value:
    selector: str
    test: Test
    pick: Pick = "latest"
    window: Window | None = None
    held: Duration | Param | None = None


@dataclass(frozen=True, slots=True)
class Base:
    """What a change is measured against; None fields default to the changed value's own."""

    selector: str | None = None
    pick: Pick | None = None
    window: Window | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """`rise` / `fall`. `percent`: the test's number is per cent of the base."""

    selector: str
    direction: Literal["rise", "fall"]
    test: Compare
    percent: bool
    base: Base
    pick: Pick = "latest"
    window: Window | None = None


@dataclass(frozen=True, slots=True)
class Count:
    selector: str
    test: Test
    where: Test | None = None
    window: Window | None = None
    apart: Duration | Param | None = None


@dataclass(frozen=True, slots=True)
class Age:
    """Completed units of age (years, or months for small children) at t."""

    test: Compare | Between
    unit: Literal["years", "months"] = "years"


@dataclass(frozen=True, slots=True)
class SexIs:
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Dead:
    expected: bool


@dataclass(frozen=True, slots=True)
class Reached:
    moment: MomentExpr


@dataclass(frozen=True, slots=True)
class Done:
    step: str
    window: Window | None = None


@dataclass(frozen=True, slots=True)
class Decided:
    decision: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BranchIs:
    choice: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Entered:
    entries: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Setting:
    param: Param


Criterion = (
    All | AnyOf | NoneOf | AtLeast | Has | Active | Value | Change | Count | Age | SexIs | Dead
    | Reached | Done | Decided | BranchIs | Entered | Setting
)  # fmt: skip


# --- evidence -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FactLeaf:
    """A fact (`S`, `{has: S, where, after}`); a running state counts from the opening."""

    selector: str
    where: Test | None = None
    after: MomentExpr | None = None


@dataclass(frozen=True, slots=True)
class ActiveLeaf:
    """`{active: S}`: the opening if already active, else the state's start."""

    selector: str


@dataclass(frozen=True, slots=True)
class TimesLeaf:
    """`{times: 12, of: S}`: the n-th fact."""

    n: int
    selector: str


@dataclass(frozen=True, slots=True)
class DecidedLeaf:
    """`{decided: X}`: a recorded decision, whatever it says (or one of `words`)."""

    decision: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EvidenceNode:
    """`all` (latest date), `any` (earliest), `at_least` (n-th earliest)."""

    op: Literal["all", "any", "at_least"]
    of: tuple[Evidence, ...]
    n: int = 0


Evidence = FactLeaf | ActiveLeaf | TimesLeaf | DecidedLeaf | EvidenceNode
