"""Moments and windows: `{first: S, plus: 6 weeks}`, `{from: entry, for: 14 days}`."""

from __future__ import annotations

from typing import Any, Literal, cast

from vardforlopp.definitions.criteria import (
    DateIn,
    Earliest,
    First,
    Last,
    Latest,
    MomentExpr,
    Named,
    Param,
    Shifted,
    StepTime,
    Window,
)
from vardforlopp.definitions.kinds import DURATION, SELECTOR, reference
from vardforlopp.definitions.reading import (
    Json,
    Key,
    Kind,
    Reading,
    Shape,
    Use,
    list_of,
    need_mapping,
    need_scalar,
    read_keys,
)
from vardforlopp.definitions.suggest import did_you_mean, listed
from vardforlopp.definitions.tree import Node, Scalar
from vardforlopp.kernel.durations import Duration

NAMED: tuple[Literal["entry", "now", "trigger", "index"], ...] = ("entry", "now", "trigger", "index")
STEP = reference("step")


def _date_in(reading: Reading, node: Node) -> str | None:
    if isinstance(node, Scalar) and node.text == "trigger":
        return None
    selector: str = SELECTOR.read(reading, node)
    return selector


def _read(reading: Reading, node: Node) -> MomentExpr:
    if isinstance(node, Scalar):
        return _named(reading, node)
    mapping = need_mapping(reading, node, what="a moment")
    heads = [name for name in mapping.entries if name in MOMENT_HEADS]
    if len(heads) != 1:
        what = f"a moment has {'several heads' if heads else 'no head'}: {listed(mapping.entries)}"
        found = [name for name in mapping.entries if name not in _SHIFTS]
        otherwise = f"Write one of: {listed((*NAMED, *MOMENT_HEADS), 20)}."
        do = otherwise if heads or not found else did_you_mean(found[0], MOMENT_HEADS, otherwise=otherwise)
        raise reading.error("VF-DEF-017", node, what, do=do)
    values = read_keys(MOMENT_HEADS[heads[0]], reading, node=mapping)
    return _shifted(reading, node, values, _base(heads[0], values))


def _named(reading: Reading, node: Scalar) -> MomentExpr:
    text = need_scalar(reading, node, what="a moment").text
    for word in NAMED:
        if text == word:
            return Named(word)
    otherwise = f"Write one of {listed(NAMED)}, or a mapping such as {{first: {text}}}."
    raise reading.error(
        "VF-DEF-017", node, f"'{text}' is not a moment", do=did_you_mean(text, NAMED, otherwise=otherwise)
    )


def _base(head: str, values: dict[str, Any]) -> MomentExpr:
    value = values[head]
    match head:
        case "first":
            return First(value, values.get("in"))
        case "last":
            return Last(value, values.get("in"))
        case "done" | "settled" | "due":
            return StepTime(head, value)
        case "date_in":
            return DateIn(value)
        case "earliest":
            return Earliest(value)
        case "latest":
            return Latest(value)
        case _:
            return cast(MomentExpr, value)


def _shifted(reading: Reading, node: Node, values: dict[str, Any], base: MomentExpr) -> MomentExpr:
    if "plus" in values and "minus" in values:
        raise reading.error("VF-DEF-022", node, "a moment has both plus and minus", do="Keep one of them.")
    by: Duration | Param | None = values.get("plus", values.get("minus"))
    if by is None:
        return base
    if "plus" in values:
        return Shifted(base, by)
    return Shifted(base, -by) if isinstance(by, Duration) else Shifted(base, by, minus=True)


def _window(reading: Reading, node: Node) -> Window:
    values = read_keys(WINDOW_SHAPE, reading, node=node)
    if frozenset(values) not in _WINDOWS:
        raise reading.error(
            "VF-DEF-018", node, f"a window cannot have {listed(values) or 'nothing'} alone or together",
            do="Write last, from, to, from + for, to + for, or from + to.",
        )  # fmt: skip
    return Window(values.get("last"), values.get("from"), values.get("to"), values.get("for"))


def _moment_schema(use: Use) -> Json:
    shapes = [shape.schema(use) | {"required": [head]} for head, shape in MOMENT_HEADS.items()]
    return {"anyOf": [{"enum": list(NAMED)}, *shapes]}


_WINDOWS = frozenset(
    frozenset(keys)
    for keys in (("last",), ("from",), ("to",), ("from", "for"), ("to", "for"), ("from", "to"))
)
MOMENT: Kind[MomentExpr] = Kind("moment", _read, _moment_schema)
WINDOW: Kind[Window] = Kind("window", _window, lambda use: WINDOW_SHAPE.schema(use))
_MOMENTS = list_of(MOMENT, what="the list of moments")
_SHIFTS = {
    "plus": Key(DURATION, "this much later"),
    "minus": Key(DURATION, "this much earlier"),
}
WINDOW_SHAPE: Shape = Shape(
    "a window",
    {
        "last": Key(DURATION, "from this long ago until now"),
        "from": Key(MOMENT, "from this moment on"),
        "to": Key(MOMENT, "up to this moment"),
        "for": Key(DURATION, "this long, after `from` or before `to`"),
    },
)
_IN = {"in": Key(WINDOW, "among the facts of this window")}
MOMENT_HEADS: dict[str, Shape] = {
    head: Shape(f"a moment '{head}'", {head: key} | extra | _SHIFTS)
    for head, key, extra in (
        ("first", Key(SELECTOR, "start of the first fact"), _IN),
        ("last", Key(SELECTOR, "start of the last fact"), _IN),
        ("done", Key(STEP, "completion of the step"), {}),
        ("settled", Key(STEP, "completion or skip of the step"), {}),
        ("due", Key(STEP, "due date of the step"), {}),
        ("date_in", Key(Kind("date-in", _date_in, SELECTOR.schema), "the date that is the fact's value"), {}),
        ("earliest", Key(_MOMENTS, "the earliest of those there are"), {}),
        ("latest", Key(_MOMENTS, "the latest, when all are there"), {}),
        ("at", Key(MOMENT, "a named moment, to shift it"), {}),
    )
}
