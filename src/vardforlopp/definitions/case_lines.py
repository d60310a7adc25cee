"""The lines of a case's record: facts, and what people did."""

from __future__ import annotations

import re
from collections.abc import Callable
from collections.abc import Mapping as Table
from fractions import Fraction

from vardforlopp.definitions.cases import STATUSES, ActLine, FactLine
from vardforlopp.definitions.catalogue import Selector
from vardforlopp.definitions.kinds import DATE, FLAG, TEXT, closed, quantity
from vardforlopp.definitions.model import Pathway
from vardforlopp.definitions.reading import (
    Key,
    Kind,
    Reading,
    Shape,
    Values,
    need_mapping,
    need_scalar,
    read_keys,
)
from vardforlopp.definitions.suggest import did_you_mean, listed
from vardforlopp.definitions.tree import Mapping, Node, Scalar
from vardforlopp.kernel.civil import Interval, parse_time
from vardforlopp.kernel.quantities import UnitError, convert
from vardforlopp.record.facts import ActKind, Day, FactValue, Span, Word

_BOUNDED = re.compile(r"(<=|>=|<|>)\s*(.+)")
_SPAN = re.compile(r"(-?\d+(?:\.\d+)?)\s*\.\.\s*(-?\d+(?:\.\d+)?)\s*(.*)")


def _time(reading: Reading, node: Node) -> Interval:
    text = need_scalar(reading, node, what="a time").text
    try:
        return parse_time(text)
    except ValueError:
        raise reading.error(
            "VF-DEF-023", node, f"'{text}' is not a time", do="Write 2026-03-02, 2026-03 or 2026-03-02T10:15."
        ) from None


def _until(reading: Reading, node: Node) -> Interval | None:
    return None if isinstance(node, Scalar) and node.empty else _time(reading, node)


def _raw(reading: Reading, node: Node) -> Scalar:
    return need_scalar(reading, node, what="a value")


def read_line(
    reading: Reading, node: Node, *, selectors: Table[str, Selector], pathway: Pathway | None
) -> FactLine | ActLine:
    """One line of the record, by its head word. Acts belong to a pathway: without one, only facts."""
    mapping = need_mapping(reading, node, what="a line of the record")
    heads = [name for name in mapping.entries if name in LINE_HEADS]
    if len(heads) != 1:
        what = f"a line of the record has {'several heads: ' + listed(heads) if heads else 'no head'}"
        raise reading.error("VF-DEF-013", node, what, do=f"Write one of: {listed(LINE_HEADS, 20)}.")
    shape, build = LINE_HEADS[heads[0]]
    values = read_keys(shape, reading, node=mapping)
    if heads[0] == "fact":
        return _fact(reading, mapping, values, selectors)
    if pathway is None:
        do = "Write it under `acts: {pathway: [...]}`."
        raise reading.error("VF-DEF-085", node, "an act stands among the facts", do=do)
    if heads[0] not in _FREE and values[heads[0]] != "*":
        _check_target(reading, mapping, heads[0], pathway)
    if heads[0] == "decision":
        _check_word(reading, mapping, values, pathway)
    return build(reading, mapping, values)


def _check_target(reading: Reading, mapping: Mapping, head: str, pathway: Pathway) -> None:
    node = mapping.entries[head]
    name = need_scalar(reading, node, what="a step").text
    known = {*pathway.steps, *pathway.choices}
    if name not in known:
        do = did_you_mean(name, known, otherwise=f"Write a step of '{pathway.id}'.")
        raise reading.error("VF-DEF-085", node, f"the pathway has no step '{name}'", do=do)


def _check_word(reading: Reading, mapping: Mapping, values: Values, pathway: Pathway) -> None:
    choice = pathway.choices.get(values["decision"])
    if choice is None:
        return
    if values.get("is") not in choice.ways:
        do = did_you_mean(values.get("is", ""), choice.ways, otherwise=f"It has {listed(choice.ways)}.")
        raise reading.error("VF-DEF-085", mapping, f"choice '{choice.id}' has no such way", do=do)


