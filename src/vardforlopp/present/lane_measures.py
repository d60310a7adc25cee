"""The measures of a flowchart: what each box says, line by line, and how much room all of it takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from vardforlopp.definitions.phrasebook import Lang
from vardforlopp.present.lane_graph import Flow, FlowNode
from vardforlopp.present.lane_layout import Grid, Route, Tracks, grid_of, routes_of, tracks_of
from vardforlopp.present.lane_marks import LOOKS, Point
from vardforlopp.present.text_width import wrap
from vardforlopp.present.wording import say

BOX, ENTRY_BOX, PAD = 150.0, 82.0, 9.0
TITLE, SMALL, HEADING, LEADING = 13.5, 11.5, 19.0, 1.26
PHASE_TOP, LABEL_ROOM = 42.0, 100.0
_GAP, _TRACK, _GUTTER, _STUB = 24.0, 7.0, 15.0, 9.0
_LEAST_HEIGHT, _MOST_INSIDE = 34.0, 5


@dataclass(frozen=True, slots=True)
class BoxText:
    """Lines of one size in a box."""

    lines: tuple[str, ...]
    size: float
    bold: bool = False

    @property
    def height(self) -> float:
        return len(self.lines) * self.size * LEADING


def box_texts(node: FlowNode, lang: Lang) -> tuple[BoxText, ...]:
    """What a box says: number and conditions, title, what is folded in it, time, state."""
    if node.kind == "entry":
        return (BoxText(wrap(node.title, ENTRY_BOX - 2 * PAD, size=TITLE, bold=True), TITLE, True),)
    room = BOX - 2 * PAD - (12 if node.kind == "choice" else 0)
    texts = [
        BoxText(wrap(_head_of(node, lang), room, size=SMALL, most=4), SMALL),
        BoxText(wrap(node.title, room, size=TITLE, bold=True), TITLE, True),
    ]
    texts += [BoxText(wrap(line, room, size=SMALL, most=1), SMALL) for line in node.inside[:_MOST_INSIDE]]
    if len(node.inside) > _MOST_INSIDE:
        texts.append(BoxText(("…",), SMALL))
    for said, most in ((node.time, 3), (node.counted, 4)):
        if said:
            texts.append(BoxText(wrap(said, room, size=SMALL, most=most), SMALL))
    texts += [BoxText((state,), SMALL, True) for state in _state_of(node, lang)]
    return tuple(texts)


def spoken(node: FlowNode, lang: Lang) -> tuple[str, ...]:
    """The same for the ear, whole: nothing that the box has no room for is left out."""
    if node.kind == "entry":
        return (node.title,)
    parts = (_head_of(node, lang), node.title, *node.inside, node.time, node.counted, *_state_of(node, lang))
    return tuple(part for part in parts if part)


def _head_of(node: FlowNode, lang: Lang) -> str:
    if not node.labels:
        return node.number
    return f"{node.number} · {say(lang, 'flow.if', label='; '.join(node.labels))}"


def _state_of(node: FlowNode, lang: Lang) -> Iterator[str]:
    if node.standing is not None and node.kind != "folded":
        yield f"{LOOKS[node.standing].sign} {say(lang, f'flow.state.{node.standing}')}"


Texts = Mapping[str, tuple[BoxText, ...]]


@dataclass(frozen=True, slots=True)
class Measures:
    """Where everything stands, in the units of the drawing."""

    flow: Flow
    grid: Grid
    routes: Sequence[Route]
    tracks: Tracks
    texts: Texts
    lefts: tuple[float, ...]
    widths: tuple[float, ...]
    tops: tuple[float, ...]
    heights: tuple[float, ...]
    head: float
    bottom: float

    @property
    def width(self) -> float:
        return max(self.lefts[-1] + self.widths[-1] + 14 + _STUB, 620.0)

    def box(self, node: str) -> tuple[float, float, float, float]:
        """Left, top, width and height of a box, in the middle of its row."""
        column, row = self.grid.cells[node]
        height = _height(self.texts[node])
        return self.lefts[column], self.middle(row) - height / 2, self.widths[column], height

    def middle(self, row: int) -> float:
        """The middle of a row."""
        return self.tops[row] + self.heights[row] / 2

    def lane_top(self, row: int) -> float:
        """The border above a row: in the middle of its gutter."""
        if row == 0:
            return self.head
        if row == self.grid.rows:
            return self.bottom
        return (self.tops[row - 1] + self.heights[row - 1] + self.tops[row]) / 2

    def right(self, column: int) -> float:
        """The right edge of a column's boxes."""
        return self.lefts[column] + self.widths[column]

    def points(self, route: Route) -> list[Point]:
        """The corners of an arrow, from box to box."""
        (c1, r1), (c2, _r2) = self.grid.cells[route.source], self.grid.cells[route.target]
        if route.way == "down column":
            x = self.lefts[c1] + self.widths[c1] / 2
            _, top, _, height = self.box(route.source)
            return [(x, top + height), (x, self.box(route.target)[1])]
        start, end = (self.right(c1), self.middle(r1)), (self.lefts[c2], self._port(route))
        if route.way == "along row":
            if start[1] == end[1]:
                return [start, end]
            x = self._leaving(c1, route.source)
            return [start, (x, start[1]), (x, end[1]), end]
        out, into = self._leaving(c1, route.source), self._entering(c2 - 1, route.target)
        y = self._along(route.gutter, route.target)
        return [start, (out, start[1]), (out, y), (into, y), (into, end[1]), end]

    def _port(self, route: Route) -> float:
        """The height at which an arrow enters: lifted when the box on the left sends arrows of its own."""
        column, row = self.grid.cells[route.target]
        beside = next((name for name, cell in self.grid.cells.items() if cell == (column - 1, row)), None)
        sends = any(other.source == beside and other.way != "down column" for other in self.routes)
        return self.middle(row) - (10 if sends and beside != route.source else 0)

    def _leaving(self, gap: int, source: str) -> float:
        return self.right(gap) + _STUB + self.tracks.leaving.get((gap, source), 0) * _TRACK

    def _entering(self, gap: int, target: str) -> float:
        track = self.tracks.leaving_in(gap) + self.tracks.entering[gap, target]
        return self.right(gap) + _STUB + track * _TRACK

    def _along(self, gutter: int, target: str) -> float:
        above = self.tops[gutter - 1] + self.heights[gutter - 1] if gutter else self.head
        return above + _GUTTER / 2 + self.tracks.along[gutter, target] * _TRACK


