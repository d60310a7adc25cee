"""A measured flowchart as SVG: lanes, phases, arrows, boxes, and what stands below them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from vardforlopp.definitions.formats import NBSP
from vardforlopp.definitions.phrasebook import Lang
from vardforlopp.present.lane_graph import Flow, FlowNode, Standing, here_of
from vardforlopp.present.lane_marks import (
    BAND,
    FONT,
    INK,
    LOOKS,
    MUTED,
    RULE,
    TINT,
    WHITE,
    Look,
    arrow,
    hexagon,
    number,
    rect,
    text,
)
from vardforlopp.present.lane_measures import (
    HEADING,
    LABEL_ROOM,
    LEADING,
    PAD,
    PHASE_TOP,
    SMALL,
    TITLE,
    Measures,
    spoken,
)
from vardforlopp.present.text_width import width, wrap
from vardforlopp.present.wording import say

_LABEL, _LINE = 11.0, SMALL * 1.5
_AHEAD: tuple[Standing | None, ...] = ("next", "unknown", "off")
_STANDINGS: tuple[Standing, ...] = ("done", "attested", "now", "late", "unknown", "next", "off")


@dataclass(frozen=True, slots=True)
class Drawing:
    """A measured flow, ready to be written in one language."""

    measures: Measures
    lang: Lang

    @property
    def flow(self) -> Flow:
        return self.measures.flow

    @property
    def width(self) -> float:
        return self.measures.width

    @property
    def height(self) -> float:
        return self.measures.bottom + 22 + sum(len(lines) for _, lines in self._foot()) * _LINE + 26

    def svg(self, prefix: str) -> str:
        """The whole drawing. `prefix` begins its ids: title, description, the box where the person is."""
        parts = [
            *self._opening(prefix),
            text(12, 29, self.flow.title, HEADING, bold=True),
            *self._lanes(),
            *self._phases(),
            *self._arrows(),
            *(self._box(node, prefix) for node in self.flow.nodes),
            *self._footer(),
            "</svg>",
        ]
        return "\n".join(parts) + "\n"

    def _opening(self, prefix: str) -> Iterator[str]:
        flow, lang = self.flow, self.lang
        counted = sum(len(node.inside) or node.kind == "step" for node in flow.nodes)
        choices = sum(node.kind == "choice" for node in flow.nodes)
        w, h = number(self.width), number(self.height)
        named = quoteattr(f"{prefix}-title {prefix}-desc")
        yield f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {w} {h}" width="{w}" height="{h}"'
        yield f'  role="img" aria-labelledby={named} lang="{lang}"'
        yield f'  font-family={quoteattr(FONT)} fill="{INK}">'
        title = say(lang, "flow.title", pathway=flow.title)
        yield f"<title id={quoteattr(f'{prefix}-title')}>{escape(title)}</title>"
        desc = say(lang, "flow.desc", steps=counted, choices=choices, lanes=len(flow.lanes))
        yield f"<desc id={quoteattr(f'{prefix}-desc')}>{escape(desc)}</desc>"
        yield f'<rect width="{w}" height="{h}" fill="{WHITE}"/>'

    # --- the ground ---

    def _lanes(self) -> Iterator[str]:
        measures, row = self.measures, 0
        for n, ((_, title), rows) in enumerate(zip(self.flow.lanes, measures.grid.lane_rows, strict=True)):
            top, row = measures.lane_top(row), row + rows
            look = Look(TINT if n % 2 == 0 else WHITE, INK, RULE, weight=1)
            yield rect(8, top, self.width - 16, measures.lane_top(row) - top, look)
            shown = wrap(title[:1].upper() + title[1:], LABEL_ROOM - 8, size=_LABEL, bold=True)
            for at, line in enumerate(shown):
                yield text(16, top + 20 + at * _LABEL * LEADING, line, _LABEL, bold=True, fill=BAND)

    def _phases(self) -> Iterator[str]:
        measures = self.measures
        for (_, title), (first, last) in zip(self.flow.phases, measures.grid.phase_columns, strict=True):
            if last < first:
                continue
            left, right = measures.lefts[first] - 4, measures.right(last) + 4
            high = measures.head - PHASE_TOP - 8
            yield rect(left, PHASE_TOP, right - left, high, LOOKS["entry"], corner=4)
            for n, line in enumerate(wrap(title, right - left - 10, size=TITLE, bold=True)):
                y = PHASE_TOP + 17 + n * TITLE * LEADING
                yield text(left + 6, y, line, TITLE, bold=True, fill=WHITE)

    def _arrows(self) -> Iterator[str]:
        standing = {node.id: node.standing for node in self.flow.nodes}
        for route in self.measures.routes:
            yield arrow(self.measures.points(route), ahead=standing[route.target] in _AHEAD)

    # --- boxes ---

    def _box(self, node: FlowNode, prefix: str) -> str:
        x, y, w, h = self.measures.box(node.id)
        look = LOOKS["entry"] if node.kind == "entry" else LOOKS[node.standing or node.kind]
        here = node.id == here_of(self.flow.nodes)
        named = f" id={quoteattr(f'{prefix}-here')}" if here else ""
        parts = [f"<g{named}><title>{escape(self._spoken(node))}</title>"]
        if node.kind == "folded":
            parts.append(rect(x + 4, y + 5, w, h, look, corner=7))
        if node.kind == "choice":
            parts.append(hexagon(x, y, w, h, look))
        else:
            parts.append(rect(x, y, w, h, look, corner=h / 2 if node.kind == "entry" else 7))
        parts.extend(self._lines(node, x, y + h / 2, look))
        if here:
            parts.append(self._flag(x + w, y))
        return "".join([*parts, "</g>"])

    def _lines(self, node: FlowNode, x: float, middle: float, look: Look) -> Iterator[str]:
        texts = self.measures.texts[node.id]
        at = middle - sum(part.height for part in texts) / 2
        inset = PAD + (6 if node.kind == "choice" else 0)
        for part in texts:
            soft = MUTED if look.ink == INK and not part.bold else look.ink
            for line in part.lines:
                at += part.size * LEADING
                yield text(x + inset, at - part.size * 0.3, line, part.size, bold=part.bold, fill=soft)

    def _spoken(self, node: FlowNode) -> str:
        """All that the box says, nothing cut."""
        return ", ".join([*spoken(node, self.lang), dict(self.flow.lanes).get(node.lane, "")])

    def _flag(self, right: float, top: float) -> str:
        label = say(self.lang, "flow.here")
        room = width(label, SMALL, bold=True) + 14
        back = rect(right - room - 6, top - 12, room, 17, Look(INK, WHITE, INK), corner=8.5)
        return back + text(right - room + 1, top, label, SMALL, bold=True, fill=WHITE)

    # --- below ---

    def _foot(self) -> list[tuple[str, tuple[str, ...]]]:
        found = []
        for key, titles in (("flow.entries", self.flow.entries), ("flow.exits", self.flow.exits)):
            if titles:
                label = f"{say(self.lang, key)}:"
                room = self.width - 36 - width(label, SMALL, bold=True)
                found.append((label, wrap(f"{NBSP}· ".join(titles), room, size=SMALL, most=6)))
        return found

    def _footer(self) -> Iterator[str]:
        y = self.measures.bottom + 22
        for label, lines in self._foot():
            yield text(12, y, label, SMALL, bold=True)
            for line in lines:
                yield text(18 + width(label, SMALL, bold=True), y, line, SMALL)
                y += _LINE
        x = 12.0
        for look, label in self._legend():
            yield rect(x, y - 4, 22, 14, look, corner=3)
            if look.sign:
                yield text(x + 7.5, y + 6.5, look.sign, SMALL, bold=True, fill=look.ink)
            yield text(x + 28, y + 6.5, label, SMALL)
            x += 28 + width(label, SMALL) + 20

    def _legend(self) -> Iterator[tuple[Look, str]]:
        kinds = {node.kind for node in self.flow.nodes}
        standings = {node.standing for node in self.flow.nodes if node.kind != "entry"}
        if standings == {None}:
            yield LOOKS["step"], say(self.lang, "flow.legend.step")
            if "choice" in kinds:
                yield LOOKS["choice"], say(self.lang, "flow.legend.choice")
        if "folded" in kinds:
            yield LOOKS["folded"], say(self.lang, "flow.legend.folded")
        for standing in _STANDINGS:
            if standing in standings:
                yield LOOKS[standing], say(self.lang, f"flow.state.{standing}")
