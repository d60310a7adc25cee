"""Where a person is in the flowchart of each pathway: a page for staff, as picture and as list.

Both say the same: the list has every step, also those that the picture folds, and every condition.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from vardforlopp.contract.asks import Followed
from vardforlopp.contract.person import PersonPlan
from vardforlopp.definitions.explain import Item
from vardforlopp.present.lanes import FlowLine, flow_list, flowchart
from vardforlopp.present.plan_html import page_template
from vardforlopp.present.plan_view import explicit_first, page_title
from vardforlopp.present.view_courses import course_status
from vardforlopp.present.voice import Voice

PAGE, STYLE = "flow.html.j2", "plan.css"


@dataclass(frozen=True, slots=True)
class Branch:
    """A line of an outline with the lines below it, as a page nests its lists."""

    text: str
    of: tuple[Branch, ...]


def outline(items: Sequence[Item]) -> tuple[Branch, ...]:
    """Lines with their depth as a tree, for lists in lists."""
    starts = [n for n, item in enumerate(items) if item.depth == items[0].depth]
    return tuple(
        Branch(items[start].text, outline(items[start + 1 : end]))
        for start, end in pairwise([*starts, len(items)])
    )


@dataclass(frozen=True, slots=True)
class FlowView:
    """One course on the page. `prefix` begins the ids of its picture."""

    prefix: str
    title: str
    status: str
    drawing: str
    lines: tuple[FlowLine, ...]

    @property
    def here(self) -> FlowLine | None:
        """The line of the step that the person has come to."""
        return next((line for line in self.lines if line.here), None)


def flow_html(person: PersonPlan, voice: Voice, *, templates: Mapping[str, str]) -> str:
    """The page. `templates`: the texts of `present/templates` by file name."""
    followed = explicit_first(person)
    views = [_view(each, voice, prefix=f"flow-{n}") for n, each in enumerate(followed, start=1)]
    return page_template(templates, PAGE).render(
        views=views,
        outline=outline,
        title=page_title(person.record.patient, voice),
        as_of=voice.say("as_of", day=voice.day(person.as_of.day)),
        lang=voice.lang,
        say=voice.say,
        css=templates[STYLE],
    )


def _view(followed: Followed, voice: Voice, *, prefix: str) -> FlowView:
    course, pathway = followed
    names = voice.names(pathway.id)
    return FlowView(
        prefix=prefix,
        title=voice.text(pathway.title, pathway.id),
        status=course_status(course, voice),
        drawing=flowchart(names, voice.lang, course=course, prefix=prefix),
        lines=flow_list(names, voice.lang, course=course),
    )
