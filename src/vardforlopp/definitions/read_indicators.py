"""Indicators: `indicators.yaml`."""

from __future__ import annotations

from vardforlopp.definitions.kinds import (
    DURATION,
    FLAG,
    ID,
    IDS,
    SAID,
    SELECTOR,
    TEXT,
    TEXTS,
    check_id,
    closed,
    string,
)
from vardforlopp.definitions.model import Indicator, IndicatorDays
from vardforlopp.definitions.read_criteria import CRITERION
from vardforlopp.definitions.read_moments import MOMENT
from vardforlopp.definitions.read_provenance import PROVENANCE, provenance
from vardforlopp.definitions.reading import (
    Key,
    Kind,
    Reading,
    Shape,
    Values,
    named_items,
    need_scalar,
    read_keys,
)
from vardforlopp.definitions.tree import Node, Scalar

UNITS = ("enrolment", "patient")
_STEP = "step "


def _per(reading: Reading, node: Node) -> str:
    text = need_scalar(reading, node, what="the unit").text
    if text in UNITS:
        return text
    if text.startswith(_STEP):
        reading.refer("step", node, name=text[len(_STEP) :])
        return f"step:{text[len(_STEP) :]}"
    return f"selector:{SELECTOR.read(reading, node)}"


def _days(reading: Reading, node: Node) -> IndicatorDays:
    values = read_keys(DAYS_SHAPE, reading, node=node)
    return IndicatorDays(values["from"], values["to"])


def build_indicator(reading: Reading, key: Scalar, values: Values) -> Indicator:
    """An indicator out of its keywords."""
    if "met" in values and "days" in values:
        raise reading.error("VF-DEF-022", key, "it has both met and days", do="Keep one of them.")
    return Indicator(
        id=check_id(reading, key),
        title=values.get("title", {}),
        per=values["per"],
        index=values["index"],
        provenance=provenance(reading, values.get("source", {})),
        place=reading.place(key),
        of=values.get("of"),
        exclude=values.get("except"),
        follow_up=values.get("follow_up"),
        met=values.get("met"),
        days=values.get("days"),
        show=values.get("show", "share"),
        target=values.get("target", {}),
        measurable=values.get("measurable", True),
        note=values.get("note"),
        rows=values.get("row", ()),
    )


DAYS_SHAPE = Shape("'days'", {"from": Key(MOMENT, required=True), "to": Key(MOMENT, required=True)})
DAYS: Kind[IndicatorDays] = Kind("days", _days, DAYS_SHAPE.schema)
UNIT = Kind("unit", _per, lambda use: string(rf"{ID}(\.end)?|step {ID}"))
INDICATOR_SHAPE = Shape(
    "an indicator",
    {
        "title": Key(TEXTS),
        "per": Key(UNIT, "what is counted: enrolment, patient, a selector, or `step X`", required=True),
        "index": Key(MOMENT, "when the unit is counted", required=True),
        "of": Key(CRITERION, "who is counted, judged at index"),
        "except": Key(CRITERION, "who is not"),
        "follow_up": Key(DURATION, "counted when this long has passed"),
        "met": Key(CRITERION, "who reaches it"),
        "days": Key(DAYS, "number of days from one moment to another"),
        "show": Key(closed("measure", ("share", "ratio", "median", "mean", "count"))),
        "target": Key(SAID, "the target level; words by language"),
        "measurable": Key(FLAG, "false when the record cannot answer it; say why in `note`"),
        "note": Key(TEXT),
        "source": Key(PROVENANCE),
        "row": Key(IDS),
    },
)
INDICATORS: Kind[dict[str, Indicator]] = named_items(INDICATOR_SHAPE, build_indicator, what="indicator")
