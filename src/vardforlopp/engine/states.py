"""The state of one occurrence: the first rule that matches, in the fixed order."""

from __future__ import annotations

from vardforlopp.engine import uses
from vardforlopp.engine.acts import Own, acts_of, paused, re_offered, said, skip_of
from vardforlopp.engine.context import Ctx
from vardforlopp.engine.course import Missing, State, StepState
from vardforlopp.engine.deadlines import earlier, passed
from vardforlopp.engine.evidence import Proof
from vardforlopp.engine.judge import missing_of
from vardforlopp.engine.lateness import adopted, before_start, binding, late_state, seen_from, until_in_doubt
from vardforlopp.engine.looking import asked_at, patient_gaps
from vardforlopp.engine.program import StepProgram
from vardforlopp.engine.reasons import occurrence_reason, step_reason
from vardforlopp.engine.standing import PLAIN, Extra, Judged, Standing
from vardforlopp.kernel.civil import Moment, civil, iso, iso_instant, reached
from vardforlopp.record.facts import Act, Fact

NO_OCCURRENCE = "-"


def judge(
    step: StepProgram,
    ctx: Ctx,
    standing: Standing,
    nominal: Moment,
    opens: Moment,
    start: Moment,
    closes: Moment | None,
    proof: Proof | None,
    anchor: Fact | None,
    trigger: Fact | None,
    season_end: Moment | None,
    shorter: bool,
    first: bool = True,
    acts: list[Act] | None = None,
) -> StepState:
    """The state of an occurrence that has a nominal date (rule 10).

    `start`: from when evidence counts; `closes`: when the next occurrence takes over; `shorter`:
    an earlier row of a table could not be told; `first`: no occurrence comes before it; `acts`: what
    people said of it, if the caller knows. On the hot path: plain arguments, no records.
    """
    now = ctx.now
    if step.fixed_due is not None:
        due, preferred = step.fixed_due(ctx, now, nominal), None
    else:
        due, preferred, flagged = _dates(step, ctx, nominal, proof)
        shorter = shorter or flagged
    if season_end is not None:
        due = earlier(due, season_end)
    if standing.pauses and due is not None:
        due = paused(step, opens, due, standing.pauses, now)
    if acts is None and not standing.quiet:
        acts = acts_of(step, standing, Own(nominal, None if first else opens, closes), now)
    if acts and due is not None:
        due = re_offered(acts, due, now)
    if proof is not None:
        state, extra = _done(step, ctx, standing, nominal, due, proof, acts)
    else:
        word = said(acts, now, closes) if acts else None
        state, extra = word or _undone(step, ctx, standing, nominal, opens, start, closes, due)
    flags = extra.flags
    if shorter:
        flags = (*flags, "may-be-shorter")
    if anchor is not None and anchor.day != anchor.last_day:
        flags = (*flags, "imprecise-anchor")
    act = extra.act
    if proof is not None:
        return StepState(
            step.id,
            occurrence_name(step, nominal),
            state,
            nominal,
            opens,
            due,
            preferred,
            proof.at,
            proof.facts,
            act or (proof.acts[0] if proof.acts else None),
            None,
            (),
            (),
            step.level,
            step.unsourced and adopted(step, now),
            False,
            anchor,
            trigger,
            flags,
            lambda: occurrence_reason(step, ctx, nominal, anchor, trigger, proof, state, ()),
        )
    return StepState(
        step.id,
        occurrence_name(step, nominal),
        state,
        nominal,
        opens,
        extra.due or due,
        preferred,
        extra.completed,
        (),
        act,
        None,
        (),
        extra.missing,
        step.level,
        step.unsourced and adopted(step, now),
        extra.proposal,
        anchor,
        trigger,
        flags,
        lambda: occurrence_reason(step, ctx, nominal, anchor, trigger, None, state, extra.missing),
    )


def _dates(
    step: StepProgram, ctx: Ctx, nominal: Moment, proof: Proof | None
) -> tuple[Moment | None, Moment | None, bool]:
    """Due and preferred date as they stand now, or stood when the occurrence was done."""
    judged = ctx.now
    if proof is not None:
        asked = asked_at(proof.at)
        judged = asked if asked.at < judged.at else judged
    due, flagged = step.due(ctx, judged, nominal)
    preferred = step.preferred(ctx, judged, nominal)[0] if step.preferred is not None else None
    return due, preferred, flagged