def texts_of(flow: Flow, lang: Lang) -> Texts:
    """What each box says, wrapped once for all the ways to pack the flow."""
    return {node.id: box_texts(node, lang) for node in flow.nodes}


def measure(flow: Flow, texts: Texts, *, most_rows: int, stacked: bool) -> Measures:
    """The measures of a flow packed in one way. `texts`: what each box says."""
    grid = grid_of(flow, most_rows=most_rows, stacked=stacked)
    routes = routes_of(flow, grid)
    tracks = tracks_of(routes, grid)
    lefts, widths = _columns(flow, grid, tracks)
    head = _head(flow, grid, lefts, widths)
    tops, heights, bottom = _rows(flow, grid, tracks, texts, head=head)
    return Measures(flow, grid, routes, tracks, texts, lefts, widths, tops, heights, head, bottom)


def _height(texts: Sequence[BoxText]) -> float:
    return max(sum(part.height for part in texts) + 2 * PAD - 3, _LEAST_HEIGHT)


def _columns(flow: Flow, grid: Grid, tracks: Tracks) -> tuple[tuple[float, ...], tuple[float, ...]]:
    entries = {grid.cells[node.id][0] for node in flow.nodes if node.kind == "entry"}
    widths = tuple(ENTRY_BOX if column in entries else BOX for column in range(grid.columns))
    lefts, x = [], LABEL_ROOM + 16
    for column, width in enumerate(widths):
        lefts.append(x)
        used = tracks.leaving_in(column) + tracks.entering_in(column)
        x += width + _GAP + max(used - 1, 0) * _TRACK
    return tuple(lefts), widths


def _head(flow: Flow, grid: Grid, lefts: Sequence[float], widths: Sequence[float]) -> float:
    lines = 1
    for (_, title), (first, last) in zip(flow.phases, grid.phase_columns, strict=True):
        if last >= first:
            room = lefts[last] + widths[last] - lefts[first] - 2
            lines = max(lines, len(wrap(title, room, size=TITLE, bold=True)))
    return PHASE_TOP + 10 + lines * TITLE * LEADING + 8


def _rows(
    flow: Flow, grid: Grid, tracks: Tracks, texts: Texts, *, head: float
) -> tuple[tuple[float, ...], tuple[float, ...], float]:
    heights = [_LEAST_HEIGHT] * grid.rows
    for node in flow.nodes:
        row = grid.cells[node.id][1]
        heights[row] = max(heights[row], _height(texts[node.id]) + (5 if node.kind == "folded" else 0))
    tops, y = [], head
    for row, height in enumerate(heights):
        y += _GUTTER + max(tracks.along_in(row) - 1, 0) * _TRACK
        tops.append(y)
        y += height
    return tuple(tops), tuple(heights), y + _GUTTER + max(tracks.along_in(grid.rows) - 1, 0) * _TRACK
