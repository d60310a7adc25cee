"""Parameters: named thresholds and times, with range and source; and their values in overlays."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, cast

from vardforlopp.definitions.criteria import Between, Param, Quantity
from vardforlopp.definitions.kinds import (
    DURATION_TEXT,
    FIXED_DURATION,
    FLAG,
    INTEGER,
    QUANTITY,
    TEXT,
    TEXTS,
    check_id,
    closed,
    string,
)
from vardforlopp.definitions.model import Alternative, Parameter, ParameterRow, ParameterValue
from vardforlopp.definitions.read_criteria import SEX
from vardforlopp.definitions.read_provenance import SOURCES, best_level, without_default
from vardforlopp.definitions.read_tests import AGE
from vardforlopp.definitions.reading import (
    Key,
    Kind,
    Reading,
    Shape,
    Values,
    list_of,
    named_items,
    need_scalar,
    need_sequence,
    read_keys,
)
from vardforlopp.definitions.suggest import listed
from vardforlopp.definitions.tree import Node, Scalar, Sequence
from vardforlopp.kernel.durations import Duration

ParameterKind = Literal["quantity", "duration", "integer", "flag", "word", "table", "season"]

_SEASON = r"\d{2}-\d{2}\.\.\d{2}-\d{2}"


def _season(reading: Reading, node: Node) -> str:
    text = need_scalar(reading, node, what="a season").text
    days = [part.split("-") for part in text.split("..")]
    real = re.fullmatch(_SEASON, text) and all(
        1 <= int(m) <= 12 and 1 <= int(d) <= _DAYS[int(m)] for m, d in days
    )
    if not real:
        raise reading.error("VF-DEF-023", node, f"'{text}' is not a season", do='Write it as "10-15..02-28".')
    return text


def _word(reading: Reading, node: Node) -> str:
    return need_scalar(reading, node, what="a word").text


def _cell(reading: Reading, node: Node) -> Quantity | Duration | int | str:
    scalar = need_scalar(reading, node, what="a value")
    if scalar.integer is not None:
        return scalar.integer
    if re.fullmatch(DURATION_TEXT, scalar.text):
        return FIXED_DURATION.read(reading, node)
    return QUANTITY.read(reading, node) if re.match(r"-?\d", scalar.text) else scalar.text


def _row(reading: Reading, node: Node) -> ParameterRow:
    values = read_keys(TABLE_ROW_SHAPE, reading, node=node)
    low, below = values.get("age", (None, None))
    return ParameterRow(values["is"], low, below, values.get("sex"), values.get("months"))


def _ages(reading: Reading, node: Node) -> tuple[int | None, int | None]:
    """Completed years as (from, below)."""
    test, unit = AGE.read(reading, node)
    limits = (test.lo, test.hi) if isinstance(test, Between) else (test.limit,)
    if unit != "years" or any(isinstance(limit, Param) or limit.value.denominator != 1 for limit in limits):
        raise reading.error("VF-DEF-016", node, "a table needs ages in whole years", do='Write "< 70 years".')
    whole = [int(cast(Quantity, limit).value) for limit in limits]
    if isinstance(test, Between):
        return whole[0], whole[1] + 1
    year = whole[0] + (test.op in (">", "<="))
    return (None, year) if test.op in ("<", "<=") else (year, None)


def _months(reading: Reading, node: Node) -> tuple[int, ...]:
    months = list_of(INTEGER, what="the list of months").read(reading, node)
    if not all(1 <= month <= 12 for month in months):
        raise reading.error("VF-DEF-010", node, "a month is a number from 1 to 12", do="Correct the months.")
    return months


@dataclass(frozen=True)
class Form:
    """One kind of parameter: its keyword, and how its value and the ends of its range are read."""

    kind: ParameterKind
    value: Kind[Any]
    end: Kind[Any] | None = None


_CELL = Kind("cell", _cell, lambda use: {"type": ["string", "number"]})
TABLE_ROW_SHAPE = Shape(
    "a row of the table",
    {
        "is": Key(_CELL, required=True),
        "age": Key(Kind("age-range", _ages, AGE.schema)),
        "sex": Key(SEX),
        "months": Key(Kind("months", _months, lambda use: {"type": "array", "items": {"type": "integer"}})),
    },
)
TABLE = list_of(Kind("table-row", _row, TABLE_ROW_SHAPE.schema), what="the table")
SEASON = Kind("season", _season, lambda use: string(_SEASON))
WORD = Kind("word", _word, lambda use: string())
FORMS: dict[str, Form] = {
    "quantity": Form("quantity", QUANTITY, QUANTITY),
    "duration": Form("duration", FIXED_DURATION, FIXED_DURATION),
    "integer": Form("integer", INTEGER, INTEGER),
    "flag": Form("flag", FLAG),
    "word": Form("word", WORD),
    "table": Form("table", TABLE, _CELL),
    "season": Form("season", SEASON),
}


def _range_of(form: Form) -> Callable[[Reading, Node], tuple[Any, Any]]:
    def read(reading: Reading, node: Node) -> tuple[Any, Any]:
        items = need_sequence(reading, node, what="the range").items
        if form.end is None or len(items) != 2:
            what = f"a {form.kind} has no range" if form.end is None else "a range has two ends"
            raise reading.error(
                "VF-DEF-025", node, what, do="Write `range: [lowest, highest]`, or remove it."
            )
        return form.end.read(reading, items[0]), form.end.read(reading, items[1])

    return read


def _node(reading: Reading, node: Node) -> Node:
    return node


def _build(reading: Reading, key: Scalar, values: Values) -> Parameter:
    kinds = [name for name in FORMS if name in values]
    if len(kinds) != 1:
        raise reading.error(
            "VF-DEF-022",
            key,
            f"a parameter has {listed(kinds) or 'no value'}",
            do=f"Write one of {listed(FORMS)}.",
        )
    form = FORMS[kinds[0]]
    low, high = _range_of(form)(reading, values["range"]) if "range" in values else (None, None)
    sources = values.get("source", ())
    return Parameter(
        id=check_id(reading, key),
        kind=form.kind,
        value=values[form.kind],
        title=values.get("title", {}),
        level=best_level(reading, sources),
        sources=without_default(sources),
        place=reading.place(key),
        low=low,
        high=high,
        allowed=values.get("allowed", ()),
        stricter=values.get("stricter"),
        alternatives=tuple(_alternative(reading, node, form) for node in values.get("alternatives", ())),
        note=values.get("note"),
    )


def read_setting(reading: Reading, node: Node, *, parameter: Parameter) -> ParameterValue:
    """A value for a known parameter, as an overlay writes it."""
    return _set(reading, node, FORMS[parameter.kind])


def _set(reading: Reading, node: Node, form: Form) -> ParameterValue:
    as_table = isinstance(node, Sequence) and form.kind in _BY_TABLE
    value: ParameterValue = (FORMS["table"] if as_table else form).value.read(reading, node)
    return value


def _alternative(reading: Reading, node: Node, form: Form) -> Alternative:
    values = read_keys(ALTERNATIVE_SHAPE, reading, node=node)
    value = _set(reading, values["is"], form)
    return Alternative(value, best_level(reading, values["source"]), without_default(values["source"]))


def _read(reading: Reading, node: Node) -> dict[str, Parameter]:
    reading.parameters = _PARAMETERS.read(reading, node)
    return reading.parameters


_DAYS = (0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_BY_TABLE = ("quantity", "duration", "integer", "table")
_RANGE: Kind[Node] = Kind("range", _node, lambda use: {"type": "array", "minItems": 2, "maxItems": 2})
_AS_SET: Kind[Node] = Kind("as-set", _node, lambda use: {})
ALTERNATIVE_SHAPE = Shape(
    "an alternative",
    {
        "is": Key(_AS_SET, "the value, or a table", required=True),
        "source": Key(SOURCES, "source ids, or `default`", required=True),
    },
)
_ALTERNATIVE: Kind[Node] = Kind("alternative", _node, ALTERNATIVE_SHAPE.schema)
PARAMETER_SHAPE = Shape(
    "a parameter",
    {name: Key(form.value) for name, form in FORMS.items()}
    | {
        "range": Key(_RANGE, "lowest and highest value that a region may set"),
        "allowed": Key(list_of(TEXT, what="the list of words"), "words that a region may choose"),
        "stricter": Key(closed("direction", ("lower", "higher")), "which way is stricter"),
        "source": Key(SOURCES, "source ids, or `default`"),
        "alternatives": Key(
            list_of(_ALTERNATIVE, what="the list of alternatives"),
            "what other sources say",
        ),
        "title": Key(TEXTS),
        "note": Key(TEXT),
    },
)
_PARAMETERS = named_items(PARAMETER_SHAPE, _build, what="parameter")
PARAMETERS: Kind[dict[str, Parameter]] = Kind("parameters", _read, _PARAMETERS.schema)
