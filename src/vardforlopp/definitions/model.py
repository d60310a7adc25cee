"""A pathway as the definitions write it: parts, provenance, labels; and a region's overlay. Pure values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from vardforlopp.definitions.criteria import (
    Criterion,
    DurationLike,
    Evidence,
    MomentExpr,
    Param,
    Quantity,
)
from vardforlopp.kernel.durations import Duration

Level = Literal["national", "guideline", "regional", "international", "default"]
LEVELS: tuple[Level, ...] = ("national", "guideline", "regional", "international", "default")
Disclosure = Literal["open", "after-informed", "staff-only"]
Watch = Literal["core", "quiet"]
Mode = Literal["prospective", "retrospective"]
MdrClass = Literal["administrative", "informative", "device"]
Texts = dict[str, str]  # language -> text


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the definitions something is written: file and 1-based line."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class SourceText:
    """A source of a pathway, as its fact sheet lists it."""

    id: str
    title: str
    level: Level
    url: str | None = None
    date: str | None = None
    checked: str | None = None
    review_by: str | None = None


@dataclass(frozen=True, slots=True)
class Provenance:
    """Source ids by part (`step`, `when`, `within` ...) and the level that follows.

    A part without its own entry has the level of `step`; a part's level is its best source;
    the rule's level is its weakest part.
    """

    parts: dict[str, tuple[str, ...]]
    levels: dict[str, Level]

    @property
    def level(self) -> Level:
        return max(self.levels.values(), key=LEVELS.index, default="default")


ParameterValue = Quantity | Duration | int | bool | str | tuple["ParameterRow", ...]


@dataclass(frozen=True, slots=True)
class ParameterRow:
    """A row of a parameter table keyed by age, sex or month; None = any."""

    value: Quantity | Duration | int | str
    age_from: int | None = None
    age_below: int | None = None
    sex: str | None = None
    months: tuple[int, ...] | None = None


class Alternative(NamedTuple):
    """What another source says of a parameter. A region chooses, and the choice rests on that source."""

    value: ParameterValue
    level: Level
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A named threshold or time on which sources may disagree.

    `kind`: quantity, duration, integer, flag, word, table, season. A season's value is
    `MM-DD..MM-DD`. `stricter`: which way an overlay may move a `national` value.
    """

    id: str
    kind: Literal["quantity", "duration", "integer", "flag", "word", "table", "season"]
    value: ParameterValue
    title: Texts
    level: Level
    sources: tuple[str, ...]
    place: Place
    low: ParameterValue | None = None
    high: ParameterValue | None = None
    allowed: tuple[str, ...] = ()
    stricter: Literal["lower", "higher"] | None = None
    alternatives: tuple[Alternative, ...] = ()
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A way in: facts of `event` (+ `plus`) at which `when` holds."""

    id: str
    event: tuple[str, ...]
    title: Texts
    provenance: Provenance
    place: Place
    plus: Duration | Param = Duration(0, "days")
    when: Criterion | None = None
    restart: bool = False
    apart: Duration | Param | None = None
    opportunity: bool = False
    known: bool = False  # known disease, not a new suspicion
    disclosure: Disclosure = "staff-only"
    rows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Exit:
    """A way out: the first exit event whose fact is at or after the instance's start."""

    id: str
    event: tuple[str, ...]
    title: Texts
    provenance: Provenance
    place: Place
    plus: Duration | Param = Duration(0, "days")
    when: Criterion | None = None
    rows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Owner:
    """Who performs: role ids of the catalogue (first = responsible) and care level id."""

    roles: tuple[str, ...]
    level: str


@dataclass(frozen=True, slots=True)
class Slots:
    """Fixed occurrences: a list, every D, or a season parameter."""

    offsets: tuple[Duration | Param, ...] = ()
    every: Duration | Param | None = None
    season: Param | None = None


@dataclass(frozen=True, slots=True)
class Per:
    """One occurrence a trigger: a fact of `selector`, or an occurrence of `step`."""

    selector: str | None = None
    step: str | None = None
    what: Literal["done", "due"] | None = None
    apart: Duration | Param | None = None