def _fact(reading: Reading, node: Mapping, values: Values, selectors: Table[str, Selector]) -> FactLine:
    name = values["fact"]
    selector = selectors.get(name)
    if selector is None:
        do = did_you_mean(name, selectors, otherwise="Define it in the value sets.")
        raise reading.error("VF-DEF-030", node.entries["fact"], f"there is no selector '{name}'", do=do)
    if "until" in values and not selector.state:
        raise reading.error(
            "VF-DEF-085", node, f"'{name}' is an event: it has no `until`", do="Remove `until`."
        )
    on: Interval = values["on"]
    until: Interval | None = values.get("until")
    if until is not None and until.lo < on.lo:
        raise reading.error(
            "VF-DEF-085", node, "it ends before it begins", do="Correct one of the two dates."
        )
    written: Scalar | None = values.get("value")
    value = None if written is None else _value(reading, written, selector)
    return FactLine(
        selector=name,
        on=on,
        place=reading.place(node),
        value=value,
        written=None if written is None else (written.text, selector.unit or ""),
        ref_low=_limit(reading, values.get("ref_low"), selector),
        ref_high=_limit(reading, values.get("ref_high"), selector),
        side=values.get("side"),
        until=until,
        known=values.get("known"),
        retracted=values.get("retracted"),
        status=values.get("status"),
    )


def _value(reading: Reading, node: Scalar, selector: Selector) -> FactValue:
    text = node.text.strip()
    if selector.unit is not None:
        return _measured(reading, node, text, selector)
    try:
        found = parse_time(text) if re.match(r"\d{4}-\d{2}-\d{2}", text) else None
    except ValueError:
        raise reading.error("VF-DEF-023", node, f"'{text}' is not a date", do="Correct the date.") from None
    if found is not None:
        return Day(found.day, found.lo if found.lo == found.hi else None)
    return Word(text)


def _measured(reading: Reading, node: Node, text: str, selector: Selector) -> FactValue:
    bounded, span = _BOUNDED.fullmatch(text), _SPAN.fullmatch(text)
    if bounded is not None:
        limit, is_open = _canonical(reading, node, bounded[2], selector), bounded[1] in ("<", ">")
        below = bounded[1] in ("<", "<=")
        return Span(None, limit, hi_open=is_open) if below else Span(limit, None, lo_open=is_open)
    if span is not None:
        lo, hi = (
            _canonical(reading, node, f"{end} {span[3]}".strip(), selector) for end in (span[1], span[2])
        )
        return Span(lo, hi)
    return _canonical(reading, node, text, selector)


def _canonical(reading: Reading, node: Node, text: str, selector: Selector) -> Fraction:
    found = quantity(reading, node, text=text)
    try:
        return convert(found.value, found.unit, selector.unit or "1", selector.molar_mass)
    except UnitError as error:
        raise reading.error(
            "VF-DEF-065", node, f"the value of '{selector.id}': {error}", do=f"Write it in {selector.unit}."
        ) from None


def _limit(reading: Reading, node: Scalar | None, selector: Selector) -> Fraction | None:
    return None if node is None else _canonical(reading, node, node.text.strip(), selector)


def _act(
    kind: ActKind, target: str | None = None, **fields: str
) -> Callable[[Reading, Mapping, Values], ActLine]:
    """Builds an act: `target` = the keyword that names the step, `fields` = act field by keyword."""

    def build(reading: Reading, node: Mapping, values: Values) -> ActLine:
        step = values[target] if target is not None else None
        return ActLine(
            kind=kind,
            on=values["on"],
            place=reading.place(node),
            step=None if step == "*" else step,
            **{name: values[key] for name, key in fields.items() if key in values},
            **{name: values[name] for name in _ALWAYS if name in values},
        )

    return build


def _pause(reading: Reading, node: Mapping, values: Values) -> ActLine:
    first, last = values["pause"]
    return ActLine(
        "pause", first, reading.place(node), until=last, reason=values.get("reason"), by=values.get("by")
    )


