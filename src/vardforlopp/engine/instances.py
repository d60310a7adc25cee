"""Entries and exits: which stays in a pathway the record itself shows, and what to suggest."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from vardforlopp.definitions.model import Entry
from vardforlopp.engine.compile import Compiled, EventProgram
from vardforlopp.engine.context import Ctx
from vardforlopp.engine.course import Instance, Missing, Reason, Suggestion
from vardforlopp.engine.deadlines import before
from vardforlopp.engine.judge import missing_of, reason
from vardforlopp.engine.moments import moment_of
from vardforlopp.engine.view import View
from vardforlopp.kernel.civil import MAX_DAY, Moment, end_of_day, reached, start_of_day
from vardforlopp.record.facts import Fact, Side
from vardforlopp.record.record import Record


class Event(NamedTuple):
    """An entry or exit event that has come, and how its guard was judged then."""

    at: Moment
    fact: Fact
    program: EventProgram
    truth: int
    ctx: Ctx
    asked: Moment


def _judged(
    program: EventProgram, fact: Fact, now: Moment, ctx: Ctx, known: dict[tuple[str, int], int]
) -> Event | None:
    """An event that has come; `ctx` is lent to the guard, `known` keeps the answers of each day."""
    at = moment_of(fact) if program.on_the_fact else program.plus(ctx, now, moment_of(fact))
    if at is None or not reached(at, now):
        return None
    asked_at = end_of_day(at.day)
    asked = now if now.at < asked_at else Moment(at.day, asked_at, True)
    truth = known.get((program.id, asked.day))
    if truth is None:
        ctx.trigger, ctx.trigger_at = fact, at
        truth = 2 if program.guard is None else program.guard.truth(ctx, asked)
        if program.guard_by_day:
            known[program.id, asked.day] = truth
    return Event(at, fact, program, truth, ctx, asked)


def _facts(program: EventProgram, view: View, now: Moment) -> Iterator[Fact]:
    for selector in program.event:
        yield from view.seen(selector).until(now.at)


def _events(compiled: Compiled, programs: tuple[EventProgram, ...], view: View, now: Moment) -> list[Event]:
    """The events of some entries or exits in order of time; guards judged at each event's date."""
    ctx = Ctx(view, now, entry=None, entry_id=None, acts=view.acts(compiled.pathway.id, None))
    known: dict[tuple[str, int], int] = {}
    found = [
        event
        for program in programs
        for fact in _facts(program, view, now)
        if (event := _judged(program, fact, now, ctx, known)) is not None
    ]
    if len(found) > 1:
        found.sort(key=lambda event: (event.at.day, event.at.at if event.at.exact else 0, event.fact.ref))
    return found


def exit_of(compiled: Compiled, view: View, started: Moment, now: Moment) -> tuple[Moment, str] | None:
    """The first exit event whose fact is at or after the start of the instance."""
    if not any(view.seen(selector) for program in compiled.exits for selector in program.event):
        return None
    for event in _events(compiled, compiled.exits, view, now):
        fact = event.fact
        by_instant = started.exact and fact.lo == fact.hi
        after = fact.lo >= started.at if by_instant else fact.day >= started.day
        if event.truth == 2 and after:
            return event.at, event.program.id
    return None


def _sides(compiled: Compiled) -> tuple[Side | None, ...]:
    return ("left", "right") if compiled.pathway.sided else (None,)


def _stays(
    compiled: Compiled, view: View, events: list[Event], now: Moment
) -> Iterator[tuple[Event, tuple[Moment, str] | None]]:
    """The events that start an instance, each with the instance's end.

    Events of one entry within `apart` of each other are one chain, which starts one instance at most.
    """
    end: tuple[Moment, str] | None = None
    running = False
    starts: set[int] = set()
    chains: dict[str, tuple[Event, bool]] = {}
    for event in events:
        chained = _chained(event, chains.get(event.program.id), now)
        started = chained and chains[event.program.id][1]
        chains[event.program.id] = event, started
        if event.truth != 2 or started or event.at.day in starts:
            continue
        inside = running and (end is None or not before(end[0], event.at))
        if inside and not _entry(event.program).restart:
            continue
        starts.add(event.at.day)
        chains[event.program.id] = event, True
        running, end = True, exit_of(compiled, view, event.at, now)
        yield event, end


def _chained(event: Event, last: tuple[Event, bool] | None, now: Moment) -> bool:
    """True when an event belongs to the chain of its entry's last one."""
    apart = event.program.apart
    if last is None or apart is None:
        return False
    reach = apart(event.ctx, now, Moment(last[0].fact.day, last[0].fact.lo))
    return reach is not None and event.fact.day <= reach.day


def _real_entries(compiled: Compiled) -> tuple[EventProgram, ...]:
    return tuple(one for one in compiled.entries if not _entry(one).opportunity)


def _entry(program: EventProgram) -> Entry:
    assert isinstance(program.definition, Entry)
    return program.definition