@dataclass(frozen=True, slots=True)
class Until:
    """No new occurrence after: a moment, a number of times, or a criterion at now."""

    moment: MomentExpr | None = None
    times: int | Param | None = None
    when: Criterion | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One action of a pathway. Keys and meaning: docs/reference/language.md."""

    id: str
    phase: str
    title: Texts
    summary: Texts
    provenance: Provenance
    place: Place
    activity: str
    owner: Owner
    done: Evidence
    when: Criterion | None = None
    at: Literal["now", "nominal"] | None = None
    after: MomentExpr | None = None  # None = entry
    opens: DurationLike | None = None
    within: DurationLike | None = None
    before: MomentExpr | None = None
    preferred: DurationLike | None = None
    fresh: Duration | Param | None = None
    every: DurationLike | None = None
    first: DurationLike | None = None
    slots: Slots | None = None
    per: Per | None = None
    until: Until | None = None
    purpose: str | None = None
    competence: str | None = None
    preparation: str | None = None
    watch: Watch = "quiet"
    mode: Mode = "prospective"
    disclosure: Disclosure = "open"
    preventive: bool = False
    maintenance: bool = False
    patient_part: Texts = field(default_factory=dict)
    mdr: MdrClass = "informative"
    rows: tuple[str, ...] = ()

    @property
    def kind(self) -> Literal["single", "rolling", "slots", "per"]:
        if self.every is not None:
            return "rolling"
        if self.slots is not None:
            return "slots"
        return "per" if self.per is not None else "single"


@dataclass(frozen=True, slots=True)
class Option:
    id: str
    title: Texts
    when: Criterion | None


@dataclass(frozen=True, slots=True)
class Choice:
    """A branch: a decision wins, else the first option that holds, else `otherwise`."""

    id: str
    phase: str
    title: Texts
    options: tuple[Option, ...]
    provenance: Provenance
    place: Place
    otherwise: str | None = None
    after: MomentExpr | None = None
    disclosure: Disclosure = "open"
    rows: tuple[str, ...] = ()

    @property
    def ways(self) -> tuple[str, ...]:
        """All ways that it may go, the `else` included."""
        named = (*(option.id for option in self.options), *([self.otherwise] if self.otherwise else ()))
        return tuple(dict.fromkeys(named))


@dataclass(frozen=True, slots=True)
class Phase:
    id: str
    title: Texts
    when: Criterion | None = None
    no_promotion: Texts = field(default_factory=dict)  # why nothing in it promotes health (C4)


@dataclass(frozen=True, slots=True)
class IndicatorDays:
    start: MomentExpr
    end: MomentExpr


@dataclass(frozen=True, slots=True)
class Indicator:
    """Parsed and linted now; computed by the population engine."""

    id: str
    title: Texts
    per: str  # enrolment, patient, selector:S, step:X
    index: MomentExpr
    provenance: Provenance
    place: Place
    of: Criterion | None = None
    exclude: Criterion | None = None
    follow_up: Duration | Param | None = None
    met: Criterion | None = None
    days: IndicatorDays | None = None
    show: Literal["share", "ratio", "median", "mean", "count"] = "share"
    target: Texts = field(default_factory=dict)
    measurable: bool = True
    note: str | None = None
    rows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Omitted:
    """A row of the fact sheet that is not encoded, and why."""

    row: str
    reason: Literal["device", "emergency", "regional", "no-data", "elsewhere", "text-only", "duplicate"]
    why: Texts


@dataclass(frozen=True, slots=True)
class Population:
    text: Texts
    when: Criterion | None
    outside: Texts
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Line:
    """A line said to or about the person, and what it rests on."""

    texts: Texts
    sources: tuple[str, ...]
    level: Level


@dataclass(frozen=True, slots=True)
class Person:
    """Person-centring, by the parts of the patient contract: all that the steps do not say."""

    tell: tuple[Line, ...]  # what the person is told
    contact: tuple[Line, ...]  # who is the fixed contact
    own_part: tuple[Line, ...]
    relatives: tuple[Line, ...]
    social_services: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Pathway:
    """A whole pathway version: what `content/pathways/<id>/<version>/` says."""

    id: str
    version: str
    title: Texts
    summary: Texts
    status: Literal["draft", "published"]
    place: Place
    population: Population | None
    sources: dict[str, SourceText]
    parameters: dict[str, Parameter]
    entries: dict[str, Entry]
    exits: dict[str, Exit]
    phases: dict[str, Phase]
    choices: dict[str, Choice]
    steps: dict[str, Step]
    indicators: dict[str, Indicator]
    omitted: tuple[Omitted, ...] = ()
    rows: dict[str, str] = field(default_factory=dict)
    disclosure: Disclosure = "open"
    sided: bool = False
    follows: str | None = None  # the pathway whose second document this is
    person: Person | None = None
    motives: dict[str, Texts] = field(default_factory=dict)  # national criterion not met -> why
    sha256: str = ""


# --- what a region makes of it -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Adoption:
    """A region takes `default` rules for its own (S04). `what`: ids, or `*`."""

    pathway: str
    version: str
    what: tuple[str, ...]
    by: str
    on: int


@dataclass(frozen=True, slots=True)
class LocalUnit:
    level: str
    name: str
    phone: str | None = None
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Overlay:
    """A region's own settings over the national text. Never removes a step."""

    id: str
    title: Texts
    place: Place
    settings: dict[str, dict[str, ParameterValue]]  # pathway -> parameter -> value
    adoptions: tuple[Adoption, ...] = ()
    steps: dict[str, dict[str, Step]] = field(default_factory=dict)  # pathway -> added steps
    units: tuple[LocalUnit, ...] = ()
    invented: bool = False
