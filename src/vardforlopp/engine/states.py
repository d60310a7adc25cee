"""The state of one occurrence: the first rule that matches, in the fixed order."""

from __future__ import annotations

from typing import NamedTuple

from vardforlopp.engine import uses
from vardforlopp.engine.context import Ctx
from vardforlopp.engine.course import Missing, State, StepState
from vardforlopp.engine.deadlines import earlier, later_by_days, passed
from vardforlopp.engine.evidence import Proof
from vardforlopp.engine.judge import missing_of
from vardforlopp.engine.looking import asked_at
from vardforlopp.engine.program import StepProgram
from vardforlopp.engine.reasons import occurrence_reason, step_reason
from vardforlopp.kernel.civil import Moment, civil, iso, iso_instant, reached
from vardforlopp.record.facts import Act, Fact

NO_OCCURRENCE = "-"


class Standing(NamedTuple):
    """What is the same for all steps of one enrolment at one time. `quiet`: nobody acted on a step."""

    dead: bool
    ended: tuple[Moment, str] | None
    seen_from: int
    acts: dict[str, list[Act]]  # by step id; "*" for the whole pathway
    pauses: tuple[Act, ...]
    care_focus: Act | None
    quiet: bool


class Extra(NamedTuple):
    """What goes with a state. `due` None = as the definition has it."""

    missing: tuple[Missing, ...] = ()
    act: Act | None = None
    due: Moment | None = None
    completed: Moment | None = None
    proposal: bool = False
    flags: tuple[str, ...] = ()


