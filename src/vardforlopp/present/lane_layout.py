"""Where boxes and arrows of a flowchart go: rank on x, care level on y, no arrow on top of another.

Columns go phase by phase; every lane has as many rows as its fullest column. In a phase, what comes
after stands to the right (`spread`) or below (`stacked`), whichever fills a page better. Arrows
leave on the right and enter on the left, or go straight down to the next box of the column.

Between columns there are *gaps* with tracks for vertical pieces (those that leave to the left of
those that enter), between rows *gutters* with tracks for horizontal ones. Pieces share a track only
when they leave the same box or enter the same box.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from vardforlopp.present.lane_graph import Flow, FlowNode

Cell = tuple[int, int]  # column, row


@dataclass(frozen=True, slots=True)
class Route:
    """An arrow, abstractly: by which way, and along which gutter if that is its way."""

    source: str
    target: str
    way: Literal["along row", "down column", "by gutter"]
    gutter: int = 0


@dataclass(frozen=True, slots=True)
class Grid:
    """Cells of all boxes, how many rows each lane has, and in which columns each phase stands."""

    cells: Mapping[str, Cell]
    lane_rows: tuple[int, ...]
    phase_columns: tuple[tuple[int, int], ...]

    @property
    def columns(self) -> int:
        return max(column for column, _ in self.cells.values()) + 1

    @property
    def rows(self) -> int:
        return sum(self.lane_rows)


@dataclass(frozen=True, slots=True)
class Tracks:
    """The track of each bundle: vertical ones by (gap, bundle), horizontal ones by (gutter, bundle)."""

    leaving: Mapping[tuple[int, str], int]
    entering: Mapping[tuple[int, str], int]
    along: Mapping[tuple[int, str], int]

    def leaving_in(self, gap: int) -> int:
        """How many tracks of a gap are for leaving pieces."""
        return _used(self.leaving, gap)

    def entering_in(self, gap: int) -> int:
        """How many tracks of a gap are for entering pieces."""
        return _used(self.entering, gap)

    def along_in(self, gutter: int) -> int:
        """How many tracks a gutter has."""
        return _used(self.along, gutter)


def _used(tracks: Mapping[tuple[int, str], int], place: int) -> int:
    return max((track + 1 for (where, _), track in tracks.items() if where == place), default=0)


# --- cells ---------------------------------------------------------------------------------------


def grid_of(flow: Flow, *, most_rows: int, stacked: bool) -> Grid:
    """Each box in its cell, with at most so many rows in a lane unless that cannot be."""
    columns, spans = _columns(flow, _stacked if stacked else _spread, most_rows)
    lanes = [lane for lane, _ in flow.lanes]
    by_column: dict[int, list[FlowNode]] = {}
    for node in flow.nodes:
        by_column.setdefault(columns[node.id], []).append(node)
    lane_of = {node.id: node.lane for node in flow.nodes}
    rows: dict[str, int] = {}
    used = dict.fromkeys(lanes, 1)
    before: Mapping[str, Sequence[str]] = {} if stacked else _before(flow)
    for column in sorted(by_column):
        for lane in lanes:
            here = [node for node in by_column[column] if node.lane == lane]
            placed = _rows_of(here, before, rows, lane_of)
            rows.update(placed)
            used[lane] = max([used[lane], *(row + 1 for row in placed.values())])
    starts, total = {}, 0
    for lane in lanes:
        starts[lane] = total
        total += used[lane]
    cells = {node.id: (columns[node.id], starts[node.lane] + rows[node.id]) for node in flow.nodes}
    return Grid(cells, tuple(used[lane] for lane in lanes), spans)


def _before(flow: Flow) -> dict[str, list[str]]:
    before: dict[str, list[str]] = {}
    for source, target in flow.edges:
        before.setdefault(target, []).append(source)
    return before


Packing = Callable[[Sequence[FlowNode], Mapping[str, Sequence[str]], int], dict[str, int]]


def _columns(flow: Flow, pack: Packing, most_rows: int) -> tuple[dict[str, int], tuple[tuple[int, int], ...]]:
    columns: dict[str, int] = {node.id: 0 for node in flow.nodes if node.kind == "entry"}
    free = 1 if columns else 0
    spans = []
    before = _before(flow)
    for phase, _ in flow.phases:
        inside = [node for node in flow.nodes if node.phase == phase]
        packed = pack(inside, before, most_rows)
        columns.update({name: free + at for name, at in packed.items()})
        size = max(packed.values(), default=-1) + 1
        spans.append((free, free + size - 1))
        free += size
    return columns, tuple(spans)


def _spread(
    inside: Sequence[FlowNode], before: Mapping[str, Sequence[str]], most_rows: int
) -> dict[str, int]:
    """What comes after stands in a column to the right."""
    columns: dict[str, int] = {}
    start = 0
    for rank in _ranked(inside, before):
        taken: dict[str, int] = {}
        for node in rank:
            at = taken.get(node.lane, 0)
            taken[node.lane] = at + 1
            columns[node.id] = start + at // most_rows
        start += 1 + (max(taken.values()) - 1) // most_rows
    return columns


def _stacked(
    inside: Sequence[FlowNode], before: Mapping[str, Sequence[str]], most_rows: int
) -> dict[str, int]:
    """What comes after stands below; a full lane goes on in the next column."""
    lanes: dict[str, list[FlowNode]] = {}
    for node in inside:
        lanes.setdefault(node.lane, []).append(node)
    wide = max((-(-len(group) // most_rows) for group in lanes.values()), default=1)
    columns: dict[str, int] = {}
    for group in lanes.values():
        rows = -(-len(group) // wide)
        columns.update({node.id: at // rows for at, node in enumerate(group)})
    return columns


def _ranked(inside: Sequence[FlowNode], before: Mapping[str, Sequence[str]]) -> list[list[FlowNode]]:
    """The boxes of a phase by the longest way to them inside it (they stand in reading order)."""
    names = {node.id for node in inside}
    rank: dict[str, int] = {}
    for _ in inside:
        for node in inside:
            sources = [source for source in before.get(node.id, ()) if source in names]
            rank[node.id] = max((rank.get(source, 0) + 1 for source in sources), default=0)
    ranks: list[list[FlowNode]] = [[] for _ in range(max(rank.values(), default=-1) + 1)]
    for node in inside:
        ranks[rank[node.id]].append(node)
    return ranks


def _rows_of(
    here: Sequence[FlowNode],
    before: Mapping[str, Sequence[str]],
    rows: Mapping[str, int],
    lane_of: Mapping[str, str],
) -> dict[str, int]:
    """A row in the lane for each box of one column: that of what comes before it, where free."""
    wanted: dict[str, float] = {}
    for node in here:
        sources = [source for source in before.get(node.id, ()) if source in rows]
        near = [rows[source] for source in sources if lane_of[source] == node.lane]
        wanted[node.id] = sum(near) / len(near) if near else len(here)
    placed: dict[str, int] = {}
    free = list(range(len(here) + max(rows.values(), default=0) + 1))
    for node in sorted(here, key=lambda node: wanted[node.id]):
        wish = round(wanted[node.id]) if wanted[node.id] < len(here) else 0
        row = min(free, key=lambda at: (abs(at - wish), at))
        free.remove(row)
        placed[node.id] = row
    return placed


# --- arrows --------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Taken:
    """Stretches already used: (place) -> [(from, to, bundle)]."""

    stretches: dict[int, list[tuple[float, float, str]]] = field(default_factory=dict)

    def free(self, place: int, start: float, end: float, bundle: str) -> bool:
        low, high = sorted((start, end))
        return all(
            other == bundle or high < first or last < low
            for first, last, other in self.stretches.get(place, ())
        )

    def take(self, place: int, start: float, end: float, bundle: str) -> None:
        low, high = sorted((start, end))
        self.stretches.setdefault(place, []).append((low, high, bundle))


def routes_of(flow: Flow, grid: Grid) -> list[Route]:
    """The way of each arrow: straight where that is free, else by a gutter."""
    held = {cell: name for name, cell in grid.cells.items()}
    leaving = {source for source, _ in flow.edges}
    rows = _Taken()
    routes = []
    for source, target in sorted(flow.edges, key=lambda edge: _length(grid, edge)):
        (c1, r1), (c2, r2) = grid.cells[source], grid.cells[target]
        if c1 == c2 and r1 < r2 and not any((c1, row) in held for row in range(r1 + 1, r2)):
            routes.append(Route(source, target, "down column"))
            continue
        between = any((column, r2) in held for column in range(c1 + 1, c2))
        clear = c2 > c1 and not between and (r1 == r2 or held.get((c1, r2)) not in leaving)
        if c2 == c1 + 1 or (clear and rows.free(r2, c1, c2, target)):
            rows.take(r2, c1, c2, target)
            routes.append(Route(source, target, "along row"))
        else:
            routes.append(Route(source, target, "by gutter", r2 if r1 <= r2 else r2 + 1))
    return routes


def _length(grid: Grid, edge: tuple[str, str]) -> tuple[int, int, str, str]:
    (c1, r1), (c2, r2) = grid.cells[edge[0]], grid.cells[edge[1]]
    return abs(c2 - c1), abs(r2 - r1), *edge


def tracks_of(routes: Iterable[Route], grid: Grid) -> Tracks:
    """A track for every bundle of pieces, so that different bundles never lie on each other."""
    leaving: dict[tuple[int, str], list[float]] = {}
    entering: dict[tuple[int, str], list[float]] = {}
    along: dict[tuple[int, str], list[float]] = {}
    for route in routes:
        (c1, r1), (c2, r2) = grid.cells[route.source], grid.cells[route.target]
        if route.way == "along row" and r1 != r2:
            leaving.setdefault((c1, route.source), []).extend((r1, r2))
        if route.way != "by gutter":
            continue
        gutter = route.gutter - 0.5
        leaving.setdefault((c1, route.source), []).extend((r1, gutter))
        entering.setdefault((c2 - 1, route.target), []).extend((gutter, r2))
        along.setdefault((route.gutter, route.target), []).extend((c1, c2 - 1))
    return Tracks(_packed(leaving), _packed(entering), _packed(along))


def _packed(bundles: Mapping[tuple[int, str], Sequence[float]]) -> dict[tuple[int, str], int]:
    """The lowest free track for each bundle, the long ones last."""
    taken: dict[int, _Taken] = {}
    tracks: dict[tuple[int, str], int] = {}
    for (place, name), points in sorted(bundles.items(), key=lambda item: (_span(item[1]), item[0])):
        here = taken.setdefault(place, _Taken())
        start, end = min(points), max(points)
        track = 0
        while not here.free(track, start, end, name):
            track += 1
        here.take(track, start, end, name)
        tracks[place, name] = track
    return tracks


def _span(points: Sequence[float]) -> float:
    return max(points) - min(points)
