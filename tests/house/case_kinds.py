"""Which kinds of situation the cases of a pathway hold, read off what they tell and what is answered.

A situation counts as held only where an answer rests on it: the case fails when the late fact is known
at once, when the refuted diagnosis is no longer refuted, when the event at 00:10 comes before midnight.
Where the situation is itself what a case expects (what is missing, a due day and the day after, two
occurrences), it is enough that the case is right and expects it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Any

from vardforlopp.adapters.content_files import content_texts
from vardforlopp.adapters.definitions import load_definitions
from vardforlopp.definitions.cases import ActLine, Case, FactLine
from vardforlopp.definitions.catalogue import Definitions
from vardforlopp.definitions.criteria import Param
from vardforlopp.definitions.model import Place, Step
from vardforlopp.definitions.read_cases import load_cases
from vardforlopp.definitions.walk import nodes, rule_parts
from vardforlopp.engine.casework import Answer, fails, run_case
from vardforlopp.engine.compile import Compiled, compile_pathway
from vardforlopp.engine.course import StepState
from vardforlopp.kernel.civil import DAY, HOUR, Interval, Moment, day_from_iso, day_of, iso, iso_instant
from vardforlopp.kernel.durations import Duration
from vardforlopp.kernel.workdays import WorkCalendar, swedish

NOWHERE = Place("", 0)
WEEKDAYS = WorkCalendar(frozenset())
#: The days on which the clocks change in the year of most cases.
CLOCKS_CHANGE = tuple(map(day_from_iso, ("2026-03-29", "2026-10-25")))
#: A day of the record, and the day of a shorter month that stands for it.
CLAMPED = (("02-29", "02-28"), ("30", "02-29"), ("31", "02-29"))
LATE = {"overdue", "unseen", "missed", "done-late"}


@cache
def definitions() -> Definitions:
    """The pathways as they are shipped."""
    return load_definitions()


@cache
def _cases() -> dict[str, tuple[Case, ...]]:
    return {id_: tuple(cases) for id_, cases in load_cases(content_texts(None), definitions()).cases.items()}


@cache
def _compiled(pathway: str, region: str | None) -> Compiled:
    made = definitions()
    overlay = made.overlays[region] if region else None
    return compile_pathway(made.pathways[pathway], made.catalogue, overlay=overlay, calendar=swedish())


@dataclass(frozen=True)
class Told:
    """One case, and what the program answers."""

    case: Case

    def fails(self, **other: Any) -> bool:
        """Whether the case, told otherwise, would fail."""
        case = replace(self.case, **other)
        return fails(case, _compiled(case.pathway, case.region))

    def fails_with(self, line: FactLine | ActLine, **other: Any) -> bool:
        """Whether the case would fail with this line of its record told otherwise."""
        changed = replace(line, **other)
        return self.fails(record=tuple(changed if one is line else one for one in self.case.record))

    @cached_property
    def answers(self) -> tuple[Answer, ...]:
        return tuple(run_case(self.case, _compiled(self.case.pathway, self.case.region)))

    @property
    def facts(self) -> Iterator[FactLine]:
        return (line for line in self.case.record if isinstance(line, FactLine))

    @property
    def states(self) -> Iterator[StepState]:
        """Every occurrence that the case speaks of."""
        return (answer.state for answer in self.answers if answer.state is not None)

    @property
    def due(self) -> Iterator[tuple[Moment, StepState]]:
        """Every due day (or instant) that the case expects and the program gives, and when it is asked."""
        for answer in self.answers:
            state = answer.state
            if answer.subject.endswith(".due") and answer.right and state is not None and state.nominal:
                yield answer.as_of, state


@cache
def told(pathway: str) -> tuple[Told, ...]:
    """The cases of a pathway that are right."""
    return tuple(one for one in map(Told, _cases()[pathway]) if not one.fails())


# --- what was known, and what it was ------------------------------------------------------------


def late_known(pathway: str) -> bool:
    """A fact is known later than it happened, and answers wait for it."""
    return any(
        line.known is not None and line.known.lo > line.on.hi and one.fails_with(line, known=None)
        for one in told(pathway)
        for line in one.facts
    )


def retracted(pathway: str) -> bool:
    """A fact is taken back, and answers with it."""
    return any(
        line.retracted is not None and one.fails_with(line, retracted=None)
        for one in told(pathway)
        for line in one.facts
    )


def said_to_be(status: str) -> Callable[[str], bool]:
    """A fact that has this status and so does not count: if it did, the answers were others."""

    def held(pathway: str) -> bool:
        return any(
            line.status == status and one.fails_with(line, status=None)
            for one in told(pathway)
            for line in one.facts
        )

    return held


def missing_data(pathway: str) -> bool:
    """A step is expected to be unknown, and what it lacks to be named."""
    return any(
        step.state == "unknown" and step.missing
        for one in told(pathway)
        for expected in one.case.expect
        for step in expected.steps
    )


def death(pathway: str) -> bool:
    """The person dies, and something is expected of the day after."""
    return any(
        one.case.died is not None and _asked(one, one.case.died.day + 1) and one.fails(died=None)
        for one in told(pathway)
    )


def _asked(one: Told, day: int) -> bool:
    return any(expected.as_of.day >= day and expected.steps for expected in one.case.expect)


# --- regions ------------------------------------------------------------------------------------


def a_region(pathway: str) -> bool:
    """A case is told in a region, and would end otherwise without it."""
    return any(one.case.region is not None and one.fails(region=None) for one in told(pathway))


def two_regions(pathway: str) -> bool:
    """The same story in two regions: each ends otherwise in the other, since their values differ."""
    stories: dict[str, list[Told]] = defaultdict(list)
    for one in told(pathway):
        if one.case.region is not None:
            stories[_story(one.case)].append(one)
    return any(
        _values(pathway, a.case.region) != _values(pathway, b.case.region)
        and a.fails(region=b.case.region)
        and b.fails(region=a.case.region)
        for told_twice in stories.values()
        for a in told_twice
        for b in told_twice
    )


def _story(case: Case) -> str:
    record = tuple(replace(line, place=NOWHERE) for line in case.record)
    parts = (record, case.born, case.sex, case.died, case.side, case.sources, case.enrol)
    return repr(parts)


def _values(pathway: str, region: str | None) -> object:
    return definitions().overlays[region].settings.get(pathway) if region else None


# --- deadlines ----------------------------------------------------------------------------------


def last_day_and_day_after(pathway: str) -> bool:
    """A due day is asked about on itself and on the day after, when it is late."""
    return any(_last_and_after(one, lambda state: True) for one in told(pathway))


def same_day(pathway: str) -> bool:
    """A step that is due on the day it counts from: in time on that day, late on the next."""
    return any(_last_and_after(one, _on_its_own_day) for one in told(pathway))


def _on_its_own_day(state: StepState) -> bool:
    assert state.nominal is not None
    assert state.due is not None
    return state.nominal.day == state.due.day


def _last_and_after(one: Told, wanted: Callable[[StepState], bool]) -> bool:
    asked: dict[tuple[str, str, int], set[int]] = defaultdict(set)
    for as_of, state in one.due:
        assert state.due is not None
        late = state.state in LATE or state.proposal
        if wanted(state) and late == (as_of.day > state.due.day):
            asked[state.step, state.occurrence, state.due.day].add(as_of.day)
    return any({day, day + 1} <= days for (_, _, day), days in asked.items())


def leap_day(pathway: str) -> bool:
    """What is counted in months or years from 29 February comes on the 28th, or on the 29th from the 31st.

    With that day of the record a day later, the case fails.
    """
    return any(
        _expected(one.case, on) and any(rests for day, rests in _days_told(one) if day.endswith(since))
        for one in told(pathway)
        for since, on in CLAMPED
    )


def _days_told(one: Told) -> Iterator[tuple[str, bool]]:
    """Each day that the case tells, and whether the case would fail with it a day later."""
    enrol = one.case.enrol
    if enrol is not None:
        yield iso(enrol.on.day), one.fails(enrol=replace(enrol, on=_next_day(enrol.on)))
    for line in one.case.record:
        for name, time in [("on", line.on)] if isinstance(line, ActLine) else _times(line):
            yield iso(time.day), one.fails_with(line, **{name: _next_day(time)})


def _next_day(time: Interval) -> Interval:
    return Interval(time.lo + DAY, time.hi + DAY, time.day + 1, time.last_day + 1)


def _times(line: FactLine) -> list[tuple[str, Interval]]:
    """When a fact began and, if it did, ended."""
    return [("on", line.on)] + ([("until", line.until)] if line.until else [])


def _expected(case: Case, end: str) -> bool:
    steps = [step for expected in case.expect for step in expected.steps]
    moments = [moment for step in steps for moment in (step.opens, step.due, step.preferred) if moment]
    days = [iso(moment.day) for moment in moments] + [step.occurrence or "" for step in steps]
    return any(day.endswith(end) for day in days)


def midnight(pathway: str) -> bool:
    """An event just before midnight and one just after it belong to two days."""
    return any(_moved(one, hour=23, by=HOUR) and _moved(one, hour=0, by=-HOUR) for one in told(pathway))


def _moved(one: Told, *, hour: int, by: int) -> bool:
    """An event of this hour, moved over midnight, would make the case fail."""
    return any(
        one.fails_with(line, **{name: _at(time.lo + by)})
        for line in one.facts
        for name, time in _times(line)
        if time.lo == time.hi and int(iso_instant(time.lo)[11:13]) == hour
    )


def _at(instant: int) -> Interval:
    return Interval(instant, instant, day_of(instant), day_of(instant))


def clocks_change_in_days(pathway: str) -> bool:
    """A due day beyond the change of the clocks, which 24 hours a day from the event would miss."""
    return any(
        nominal.exact and not due.exact and due.day != day_of(nominal.at + (due.day - nominal.day) * DAY)
        for nominal, due, _ in _beyond_the_change(pathway)
    )


def clocks_change_in_hours(pathway: str) -> bool:
    """A due instant beyond the change of the clocks, which therefore shows another hour."""
    return any(
        due.exact and iso_instant(nominal.at)[19:] != iso_instant(due.at)[19:]
        for nominal, due, _ in _beyond_the_change(pathway)
    )


def holiday(pathway: str) -> bool:
    """A due day in working days, beyond a holiday that is no Saturday or Sunday."""
    steps = definitions().pathways[pathway].steps
    return any(
        _between(swedish(), nominal, due) != _between(WEEKDAYS, nominal, due)
        for nominal, due, step in _dues(pathway)
        if "working days" in units(pathway, steps[step])
    )


def _between(calendar: WorkCalendar, nominal: Moment, due: Moment) -> int:
    return calendar.index(due.day) - calendar.index(nominal.day)


def _beyond_the_change(pathway: str) -> Iterator[tuple[Moment, Moment, str]]:
    for nominal, due, step in _dues(pathway):
        if any(nominal.day <= day <= due.day for day in CLOCKS_CHANGE):
            yield nominal, due, step


def _dues(pathway: str) -> Iterator[tuple[Moment, Moment, str]]:
    """What each expected due day counts from, the due day, and the step."""
    for one in told(pathway):
        for _, state in one.due:
            assert state.nominal is not None
            assert state.due is not None
            yield state.nominal, state.due, state.step


# --- recurrence ---------------------------------------------------------------------------------


def twice(kind: str) -> Callable[[str], bool]:
    """A case that expects two occurrences of one step of this kind."""

    def held(pathway: str) -> bool:
        steps = definitions().pathways[pathway].steps
        return any(
            len({state.occurrence for state in one.states if state.step == step}) > 1
            for one in told(pathway)
            for step in {state.step for state in one.states}
            if step in steps and steps[step].kind == kind
        )

    return held


# --- what a pathway has -------------------------------------------------------------------------


def comes_again(kind: str) -> Callable[[str], bool]:
    """Whether a pathway has steps that come again in this way."""
    return lambda pathway: any(step.kind == kind for step in definitions().pathways[pathway].steps.values())


def counts(*wanted: str) -> Callable[[str], bool]:
    """Whether the steps of a pathway count in any of these units."""
    return lambda pathway: bool(set(wanted) & units(pathway, *definitions().pathways[pathway].steps.values()))


def units(pathway: str, *steps: Step) -> set[str]:
    """The units in which steps count, their parameters looked up."""
    parameters = definitions().pathways[pathway].parameters
    found = list(nodes(*(tuple(rule_parts(step).values()) for step in steps)))
    values = [parameters[node.name].value for node in found if isinstance(node, Param)]
    return {one.unit for one in (*found, *values) if isinstance(one, Duration)}
