"""The plan as one self-contained page: no script, no font, no request; screen, phone and paper."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from jinja2 import DictLoader, Environment, StrictUndefined, Template

from vardforlopp.present.no_break import together
from vardforlopp.present.plan_model import SHAPES, Mark, PlanView
from vardforlopp.present.voice import Voice

PAGE, STYLE = "plan.html.j2", "plan.css"

#: The glyph inside each mark; where the shape itself tells, there is none.
_GLYPHS: dict[Mark, str] = SHAPES | {"now": "→", "coming": "", "unseen": "", "proposal": ""}

#: Where each number of the summary leads on the page.
_ANCHORS = {
    "late": "plan-late", "now": "plan-now", "coming": "plan-soon",
    "unknown": "unknown", "conflicts": "conflicts",
}  # fmt: skip


def plan_html(view: PlanView, voice: Voice, *, templates: Mapping[str, str]) -> str:
    """The whole page, ending with the contract sheet on a page of its own.

    `templates`: the texts of `present/templates` by file name.
    """
    there = {"unknown": bool(view.unknown), "conflicts": bool(view.conflicts or view.possible)}
    there |= {f"plan-{group.key}": True for group in view.plan}
    first = "plan" if view.plan else "checked"
    anchors = {mark: name if there.get(name) else first for mark, name in _ANCHORS.items()}
    return page_template(templates, PAGE).render(
        view=view, say=voice.say, shapes=_GLYPHS, anchors=anchors, css=templates[STYLE]
    )


def css_string(text: str) -> str:
    """A text as a string of a style: all but letters and digits by their numbers, so it ends nothing."""
    signs = (each if each.isalnum() else f"\\{ord(each):x} " for each in text)
    return f"'{''.join(signs)}'"


def page_template(templates: Mapping[str, str], name: str) -> Template:
    """One of the pages, compiled; `templates` as in `plan_html`."""
    return _environment(tuple(sorted(templates.items()))).get_template(name)


@lru_cache(maxsize=2)
def _environment(texts: tuple[tuple[str, str], ...]) -> Environment:
    environment = Environment(
        loader=DictLoader(dict(texts)),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )
    environment.filters["together"] = together
    environment.filters["css_string"] = css_string
    return environment
