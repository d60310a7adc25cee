"""The mutation gate: small faults are planted in a definition, and the cases must notice.

Each limit moves by one of its last digit, each comparison opens or closes, each time moves by a
day (or minute), each guard is negated. A mutant that no case notices is a hole in the cases, or
shows that something in the definition decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Any, NamedTuple

from vardforlopp.definitions.cases import Case
from vardforlopp.definitions.catalogue import Definitions
from vardforlopp.definitions.criteria import (
    Between,
    Compare,
    CompareOwn,
    CompareRef,
    Criterion,
    NoneOf,
    Op,
    Quantity,
    Row,
)
from vardforlopp.definitions.model import (
    Choice,
    Entry,
    Exit,
    Parameter,
    ParameterRow,
    ParameterValue,
    Pathway,
    Phase,
    Step,
)
from vardforlopp.engine import uses
from vardforlopp.engine.casework import fails
from vardforlopp.engine.compile import Compiled, compile_pathway
from vardforlopp.kernel.durations import NOTHING, Duration
from vardforlopp.kernel.workdays import WorkCalendar

OTHER: dict[Op, Op] = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}


class Mutant(NamedTuple):
    """A definition with one fault. `name` says which, e.g. `eko.within[0].is +1 day`."""

    name: str
    part: str  # id of the step, choice, entry, exit, phase or parameter that was changed
    pathway: Pathway


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a mutant: the case that noticed, None when none did."""

    name: str
    killed_by: str | None


@dataclass(frozen=True, slots=True)
class Gate:
    """The figures of a pathway."""

    verdicts: tuple[Verdict, ...]

    @property
    def counted(self) -> int:
        return len(self.verdicts)

    @property
    def killed(self) -> int:
        return sum(verdict.killed_by is not None for verdict in self.verdicts)

    @property
    def share(self) -> float:
        return self.killed / self.counted if self.counted else 1.0

    @property
    def survivors(self) -> tuple[str, ...]:
        return tuple(v.name for v in self.verdicts if v.killed_by is None)


def mutants(pathway: Pathway) -> Iterator[Mutant]:
    """Every mutant of a pathway, in the order of its text."""
    followed = uses.parameters_of_pathway(pathway)
    for name, parameter in pathway.parameters.items():
        if name not in followed:
            continue  # only an indicator uses it
        for label, value in _of_parameter(parameter):
            changed = {**pathway.parameters, name: replace(parameter, value=value)}
            yield Mutant(f"${name} {label}", name, replace(pathway, parameters=changed))
    for group in ("phases", "entries", "exits", "choices", "steps"):
        parts: Mapping[str, Phase | Entry | Exit | Choice | Step] = getattr(pathway, group)
        for name, part in parts.items():
            for label, changed_part in _of_part(part):
                changed_group: dict[str, Any] = {group: {**parts, name: changed_part}}
                yield Mutant(f"{name}{label}", name, replace(pathway, **changed_group))


_PARTS = (
    "event", "plus", "when", "apart", "options", "after", "opens", "within", "before", "preferred", "fresh",
    "every", "first", "slots", "per", "until", "done",
)  # fmt: skip


def _of_part(part: object) -> Iterator[tuple[str, object]]:
    for name in _PARTS:
        value = getattr(part, name, None)
        if value is None or (name == "plus" and value == NOTHING):
            continue
        if name == "when":
            yield f".{name} negated", replace(part, when=NoneOf((value,)))  # type: ignore[type-var]  # a frozen part
        for label, changed in _changes(value):
            yield f".{name}{label}", replace(part, **{name: changed})  # type: ignore[type-var]


def _changes(value: object) -> Iterator[tuple[str, object]]:
    """Every single change of a value, with where it is and what it does."""
    if isinstance(value, Duration):
        yield from _of_duration(value)
    elif isinstance(value, tuple):
        for i, item in enumerate(value):
            for label, changed in _changes(item):
                yield f"[{i}]{label}", (*value[:i], changed, *value[i + 1 :])
    elif is_dataclass(value) and not isinstance(value, type):
        yield from _of_node(value)


def _of_node(node: object) -> Iterator[tuple[str, object]]:
    if isinstance(node, Compare):
        yield f" {node.op} -> {OTHER[node.op]}", replace(node, op=OTHER[node.op])
        if isinstance(node.limit, Quantity):
            for label, limit in _of_limit(node.limit):
                yield label, replace(node, limit=limit)
        return
    if isinstance(node, CompareRef | CompareOwn):
        yield f" {node.op} -> {OTHER[node.op]}", replace(node, op=OTHER[node.op])
        return
    if isinstance(node, Between):
        for name in ("lo", "hi"):
            limit = getattr(node, name)
            if isinstance(limit, Quantity):
                for label, moved in _of_limit(limit):
                    yield f".{name}{label}", replace(node, **{name: moved})
        return
    guard = _guard_of(node)
    if guard is not None:
        yield ".when negated", replace(node, when=NoneOf((guard,)))  # type: ignore[type-var]
    for field in fields(node):  # type: ignore[arg-type]  # a dataclass, as the caller has seen
        for label, changed in _changes(getattr(node, field.name)):
            yield f".{field.name}{label}", replace(node, **{field.name: changed})  # type: ignore[type-var]


