"""A definition, a region's overlay and the shared catalogue, as one compiled pathway."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from vardforlopp.definitions.catalogue import Catalogue, Selector
from vardforlopp.definitions.criteria import All
from vardforlopp.definitions.model import Entry, Exit, Overlay, Pathway, Step
from vardforlopp.definitions.overlay import apply
from vardforlopp.engine import uses
from vardforlopp.engine.criteria import compile_criterion
from vardforlopp.engine.deadlines import Add, Deadlines
from vardforlopp.engine.judge import Judge, Toolbox
from vardforlopp.engine.moments import MomentClosure, Moments
from vardforlopp.engine.parameters import parameters_of
from vardforlopp.engine.program import StepCompiler, StepProgram
from vardforlopp.kernel.durations import NOTHING
from vardforlopp.kernel.errors import DefinitionError
from vardforlopp.kernel.workdays import WorkCalendar


@dataclass(frozen=True, slots=True, eq=False)
class ChoiceProgram:
    """A compiled branch: options in order, each with its criterion, if it has one."""

    id: str
    rule: str
    anchor: MomentClosure | None
    options: tuple[tuple[str, Judge | None], ...]
    otherwise: str | None


@dataclass(frozen=True, slots=True, eq=False)
class EventProgram:
    """A compiled entry or exit."""

    id: str
    rule: str
    event: tuple[str, ...]
    plus: Add
    on_the_fact: bool  # no `plus`: the event is the fact's own moment
    guard: Judge | None
    guard_by_day: bool  # all events of one day get the same answer
    apart: Add | None
    definition: Entry | Exit


@dataclass(frozen=True, slots=True, eq=False)
class Compiled:
    """A pathway ready to be followed. `layers`: steps and choices in the order they settle.

    `used`: the selectors it looks at; `asked`: the steps and choices that others rest on.
    """

    pathway: Pathway
    overlay: Overlay | None
    catalogue: Catalogue
    used: frozenset[str]
    layers: tuple[StepProgram | ChoiceProgram, ...]
    order: tuple[str, ...]
    asked: frozenset[str]
    entries: tuple[EventProgram, ...]
    exits: tuple[EventProgram, ...]
    box: Toolbox

    @property
    def selectors(self) -> dict[str, Selector]:
        """The shared selectors."""
        return self.catalogue.selectors

    @property
    def rule(self) -> str:
        return self.box.rule


def compile_pathway(
    pathway: Pathway, catalogue: Catalogue, *, overlay: Overlay | None = None, calendar: WorkCalendar
) -> Compiled:
    """Compiles a pathway with a region's settings, once for all patients.

    The overlay may add steps and set parameters; it was checked when it was loaded. Raises
    `DefinitionError` where a definition cannot be followed (a cycle, a name that is not there).
    """
    if overlay is not None:
        pathway = apply(pathway, overlay)
    steps = pathway.steps
    box = toolbox(pathway, catalogue.selectors, calendar=calendar)
    compiler = StepCompiler(box, pathway, adopted=_adopted(pathway, overlay))
    programs: dict[str, StepProgram | ChoiceProgram] = {
        step.id: compiler.compile(step, pathway.phases.get(step.phase)) for step in steps.values()
    }
    for choice in pathway.choices.values():
        programs[choice.id] = ChoiceProgram(
            choice.id,
            f"{box.rule}#{choice.id}",
            box.moments.compile(choice.after) if choice.after is not None else None,
            tuple(
                (option.id, compile_criterion(option.when, box) if option.when is not None else None)
                for option in choice.options
            ),
            choice.otherwise,
        )
    return Compiled(
        pathway=pathway,
        overlay=overlay,
        catalogue=catalogue,
        used=uses.selectors_of_pathway(pathway),
        layers=tuple(programs[name] for name in _layers(pathway)),
        order=tuple(steps),
        asked=frozenset().union(*_needs(pathway).values()),
        entries=tuple(_event(_within_population(one, pathway), box) for one in pathway.entries.values()),
        exits=tuple(_event(one, box) for one in pathway.exits.values()),
        box=box,
    )


def toolbox(pathway: Pathway, selectors: dict[str, Selector], *, calendar: WorkCalendar) -> Toolbox:
    """What criteria are compiled with."""
    parameters = parameters_of(pathway)
    deadlines = Deadlines(calendar, parameters)
    rule = f"{pathway.id}/{pathway.version}"
    return Toolbox(parameters, Moments(parameters, deadlines, selectors), deadlines, selectors, rule, {})


def _within_population(entry: Entry, pathway: Pathway) -> Entry:
    """An entry also asks whether the person belongs to the pathway's population."""
    population = pathway.population.when if pathway.population is not None else None
    if population is None:
        return entry
    return replace(entry, when=population if entry.when is None else All((population, entry.when)))


def _event(event: Entry | Exit, box: Toolbox) -> EventProgram:
    apart = event.apart if isinstance(event, Entry) else None
    return EventProgram(
        event.id,
        f"{box.rule}#{event.id}",
        event.event,
        box.deadlines.adding(event.plus),
        event.plus == NOTHING,
        compile_criterion(event.when, box) if event.when is not None else None,
        not uses.asks_the_trigger(event.when),
        box.deadlines.adding(apart) if apart is not None else None,
        event,
    )


def _adopted(pathway: Pathway, overlay: Overlay | None) -> Callable[[Step], int | None]:
    """From which day each rule at level `default` counts, by the region's word (S04)."""
    adoptions = [
        adoption
        for adoption in (overlay.adoptions if overlay is not None else ())
        if adoption.pathway == pathway.id and adoption.version == pathway.version
    ]

    def since(step: Step) -> int | None:
        days = []
        for part, level in step.provenance.levels.items():
            if level != "default":
                continue
            names = {"*", step.id, step.phase, part.removeprefix("$") if part.startswith("$") else "*"}
            found = [one.on for one in adoptions if names & {what.removeprefix("$") for what in one.what}]
            if not found:
                return None
            days.append(min(found))
        return max(days, default=1)

    return since


def _needs(pathway: Pathway) -> dict[str, set[str]]:
    """What each step and choice rests on."""
    needs = {step.id: uses.of_step(step, pathway) for step in pathway.steps.values()}
    return needs | {choice.id: uses.of_choice(choice) for choice in pathway.choices.values()}


def _layers(pathway: Pathway) -> list[str]:
    """Steps and choices so that each comes after what it rests on."""
    needs = _needs(pathway)
    ordered: list[str] = []
    done: set[str] = set()
    while len(ordered) < len(needs):
        ready = [name for name, of in needs.items() if name not in done and not (of & needs.keys()) - done]
        if not ready:
            stuck = ", ".join(sorted(needs.keys() - done))
            raise DefinitionError(
                "VF-ENG-004", str(pathway.place), f"steps rest on each other in a ring: {stuck}",
                "Break the ring: a step may only be anchored at, or guarded by, what comes before it.",
            )  # fmt: skip
        ordered.extend(ready)
        done.update(ready)
    return ordered