def instances(compiled: Compiled, record: Record, *, as_of: Moment, known_at: int) -> tuple[Instance, ...]:
    """Every stay in the pathway that the record shows at `as_of`, as then known."""
    seen = View(record, known_at, selectors=compiled.selectors)
    found = []
    for side in _sides(compiled):
        view = seen.of_side(side)
        events = _events(compiled, _real_entries(compiled), view, as_of)
        for event, end in _stays(compiled, view, events, as_of):
            found.append(Instance(compiled.pathway.id, event.program.id, event.at, side, end))
    return tuple(sorted(found, key=lambda one: (one.started.day, one.started.at, one.side or "")))


def suggest(compiled: Compiled, record: Record, *, as_of: Moment, known_at: int) -> tuple[Suggestion, ...]:
    """Entries that concern this person now and are not stored: for staff, never for the patient.

    A running instance gives `entry` or `known`; an entry whose guard is unknown is possible (truth
    1, the missing data named); an opportunity counts only inside a visit on the very day.
    """
    return suggest_seen(compiled, View(record, known_at, selectors=compiled.selectors), as_of=as_of)


def suggest_seen(compiled: Compiled, seen: View, *, as_of: Moment) -> tuple[Suggestion, ...]:
    """`suggest`, where the record as known is already at hand."""
    if not any(seen.seen(selector) for one in compiled.entries for selector in one.event):
        return ()  # nothing has come that any way in begins with: so it is for most pathways
    found = []
    for side in _sides(compiled):
        if seen.dead(as_of) or _enrolled(compiled, seen.record, side, as_of):
            continue
        view = seen.of_side(side)
        events = _events(compiled, _real_entries(compiled), view, as_of)
        running = [event for event, end in _stays(compiled, view, events, as_of) if end is None]
        if running:
            found.append(_suggestion(compiled, running[-1], side, _kind(running[-1])))
            continue
        found.extend(_possible(compiled, view, side, as_of, events))
    return tuple(found)


def next_event(compiled: Compiled, seen: View, *, as_of: Moment) -> int | None:
    """The first instant after `as_of` at which time alone may change what is suggested; None = never.

    An entry or exit that comes some time after its fact, and the end of a day on which one came: until then
    its guard is judged at each instant of the day.
    """
    found: list[int] = []
    for side in _sides(compiled):
        view = seen.of_side(side)
        ctx = Ctx(view, as_of, entry=None, entry_id=None, acts=view.acts(compiled.pathway.id, None))
        for program in (*compiled.entries, *compiled.exits):
            for fact in _facts(program, view, as_of):
                at = moment_of(fact) if program.on_the_fact else program.plus(ctx, as_of, moment_of(fact))
                if at is not None and at.day >= as_of.day:
                    ends = start_of_day(min(at.day + 1, MAX_DAY - 1))
                    found.append(ends if reached(at, as_of) else at.at)
    return min(found, default=None)


def _possible(
    compiled: Compiled, view: View, side: Side | None, now: Moment, events: list[Event]
) -> list[Suggestion]:
    """The latest event that may be an entry, and opportunities of the very day.

    An entry's later event that was judged no withdraws what was possible before it, and so does an exit:
    the stay that may have begun would be over.
    """
    found = []
    latest = {event.program.id: event for event in events}
    maybe = [event for event in events if event.truth == 1 and latest[event.program.id] is event]
    if maybe and exit_of(compiled, view, maybe[-1].at, now) is None:
        found.append(_suggestion(compiled, maybe[-1], side, _kind(maybe[-1])))
    offers = tuple(one for one in compiled.entries if _entry(one).opportunity)
    today = [
        event
        for event in _events(compiled, offers, view, now)
        if event.at.day == now.day and event.truth == 2
    ]
    if today:
        found.append(_suggestion(compiled, today[-1], side, "opportunity"))
    return found


def _kind(event: Event) -> str:
    return "known" if _entry(event.program).known else "entry"


def _enrolled(compiled: Compiled, record: Record, side: Side | None, now: Moment) -> bool:
    """True when a stored enrolment in the pathway runs: it wins over what the record suggests."""
    return any(
        one.pathway == compiled.pathway.id
        and one.side in (None, side)
        and (one.ended is None or one.ended[0] > now.day)
        and one.started.day <= now.day
        for one in record.enrolments
    )


def _suggestion(compiled: Compiled, event: Event, side: Side | None, kind: str) -> Suggestion:
    program, asked = event.program, event.asked
    ctx = event.ctx.at_trigger(event.fact, event.at)
    guard = program.guard
    missing: tuple[Missing, ...] = missing_of(guard, ctx, asked) if guard is not None else ()

    def explain() -> Reason:
        parts = (reason(guard, ctx, asked, f"{program.rule}.when"),) if guard is not None else ()
        return Reason("Entry", event.truth, program.rule, program.definition, (event.fact,), of=parts)

    return Suggestion(
        pathway=compiled.pathway.id,
        version=compiled.pathway.version,
        entry=program.id,
        kind=kind,  # type: ignore[arg-type]  # one of the three literals above
        on=event.at,
        side=side,
        disclosure=_entry(program).disclosure,
        truth=event.truth,
        missing=missing,
        explain=explain,
    )
