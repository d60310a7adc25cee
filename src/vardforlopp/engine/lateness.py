"""When lateness may be claimed: never of a proposal, an unseen source, or what lies before the stay."""

from __future__ import annotations

from vardforlopp.engine import uses
from vardforlopp.engine.context import Ctx, Unsure
from vardforlopp.engine.course import Missing, State
from vardforlopp.engine.deadlines import passed
from vardforlopp.engine.judge import missing_of
from vardforlopp.engine.program import StepProgram, possible
from vardforlopp.engine.standing import Occurrence, Standing
from vardforlopp.kernel.civil import Moment

_UNTOLD = frozenset(("not-connected", "silent", "no-code", "open"))  # no source would tell


def adopted(step: StepProgram, now: Moment) -> bool:
    """True when the region has made an unsourced rule its own (S04)."""
    return step.unsourced and step.binding_from <= now.day


def binding(step: StepProgram, now: Moment) -> bool:
    """True when lateness may be claimed: a sourced rule, or one that the region has adopted (S04)."""
    return step.binding_from <= now.day


def seen_from(step: StepProgram, ctx: Ctx, standing: Standing) -> int:
    """The day before which nothing of this step is late: start, enrolment, source connected."""
    if not ctx.view.since:
        return standing.seen_from
    return max(standing.seen_from, ctx.view.seen_from(step.kinds))


def late_state(step: StepProgram, ctx: Ctx, one: Occurrence, lacking: tuple[Missing, ...]) -> State:
    """What may be claimed of a window that has passed without evidence.

    `missed` where lateness may be claimed; `unseen` where a source would not tell (S01), `due` where
    the rule is only a proposal (S04) or may yet allow a longer time. What was due before the stay
    does not come here.
    """
    if not binding(step, ctx.now):
        return "due"
    if any(not passed(due, ctx.now) for due in possible(step.due_rows, ctx, ctx.now, one.nominal)):
        return "due"
    if ctx.view.since and ctx.view.seen_from(step.kinds) > one.opens.day:
        return "unseen"
    for each in lacking:
        if each.why != "no-data" or each.what == "side":
            return "unseen"
    return "missed"


def before_start(step: StepProgram, ctx: Ctx, standing: Standing, due: Moment) -> bool:
    """True when a window closed before the stay was followed, or its source connected (S17)."""
    if due.exact and due.at < standing.seen_at:
        return True
    return due.day < seen_from(step, ctx, standing)


def until_in_doubt(step: StepProgram, ctx: Ctx) -> tuple[Missing, ...]:
    """What no source would tell, though it decides whether the repetition has ended.

    A decision not taken and a value not measured are no doubt: the repetition goes on until they are.
    """
    if step.until_when is not None and step.until_when.truth(ctx, ctx.now) == 1:
        found = missing_of(step.until_when, ctx, ctx.now)
        return tuple(one for one in found if one.why in _UNTOLD or one.what == "side")
    if step.until_moment is not None and isinstance(step.until_moment.when(ctx, ctx.now), Unsure):
        names = sorted(uses.selectors_of(step.step.until.moment if step.step.until else None))
        return tuple(Missing("selector", name, "open") for name in names)
    return ()
