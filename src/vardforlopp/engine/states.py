"""The state of one occurrence: the first rule that matches, in the fixed order."""

from __future__ import annotations

from functools import partial

from vardforlopp.engine.acts import Own, acts_of, paused, re_offered, said, skip_of
from vardforlopp.engine.context import Ctx
from vardforlopp.engine.course import Missing, State, StepState
from vardforlopp.engine.deadlines import earlier, passed
from vardforlopp.engine.judge import missing_of
from vardforlopp.engine.lateness import adopted, before_start, binding, late_state, seen_from, until_in_doubt
from vardforlopp.engine.looking import asked_at, patient_gaps
from vardforlopp.engine.program import StepProgram, guard_time
from vardforlopp.engine.reasons import occurrence_reason, step_reason
from vardforlopp.engine.standing import PLAIN, Extra, Judged, Occurrence, Standing
from vardforlopp.kernel.civil import Moment, civil, iso, iso_instant, reached
from vardforlopp.record.facts import Act, Fact

NO_OCCURRENCE = "-"


def judge(
    step: StepProgram, ctx: Ctx, standing: Standing, one: Occurrence, *, acts: list[Act] | None = None
) -> StepState:
    """The state of an occurrence that has a nominal date (rule 10).

    `acts`: what people said of it, if the caller knows; else what concerns it by its time.
    """
    now, proof, anchor = ctx.now, one.proof, one.anchor
    due, preferred, flagged = _dates(step, ctx, one)
    if acts is None and not standing.quiet:
        acts = acts_of(step, standing, Own(one.nominal, None if one.first else one.opens, one.closes), now)
    if due is not None and (acts or standing.pauses):
        due = paused(step, one.opens, due, standing.pauses, now)
        due = re_offered(acts, due, now) if acts else due
    word = _done(step, ctx, standing, one, due, acts) if proof is not None else None
    if word is None and acts:
        word = said(acts, now, one.closes)
    state, extra = word or _undone(step, ctx, standing, one, due)
    flags = extra.flags
    if flagged or one.shorter:
        flags = (*flags, "may-be-shorter")
    if anchor is not None and anchor.day != anchor.last_day:
        flags = (*flags, "imprecise-anchor")
    completed, act = extra.completed, extra.act
    facts: tuple[Fact, ...] = ()
    if proof is not None:
        completed, facts, act = proof.at, proof.facts, act or (proof.acts[0] if proof.acts else None)
    # By position: a course has hundreds of these.
    return StepState(
        step.id, occurrence_name(step, one.nominal), state, one.nominal, one.opens, extra.due or due,
        preferred, completed, facts, act, None, (), extra.missing, step.level,
        adopted(step, now), extra.proposal, anchor, one.trigger, flags,
        partial(occurrence_reason, step, ctx, one, state, extra.missing),
    )  # fmt: skip


def _dates(step: StepProgram, ctx: Ctx, one: Occurrence) -> tuple[Moment | None, Moment | None, bool]:
    """Due and preferred date as they stand now, or stood when the occurrence was done; and a flag."""
    if step.fixed_due is not None:
        due, preferred, flagged = step.fixed_due(ctx, ctx.now, one.nominal), None, False
    else:
        judged = ctx.now
        if one.proof is not None:
            asked = asked_at(one.proof.at)
            judged = asked if asked.at < judged.at else judged
        due, flagged = step.due(ctx, judged, one.nominal)
        preferred = step.preferred(ctx, judged, one.nominal)[0] if step.preferred is not None else None
    return (due if one.season_end is None else earlier(due, one.season_end)), preferred, flagged


def _done(
    step: StepProgram,
    ctx: Ctx,
    standing: Standing,
    one: Occurrence,
    due: Moment | None,
    acts: list[Act] | None,
) -> Judged:
    """Done, or done late; an earlier word of a person's is kept.

    Late is only what was asked for: the guard is judged as it stood when the step was done.
    """
    skip = skip_of(acts, ctx.now, None) if acts else None
    if skip is not None:
        return "done", Extra(act=skip)
    at = one.proof.at if one.proof is not None else ctx.now
    if due is None or not passed(due, at) or not binding(step, ctx.now):
        return "done", PLAIN
    if before_start(step, ctx, standing, due):
        return "done", PLAIN
    if step.guard is not None:
        asked = asked_at(at) if step.guard_now else guard_time(step, ctx, one.nominal)
        if step.guard.truth(ctx, asked if asked.at < ctx.now.at else ctx.now) == 0:
            return "done", PLAIN
    return "done-late", PLAIN