def _done(
    step: StepProgram,
    ctx: Ctx,
    standing: Standing,
    nominal: Moment,
    due: Moment | None,
    proof: Proof,
    acts: list[Act] | None,
) -> Judged:
    """Done, or done late; an earlier word of a person's is kept.

    Late is only what was asked for: the guard is judged as it stood when the step was done.
    """
    skip = skip_of(acts, ctx.now, None) if acts else None
    if skip is not None:
        return "done", Extra(act=skip)
    extra = PLAIN
    if due is None or not passed(due, proof.at) or not binding(step, ctx.now):
        return "done", extra
    if before_start(step, ctx, standing, due):
        return "done", extra
    if step.guard is not None:
        asked = asked_at(proof.at) if step.guard_now else guard_time(step, ctx, nominal)
        if step.guard.truth(ctx, asked if asked.at < ctx.now.at else ctx.now) == 0:
            return "done", extra
    return "done-late", extra


def _undone(
    step: StepProgram,
    ctx: Ctx,
    standing: Standing,
    nominal: Moment,
    opens: Moment,
    start: Moment,
    closes: Moment | None,
    due: Moment | None,
) -> Judged:
    """Without evidence and without a person's word: from `not-applicable` down to `overdue`."""
    guard = 2 if step.guard is None else step.guard.truth(ctx, guard_time(step, ctx, nominal))
    if guard == 0:
        return "not-applicable", PLAIN
    if step.preventive and standing.care_focus is not None:
        return "skipped", Extra(act=standing.care_focus)
    if standing.dead:
        return "ended", PLAIN
    if standing.ended is not None and not step.maintenance:
        return _at_the_end(step, ctx, standing, nominal, opens, start, closes, due, guard)
    flags: tuple[str, ...] = ()
    if due is not None and before_start(step, ctx, standing, due):
        if not (step.kind == "rolling" or step.maintenance):
            return "before-start", PLAIN
        due, flags = civil(seen_from(step, ctx, standing)), ("lapsed",)
    if guard == 1 and step.guard is not None:
        lacking = missing_of(step.guard, ctx, guard_time(step, ctx, nominal))
        return "unknown", Extra(lacking, due=due, flags=flags)
    if step.until_any and (doubt := until_in_doubt(step, ctx)):
        return "unknown", Extra(doubt, due=due, flags=flags)
    return _open(step, ctx, standing, nominal, opens, start, closes, due, flags)


def _at_the_end(
    step: StepProgram,
    ctx: Ctx,
    standing: Standing,
    nominal: Moment,
    opens: Moment,
    start: Moment,
    closes: Moment | None,
    due: Moment | None,
    guard: int,
) -> Judged:
    """After an exit: ended, but for what a retrospective step can then be said to have missed (S06)."""
    ended = standing.ended
    if not step.retrospective or guard == 1 or due is None or ended is None or not passed(due, ended[0]):
        return "ended", PLAIN
    lacking = step.evidence.missing(ctx, start, opens, closes)
    state = late_state(step, ctx, standing, nominal, opens, due, lacking)
    return ("ended", PLAIN) if state == "due" else (state, Extra(lacking))


def _open(
    step: StepProgram,
    ctx: Ctx,
    standing: Standing,
    nominal: Moment,
    opens: Moment,
    start: Moment,
    closes: Moment | None,
    due: Moment | None,
    flags: tuple[str, ...],
) -> Judged:
    """What is asked for and not done: closed by the next occurrence, upcoming, due, late or unseen."""
    now = ctx.now
    closed = closes is not None and reached(closes, now)
    if not closed and not reached(opens, now):
        return "upcoming", Extra(due=due, flags=flags) if flags else PLAIN
    lacking = step.evidence.missing(ctx, start, opens, closes)
    if closed and closes is not None:
        missed = due is not None and passed(due, closes)
        if missed and due is not None:
            missed = late_state(step, ctx, standing, nominal, opens, due, lacking) == "missed"
        return ("missed" if missed else "superseded"), Extra(lacking)
    if due is None and step.step.within is not None:
        lacking = (*patient_gaps(ctx), *lacking)
    if due is None or not passed(due, now) or step.retrospective:
        return "due", Extra(lacking, None, due, None, False, flags)
    state = late_state(step, ctx, standing, nominal, opens, due, lacking)
    claimed: State = "overdue" if state == "missed" else state
    return claimed, Extra(lacking, None, due, None, not binding(step, now), flags)


