"""Occurrences of a step: nominal dates, openings, and what each one owns."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from vardforlopp.engine.context import Ctx, Unsure
from vardforlopp.engine.course import StepState
from vardforlopp.engine.deadlines import before
from vardforlopp.engine.evidence import Proof
from vardforlopp.engine.looking import asked_at, chains
from vardforlopp.engine.moments import moment_of
from vardforlopp.engine.program import StepProgram
from vardforlopp.engine.states import Standing, judge, without_date
from vardforlopp.kernel.civil import Moment, civil, reached
from vardforlopp.record.facts import Fact

#: A course has no more occurrences of one step than this: 60 years of weekly controls.
MOST_OCCURRENCES = 3200


def step_states(step: StepProgram, ctx: Ctx, standing: Standing) -> list[StepState]:
    """The states of one step's occurrences, in order of nominal date; at least one."""
    if step.kind == "per":
        return _triggered(step, ctx, standing)
    anchor = step.anchor.when(ctx, ctx.now)
    if anchor is None or isinstance(anchor, Unsure):
        return [without_date(step, ctx, standing, stopped=False)]
    fact = step.anchor.fact(ctx, ctx.now) if step.anchor_of_fact else None
    if step.kind == "single":
        opens, shorter = opening(step, ctx, anchor)
        start = evidence_from(step, ctx, opens)
        proof = step.evidence.proof(ctx, start, opens, None, True)
        return [judge(step, ctx, standing, anchor, opens, start, None, proof, fact, None, None, shorter)]
    states = (_rolling if step.kind == "rolling" else _slots)(step, ctx, standing, anchor, fact)
    return states or [without_date(step, ctx, standing, stopped=True)]


def opening(step: StepProgram, ctx: Ctx, nominal: Moment) -> tuple[Moment, bool]:
    """When an occurrence opens; its nominal date, flagged, when that cannot be told."""
    if step.fixed_opens is not None:
        opens = step.fixed_opens(ctx, ctx.now, nominal)
        return (nominal, True) if opens is None else (opens, False)
    opens, flagged = step.opens(ctx, ctx.now, nominal)
    return (nominal, True) if opens is None else (opens, flagged)


def evidence_from(step: StepProgram, ctx: Ctx, opens: Moment) -> Moment:
    """From when evidence counts: the opening, or `fresh` before it."""
    if step.fresh is None:
        return opens
    return step.fresh(ctx, ctx.now, opens) or opens


def _stopped(step: StepProgram, ctx: Ctx, nominal: Moment) -> bool:
    """True when `until` (a moment, or a criterion that holds now) admits no occurrence with this date."""
    if step.until_when is not None and step.until_when.truth(ctx, ctx.now) == 2:
        return True
    if step.until_moment is None:
        return False
    moment = step.until_moment.when(ctx, ctx.now)
    return isinstance(moment, Moment) and before(moment, nominal)


def _judged_at(proof: Proof | None, now: Moment) -> Moment:
    """When an occurrence's times are judged: now, or as they stood when it was done."""
    if proof is None:
        return now
    asked = asked_at(proof.at)
    return asked if asked.at < now.at else now


def _rolling(
    step: StepProgram, ctx: Ctx, standing: Standing, anchor: Moment, fact: Fact | None
) -> list[StepState]:
    """Every completion from the anchor on, and the open occurrence after the last."""
    found: list[StepState] = []
    names: set[str] = set()
    last: Moment | None = None
    start, opens = evidence_from(step, ctx, anchor), anchor
    while len(found) < (step.times or MOST_OCCURRENCES):
        proof = step.evidence.proof(ctx, start, opens, None, last is None)
        judged = _judged_at(proof, ctx.now)
        if last is None:
            nominal, flagged = step.first(ctx, judged, anchor)
        else:
            nominal, flagged = step.every(ctx, judged, last)
        if nominal is None or (proof is None and _stopped(step, ctx, nominal)):
            break
        own_opening, _ = opening(step, ctx, nominal)
        state = judge(
            step,
            ctx,
            standing,
            nominal,
            own_opening,
            start,
            None,
            proof,
            fact,
            None,
            None,
            flagged,
            last is None,
        )
        if state.occurrence in names:  # an early completion gave the next one the same date
            state = state._replace(occurrence=f"{state.occurrence}#{len(found) + 1}")
        names.add(state.occurrence)
        found.append(state)
        if proof is None:
            break
        last = proof.at
        start = opens = Moment(last.day, last.at + 1, True) if step.by_instant else civil(last.day + 1)
    return found


