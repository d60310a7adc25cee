"""`assess`: one enrolment of one patient, at one time, as then known."""

from __future__ import annotations

from vardforlopp.engine.changes import next_change
from vardforlopp.engine.compile import ChoiceProgram, Compiled
from vardforlopp.engine.context import Ctx, Settled
from vardforlopp.engine.course import ChoiceState, Course, Missing, Reason, StepState
from vardforlopp.engine.deadlines import before, earlier
from vardforlopp.engine.instances import exit_of
from vardforlopp.engine.judge import missing_of, reason
from vardforlopp.engine.occurrences import step_states
from vardforlopp.engine.standing import Standing
from vardforlopp.engine.view import View
from vardforlopp.kernel.civil import Moment, civil, exact, reached
from vardforlopp.record.facts import Act
from vardforlopp.record.record import Enrolment, Record

_SETTLED_STATES = frozenset(("done", "done-late", "attested", "skipped"))
_CLOSED_STATES = _SETTLED_STATES | {"superseded", "missed", "ended", "not-applicable", "before-start"}
_DEATH = "death"


def assess(
    compiled: Compiled, record: Record, enrolment: Enrolment, *, as_of: Moment, known_at: int
) -> Course:
    """Where the patient stands in one pathway at `as_of`, by what was known at `known_at`.

    `as_of`: a moment asked about (a date means its end, `civil.as_of_day`). `known_at`: an
    instant. Total and deterministic; the order of facts does not matter.
    """
    return assess_seen(compiled, View(record, known_at, selectors=compiled.selectors), enrolment, as_of=as_of)


def assess_seen(compiled: Compiled, seen: View, enrolment: Enrolment, *, as_of: Moment) -> Course:
    """`assess`, where the record as known is already at hand: one view serves all of a person's pathways."""
    view = seen.of_side(enrolment.side)
    acts = view.acts(compiled.pathway.id, enrolment.id)
    entry = enrolment.started
    ctx = Ctx(view, as_of, entry=entry, entry_id=enrolment.entry, acts=acts)
    standing = _standing(compiled, ctx, enrolment, acts)
    states: dict[str, list[StepState]] = {}
    for program in compiled.layers:
        if isinstance(program, ChoiceProgram):
            ctx.choices[program.id] = _choose(program, ctx)
        else:
            found = step_states(program, ctx, standing)
            states[program.id] = found
            if program.id in compiled.asked:
                ctx.steps[program.id] = _settle(found)
    return Course(
        enrolment=enrolment,
        pathway=compiled.pathway.id,
        version=compiled.pathway.version,
        as_of=as_of,
        known_at=view.known_at,
        ended=standing.ended,
        dead=standing.dead,
        steps=tuple(state for name in compiled.order for state in states[name]),
        choices=ctx.choices,
        changes=lambda: next_change(compiled, ctx, standing, states),
    )


def _standing(compiled: Compiled, ctx: Ctx, enrolment: Enrolment, acts: list[Act]) -> Standing:
    now = ctx.now
    by_step: dict[str, list[Act]] = {}
    pauses = []
    focus = None
    for act in acts:
        if act.kind in ("deviation", "decline", "attestation", "credit"):
            by_step.setdefault(act.step or "*", []).append(act)
        elif act.at <= now.at and act.kind == "pause":
            pauses.append(act)
        elif act.at <= now.at and act.kind == "care-focus":
            focus = act if act.value else None
    ended = _ended(compiled, ctx, enrolment)
    return Standing(
        dead=ctx.view.dead(now),
        ended=ended,
        ends_day=None if enrolment.ended is None else enrolment.ended[0],
        seen_from=max(enrolment.started.day, enrolment.followed_from),
        seen_at=_seen_at(enrolment),
        acts=by_step,
        pauses=tuple(sorted(pauses, key=lambda act: act.day)),
        care_focus=focus,
        quiet=not by_step and focus is None,
    )


def _seen_at(enrolment: Enrolment) -> int:
    """The instant from which the enrolment is followed."""
    start = enrolment.started
    return start.at if start.exact and start.day >= enrolment.followed_from else 0


def _ended(compiled: Compiled, ctx: Ctx, enrolment: Enrolment) -> tuple[Moment, str] | None:
    """The stored end of the enrolment, or the first exit event in the record; death at the latest (S10)."""
    died = ctx.view.patient.died
    if enrolment.ended is not None and enrolment.ended[0] <= ctx.now.day:
        found: tuple[Moment, str] | None = (civil(enrolment.ended[0]), enrolment.ended[1])
    else:
        found = exit_of(compiled, ctx.view, enrolment.started, ctx.now)
    if died is None or not ctx.view.dead(ctx.now) or (found is not None and found[0].day <= died.day):
        return found
    return civil(max(died.day, enrolment.started.day)), _DEATH


def _settle(states: list[StepState]) -> Settled:
    """What later layers may ask of a step."""
    result = Settled()
    for state in states:
        if state.completed is not None:
            trigger = state.evidence[-1] if state.evidence else None
            result.dones.append((state.completed, trigger))
            if result.done is None or before(state.completed, result.done):
                result.done = state.completed
        for settled in (state.completed, _skipped_at(state)):
            result.settled = earlier(result.settled, settled)
        if state.due is not None and state.state not in ("before-start", "not-applicable"):
            result.dues.append(state.due)
        if result.due is None and state.state not in _CLOSED_STATES:
            result.due = state.due
        result.unsure = result.unsure or state.state in ("unknown", "unseen")
    result.na = all(state.state == "not-applicable" for state in states)
    result.blocked = any(state.state == "skipped" for state in states) and all(
        state.state in _CLOSED_STATES for state in states
    )
    return result


def _skipped_at(state: StepState) -> Moment | None:
    """When a person skipped the occurrence, also if it was done after all."""
    act = state.act
    skipped = act is not None and act.kind in ("deviation", "decline", "care-focus")
    return exact(act.at) if act is not None and skipped else None


def _choose(program: ChoiceProgram, ctx: Ctx) -> ChoiceState:
    """A branch: the latest decision wins; else the first option that holds."""
    now = ctx.now
    act = ctx.latest_decision(program.id, now)
    computed, missing = _computed(program, ctx)
    decided = act.value if act is not None else None
    taken = decided if decided is not None else computed

    def explain() -> Reason:
        parts = tuple(
            reason(judge, ctx, now, f"{program.rule}.{option}")
            for option, judge in program.options
            if judge is not None
        )
        acts = (act,) if act is not None else ()
        return Reason(
            "Choice", 2 if taken else 1, program.rule, program.id, acts=acts, missing=missing, of=parts
        )

    return ChoiceState(program.id, taken, computed, decided, act, () if taken else missing, explain)


def _computed(program: ChoiceProgram, ctx: Ctx) -> tuple[str | None, tuple[Missing, ...]]:
    now = ctx.now
    anchor = program.anchor.when(ctx, now) if program.anchor is not None else now
    if not isinstance(anchor, Moment) or not reached(anchor, now):
        return None, (Missing("moment", program.id, "no-data"),)
    if all(judge is None for _, judge in program.options):
        return None, (Missing("decision", program.id, "no-data"),)
    for option, judge in program.options:
        if judge is None:
            continue
        truth = judge.truth(ctx, now)
        if truth == 2:
            return option, ()
        if truth == 1:
            return None, missing_of(judge, ctx, now)
    return program.otherwise, () if program.otherwise else (Missing("decision", program.id, "no-data"),)
