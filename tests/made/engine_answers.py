"""What our engine answers of each rule on a record, as the conformity suite compares it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any, NamedTuple

from vardforlopp.definitions.cases import Case, Expectation
from vardforlopp.definitions.criteria import Criterion, First, Named
from vardforlopp.definitions.model import Indicator
from vardforlopp.engine import occurrences as occurrences_
from vardforlopp.engine.assess import assess
from vardforlopp.engine.casework import stay_of
from vardforlopp.engine.compile import Compiled
from vardforlopp.engine.context import Ctx, Settled
from vardforlopp.engine.criteria import compile_criterion
from vardforlopp.engine.inside import events, inside
from vardforlopp.engine.looking import asked_at
from vardforlopp.engine.moments import moment_of
from vardforlopp.engine.program import StepProgram, guard_time
from vardforlopp.engine.standing import Occurrence
from vardforlopp.engine.view import View
from vardforlopp.fhir.written_times import stamp_text
from vardforlopp.kernel.civil import Moment, end_of_day, reached
from vardforlopp.record.facts import Fact
from vardforlopp.record.record import Enrolment, Record
from vardforlopp.record.series import Series

Json = dict[str, Any]
#: Yes, no, not known.
Answer = bool | None
TRUTH: dict[int, Answer] = {0: False, 1: None, 2: True}
#: Occurrences of one rule that are asked about at one time: the latest.
MOST = 4
_STEP = "step:"
_MS = 1000  # microseconds; CQL has no shorter time
_ENTRY = "the entry"


class Asked(NamedTuple):
    """One rule at one occurrence: what to pass, and the engine's answers by expression."""

    given: Json | None
    answers: dict[str, Any]


class _Always(Series):
    """Facts that are there also for who looks back from before them."""

    def until(self, at: int) -> Series:
        return self


