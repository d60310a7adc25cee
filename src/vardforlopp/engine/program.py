"""One step as closures: anchor, times, evidence, guard, and the labels that its state needs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

from vardforlopp.definitions.catalogue import leaves
from vardforlopp.definitions.criteria import (
    All,
    Criterion,
    DurationLike,
    MomentExpr,
    Named,
    Param,
    Row,
    Table,
)
from vardforlopp.definitions.lengths import counts_instants
from vardforlopp.definitions.model import Pathway, Per, Phase, Step
from vardforlopp.engine.context import Ctx, Unsure
from vardforlopp.engine.criteria import compile_criterion
from vardforlopp.engine.deadlines import Add, earlier
from vardforlopp.engine.evidence import Tree, compile_evidence
from vardforlopp.engine.judge import Judge, Toolbox
from vardforlopp.engine.looking import asked_at
from vardforlopp.engine.moments import MomentClosure
from vardforlopp.engine.uses import selectors_of, steps_of_moment
from vardforlopp.kernel.civil import MAX_DAY, Moment, civil, reached
from vardforlopp.kernel.durations import Duration
from vardforlopp.kernel.errors import DefinitionError

#: (ctx, t, from) -> (moment or None, True when an earlier row of a table could not be told)
Shift = Callable[[Ctx, Moment, Moment], tuple[Moment | None, bool]]
Season = tuple[int, int, int, int]
#: A day after all days.
NEVER = MAX_DAY + 1


class ShiftRow(NamedTuple):
    """A compiled row of a duration table."""

    judge: Judge | None
    adding: Add


@dataclass(frozen=True, slots=True, eq=False)
class StepProgram:
    """A compiled step. `rule` = `pathway/version#step`."""

    id: str
    step: Step
    rule: str
    kind: Literal["single", "rolling", "slots", "per"]
    by_instant: bool
    anchor: MomentClosure
    anchor_of_fact: bool
    anchor_steps: tuple[str, ...]
    rests_on_steps: bool  # without these steps there is no anchor
    anchor_is_trigger: bool
    fixed_opens: Add | None  # the same for every patient: no table to ask
    fixed_due: Add | None
    opens: Shift
    due: Shift
    preferred: Shift | None
    first: Shift
    every: Shift
    fresh: Callable[[Ctx, Moment, Moment], Moment | None] | None
    slot_offsets: tuple[Add, ...]
    slot_every: Callable[[Ctx, Moment, int], Moment] | None
    season: Season | None
    per: Per | None
    apart: Add | None
    times: int | None
    until_any: bool
    until_when: Judge | None
    until_moment: MomentClosure | None
    evidence: Tree
    guard: Judge | None
    standing_guard: Judge | None  # what is asked while no occurrence stands
    guard_now: bool
    maintenance: bool
    preventive: bool
    retrospective: bool
    level: str
    unsourced: bool  # the rule's level is `default` (S04)
    binding_from: int  # the day from which lateness may be claimed; NEVER for a mere proposal
    kinds: tuple[str, ...]
    tables: tuple[ShiftRow, ...]
    due_rows: tuple[ShiftRow, ...]  # of `within`, if it is a table
    open_rows: tuple[ShiftRow, ...]  # of `opens`, likewise
    before: MomentClosure | None
    waits_for: tuple[str, ...]  # without a date: steps as `step:X`, facts as `fact:S`


def _waits_for(step: Step, anchors: tuple[str, ...]) -> tuple[str, ...]:
    if step.per is not None:
        return (f"fact:{step.per.selector}" if step.per.selector is not None else f"step:{step.per.step}",)
    names = (f"step:{name}" for name in anchors)
    return (*names, *(f"fact:{name}" for name in sorted(selectors_of(step.after))))


def _none(ctx: Ctx, t: Moment, start: Moment) -> tuple[Moment | None, bool]:
    return None, False


class StepCompiler:
    """Compiles the steps of one pathway."""

    def __init__(self, box: Toolbox, pathway: Pathway, *, adopted: Callable[[Step], int | None]) -> None:
        self._box = box
        self._pathway = pathway
        self._adopted = adopted

    def compile(self, step: Step, phase: Phase | None) -> StepProgram:
        """One step as closures."""
        box = self._box
        by_instant = counts_instants(self._pathway, step)
        tables: list[ShiftRow] = []
        written = step.after if step.after is not None else Named("trigger" if step.per else "entry")
        anchor = box.moments.compile(written)
        evidence = compile_evidence(step.done, box, by_instant=by_instant)
        until = step.until
        written_guard = _guard(step, phase)
        guard = compile_criterion(written_guard, box) if written_guard is not None else None
        before = box.moments.compile(step.before) if step.before is not None else None
        every = self._shift(step.every, tables)
        return StepProgram(
            id=step.id,
            step=step,
            rule=f"{box.rule}#{step.id}",
            kind=step.kind,
            by_instant=by_instant,
            anchor=anchor,
            anchor_of_fact=anchor.of_fact,
            anchor_steps=_steps_in(written, step.per),
            rests_on_steps=bool(_steps_in(written, step.per)) and not selectors_of(written),
            anchor_is_trigger=step.per is not None and step.after is None,
            fixed_opens=self._fixed(step.opens or _nothing(by_instant=by_instant)),
            fixed_due=self._fixed(step.within) if step.before is None and step.preferred is None else None,
            opens=self._opens(step.opens, tables, by_instant=by_instant),
            due=self._due(step.within, before, tables),
            preferred=self._shift(step.preferred, tables) if step.preferred is not None else None,
            first=self._shift(step.first, tables) if step.first is not None else every,
            every=every,
            fresh=box.deadlines.adding(step.fresh, minus=True) if step.fresh is not None else None,
            slot_offsets=tuple(box.deadlines.adding(one) for one in step.slots.offsets) if step.slots else (),
            slot_every=self._slot_every(step.slots.every) if step.slots and step.slots.every else None,
            season=self._season(step.slots.season) if step.slots and step.slots.season else None,
            per=step.per,
            apart=box.deadlines.adding(step.per.apart) if step.per and step.per.apart else None,
            times=box.parameters.integer(until.times) if until and until.times is not None else None,
            until_any=until is not None and (until.when is not None or until.moment is not None),
            until_when=compile_criterion(until.when, box) if until and until.when is not None else None,
            until_moment=box.moments.compile(until.moment) if until and until.moment is not None else None,
            evidence=evidence,
            guard=guard,
            standing_guard=guard if step.per is None else _phase_guard(phase, box),
            guard_now=(step.at or ("now" if step.kind in ("single", "rolling") else "nominal")) == "now",
            maintenance=step.maintenance,
            preventive=step.preventive,
            retrospective=step.mode == "retrospective",
            level=step.provenance.level,
            unsourced=step.provenance.level == "default",
            binding_from=self._binding_from(step),
            kinds=tuple(sorted({one.kind for s in evidence.selectors for one in leaves(s, box.selectors)})),
            tables=tuple(tables),
            due_rows=self._rows(step.within),
            open_rows=self._rows(step.opens),
            before=before,
            waits_for=_waits_for(step, _steps_in(written, step.per)),
        )

    def _binding_from(self, step: Step) -> int:
        if step.provenance.level != "default":
            return 1
        adopted_from = self._adopted(step)
        return NEVER if adopted_from is None else adopted_from

    def _fixed(self, written: DurationLike | None) -> Add | None:
        if written is None or isinstance(written, Table):
            return None
        return self._box.deadlines.adding(written) if self._is_constant(written) else None

    def _is_constant(self, written: Duration | Param) -> bool:
        return isinstance(self._box.parameters.duration(written), Duration)

    def _shift(self, written: DurationLike | None, tables: list[ShiftRow]) -> Shift:
        if written is None:
            return _none
        if isinstance(written, Table):
            rows = tuple(self._row(row) for row in written.rows)
            tables.extend(rows)
            return _by_table(rows)
        adding = self._box.deadlines.adding(written)

        if self._is_constant(written):
            return lambda ctx, t, start: (adding(ctx, t, start), False)

        def shift(ctx: Ctx, t: Moment, start: Moment) -> tuple[Moment | None, bool]:
            moment = adding(ctx, t, start)
            return moment, moment is None

        return shift

    def _rows(self, written: DurationLike | None) -> tuple[ShiftRow, ...]:
        return tuple(self._row(row) for row in written.rows) if isinstance(written, Table) else ()

    def _row(self, row: Row) -> ShiftRow:
        judge = compile_criterion(row.when, self._box) if row.when is not None else None
        return ShiftRow(judge, self._box.deadlines.adding(row.value))

    def _opens(self, written: DurationLike | None, tables: list[ShiftRow], *, by_instant: bool) -> Shift:
        """As other times, but a table by age or month is asked at the nominal date: what is done stays."""
        if written is None:
            return self._shift(_nothing(by_instant=by_instant), tables)
        if isinstance(written, Table) or self._is_constant(written):
            return self._shift(written, tables)
        adding = self._box.deadlines.adding(written)

        def shift(ctx: Ctx, t: Moment, start: Moment) -> tuple[Moment | None, bool]:
            moment = adding(ctx, start, start)
            return moment, moment is None

        return shift

    def _due(
        self, within: DurationLike | None, before: MomentClosure | None, tables: list[ShiftRow]
    ) -> Shift:
        shift = self._shift(within, tables)
        if before is None:
            return shift

        def due(ctx: Ctx, t: Moment, start: Moment) -> tuple[Moment | None, bool]:
            moment, flagged = shift(ctx, t, start)
            limit = before.when(ctx, t)
            if isinstance(limit, Unsure) or limit is None:
                return moment, flagged
            return earlier(moment, limit), flagged

        return due

    def _slot_every(self, written: Duration | Param) -> Callable[[Ctx, Moment, int], Moment]:
        duration = self._box.parameters.duration(written)
        if not isinstance(duration, Duration) or duration.amount < 1:
            raise DefinitionError(
                "VF-ENG-003", self._box.rule, "the distance between slots is not a fixed, positive duration",
                "Write a duration of at least one unit, not a table.",
            )  # fmt: skip
        plus = self._box.deadlines.plus
        return lambda ctx, anchor, k: plus(
            anchor, Duration(duration.amount * k, duration.unit, duration.more)
        )

    def _season(self, param: Param) -> Season:
        text = self._box.parameters.text(param)
        first, _, last = text.partition("..")
        (a, b), (c, d) = (part.split("-") for part in (first, last))
        return int(a), int(b), int(c), int(d)


def _nothing(*, by_instant: bool) -> Duration:
    return Duration(0, "minutes" if by_instant else "days")


def guard_time(step: StepProgram, ctx: Ctx, nominal: Moment) -> Moment:
    """When the guard is judged: now, or on the nominal date once that has come (rule 6).

    The date, not the instant of what gave it: what is known of an event comes later the same day.
    Only in a step that counts minutes or hours is it the instant.
    """
    if step.guard_now or not reached(nominal, ctx.now):
        return ctx.now
    asked = asked_at(nominal if step.by_instant else civil(nominal.day))
    return ctx.now if ctx.now.at < asked.at else asked


def possible(rows: tuple[ShiftRow, ...], ctx: Ctx, t: Moment, start: Moment) -> Iterator[Moment]:
    """The moments that a table may give while an earlier row cannot be told."""
    for judge, adding in rows:
        truth = 2 if judge is None else judge.truth(ctx, t)
        moment = adding(ctx, t, start) if truth else None
        if moment is not None:
            yield moment
        if truth == 2:
            break


def _by_table(rows: tuple[ShiftRow, ...]) -> Shift:
    def shift(ctx: Ctx, t: Moment, start: Moment) -> tuple[Moment | None, bool]:
        flagged = False
        for judge, adding in rows:
            truth = 2 if judge is None else judge.truth(ctx, t)
            if truth == 2:
                return adding(ctx, t, start), flagged
            flagged = flagged or truth == 1
        return None, flagged

    return shift


def _guard(step: Step, phase: Phase | None) -> Criterion | None:
    parts = [when for when in (phase.when if phase else None, step.when) if when is not None]
    if len(parts) == 2:
        return All(tuple(parts))
    return parts[0] if parts else None


def _phase_guard(phase: Phase | None, box: Toolbox) -> Judge | None:
    """What a `per` step is asked while no trigger has come: its own guard waits for the trigger."""
    return compile_criterion(phase.when, box) if phase is not None and phase.when is not None else None


def _steps_in(expr: MomentExpr, per: Per | None) -> tuple[str, ...]:
    """The steps that an anchor or trigger rests on."""
    found = steps_of_moment(expr)
    return tuple(sorted(found | {per.step} if per is not None and per.step is not None else found))
