"""What a flowchart is drawn with: colours, boxes, lines and texts as SVG marks.

Presentation attributes only: no style sheet, no script, nothing fetched. A state is told by sign,
text, line and colour together; every ink on its fill passes WCAG AA (a test counts).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

FONT = "system-ui, 'Segoe UI', 'Noto Sans', 'DejaVu Sans', Arial, sans-serif"
INK, MUTED, LINE, BAND = "#10292f", "#3d5359", "#45616a", "#0b4f5c"
WHITE, TINT, RULE = "#ffffff", "#edf4f5", "#c9d9dc"

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Look:
    """How a box is drawn: fill, ink, edge, the edge's pattern and weight, and the sign of a state."""

    fill: str
    ink: str
    edge: str
    dash: str = ""
    sign: str = ""
    weight: float = 1.4


LOOKS: Mapping[str, Look] = {
    "step": Look(WHITE, INK, "#1f4a54"),
    "choice": Look("#fdf1d8", "#3d2a00", "#7a5200"),
    "entry": Look(BAND, WHITE, BAND),
    "folded": Look("#e3edf0", INK, "#1f4a54"),
    "done": Look("#1b6b3c", WHITE, "#0f4a28", sign="✓"),
    "attested": Look("#e5f3e9", "#12401f", "#0f4a28", dash="7 2", sign="~"),
    "now": Look("#4a2f3c", WHITE, "#2e1a24", sign="●", weight=2.6),
    "late": Look("#fff0d4", "#3d2400", "#8a4b00", sign="!", weight=2.6),
    "unknown": Look("#f1ecfa", "#33215c", "#5b3f97", dash="2 3", sign="?", weight=1.8),
    "next": Look(WHITE, INK, "#1f4a54", dash="7 4", sign="○"),
    "off": Look("#f1f2f2", "#474f52", "#6b7275", dash="1 4", sign="–"),
}


def number(value: float) -> str:
    """A coordinate, short."""
    return f"{value:.1f}".rstrip("0").rstrip(".")


def text(x: float, y: float, said: str, size: float, *, bold: bool = False, fill: str = INK) -> str:
    """One line of text, its baseline at y."""
    weight = ' font-weight="700"' if bold else ""
    at = f'x="{number(x)}" y="{number(y)}" font-size="{number(size)}"'
    return f'<text {at}{weight} fill="{fill}">{escape(said)}</text>'


def rect(x: float, y: float, w: float, h: float, look: Look, *, corner: float = 0) -> str:
    """A rectangle in a look."""
    place = f'x="{number(x)}" y="{number(y)}" width="{number(w)}" height="{number(h)}"'
    return f'<rect {place} rx="{number(corner)}" {_style(look)}/>'


def hexagon(x: float, y: float, w: float, h: float, look: Look) -> str:
    """A box with pointed sides: a choice."""
    nip, middle = 8.0, y + h / 2
    points = [
        (x, middle), (x + nip, y), (x + w - nip, y), (x + w, middle), (x + w - nip, y + h), (x + nip, y + h),
    ]  # fmt: skip
    listed = " ".join(f"{number(px)},{number(py)}" for px, py in points)
    return f'<polygon points="{listed}" {_style(look)}/>'


def _style(look: Look) -> str:
    dash = f' stroke-dasharray="{look.dash}"' if look.dash else ""
    return f'fill="{look.fill}" stroke="{look.edge}" stroke-width="{number(look.weight)}"{dash}'


def arrow(points: Sequence[Point], *, ahead: bool) -> str:
    """A line with rounded right angles and a head; dashed when what it leads to is not reached."""
    (x0, y0), (x, y) = points[-2], points[-1]
    down = x0 == x and y0 < y
    head = f"M{number(x)} {number(y)}" + ("l-4 -7h8z" if down else "l-7 -4v8z")
    last = (x, y - 5) if down else (x - 5, y)
    dash = ' stroke-dasharray="5 4"' if ahead else ""
    line = (
        f'<path d="{_rounded([*points[:-1], last])}" fill="none" stroke="{LINE}" stroke-width="1.5"{dash}/>'
    )
    return f'{line}<path d="{head}" fill="{LINE}"/>'


def _rounded(points: Sequence[Point]) -> str:
    path = [f"M{number(points[0][0])} {number(points[0][1])}"]
    for (x0, y0), (x, y), (x1, y1) in zip(points, points[1:], points[2:], strict=False):
        radius = min(5.0, (abs(x - x0) + abs(y - y0)) / 2, (abs(x1 - x) + abs(y1 - y)) / 2)
        before = (x - _sign(x - x0) * radius, y - _sign(y - y0) * radius)
        after = (x + _sign(x1 - x) * radius, y + _sign(y1 - y) * radius)
        path.append(f"L{_pair(before)}Q{_pair((x, y))} {_pair(after)}")
    path.append(f"L{_pair(points[-1])}")
    return "".join(path)


def _pair(point: Point) -> str:
    return f"{number(point[0])} {number(point[1])}"


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)
