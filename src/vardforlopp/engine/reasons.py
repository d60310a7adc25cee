"""Reason trees of steps and choices: built when asked for, from what was already judged."""

from __future__ import annotations

from vardforlopp.engine.context import Ctx
from vardforlopp.engine.course import NO, UNKNOWN, YES, Missing, Reason
from vardforlopp.engine.judge import reason
from vardforlopp.engine.program import StepProgram, guard_time
from vardforlopp.engine.standing import Occurrence

_TRUTH_OF_STATE = {"unknown": UNKNOWN, "unseen": UNKNOWN, "not-applicable": NO}


def occurrence_reason(
    step: StepProgram, ctx: Ctx, one: Occurrence, state: str, missing: tuple[Missing, ...]
) -> Reason:
    """Why an occurrence is in its state: guard, anchor, times, evidence."""
    nominal, proof = one.nominal, one.proof
    counted_from = one.trigger if one.trigger is not None else one.anchor
    parts = []
    if step.guard is not None:
        parts.append(reason(step.guard, ctx, guard_time(step, ctx, nominal), f"{step.rule}.when"))
    facts = (counted_from,) if counted_from is not None else ()
    parts.append(Reason("Anchor", YES, f"{step.rule}.after", step.step.after or step.step.per, facts))
    parts.extend(_times(step))
    parts.extend(_rows(step, ctx))
    evidence = Reason("Evidence", NO, f"{step.rule}.done", step.step.done, missing=missing)
    if proof is not None:
        evidence = evidence._replace(truth=YES, facts=proof.facts, acts=proof.acts)
    return Reason("Step", _TRUTH_OF_STATE.get(state, YES), step.rule, step.step, of=(*parts, evidence))


def step_reason(step: StepProgram, ctx: Ctx, state: str) -> Reason:
    """Why a step without an occurrence is in its state: its guard and its missing anchor."""
    parts = []
    if step.standing_guard is not None:
        parts.append(reason(step.standing_guard, ctx, ctx.now, f"{step.rule}.when"))
    if step.until_when is not None:
        parts.append(reason(step.until_when, ctx, ctx.now, f"{step.rule}.until"))
    parts.append(Reason("Anchor", NO, f"{step.rule}.after", step.step.per or step.step.after))
    return Reason("Step", _TRUTH_OF_STATE.get(state, YES), step.rule, step.step, of=tuple(parts))


def _times(step: StepProgram) -> list[Reason]:
    """What gives the due date: a duration from the nominal date, a moment, a season."""
    definition = step.step
    written = {
        "within": definition.within,
        "before": definition.before,
        "slots": definition.slots if step.season is not None else None,
    }
    return [
        Reason("Due", YES, f"{step.rule}.{part}", node) for part, node in written.items() if node is not None
    ]


def _rows(step: StepProgram, ctx: Ctx) -> list[Reason]:
    """The rows of duration tables that were asked, with their truth."""
    return [
        reason(row.judge, ctx, ctx.now, f"{step.rule}.within") for row in step.tables if row.judge is not None
    ]
