"""The plan as a calm page of text, 88 columns wide, for a terminal, a mail or a printer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import attrgetter
from textwrap import wrap

from vardforlopp.definitions.formats import JOINER
from vardforlopp.present.no_break import together
from vardforlopp.present.plan_model import (
    SHAPES,
    ConflictView,
    CourseView,
    PlanItem,
    PlanView,
    Sheet,
    StepGroup,
    StepLine,
    SuggestionView,
    Table,
)
from vardforlopp.present.visible import visible
from vardforlopp.present.voice import Voice

WIDTH = 88
_RULED = 2
_NARROWEST = 12


def plan_text(view: PlanView, voice: Voice) -> str:
    """The whole page, ending with the contract sheet."""
    lines: list[str] = [*_head(view, voice)]
    lines += _section(voice.say("section.suggestions"), _suggestions(view, voice))
    lines += _section(voice.say("section.plan"), _plan(view, voice))
    lines += _section(voice.say("section.conflicts"), _conflicts(view, voice))
    lines += _section(voice.say("section.unknown"), _unknown(view))
    lines += _section(voice.say("section.courses"), _courses(view.courses))
    lines += _section(voice.say("section.checked"), _bullets(view.checked))
    lines += _section(voice.say("section.background"), _background(view))
    lines += ["", *_wrapped(view.footer)]
    if view.sheet is not None:
        lines += _sheet(view.sheet, voice)
    return visible("\n".join(line.replace(JOINER, "").rstrip() for line in lines) + "\n")


def _head(view: PlanView, voice: Voice) -> Iterable[str]:
    yield from _wrapped(view.title.upper())
    yield "=" * min(WIDTH, len(view.title))
    yield from _wrapped(" · ".join(view.person))
    yield from _wrapped(view.as_of + ".")
    for alert in view.alerts:
        yield from _item("†", alert.text)
    yield ""
    yield from _wrapped(f"{view.note} {voice.say('not_a_device')}")
    if view.tiles:
        yield ""
        yield "   ".join(f"{tile.number} {tile.text}" for tile in view.tiles)
    if view.before:
        yield ""
        yield from _item(SHAPES["unseen"], view.before)
    if view.next_step is not None:
        step = view.next_step
        yield ""
        yield from _item("→", _told(f"{voice.say('section.next')}: {step.title}", step.when, step.note))
    if view.empty:
        yield ""
        yield view.empty


def _section(title: str, body: Iterable[str]) -> list[str]:
    lines = list(body)
    return ["", "", title.upper(), "-" * len(title), *lines] if lines else []


def _wrapped(text: str, indent: int = 0, *, hang: int | None = None) -> list[str]:
    first = " " * indent
    rest = " " * (indent if hang is None else hang)
    return wrap(
        together(text),
        WIDTH,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _item(mark: str, text: str, indent: int = 0) -> list[str]:
    return _wrapped(f"{mark} {text}", indent, hang=indent + 2)


def _bullets(texts: Iterable[str]) -> list[str]:
    return [line for text in texts for line in _item("•", text)]


def _told(title: str, *rest: str) -> str:
    said = [part for part in rest if part]
    return f"{title} – {'; '.join(said)}" if said else title


def _suggestions(view: PlanView, voice: Voice) -> Iterable[str]:
    for each in view.suggestions:
        yield from _suggestion(each, voice)


def _suggestion(each: SuggestionView, voice: Voice) -> list[str]:
    lines = _item(SHAPES[each.mark], f"{each.pathway}: {each.kind} ({voice.say('suggestion.staff').lower()})")
    lines += _wrapped(f"{each.entry}, {each.since}", 2)
    if each.missing:
        lines += _wrapped(each.missing, 2)
    for why in each.why:
        lines += _item("·", why.text, 4 + 2 * why.depth)
    return lines


def _plan(view: PlanView, voice: Voice) -> Iterable[str]:
    if view.plan:
        yield from _wrapped(view.plan_lead)
    for group in view.plan:
        yield ""
        yield f"{group.title} ({group.size})"
        if group.hint:
            yield from _wrapped(group.hint, 2)
        for item in group.items:
            yield from _plan_item(item, voice)
        for pathway, lines in groupby(group.waits, key=attrgetter("pathway")):
            yield f"  {pathway}"
            for line in lines:
                yield from _item(SHAPES["waiting"], f"{line.what}: {' · '.join(line.things)}", 4)


def _plan_item(item: PlanItem, voice: Voice) -> list[str]:
    tags = f" [{', '.join(tag.text for tag in item.tags)}]" if item.tags else ""
    lines = _item(SHAPES[item.mark], f"{_told(item.title, item.when)}{tags}", 2)
    asked = dict.fromkeys(
        origin.pathway if origin.step == item.title else f"{origin.pathway}: {origin.step}"
        for origin in item.origins
    )
    lines += _wrapped(f"{item.who} · {voice.say('plan.for', what='; '.join(asked))}", 4)
    if item.note:
        lines += _wrapped(item.note, 4)
    return lines


def _conflicts(view: PlanView, voice: Voice) -> Iterable[str]:
    for conflict in view.conflicts:
        yield from _conflict(conflict, voice)
    if view.possible:
        yield f"{voice.say('conflict.possible.title')} ({len(view.possible)})"
        for conflict in view.possible:
            yield from _item("?", _told(conflict.title, conflict.missing), 2)


def _conflict(conflict: ConflictView, voice: Voice) -> list[str]:
    tags = ", ".join(tag.text for tag in conflict.tags)
    lines = _item(SHAPES["proposal" if conflict.proposal else "late"], f"{conflict.title} [{tags}]")
    for text in (conflict.text, conflict.between):
        if text:
            lines += _wrapped(text, 2)
    if conflict.ways_out:
        lines += [f"  {voice.say('conflict.ways_out')}:"]
        lines += [line for way in conflict.ways_out for line in _item("→", way, 4)]
    for text in (conflict.decider, conflict.source, conflict.refs):
        if text:
            lines += _wrapped(text, 2)
    return [*lines, ""]


def _unknown(view: PlanView) -> Iterable[str]:
    if not view.unknown_lead:
        return
    yield from _wrapped(view.unknown_lead)
    for each in view.unknown:
        yield from _item("?", f"{each.what}: {each.needed_for}")


def _courses(courses: Sequence[CourseView]) -> Iterable[str]:
    for position, course in enumerate(courses):
        if position:
            yield ""
        yield from _wrapped(f"{course.title} – {course.status}")
        yield from _wrapped(" · ".join(course.facts), 2)
        for choice in course.choices:
            yield from _item("◆", choice, 2)
        for group in course.groups:
            yield from _step_group(group)
        if course.rest:
            yield from _wrapped(course.rest, 2)


def _step_group(group: StepGroup) -> Iterable[str]:
    yield f"  {group.title}"
    for line in group.lines:
        yield from _step(line)
    if group.more:
        yield f"      {group.more}"


def _step(line: StepLine) -> list[str]:
    return _item(SHAPES[line.mark], _told(line.title, line.when, line.note), 4)


def _background(view: PlanView) -> Iterable[str]:
    yield from _bullets(view.quality)
    for table in view.tables:
        yield ""
        yield from _table(table)


def _table(table: Table) -> list[str]:
    """A table with columns as wide as they need; where that is too much, the widest are wrapped."""
    columns = [[row.cells[n] for row in (*table.rows,)] for n in range(len(table.heads))]
    widths = [max(map(len, (head, *cells))) for head, cells in zip(table.heads, columns, strict=True)]
    while sum(widths) + 2 * len(widths) > WIDTH and max(widths) > _NARROWEST:
        widths[widths.index(max(widths))] -= 1
    lines = [table.caption + ":"]
    for row in table.rows:
        cells = [wrap(together(cell), width) or [""] for cell, width in zip(row.cells, widths, strict=True)]
        for n in range(max(map(len, cells))):
            shown = [
                (cell[n] if n < len(cell) else "").ljust(width)
                for cell, width in zip(cells, widths, strict=True)
            ]
            lines.append("  " + "  ".join(shown))
    return lines + ([*_wrapped(table.more, 2)] if table.more else [])


def _sheet(sheet: Sheet, voice: Voice) -> Iterable[str]:
    """The contract sheet, with ruled lines where nothing is known."""
    yield from ("", "", "─" * WIDTH)
    yield f"{voice.say('sheet.title').upper()}  ·  {voice.say('sheet.kicker')}"
    yield "─" * WIDTH
    name = sheet.name or "_" * 30
    yield f"{voice.say('sheet.for')}: {name}    {voice.say('sheet.date')}: {'_' * 16}"
    yield from _wrapped(f"{voice.say('sheet.lead')} {sheet.date}")
    yield from _box(voice.say("sheet.matters"), [f"”{text}”" for text in sheet.matters])
    actions = [_told(f"{each.who}: {each.what}", each.when) for each in sheet.actions]
    yield from _box(voice.say("sheet.who"), [*actions, *filter(None, (sheet.more,))])
    yield from _box(voice.say("sheet.next"), [sheet.next_step] if sheet.next_step else [], ruled=1)
    contacts = [_told(each.name, each.about, each.phone) for each in sheet.contacts]
    yield from _box(voice.say("sheet.contacts"), contacts)
    yield from _box(voice.say("sheet.worse"), sheet.if_worse)
    yield from _wrapped(sheet.emergency)
    yield from ("", f"{voice.say('sheet.agreed')}:", "")
    yield f"{'_' * 40}    {'_' * 40}"
    yield f"{voice.say('sheet.my_name').ljust(40)}    {voice.say('sheet.staff_name')}"


def _box(title: str, texts: Sequence[str], *, ruled: int = _RULED) -> Iterable[str]:
    yield from ("", title.upper())
    for text in texts:
        yield from _item("•", text, 2)
    for _ in range(ruled if not texts else 1):
        yield from ("", f"  {'_' * (WIDTH - 2)}")