PLAIN = Extra()
Judged = tuple[State, Extra]


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
) -> StepState:
    """The state of an occurrence that has a nominal date (rule 10).

    `start`: from when evidence counts; `closes`: when the next occurrence takes over; `shorter`:
    an earlier row of a table could not be told; `first`: no occurrence comes before it. On the hot
    path: plain arguments, no records.
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
        due = _paused(step, opens, due, standing.pauses, now)
    acts = None
    if not standing.quiet:
        own = None if first else (start if step.kind == "rolling" else opens)
        acts = _acts_of(step, standing, Own(nominal, own, proof.at if proof is not None else closes), now)
    if proof is not None:
        state, extra = _done(step, ctx, standing, nominal, due, proof, acts)
    else:
        said = _said(acts, now) if acts else None
        state, extra = said or _undone(step, ctx, standing, nominal, opens, start, closes, due)
    flags = extra.flags
    if shorter:
        flags = (*flags, "may-be-shorter")
    if anchor is not None and anchor.day != anchor.last_day:
        flags = (*flags, "imprecise-anchor")
    act = extra.act
    if proof is not None:
        return StepState(
            step.id,
            iso_instant(nominal.at) if step.by_instant else iso(nominal.day),
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
            step.unsourced and _adopted(step, now),
            False,
            anchor,
            trigger,
            flags,
            lambda: occurrence_reason(step, ctx, nominal, anchor, trigger, proof, state, ()),
        )
    return StepState(
        step.id,
        iso_instant(nominal.at) if step.by_instant else iso(nominal.day),
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
        step.unsourced and _adopted(step, now),
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


def _paused(step: StepProgram, opens: Moment, due: Moment, pauses: tuple[Act, ...], now: Moment) -> Moment:
    """The due date, moved by the whole days that a pause overlaps the window; never maintenance."""
    if step.maintenance or step.by_instant:
        return due
    days = 0
    for act in pauses:
        first = max(act.day, opens.day)
        last = min(act.until_day if act.until_day is not None else now.day, due.day)
        days += max(last - first + 1, 0)
    return later_by_days(due, days)


def _adopted(step: StepProgram, now: Moment) -> bool:
    return step.adopted_from is not None and step.adopted_from <= now.day


def binding(step: StepProgram, now: Moment) -> bool:
    """True when lateness may be claimed: a sourced rule, or one that the region has adopted (S04)."""
    return not step.unsourced or _adopted(step, now)


def _seen_from(step: StepProgram, ctx: Ctx, standing: Standing) -> int:
    """The day before which nothing of this step is late: start, enrolment, source connected."""
    if not ctx.view.since:
        return standing.seen_from
    return max(standing.seen_from, ctx.view.seen_from(step.kinds))


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
    skip = _skip_of(acts, ctx.now) if acts else None
    extra = PLAIN if skip is None else Extra(act=skip)
    if due is None or not passed(due, proof.at) or not binding(step, ctx.now):
        return "done", extra
    if due.day < _seen_from(step, ctx, standing):
        return "done", extra
    if step.guard is not None:
        asked = asked_at(proof.at) if step.guard_now else guard_time(step, ctx, nominal)
        if step.guard.truth(ctx, asked if asked.at < ctx.now.at else ctx.now) == 0:
            return "done", extra
    return "done-late", extra


class Own(NamedTuple):
    """What an occurrence owns: from `start` (None = from ever) to `end` (None = open)."""

    nominal: Moment
    start: Moment | None
    end: Moment | None

    def holds(self, day: int) -> bool:
        """True when a day falls within."""
        return (self.start is None or day >= self.start.day) and (self.end is None or day < self.end.day)

    def lasts_after(self, day: int) -> bool:
        """True when the occurrence is not over on a day."""
        return self.end is None or day < self.end.day


def _acts_of(step: StepProgram, standing: Standing, own: Own | None, now: Moment) -> list[Act]:
    """Acts on this occurrence (None: on a step without one).

    An act that names no occurrence concerns the one that owns its day; a decline holds for all
    that are not over then, until its re-offer.
    """
    found = []
    for act in (*standing.acts.get(step.id, ()), *standing.acts.get("*", ())):
        if act.at > now.at or (act.step is None and act.kind != "decline"):
            continue
        if own is None:
            concerned = act.occurrence is None
        elif act.occurrence is not None:
            concerned = act.occurrence == own.nominal.day
        elif act.kind == "decline":
            concerned = own.lasts_after(act.day)
        else:
            concerned = own.holds(act.day if act.done_day is None else act.done_day)
        if concerned:
            found.append(act)
    return found


def _said(acts: list[Act], now: Moment) -> Judged | None:
    """Attested or skipped, if a person has said so."""
    attested = next((act for act in reversed(acts) if act.kind in ("attestation", "credit")), None)
    if attested is not None:
        done = attested.done_day if attested.done_day is not None else attested.day
        return "attested", Extra(act=attested, completed=civil(done))
    skip = _skip_of(acts, now)
    return None if skip is None else ("skipped", Extra(act=skip))


def _skip_of(acts: list[Act], now: Moment) -> Act | None:
    """The deviation or decline by which an occurrence is skipped at t; a word on the step itself wins."""
    skips = [act for act in acts if act.kind == "deviation" or _declined(act, now)]
    own = [act for act in skips if act.step is not None]
    return own[-1] if own else (skips[-1] if skips else None)


def _declined(act: Act, now: Moment) -> bool:
    """True when a decline holds: until the day of its re-offer."""
    return act.kind == "decline" and (act.until_day is None or now.day < act.until_day)


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
    now = ctx.now
    guard = 2 if step.guard is None else step.guard.truth(ctx, guard_time(step, ctx, nominal))
    if guard == 0 or (step.anchor_steps and not_applicable_anchor(step, ctx)):
        return "not-applicable", PLAIN
    if step.preventive and standing.care_focus is not None:
        return "skipped", Extra(act=standing.care_focus)
    if standing.dead:
        return "ended", PLAIN
    missing = step.evidence.missing
    if standing.ended is not None and not step.maintenance:
        over = step.retrospective and due is not None and passed(due, standing.ended[0])
        return ("missed", Extra(missing(ctx, start, opens, closes))) if over else ("ended", PLAIN)
    flags: tuple[str, ...] = ()
    if due is not None and due.day < (seen_from := _seen_from(step, ctx, standing)):
        if not (step.kind == "rolling" or step.maintenance):
            return "before-start", PLAIN
        due, flags = civil(seen_from), ("lapsed",)
    if guard == 1 and step.guard is not None:
        lacking = missing_of(step.guard, ctx, guard_time(step, ctx, nominal))
        return "unknown", Extra(lacking, due=due, flags=flags)
    if closes is not None and reached(closes, now):
        late = due is not None and passed(due, closes)
        return ("missed" if late else "superseded"), Extra(missing(ctx, start, opens, closes))
    if not reached(opens, now):
        return "upcoming", Extra(due=due, flags=flags) if flags else PLAIN
    lacking = missing(ctx, start, opens, closes)
    if due is None or not passed(due, now) or step.retrospective:
        return "due", Extra(lacking, None, due, None, False, flags)
    if not binding(step, now):
        return "due", Extra(lacking, None, due, None, True, flags)
    return ("overdue" if _carried(step, ctx) else "unseen"), Extra(lacking, None, due, None, False, flags)


def guard_time(step: StepProgram, ctx: Ctx, nominal: Moment) -> Moment:
    """When the guard is judged: now, or on the nominal date once that has come (rule 6)."""
    if step.guard_now or not reached(nominal, ctx.now):
        return ctx.now
    asked = asked_at(nominal)
    return ctx.now if ctx.now.at < asked.at else asked


def _carried(step: StepProgram, ctx: Ctx) -> bool:
    """True when every source that would carry the evidence is connected and fresh (S01)."""
    view, day = ctx.view, ctx.now.day
    for selector in step.evidence.selectors:
        if not view.closed(selector, day) or view.without_side(selector):
            return False
    return True


def not_applicable_anchor(step: StepProgram, ctx: Ctx) -> bool:
    """True when every step that the anchor rests on is not applicable."""
    results = [ctx.steps.get(name) for name in step.anchor_steps]
    return bool(results) and all(result is not None and result.na for result in results)


def without_date(step: StepProgram, ctx: Ctx, standing: Standing, *, stopped: bool) -> StepState:
    """The state of a step without an occurrence: its anchor or trigger is not there, or `until` holds."""
    acts = _acts_of(step, standing, None, ctx.now) if not standing.quiet else None
    said = _said(acts, ctx.now) if acts else None
    state, extra = said or _dateless(step, ctx, standing, stopped=stopped)
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
        adopted=step.unsourced and _adopted(step, ctx.now),
        flags=flags,
        explain=lambda: step_reason(step, ctx, state),
    )


def _dateless(step: StepProgram, ctx: Ctx, standing: Standing, *, stopped: bool) -> Judged:
    guard = 2
    if step.guard is not None and step.kind != "per":
        guard = step.guard.truth(ctx, ctx.now)
    if stopped or guard == 0 or (step.anchor_steps and not_applicable_anchor(step, ctx)):
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