def _guard_of(node: object) -> Criterion | None:
    """The guard of a table's row, a branch's option or an `until`."""
    if isinstance(node, Row) or type(node).__name__ in ("Option", "Until"):
        return getattr(node, "when", None)
    return None


def resolution(number: Fraction) -> Fraction:
    """One of a number's last decimal: 0.01 for 0.7 written exactly as 0.70 is 0.1; 1 for 400."""
    step = Fraction(1)
    while (number / step).denominator != 1 and step > Fraction(1, 10**6):
        step /= 10
    return step


def _of_limit(limit: Quantity) -> Iterator[tuple[str, Quantity]]:
    step = resolution(limit.value)
    for sign in (1, -1):
        yield f" {'+' if sign > 0 else '-'}{float(step):g}", Quantity(limit.value + sign * step, limit.unit)


def _of_duration(duration: Duration) -> Iterator[tuple[str, Duration]]:
    for sign in (1, -1):
        word = "+" if sign > 0 else "-"
        if duration.by_instant:
            minutes = duration.amount * (60 if duration.unit == "hours" else 1)
            yield f" {word}1 minute", Duration(minutes + sign, "minutes")
        elif duration.unit == "working days":
            yield f" {word}1 working day", Duration(duration.amount + sign, "working days")
        else:
            yield f" {word}1 day", Duration(duration.amount, duration.unit, duration.more + sign)


def _of_parameter(parameter: Parameter) -> Iterator[tuple[str, ParameterValue]]:
    value = parameter.value
    if isinstance(value, bool):
        yield "negated", not value
    elif isinstance(value, int):
        yield "+1", value + 1
        yield "-1", value - 1
    elif isinstance(value, Quantity):
        yield from _of_limit(value)
    elif isinstance(value, Duration):
        yield from _of_duration(value)
    elif isinstance(value, tuple):
        for i, row in enumerate(value):
            for label, changed in _of_row(row):
                yield f"[{i}]{label}", (*value[:i], changed, *value[i + 1 :])
    elif parameter.kind == "season":
        yield from _of_season(value)


def _of_row(row: ParameterRow) -> Iterator[tuple[str, ParameterRow]]:
    inner = Parameter("row", "table", row.value, {}, "default", (), None)  # type: ignore[arg-type]
    for label, changed in _of_parameter(inner):
        yield f" {label}", replace(row, value=changed)  # type: ignore[arg-type]
    for name in ("age_from", "age_below"):
        age = getattr(row, name)
        if age is not None:
            yield f".{name} +1", replace(row, **{name: age + 1})
            yield f".{name} -1", replace(row, **{name: age - 1})


def _of_season(season: str) -> Iterator[tuple[str, str]]:
    first, _, last = season.partition("..")
    for name, edge in (("from", first), ("to", last)):
        month, day = (int(part) for part in edge.split("-"))
        for sign in (1, -1):
            moved = date.fromordinal(
                date(2025, month, min(day, 28) if month == 2 else day).toordinal() + sign
            )
            text = f"{moved.month:02d}-{moved.day:02d}"
            label = f".{name} {'+' if sign > 0 else '-'}1 day"
            yield label, f"{text}..{last}" if name == "from" else f"{first}..{text}"


class Laboratory:
    """Runs the cases of one pathway on its mutants.

    A case that fails on the unchanged pathway proves nothing and is left out.
    """

    def __init__(
        self, definitions: Definitions, pathway: Pathway, cases: Sequence[Case], *, calendar: WorkCalendar
    ) -> None:
        self._catalogue = definitions.catalogue
        self._overlays = definitions.overlays
        self._calendar = calendar
        self._cases = [case for case in cases if not self._notices(case, pathway, {})]

    def judge(self, mutant: Mutant) -> Verdict:
        """The first case that notices; those that speak of the changed part are asked first."""
        compiled: dict[str | None, Compiled] = {}
        for case in sorted(self._cases, key=lambda case: mutant.part not in _spoken_of(case)):
            if self._notices(case, mutant.pathway, compiled):
                return Verdict(mutant.name, case.id)
        return Verdict(mutant.name, None)

    def _notices(self, case: Case, pathway: Pathway, compiled: dict[str | None, Compiled]) -> bool:
        if case.region not in compiled:
            overlay = self._overlays[case.region] if case.region is not None else None
            compiled[case.region] = compile_pathway(
                pathway, self._catalogue, overlay=overlay, calendar=self._calendar
            )
        return fails(case, compiled[case.region])


def _spoken_of(case: Case) -> set[str]:
    found = {step.step for expected in case.expect for step in expected.steps}
    found |= {name for expected in case.expect for name in (expected.choices or {})}
    return found | {expected.entered or "" for expected in case.expect}