def _undone(step: StepProgram, ctx: Ctx, standing: Standing, one: Occurrence, due: Moment | None) -> Judged:
    """Without evidence and without a person's word: from `not-applicable` down to `overdue`."""
    guard = 2 if step.guard is None else step.guard.truth(ctx, guard_time(step, ctx, one.nominal))
    if guard == 0:
        return "not-applicable", PLAIN
    if step.preventive and standing.care_focus is not None:
        return "skipped", Extra(act=standing.care_focus)
    if standing.dead:
        return "ended", PLAIN
    if standing.ended is not None and not step.maintenance:
        return _at_the_end(step, ctx, standing, one, due, guard)
    flags: tuple[str, ...] = ()
    if due is not None and before_start(step, ctx, standing, due):
        if not (step.kind == "rolling" or step.maintenance):
            return "before-start", PLAIN
        due, flags = civil(seen_from(step, ctx, standing)), ("lapsed",)
    if guard == 1 and step.guard is not None:
        lacking = missing_of(step.guard, ctx, guard_time(step, ctx, one.nominal))
        return "unknown", Extra(lacking, due=due, flags=flags)
    if step.until_any and (doubt := until_in_doubt(step, ctx)):
        return "unknown", Extra(doubt, due=due, flags=flags)
    return _open(step, ctx, one, due, flags)


def _at_the_end(
    step: StepProgram, ctx: Ctx, standing: Standing, one: Occurrence, due: Moment | None, guard: int
) -> Judged:
    """After an exit: ended, but for what a retrospective step can then be said to have missed (S06)."""
    ended = standing.ended
    if not step.retrospective or guard == 1 or due is None or ended is None or not passed(due, ended[0]):
        return "ended", PLAIN
    if before_start(step, ctx, standing, due):
        return "ended", PLAIN
    lacking = _lacking(step, ctx, one)
    state = late_state(step, ctx, one, lacking)
    return ("ended", PLAIN) if state == "due" else (state, Extra(lacking))


def _open(
    step: StepProgram,
    ctx: Ctx,
    one: Occurrence,
    due: Moment | None,
    flags: tuple[str, ...],
) -> Judged:
    """What is asked for and not done: closed by the next occurrence, upcoming, due, late or unseen."""
    now, closes = ctx.now, one.closes
    closed = closes is not None and reached(closes, now)
    if not closed and not reached(one.opens, now):
        return "upcoming", Extra(due=due, flags=flags) if flags else PLAIN
    lacking = _lacking(step, ctx, one)
    if closed and closes is not None:
        late = due is not None and passed(due, closes)
        missed = late and late_state(step, ctx, one, lacking) == "missed"
        return ("missed" if missed else "superseded"), Extra(lacking)
    if due is None and step.step.within is not None:
        lacking = (*patient_gaps(ctx), *lacking)
    if due is None or not passed(due, now) or step.retrospective:
        return "due", Extra(lacking, None, due, None, False, flags)
    state = late_state(step, ctx, one, lacking)
    claimed: State = "overdue" if state == "missed" else state
    return claimed, Extra(lacking, None, due, None, not binding(step, now), flags)


def _lacking(step: StepProgram, ctx: Ctx, one: Occurrence) -> tuple[Missing, ...]:
    """What an occurrence lacks; in a rolling step only the first may be done by a state that runs already."""
    running = one.first or step.kind != "rolling"
    return step.evidence.missing(ctx, one.start, one.opens, one.closes, running)


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
        waits = step.waits_for
        results = [ctx.steps.get(name) for name in step.anchor_steps]
        flags = ("blocked",) if any(result is not None and result.blocked for result in results) else ()
    # By position: a course has a hundred of these.
    return StepState(
        step.id, NO_OCCURRENCE, state, None, None, None, None, extra.completed, (), extra.act, None, waits,
        extra.missing, step.level, adopted(step, ctx.now), False, None, None, flags,
        partial(step_reason, step, ctx, state),
    )  # fmt: skip


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
        adopted=adopted(step, ctx.now),
        explain=partial(step_reason, step, ctx, state),
    )


def occurrence_name(step: StepProgram, nominal: Moment) -> str:
    """How an occurrence is named: its nominal day, or instant."""
    return iso_instant(nominal.at) if step.by_instant else iso(nominal.day)


def _dateless(step: StepProgram, ctx: Ctx, standing: Standing, *, stopped: bool) -> Judged:
    guard = 2 if step.standing_guard is None else step.standing_guard.truth(ctx, ctx.now)
    if stopped or guard == 0 or (step.rests_on_steps and not_applicable_anchor(step, ctx)):
        return "not-applicable", PLAIN
    if step.preventive and standing.care_focus is not None:
        return "skipped", Extra(act=standing.care_focus)
    if standing.dead or (standing.ended is not None and not step.maintenance):
        return "ended", PLAIN
    if guard == 1 and step.standing_guard is not None:
        return "waiting", Extra(missing_of(step.standing_guard, ctx, ctx.now))
    return "waiting", PLAIN