def _informed(reading: Reading, node: Mapping, values: Values) -> ActLine:
    if not values["informed"]:
        raise reading.error("VF-DEF-085", node, "'informed: false' says nothing", do="Remove the line.")
    return ActLine(
        "informed", values["on"], reading.place(node), by=values.get("by"), known=values.get("known")
    )


def _dates(reading: Reading, node: Node) -> tuple[Interval, int]:
    values = read_keys(PAUSE_SHAPE, reading, node=node)
    if values["to"] < values["from"].day:
        raise reading.error("VF-DEF-085", node, "the pause ends before it begins", do="Correct the dates.")
    return values["from"], values["to"]


def _no_fact(reading: Reading, node: Mapping, values: Values) -> ActLine:
    raise AssertionError("facts are built with their selectors")


TIME: Kind[Interval] = Kind("time", _time, lambda use: {"type": ["string", "integer"]})
_UNTIL: Kind[Interval | None] = Kind("until-time", _until, lambda use: {"type": ["string", "null"]})
_VALUE: Kind[Scalar] = Kind("value", _raw, lambda use: {"type": ["string", "number"]})
SIDE = closed("side", ("left", "right", "both"))
PAUSE_SHAPE = Shape("a pause", {"from": Key(TIME, required=True), "to": Key(DATE, required=True)})
_DATES = Kind("pause", _dates, PAUSE_SHAPE.schema)
_ALWAYS = ("occurrence", "by", "reason", "known", "retracted")
_FREE = ("decision", "pause", "care_focus", "informed")
_ON = {"on": Key(TIME, "when", required=True)}
_KNOWN = {"known": Key(TIME, "known from"), "retracted": Key(TIME, "no longer known from")}
_ACT = _ON | _KNOWN | {"occurrence": Key(DATE, "nominal day"), "by": Key(TEXT), "reason": Key(TEXT)}
_FACT = (
    _ON
    | _KNOWN
    | {
        "fact": Key(TEXT, "selector", required=True),
        "value": Key(_VALUE),
        "ref_low": Key(_VALUE),
        "ref_high": Key(_VALUE),
        "side": Key(SIDE),
        "until": Key(_UNTIL, "end of a state; without, it goes on"),
        "status": Key(closed("status", STATUSES)),
    }
)
Build = Callable[[Reading, Mapping, Values], ActLine]
LINE_HEADS: dict[str, tuple[Shape, Build]] = {
    "fact": (Shape("a fact", _FACT), _no_fact),
    "decision": (
        Shape("a decision", _ACT | {"decision": Key(TEXT, required=True), "is": Key(TEXT)}),
        _act("decision", "decision", value="is"),
    ),
    "deviation": (
        Shape("a deviation", _ACT | {"deviation": Key(TEXT, required=True)}),
        _act("deviation", "deviation"),
    ),
    "decline": (
        Shape(
            "a decline", _ACT | {"decline": Key(TEXT, required=True), "until": Key(DATE, "asked again from")}
        ),
        _act("decline", "decline", until="until"),
    ),
    "attest": (
        Shape(
            "an attestation",
            _ACT | {"attest": Key(TEXT, required=True), "done": Key(DATE, required=True), "where": Key(TEXT)},
        ),
        _act("attestation", "attest", done="done", where="where"),
    ),
    "credit": (
        Shape("a credit", _ACT | {"credit": Key(TEXT, required=True), "done": Key(DATE, required=True)}),
        _act("credit", "credit", done="done"),
    ),
    "pause": (
        Shape(
            "a pause",
            {"on": Key(TIME), "pause": Key(_DATES, required=True), "reason": Key(TEXT), "by": Key(TEXT)},
        ),
        _pause,
    ),
    "care_focus": (
        Shape("a care focus", _ACT | {"care_focus": Key(TEXT, required=True)}),
        _act("care-focus", value="care_focus"),
    ),
    "informed": (Shape("patient informed", _ACT | {"informed": Key(FLAG, required=True)}), _informed),
}