class Answers:
    """The engine's answers on one record at one time. `stay`: the enrolment that the case speaks of.

    `passing`: every occurrence is passed in; else only those that the record does not show by itself.
    """

    def __init__(
        self, case: Case, compiled: Compiled, *, record: Record, expected: Expectation, passing: bool = True
    ) -> None:
        self.passing = passing
        self.compiled = compiled
        self.record = record
        self.now = expected.as_of
        self.known_at = expected.known_at.at if expected.known_at is not None else expected.as_of.at
        self.stay, _ = stay_of(case, compiled, record, self.now, self.known_at)
        self.side = case.side if self.stay is None else self.stay.side
        self.view = View(record, self.known_at, selectors=compiled.selectors).of_side(self.side)
        self.steps: dict[str, Settled] = {}
        self.occurrences: dict[str, Json] = {}  # the last one of each step, as it is passed

    def all(self) -> Iterator[Asked]:
        """Every rule that can be asked about."""
        yield Asked(None, dict(self._events()))
        if self.stay is not None:
            yield from self._course(self.stay)
        for indicator in self.compiled.pathway.indicators.values():
            yield from self._indicator(indicator)

    # --- entries and exits ------------------------------------------------------------------------

    def _events(self) -> Iterator[tuple[str, Answer]]:
        found = events(self.compiled, self.view, self.now)
        for kind, programs, stay in (
            ("entry", self.compiled.entries, None),
            ("exit", self.compiled.exits, self.stay),
        ):
            for program in programs:
                truths = [
                    event.truth
                    for event in found
                    if event.program is program and (stay is None or _after(event.fact, stay.started))
                ]
                yield f"{kind} {program.id}", TRUTH[max(truths, default=0)]

    # --- the course -------------------------------------------------------------------------------

    def _course(self, stay: Enrolment) -> Iterator[Asked]:
        course = assess(self.compiled, self.record, stay, as_of=self.now, known_at=self.known_at)
        acts = self.view.acts(self.compiled.pathway.id, stay.id)
        ctx = Ctx(self.view, self.now, entry=stay.started, entry_id=stay.entry, acts=acts)
        ctx.choices = course.choices
        yield Asked(None, dict(self._of_the_stay(ctx)))
        self.steps, occurrences = inside(course)
        for step, listed in occurrences.items():
            for each in listed[-MOST:]:
                asked = self._occurrence(*each)
                assert asked.given is not None
                self.occurrences[step] = asked.given
                shown = not self.passing and each is listed[-1] and _shows_itself(each[0])
                yield asked._replace(given=None) if shown else asked

    def _of_the_stay(self, ctx: Ctx) -> Iterator[tuple[str, Answer]]:
        pathway = self.compiled.pathway
        for phase in pathway.phases.values():
            if phase.when is not None:
                yield f"phase {phase.id}", self._truth(phase.when, ctx, self.now)
        for choice in pathway.choices.values():
            taken = ctx.choices[choice.id].taken
            for way in choice.ways:
                yield f"choice {choice.id} {way}", None if taken is None else taken == way
        for step in pathway.steps.values():
            if step.kind != "per" and step.at != "nominal" and step.kind != "slots":
                yield f"{step.id} when", self._truth(step.when, ctx, self.now)

    def _occurrence(self, step: StepProgram, ctx: Ctx, one: Occurrence) -> Asked:
        base, begun = one.nominal, occurrences_.evidence_from(step, ctx, one.opens)
        if step.kind == "rolling":
            base = _moment(step.anchor.when(ctx, ctx.now)) if one.first else one.start
            begun = occurrences_.evidence_from(step, ctx, base) if one.first else base
        since = None if one.start == begun and (one.first or step.kind != "rolling") else one.start
        given = {
            "rule": step.id,
            "nominal": stamp_text(base.at),
            "exact": base.exact,
            "closes": None if one.closes is None else stamp_text(one.closes.at),
            "closesExact": one.closes is not None and one.closes.exact,
            "since": None if since is None else stamp_text(-(-since.at // _MS) * _MS),
            "sinceExact": since is not None and since.exact,
            "running": one.first or step.kind != "rolling",
        }
        answers = {f"{step.id} done": self._done(step, ctx, one)}
        if step.kind in ("per", "slots") or step.step.at == "nominal":
            answers[f"{step.id} when"] = self._truth(step.step.when, ctx, guard_time(step, ctx, one.nominal))
        return Asked(given, answers)

    def _done(self, step: StepProgram, ctx: Ctx, one: Occurrence) -> Answer:
        if one.proof is not None:
            return True
        running = one.first or step.kind != "rolling"
        missing = step.evidence.missing(ctx, one.start, one.opens, one.closes, running)
        told = all(each.why == "no-data" and each.what != "side" for each in missing)
        return False if told else None

    def _truth(self, criterion: Criterion | None, ctx: Ctx, t: Moment) -> Answer:
        if criterion is None:
            return True
        return TRUTH[compile_criterion(criterion, self.compiled.box).truth(ctx, t)]

    # --- populations --------------------------------------------------------------------------------

    def _indicator(self, indicator: Indicator) -> Iterator[Asked]:
        """Each unit: the denominator at its index, the numerator at the end of its follow-up."""
        rule, box = f"indicator {indicator.id}", self.compiled.box
        acts = self.view.acts(self.compiled.pathway.id, None)
        ctx = Ctx(self.view, self.now, entry=None, entry_id=self.stay and self.stay.entry, acts=acts)
        ctx.steps = self.steps
        if self.stay is not None:
            indicator, ctx.seen = _with_entry(indicator), self._seen
        units: list[tuple[Moment | None, Fact | None]] = []
        if indicator.per.startswith("selector:"):
            facts = self.view.seen(indicator.per.removeprefix("selector:")).until(self.now.at)
            units = [(moment_of(fact), fact) for fact in facts]
            yield Asked(None, {f"{rule} units": bool(units)})
        elif indicator.per.startswith(_STEP):
            yield from self._of_step(indicator, ctx)
            return
        elif indicator.per == "patient" or self.stay is not None:
            units = [(_moment(box.moments.compile(indicator.index).when(ctx, self.now)), None)]
            yield Asked(None, {f"{rule} units": True})
        else:
            yield Asked(None, {f"{rule} units": False})
        for index, fact in units[-MOST:]:
            yield self._unit(indicator, ctx, index, fact)

    def _of_step(self, indicator: Indicator, ctx: Ctx) -> Iterator[Asked]:
        """The unit of a single step, if the stay has it: its occurrence is passed."""
        given = self.occurrences.get(indicator.per.removeprefix(_STEP))
        if given is None:
            return
        index = _moment(self.compiled.box.moments.compile(indicator.index).when(ctx, self.now))
        asked = self._unit(indicator, ctx, index, None)
        yield Asked(given, {f"indicator {indicator.id} units": True, **asked.answers})

    def _seen(self, selector: str) -> Series:
        """The facts of a selector; the entry itself as a fact, for moments that are ever but for it."""
        if selector != _ENTRY or self.stay is None:
            return self.view.seen(selector)
        day, at, is_exact = self.stay.started
        return _Always([Fact(_ENTRY, at, at if is_exact else end_of_day(day), day, day, at, _ENTRY)])

    def _unit(self, indicator: Indicator, ctx: Ctx, index: Moment | None, fact: Fact | None) -> Asked:
        rule, parts = f"indicator {indicator.id}", {"of": indicator.of}
        parts |= {"except": indicator.exclude} if indicator.exclude is not None else {}
        parts |= {"met": indicator.met} if indicator.met is not None else {}
        if index is None:
            return Asked(None, {f"{rule} {part}": None for part in parts})
        inner = ctx.at_trigger(fact, index)
        inner.seen = ctx.seen
        answers: dict[str, Any] = {}
        for part, criterion in parts.items():
            at: Moment | None = index
            if part == "met" and indicator.follow_up is not None:
                at = self.compiled.box.deadlines.adding(indicator.follow_up)(inner, self.now, index)
                at = at if at is not None and reached(at, self.now) else None
            asked = None if at is None else asked_at(at)
            asked = self.now if asked is not None and asked.at > self.now.at else asked
            answers[f"{rule} {part}"] = None if asked is None else self._truth(criterion, inner, asked)
        if indicator.days is not None:
            ends = [
                _moment(self.compiled.box.moments.compile(each).when(inner, self.now))
                for each in (indicator.days.start, indicator.days.end)
            ]
            told = ends[0] is not None and ends[1] is not None
            answers[f"{rule} days"] = ends[1].day - ends[0].day if told else None  # type: ignore[union-attr]
        given = {"rule": rule, "nominal": stamp_text(index.at), "exact": index.exact, "closes": None,
                 "closesExact": False, "since": None, "sinceExact": False, "running": True}  # fmt: skip
        return Asked(given if fact is not None else None, answers)


def _with_entry(node: Any) -> Any:
    """A definition with `entry` as the moment of a fact, which the time of facts does not depend on."""
    if node == Named("entry"):
        return First(_ENTRY)
    if isinstance(node, tuple):
        return tuple(_with_entry(part) for part in node)
    if is_dataclass(node) and not isinstance(node, type):
        return replace(node, **{each.name: _with_entry(getattr(node, each.name)) for each in fields(node)})
    return node


def _shows_itself(step: StepProgram) -> bool:
    """True when the record alone tells a step's last occurrence: no other step, no slot, no end."""
    if step.kind == "per":
        per = step.per
        own = step.step.after is None and step.step.until is None
        return own and per is not None and per.selector is not None and per.apart is None
    return step.kind == "single" and not step.anchor_steps


def _moment(found: object) -> Moment | None:
    return found if isinstance(found, Moment) else None


def _after(fact: Fact, started: Moment) -> bool:
    by_instant = started.exact and fact.lo == fact.hi
    return fact.lo >= started.at if by_instant else fact.day >= started.day
