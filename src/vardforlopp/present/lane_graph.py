"""The flowchart of a pathway as values: what is drawn and listed, and what comes after what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from vardforlopp.definitions import formats
from vardforlopp.definitions.criteria import (
    BranchIs,
    Criterion,
    Decided,
    DecidedLeaf,
    Done,
    First,
    Last,
    NoneOf,
)
from vardforlopp.definitions.explain_steps import goal_words
from vardforlopp.definitions.model import Choice, Pathway, Step
from vardforlopp.definitions.names import Names
from vardforlopp.definitions.phrasebook import Lang
from vardforlopp.definitions.walk import nodes, selectors_in, step_times
from vardforlopp.definitions.words import speech_of
from vardforlopp.definitions.words_time import Speech
from vardforlopp.engine.course import Course, State, StepState
from vardforlopp.present.lane_order import acyclic, reduced
from vardforlopp.present.wording import say

Kind = Literal["entry", "step", "choice", "folded"]
Standing = Literal["done", "attested", "now", "late", "unknown", "next", "off"]
ENTRY = "·entry"

_STANDINGS: Mapping[State, Standing] = {
    "done": "done", "done-late": "done", "attested": "attested", "due": "now", "overdue": "late",
    "unknown": "unknown", "unseen": "unknown", "upcoming": "next", "waiting": "next",
    "skipped": "off", "not-applicable": "off", "ended": "off", "before-start": "off",
    "superseded": "off", "missed": "off",
}  # fmt: skip
URGENCY: tuple[Standing, ...] = ("late", "now", "unknown", "next")
SETTLED: tuple[Standing, ...] = ("done", "attested", "off")


@dataclass(frozen=True, slots=True)
class FlowNode:
    """One box. `number` is its place in the ordered list, `labels` the ways that lead here.

    A folded box stands for several: `inside` are their numbers and titles.
    """

    id: str
    kind: Kind
    title: str
    lane: str
    phase: str
    labels: tuple[str, ...] = ()
    time: str = ""
    standing: Standing | None = None
    number: str = ""
    inside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Flow:
    """All boxes in order, the arrows between them, and the lanes and phases they stand in."""

    title: str
    lanes: tuple[tuple[str, str], ...]
    phases: tuple[tuple[str, str], ...]
    nodes: tuple[FlowNode, ...]
    edges: tuple[tuple[str, str], ...]
    entries: tuple[str, ...]
    exits: tuple[str, ...]


def flow_of(names: Names, lang: Lang, *, course: Course | None = None) -> Flow:
    """The flow of the names' pathway, with a patient's place in it when a course is given."""
    pathway = names.pathway
    assert pathway is not None, "names of a pathway"
    speech = speech_of(names, lang)
    found = [*_nodes(speech, pathway, course)]
    edges = reduced(acyclic(_edges(pathway, found)))
    order = _reading_order(pathway, found, edges)
    numbered = tuple(replace(node, number=str(n)) for n, node in enumerate(order))
    used = {node.lane for node in numbered}
    return Flow(
        title=pathway.title.get(lang, pathway.id),
        lanes=tuple((lane, names.level(lane, lang)) for lane in _lanes(names, pathway) if lane in used),
        phases=tuple((phase.id, phase.title.get(lang, phase.id)) for phase in pathway.phases.values()),
        nodes=numbered,
        edges=tuple(edges),
        entries=tuple(entry.title.get(lang, entry.id) for entry in pathway.entries.values()),
        exits=tuple(exit_.title.get(lang, exit_.id) for exit_ in pathway.exits.values()),
    )


def here_of(boxes: Sequence[FlowNode]) -> str | None:
    """The box that the person has come to: the first that is late, else the first that is due now."""
    for standing in URGENCY[:2]:
        found = next((node.id for node in boxes if node.standing == standing), None)
        if found is not None:
            return found
    return None


_LANE_ORDER = ("patient", "kommun", "primarvard", "tandvard", "ambulans", "akut", "specialiserad")


def _lanes(names: Names, pathway: Pathway) -> list[str]:
    """Care levels from home to hospital; others after, as the catalogue lists them."""
    used = dict.fromkeys(step.owner.level for step in pathway.steps.values())
    listed = [*_LANE_ORDER, *names.catalogue.levels, *used]
    return [lane for lane in dict.fromkeys(listed) if lane in used]


# --- nodes ---------------------------------------------------------------------------------------


def _nodes(speech: Speech, pathway: Pathway, course: Course | None) -> Iterator[FlowNode]:
    lang = speech.book.lang
    standings = _standings(course)
    first = next(iter(pathway.steps.values()), None)
    if first is not None:
        title = say(lang, "flow.entry")
        standing: Standing | None = "done" if course is not None else None
        yield FlowNode(ENTRY, "entry", title, first.owner.level, "", standing=standing)
    phases, places = tuple(pathway.phases), _places(pathway)
    for choice in pathway.choices.values():
        title = choice.title.get(lang, choice.id)
        phase = phases[places[choice.id]] if phases else choice.phase
        yield FlowNode(
            choice.id, "choice", title, _choice_lane(pathway, choice), phase,
            standing=_choice_standing(choice, course),
        )  # fmt: skip
    for step in pathway.steps.values():
        yield FlowNode(
            step.id, "step", step.title.get(lang, step.id), step.owner.level, step.phase,
            labels=tuple(_labels(speech, step)), time=goal_words(speech, step),
            standing=standings.get(step.id),
        )  # fmt: skip


def _standings(course: Course | None) -> dict[str, Standing]:
    by_step: dict[str, list[StepState]] = {}
    for state in course.steps if course is not None else ():
        by_step.setdefault(state.step, []).append(state)
    return {step: _standing(states) for step, states in by_step.items()}


def _standing(states: Sequence[StepState]) -> Standing:
    """The open occurrence that asks most for attention, else the last one."""
    found = [_STANDINGS[state.state] for state in states]
    return next((standing for standing in URGENCY if standing in found), found[-1])


def _choice_standing(choice: Choice, course: Course | None) -> Standing | None:
    if course is None:
        return None
    state = course.choices.get(choice.id)
    return "done" if state is not None and state.taken is not None else "next"


def _choice_lane(pathway: Pathway, choice: Choice) -> str:
    """A choice stands where the steps that lead to it are done, else where its phase begins."""
    for step in pathway.steps.values():
        if step.id in step_times(choice.after) or _counted(choice.after) & set(selectors_in(step.done)):
            return step.owner.level
    same = (step.owner.level for step in pathway.steps.values() if step.phase == choice.phase)
    return next(same, next(iter(pathway.steps.values())).owner.level)


def _labels(speech: Speech, step: Step) -> Iterator[str]:
    """The ways of choices, and the answers to decisions, that lead to a step."""
    names, book = speech.names, speech.book
    for node, denied in _asked(step.when):
        if isinstance(node, BranchIs):
            ways = [names.option(node.choice, word, book=book) for word in node.words]
        else:
            ways = [names.answer(word, book) for word in node.words]
        said = formats.joined([formats.inner(way, book) for way in ways], speech.say("or"))
        yield speech.say("not", what=said) if denied else said


def _asked(criterion: Criterion | None, *, denied: bool = False) -> Iterator[tuple[BranchIs | Decided, bool]]:
    if isinstance(criterion, BranchIs | Decided):
        yield criterion, denied
    for part in getattr(criterion, "of", ()):
        yield from _asked(part, denied=denied != isinstance(criterion, NoneOf))


# --- arrows --------------------------------------------------------------------------------------


def _edges(pathway: Pathway, found: Sequence[FlowNode]) -> list[tuple[str, str]]:
    place = _places(pathway)
    edges = []
    for choice in pathway.choices.values():
        asked = _counted(choice.after) or set(selectors_in(*(option.when for option in choice.options)))
        edges += [(source, choice.id) for source in _named(pathway, choice.after)]
        edges += [(source, choice.id) for source in _giving(pathway, asked, choice.id, place)]
    for step in pathway.steps.values():
        edges += [(source, step.id) for source in _sources(pathway, step, place)]
    reached = {target for _, target in edges}
    for node in found:
        if place.get(node.id) == 0 and node.id not in reached:
            edges.append((ENTRY, node.id))
    return list(dict.fromkeys(edges))


def _places(pathway: Pathway) -> dict[str, int]:
    """The place of each step's and choice's phase; a choice stands where its first way leads."""
    order = {phase: n for n, phase in enumerate(pathway.phases)}
    place = {step.id: order.get(step.phase, 0) for step in pathway.steps.values()}
    for choice in pathway.choices.values():
        ways = [place[step.id] for step in pathway.steps.values() if choice.id in _choices_of(pathway, step)]
        place[choice.id] = min([order.get(choice.phase, 0), *ways])
    return place


def _choices_of(pathway: Pathway, step: Step) -> set[str]:
    phase = pathway.phases.get(step.phase)
    asked = nodes(step.when, phase.when if phase else None)
    return {node.choice for node in asked if isinstance(node, BranchIs)} & set(pathway.choices)


def _sources(pathway: Pathway, step: Step, place: Mapping[str, int]) -> Iterator[str]:
    """What must come before a step: choices, decisions, steps and steps whose facts it is counted from."""
    yield from sorted(_choices_of(pathway, step))
    phase = pathway.phases.get(step.phase)
    for node in nodes(step.when, phase.when if phase else None):
        if isinstance(node, Done):
            yield node.step
        elif isinstance(node, Decided):
            yield from _deciders(pathway, node.decision)
    if step.per is not None and step.per.step is not None:
        yield step.per.step
    triggered = First(step.per.selector) if step.per is not None and step.per.selector else None
    yield from _named(pathway, step.after)
    yield from _giving(pathway, _counted(step.after or triggered), step.id, place)


def _named(pathway: Pathway, moment: object) -> list[str]:
    """The steps that a moment names."""
    return [name for name in step_times(moment) if name in pathway.steps]


def _counted(moment: object) -> set[str]:
    """The facts that a moment is counted from."""
    return {node.selector for node in nodes(moment) if isinstance(node, First | Last)}


def _giving(pathway: Pathway, facts: set[str], target: str, place: Mapping[str, int]) -> list[str]:
    """The first step, not in a later phase than the target, whose evidence is one of the facts."""
    for step in pathway.steps.values():
        near = step.id != target and place[step.id] <= place[target]
        if near and facts & set(selectors_in(step.done)):
            return [step.id]
    return []


def _deciders(pathway: Pathway, decision: str) -> Iterator[str]:
    if decision in pathway.choices:
        yield decision
    for step in pathway.steps.values():
        if any(isinstance(node, DecidedLeaf) and node.decision == decision for node in nodes(step.done)):
            yield step.id


def _reading_order(
    pathway: Pathway, boxes: Sequence[FlowNode], edges: Sequence[tuple[str, str]]
) -> list[FlowNode]:
    """Phase by phase; in a phase what comes first stands first, else as written, choices after steps."""
    phases = {phase: n for n, phase in enumerate(pathway.phases, start=1)}
    left = sorted(boxes, key=lambda node: phases.get(node.phase, 0))
    done: list[FlowNode] = []
    while left:
        here = [node for node in left if node.phase == left[0].phase]
        waiting = {target for source, target in edges if any(source == node.id for node in here)}
        free = [node for node in here if node.id not in waiting]
        ready = min(free or here, key=lambda node: node.kind == "choice")
        done.append(ready)
        left.remove(ready)
    return done
