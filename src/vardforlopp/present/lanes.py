"""The flowchart of a pathway in lanes, as SVG, and the ordered list that says the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from vardforlopp.definitions import formats
from vardforlopp.definitions.explain import Sentence, step_words
from vardforlopp.definitions.names import Names
from vardforlopp.definitions.phrasebook import Lang
from vardforlopp.engine.course import Course
from vardforlopp.present.lane_drawing import Drawing
from vardforlopp.present.lane_fold import folded
from vardforlopp.present.lane_graph import Flow, FlowNode, flow_of, here_of
from vardforlopp.present.lane_measures import measure, texts_of
from vardforlopp.present.wording import say

_A4 = 297 / 210
_ROWS_TRIED = range(1, 11)


def flowchart(names: Names, lang: Lang, *, course: Course | None = None, prefix: str = "flow") -> str:
    """The names' pathway as an SVG drawing; with a course, the person's place in it.

    `prefix` keeps the ids of several drawings on one page apart.
    """
    return drawing_of(names, lang, course=course).svg(prefix)


def drawing_of(names: Names, lang: Lang, *, course: Course | None = None) -> Drawing:
    """The drawing that is largest on a landscape page, out of the ways to pack it."""
    flow = folded(flow_of(names, lang, course=course), lang)
    texts = texts_of(flow, lang)
    tried = [
        Drawing(measure(flow, texts, most_rows=rows, stacked=stacked), lang)
        for stacked in (False, True)
        for rows in _ROWS_TRIED
    ]
    return min(tried, key=lambda drawing: max(drawing.width, drawing.height * _A4))


class FlowLine(NamedTuple):
    """A line of the ordered list: its number, what it says, and the conditions of its ways as explained."""

    number: int
    text: str
    conditions: tuple[Sentence, ...]
    here: bool


def flow_list(names: Names, lang: Lang, *, course: Course | None = None) -> tuple[FlowLine, ...]:
    """The same as a list, nothing folded: lane, phase, what comes before, time, state, conditions."""
    flow = flow_of(names, lang, course=course)
    here = here_of(flow.nodes)
    return tuple(
        FlowLine(
            int(node.number), _line(flow, node, lang), tuple(_conditions(node, names, lang)), node.id == here
        )
        for node in flow.nodes
    )


def _line(flow: Flow, node: FlowNode, lang: Lang) -> str:
    parts = [node.title]
    if node.kind != "entry":
        parts += [dict(flow.lanes)[node.lane], dict(flow.phases).get(node.phase, "")]
    if node.kind == "choice":
        parts.append(say(lang, "flow.choice"))
    parts.append(_before(flow, node, lang))
    parts += [say(lang, "flow.if", label=label) for label in node.labels]
    parts += [node.counted, node.time]
    if node.standing is not None:
        parts.append(say(lang, f"flow.state.{node.standing}"))
    return " · ".join(part for part in parts if part)


def _conditions(node: FlowNode, names: Names, lang: Lang) -> Iterator[Sentence]:
    """For whom a step is, and what each way of a choice asks."""
    if node.kind == "entry":
        return
    for sentence in step_words(node.id, names, lang=lang).sentences:
        if node.kind == "choice" or sentence.part == "when":
            yield sentence


def _before(flow: Flow, node: FlowNode, lang: Lang) -> str:
    """After which boxes it comes: after all of some, and after the first of those of which one is enough."""
    numbers = {other.id: other.number for other in flow.nodes}
    found = [source for source, target in flow.edges if target == node.id]
    sources = sorted(found, key=lambda source: int(numbers[source]))
    if [numbers[source] for source in sources] == ["0"]:
        return say(lang, "flow.first")
    either = [source for source in sources if source in node.either]
    every = [source for source in sources if source not in node.either or len(either) == 1]
    said = [
        say(lang, "flow.after", numbers=formats.joined([numbers[each] for each in group], say(lang, word)))
        for group, word in ((every, "and"), (either if len(either) > 1 else [], "or"))
        if group
    ]
    return f" {say(lang, 'and')} ".join(said)