def guard_time(step: StepProgram, ctx: Ctx, nominal: Moment) -> Moment:
    """When the guard is judged: now, or on the nominal date once that has come (rule 6)."""
    if step.guard_now or not reached(nominal, ctx.now):
        return ctx.now
    asked = asked_at(nominal)
    return ctx.now if ctx.now.at < asked.at else asked


def not_applicable_anchor(step: StepProgram, ctx: Ctx) -> bool:
    """True when every step that the anchor rests on is not applicable."""
    results = [ctx.steps.get(name) for name in step.anchor_steps]
    return bool(results) and all(result is not None and result.na for result in results)


def without_date(step: StepProgram, ctx: Ctx, standing: Standing, *, stopped: bool) -> StepState:
    """The state of a step without an occurrence: its anchor or trigger is not there, or `until` holds."""
    acts = acts_of(step, standing, None, ctx.now) if not standing.quiet else None
    word = said(acts, ctx.now, None) if acts else None
    state, extra = word or _dateless(step, ctx, standing, stopped=stopped)
    waits: tuple[str, ...] = ()
    flags: tuple[str, ...] = ("until",) if stopped else ()
    if state == "waiting":
        waits = waiting_for(step)
        results = [ctx.steps.get(name) for name in step.anchor_steps]
        flags = ("blocked",) if any(result is not None and result.blocked for result in results) else ()
    return StepState(
        step.id,
        NO_OCCURRENCE,
        state,
        completed=extra.completed,
        act=extra.act,
        waits_for=waits,
        missing=extra.missing,
        level=step.level,
        adopted=step.unsourced and adopted(step, ctx.now),
        flags=flags,
        explain=lambda: step_reason(step, ctx, state),
    )


def untold(step: StepProgram, ctx: Ctx, standing: Standing, nominal: Moment | None) -> StepState:
    """The state of an occurrence whose time rests on what is not known of the patient."""
    name = NO_OCCURRENCE if nominal is None else occurrence_name(step, nominal)
    gaps = patient_gaps(ctx) or (Missing("parameter", step.id, "undetermined"),)
    state, extra = _dateless(step, ctx, standing, stopped=False)
    if state == "waiting":
        state, extra = "unknown", Extra((*gaps, *extra.missing))
    return StepState(
        step.id,
        name,
        state,
        nominal,
        missing=extra.missing,
        act=extra.act,
        level=step.level,
        adopted=step.unsourced and adopted(step, ctx.now),
        explain=lambda: step_reason(step, ctx, state),
    )


def occurrence_name(step: StepProgram, nominal: Moment) -> str:
    """How an occurrence is named: its nominal day, or instant."""
    return iso_instant(nominal.at) if step.by_instant else iso(nominal.day)


def _dateless(step: StepProgram, ctx: Ctx, standing: Standing, *, stopped: bool) -> Judged:
    guard = 2
    if step.guard is not None and step.kind != "per":
        guard = step.guard.truth(ctx, ctx.now)
    if stopped or guard == 0 or (step.rests_on_steps and not_applicable_anchor(step, ctx)):
        return "not-applicable", PLAIN
    if step.preventive and standing.care_focus is not None:
        return "skipped", Extra(act=standing.care_focus)
    if standing.dead or (standing.ended is not None and not step.maintenance):
        return "ended", PLAIN
    if guard == 1 and step.guard is not None:
        return "waiting", Extra(missing_of(step.guard, ctx, ctx.now))
    return "waiting", PLAIN


def waiting_for(step: StepProgram) -> tuple[str, ...]:
    """What a step without a date waits for: steps as `step:X`, facts as `fact:S`."""
    if step.per is not None and step.per.selector is not None:
        return (f"fact:{step.per.selector}",)
    if step.per is not None:
        return (f"step:{step.per.step}",)
    names = [f"step:{name}" for name in step.anchor_steps]
    return (*names, *(f"fact:{name}" for name in sorted(uses.selectors_of(step.step.after))))
