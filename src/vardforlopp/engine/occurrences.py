"""Occurrences of a step: nominal dates, openings, and what each one owns."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from operator import attrgetter

from vardforlopp.engine.acts import Own, acts_of
from vardforlopp.engine.context import Ctx, Unsure
from vardforlopp.engine.course import StepState
from vardforlopp.engine.deadlines import before
from vardforlopp.engine.evidence import Proof
from vardforlopp.engine.looking import asked_at, chains
from vardforlopp.engine.moments import moment_of
from vardforlopp.engine.program import StepProgram
from vardforlopp.engine.standing import Occurrence, Standing
from vardforlopp.engine.states import judge, untold, without_date
from vardforlopp.kernel.civil import MAX_DAY, Moment, civil, reached
from vardforlopp.record.facts import Fact

#: A course has no more occurrences of one step than this: 60 years of weekly controls.
MOST_OCCURRENCES = 3200
#: Dates beyond the calendar are this one: a slot that lies so late never comes.
LAST_DAY = MAX_DAY - 1
_in_time = attrgetter("day", "at")
_SETTLED = frozenset(("done", "done-late", "attested", "skipped"))


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
        if opens is None:
            return [untold(step, ctx, standing, anchor)]
        start = evidence_from(step, ctx, opens)
        proof = step.evidence.proof(ctx, start, opens, None, True)
        if proof is None and step.open_rows:
            opens, start, proof = _as_it_stood(step, ctx, anchor, opens, start)
        one = Occurrence(anchor, opens, start, None, proof, fact, None, None, shorter)
        return [judge(step, ctx, standing, one)]
    states = (_rolling if step.kind == "rolling" else _slots)(step, ctx, standing, anchor, fact)
    return states or [without_date(step, ctx, standing, stopped=True)]


def opening(step: StepProgram, ctx: Ctx, nominal: Moment) -> tuple[Moment | None, bool]:
    """When an occurrence opens, None when that cannot be told; flagged by an undecided row before."""
    if step.fixed_opens is not None:
        return step.fixed_opens(ctx, ctx.now, nominal), False
    return step.opens(ctx, ctx.now, nominal)


def _as_it_stood(
    step: StepProgram, ctx: Ctx, nominal: Moment, opens: Moment, start: Moment
) -> tuple[Moment, Moment, Proof | None]:
    """A completion stands by the opening that the table gave when it was done (S16)."""
    for row in step.open_rows:
        then = row.adding(ctx, ctx.now, nominal)
        if then is None:
            continue
        begin = evidence_from(step, ctx, then)
        proof = step.evidence.proof(ctx, begin, then, None, True)
        if proof is not None and step.opens(ctx, _judged_at(proof, ctx.now), nominal)[0] == then:
            return then, begin, proof
    return opens, start, None


def evidence_from(step: StepProgram, ctx: Ctx, opens: Moment) -> Moment:
    """From when evidence counts: the opening, or `fresh` before it."""
    if step.fresh is None:
        return opens
    return step.fresh(ctx, opens, opens) or opens


def _over(step: StepProgram, ctx: Ctx, nominal: Moment) -> bool:
    """True when the moment of `until` lies before a nominal date."""
    if step.until_moment is None:
        return False
    moment = step.until_moment.when(ctx, ctx.now)
    return isinstance(moment, Moment) and before(moment, nominal)


def _too_late(step: StepProgram, ctx: Ctx, nominal: Moment, proof: Proof) -> bool:
    """True when both an occurrence and what would complete it lie after the moment of `until`."""
    return _over(step, ctx, nominal) and _over(step, ctx, proof.at)


def _stopped(step: StepProgram, ctx: Ctx, nominal: Moment, state: StepState) -> bool:
    """True when `until` (a moment, or a criterion that holds now) does not admit what is not settled."""
    if state.state in _SETTLED:
        return False
    if step.until_when is not None and step.until_when.truth(ctx, ctx.now) == 2:
        return True
    return _over(step, ctx, nominal)


def _judged_at(proof: Proof, now: Moment) -> Moment:
    """When the times of a done occurrence are judged: as they stood when it was done."""
    asked = asked_at(proof.at)
    return asked if asked.at < now.at else now


def _rolling(
    step: StepProgram, ctx: Ctx, standing: Standing, anchor: Moment, fact: Fact | None
) -> list[StepState]:
    """Every completion from the anchor on, and the open occurrence after the last.

    A completion is evidence, or a person's word: attested counts from its day, a deviation from the
    nominal date.
    """
    found: list[StepState] = []
    names: set[str] = set()
    used: set[str] = set()
    last: Moment | None = None
    start, opens = evidence_from(step, ctx, anchor), anchor
    while len(found) < (step.times or MOST_OCCURRENCES):
        proof = step.evidence.proof(ctx, start, opens, None, last is None)
        judged = ctx.now if proof is None else _judged_at(proof, ctx.now)
        shift, base = (step.first, anchor) if last is None else (step.every, last)
        nominal, flagged = shift(ctx, judged, base)
        own_opening = opening(step, ctx, nominal)[0] if nominal is not None else None
        if nominal is None or own_opening is None:
            found.append(untold(step, ctx, standing, nominal))
            break
        acts = None
        if not standing.quiet:
            own = Own(nominal, None if last is None else start, civil(proof.at.day + 1) if proof else None)
            acts = [act for act in acts_of(step, standing, own, ctx.now) if act.ref not in used]
        one = Occurrence(
            nominal, own_opening, start, None, proof, fact, None, None, flagged, last is None
        )  # fmt: skip
        state = judge(step, ctx, standing, one, acts=acts)
        if proof is None and step.until_any and _stopped(step, ctx, nominal, state):
            break
        if proof is not None and _too_late(step, ctx, nominal, proof):
            break
        if state.occurrence in names:  # an early completion gave the next one the same date
            state = state._replace(occurrence=f"{state.occurrence}#{len(found) + 1}")
        names.add(state.occurrence)
        found.append(state)
        settled = _settled_by(state, nominal)
        if settled is None:
            break
        if state.act is not None:
            used.add(state.act.ref)
        last = settled
        start = opens = Moment(last.day, last.at + 1, True) if step.by_instant else civil(last.day + 1)
    return found


def _settled_by(state: StepState, nominal: Moment) -> Moment | None:
    """From when the next interval counts; None while the occurrence is open."""
    if state.completed is not None:
        return state.completed
    deviated = state.state == "skipped" and state.act is not None and state.act.kind == "deviation"
    return nominal if deviated else None


def _slots(
    step: StepProgram, ctx: Ctx, standing: Standing, anchor: Moment, fact: Fact | None
) -> list[StepState]:
    """The slots that have opened, and the next one."""
    nominals = _nominals(step, ctx, anchor)
    if nominals is None:
        return [untold(step, ctx, standing, None)]
    nominals = nominals[: step.times]
    if step.until_moment is not None:
        nominals = [one for one in nominals if not _over(step, ctx, one[0])]
    openings = [opening(step, ctx, nominal) for nominal, _ in nominals]
    found: list[StepState] = []
    taken: Moment | None = None
    for i, (nominal, season_end) in enumerate(nominals):
        opens, shorter = openings[i]
        if opens is None:
            return [*found, untold(step, ctx, standing, nominal)]
        closes = openings[i + 1][0] if i + 1 < len(nominals) else None
        start = evidence_from(step, ctx, opens)
        if taken is not None and start.day <= taken.day and not step.by_instant:
            start = civil(taken.day + 1)  # one fact closes one slot
        proof = step.evidence.proof(ctx, start, opens, closes, True)
        taken = proof.at if proof is not None else taken
        one = Occurrence(nominal, opens, start, closes, proof, fact, None, season_end, shorter, i == 0)
        state = judge(step, ctx, standing, one)
        if proof is not None or not (step.until_any and _stopped(step, ctx, nominal, state)):
            found.append(state)
        if not reached(opens, ctx.now):
            break
    return found


def _nominals(step: StepProgram, ctx: Ctx, anchor: Moment) -> list[tuple[Moment, Moment | None]] | None:
    """Nominal dates in order, up to two openings after now, with the season's end, if any.

    None when a date rests on what is not known of the patient.
    """
    if step.season is not None:
        return list(_seasons(step.season, anchor, ctx.now))
    # A table by age or month is asked at the anchor, or a slot already done would move with time.
    listed = [adding(ctx, anchor, anchor) for adding in step.slot_offsets]
    dated = [moment for moment in listed if moment is not None]
    if len(dated) < len(listed):
        return None
    dated.sort(key=_in_time)
    if step.slot_every is not None:
        dated = _every(step.slot_every, ctx, anchor)
    return [(moment, None) for moment in dated]


def _every(nth: Callable[[Ctx, Moment, int], Moment], ctx: Ctx, anchor: Moment) -> list[Moment]:
    """Slots at a fixed distance: the latest ones, up to two after now."""

    def has_come(k: int) -> bool:
        slot = nth(ctx, anchor, k)
        return slot.day < LAST_DAY and reached(slot, ctx.now)

    low, high = 0, 1
    while has_come(high):
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if has_come(middle) else (low, middle)
    return [nth(ctx, anchor, k) for k in range(max(1, low - MOST_OCCURRENCES), low + 3)]


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
        if isinstance(nominal, Moment) and not _over(step, inner, nominal):
            dated.append((inner, nominal, fact))
    dated.sort(key=lambda one: (one[1].day, one[1].at))
    dated = dated[: step.times]
    openings = [opening(step, inner, nominal) for inner, nominal, _ in dated]
    found: list[StepState] = []
    for i, (inner, nominal, fact) in enumerate(dated):
        opens, shorter = openings[i]
        if opens is None:
            found.append(untold(step, inner, standing, nominal))
            continue
        closes = openings[i + 1][0] if i + 1 < len(dated) else None
        start = evidence_from(step, inner, opens)
        proof = step.evidence.proof(inner, start, opens, closes, True)
        one = Occurrence(nominal, opens, start, closes, proof, fact, fact, None, shorter, i == 0)
        state = judge(step, inner, standing, one)
        if proof is not None or not (step.until_any and _stopped(step, inner, nominal, state)):
            found.append(state)
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
        by_day = {moment.day: (moment, fact) for moment, fact in reversed(result.dones)}
        return [by_day[day] for day in sorted(by_day)]
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