def _slots(
    step: StepProgram, ctx: Ctx, standing: Standing, anchor: Moment, fact: Fact | None
) -> list[StepState]:
    """The slots that have opened, and the next one."""
    nominals = list(_nominals(step, ctx, anchor))[: step.times]
    openings = [opening(step, ctx, nominal) for nominal, _ in nominals]
    found: list[StepState] = []
    for i, (nominal, season_end) in enumerate(nominals):
        if i and not reached(openings[i - 1][0], ctx.now):
            break
        opens, shorter = openings[i]
        closes = openings[i + 1][0] if i + 1 < len(nominals) else None
        start = evidence_from(step, ctx, opens)
        proof = step.evidence.proof(ctx, start, opens, closes, True)
        if proof is None and step.until_any and _stopped(step, ctx, nominal):
            continue
        found.append(
            judge(
                step,
                ctx,
                standing,
                nominal,
                opens,
                start,
                closes,
                proof,
                fact,
                None,
                season_end,
                shorter,
                not found,
            )
        )
    return found


def _nominals(step: StepProgram, ctx: Ctx, anchor: Moment) -> Iterator[tuple[Moment, Moment | None]]:
    """Nominal dates in order, up to two openings after now; with the season's end, if any."""
    if step.season is not None:
        yield from _seasons(step.season, anchor, ctx.now)
        return
    for adding in step.slot_offsets:
        nominal = adding(ctx, ctx.now, anchor)
        if nominal is not None:
            yield nominal, None
    if step.slot_every is None:
        return
    count = ahead = 0
    while ahead < 2 and count < MOST_OCCURRENCES:
        count += 1
        nominal = step.slot_every(ctx, anchor, count)
        ahead += not reached(nominal, ctx.now)
        yield nominal, None


def _seasons(
    season: tuple[int, int, int, int], anchor: Moment, now: Moment
) -> Iterator[tuple[Moment, Moment]]:
    month, day, end_month, end_day = season
    year = max(date.fromordinal(anchor.day).year - 1, 1)
    ahead = 0
    while ahead < 2 and year < 9998:
        start = _day_in(year, month, day)
        wraps = (end_month, end_day) < (month, day)
        end = _day_in(year + wraps, end_month, end_day)
        if end >= anchor.day:
            ahead += start > now.day
            yield civil(start), civil(end)
        year += 1


def _day_in(year: int, month: int, day: int) -> int:
    """29 February means the last of February in a common year."""
    try:
        return date(year, month, day).toordinal()
    except ValueError:
        return date(year, month + 1, 1).toordinal() - 1


def _triggered(step: StepProgram, ctx: Ctx, standing: Standing) -> list[StepState]:
    """The occurrences of a `per` step: one a trigger; each owns up to the next one's opening."""
    dated: list[tuple[Ctx, Moment, Fact | None]] = []
    for moment, fact in _triggers(step, ctx):
        inner = ctx.at_trigger(fact, moment)
        nominal = moment if step.anchor_is_trigger else step.anchor.when(inner, ctx.now)
        if isinstance(nominal, Moment):
            dated.append((inner, nominal, fact))
    dated.sort(key=lambda one: (one[1].day, one[1].at))
    dated = dated[: step.times]
    openings = [opening(step, inner, nominal) for inner, nominal, _ in dated]
    found: list[StepState] = []
    for i, (inner, nominal, fact) in enumerate(dated):
        opens, shorter = openings[i]
        closes = openings[i + 1][0] if i + 1 < len(dated) else None
        start = evidence_from(step, inner, opens)
        proof = step.evidence.proof(inner, start, opens, closes, True)
        if proof is None and step.until_any and _stopped(step, inner, nominal):
            continue
        found.append(
            judge(
                step,
                inner,
                standing,
                nominal,
                opens,
                start,
                closes,
                proof,
                fact,
                fact,
                None,
                shorter,
                not found,
            )
        )
    return found or [without_date(step, ctx, standing, stopped=bool(dated))]


def _triggers(step: StepProgram, ctx: Ctx) -> list[tuple[Moment, Fact | None]]:
    per = step.per
    assert per is not None
    if per.selector is None:
        result = ctx.steps.get(per.step or "")
        if result is None:
            return []
        if per.what == "due":
            return [(due, None) for due in result.dues]
        return list(result.dones)
    facts = ctx.seen(per.selector).until(ctx.now.at)
    if not facts:
        return []
    if ctx.entry is not None:
        facts = [fact for fact in facts if fact.last_day >= ctx.entry.day]
    gap = step.apart
    reach = (
        (lambda fact: gap(ctx, ctx.now, Moment(fact.day, fact.lo))) if gap is not None else (lambda _: None)
    )
    return [(moment_of(fact), fact) for fact in chains(facts, reach)]
