"""The flowchart of a pathway as values: what is drawn and listed, and what comes after what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from vardforlopp.definitions import formats
from vardforlopp.definitions.criteria import BranchIs, Decided
from vardforlopp.definitions.explain_steps import goal_words
from vardforlopp.definitions.model import Choice, Pathway, Step
from vardforlopp.definitions.names import Names
from vardforlopp.definitions.phrasebook import Lang
from vardforlopp.definitions.walk import selectors_in, step_times
from vardforlopp.definitions.words import speech_of
from vardforlopp.definitions.words_time import Speech
from vardforlopp.engine.course import Course, State, StepState
from vardforlopp.present.lane_order import acyclic, reduced
from vardforlopp.present.lane_sources import ENTRY, Start, asked, counted_from, places_of, starts_of
from vardforlopp.present.wording import say

Kind = Literal["entry", "step", "choice", "folded"]
Standing = Literal["done", "attested", "now", "late", "unknown", "next", "off"]

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

    `counted` says from what its time is counted where no arrow does; of the boxes in `either` that lead
    here, one is enough.
    A folded box stands for several: `inside` are their numbers and titles.
    """

    id: str
    kind: Kind
    title: str
    lane: str
    phase: str
    labels: tuple[str, ...] = ()
    time: str = ""
    counted: str = ""
    either: frozenset[str] = frozenset()
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
    starts = starts_of(pathway)
    found = [*_nodes(speech, pathway, starts, course=course)]
    arrows = [(source, target) for target, start in starts.items() for source in start.sources]
    edges = reduced(acyclic(arrows))
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


def _nodes(
    speech: Speech, pathway: Pathway, starts: Mapping[str, Start], *, course: Course | None
) -> Iterator[FlowNode]:
    lang = speech.book.lang
    standings = _standings(course)
    first = next(iter(pathway.steps.values()), None)
    if first is not None:
        title = say(lang, "flow.entry")
        standing: Standing | None = "done" if course is not None else None
        yield FlowNode(ENTRY, "entry", title, first.owner.level, "", standing=standing)
    phases, places = tuple(pathway.phases), places_of(pathway)
    for choice in pathway.choices.values():
        title = choice.title.get(lang, choice.id)
        phase = phases[places[choice.id]] if phases else choice.phase
        yield FlowNode(
            choice.id, "choice", title, _choice_lane(pathway, choice), phase,
            counted=_settled_by(speech, choice, starts[choice.id]), either=starts[choice.id].either,
            standing=_choice_standing(choice, course),
        )  # fmt: skip
    for step in pathway.steps.values():
        yield FlowNode(
            step.id, "step", step.title.get(lang, step.id), step.owner.level, step.phase,
            labels=tuple(_labels(speech, step)), time=goal_words(speech, step),
            counted=_counted_words(speech, starts[step.id], per=step.per is not None),
            either=starts[step.id].either,
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
        if step.id in step_times(choice.after) or {*counted_from(choice.after)} & {*selectors_in(step.done)}:
            return step.owner.level
    same = (step.owner.level for step in pathway.steps.values() if step.phase == choice.phase)
    return next(same, next(iter(pathway.steps.values())).owner.level)


def _counted_words(speech: Speech, start: Start, *, per: bool = False) -> str:
    """`räknas från diagnos hjärtsvikt`; nothing where an arrow says it."""
    lang = speech.book.lang
    if start.counted is None:
        return say(lang, "flow.counted.entry")
    if not start.counted:
        return ""
    facts = [speech.thing(fact) for fact in start.counted]
    what = formats.joined(facts, speech.say("and" if start.every else "or"))
    return say(lang, "flow.counted.each" if per else "flow.counted", what=what)


def _settled_by(speech: Speech, choice: Choice, start: Start) -> str:
    """What a choice waits for; without a moment of its own, who or what settles it."""
    if start.counted is not None:
        return _counted_words(speech, start)
    by_record = any(option.when is not None for option in choice.options)
    return say(speech.book.lang, "flow.settled.record" if by_record else "flow.settled.people")


def _labels(speech: Speech, step: Step) -> Iterator[str]:
    """The ways of choices, and the answers to decisions, that lead to a step."""
    names, book = speech.names, speech.book
    for node, denied in asked(step.when):
        if isinstance(node, BranchIs):
            ways = [names.option(node.choice, word, book=book) for word in node.words]
        elif isinstance(node, Decided):
            ways = [names.answer(word, book) for word in node.words]
        else:
            continue
        said = formats.joined([formats.inner(way, book) for way in ways], speech.say("or"))
        yield speech.say("not", what=said) if denied else said


# --- order ----------------------------------------------------------------------------------------


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
