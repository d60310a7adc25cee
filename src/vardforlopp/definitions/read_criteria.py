"""Criteria: one head word, its modifiers; and durations that depend on them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from vardforlopp.definitions.criteria import (
    Active,
    Age,
    All,
    AnyOf,
    AtLeast,
    Base,
    BranchIs,
    Change,
    Count,
    Criterion,
    Dead,
    Decided,
    Done,
    DurationLike,
    Entered,
    Has,
    NoneOf,
    Param,
    Reached,
    Row,
    Setting,
    SexIs,
    Table,
    Value,
)
from vardforlopp.definitions.kinds import (
    COUNT,
    DURATION,
    FLAG,
    IDENT,
    SELECTOR,
    STATE,
    closed,
    param_in,
    reference,
    string,
)
from vardforlopp.definitions.read_moments import MOMENT, STEP, WINDOW
from vardforlopp.definitions.read_tests import AGE, CHANGE, HOW_MANY, TEST, WORDS_TEST
from vardforlopp.definitions.reading import (
    Json,
    Key,
    Kind,
    Reading,
    Shape,
    Unreadable,
    Use,
    Values,
    list_of,
    need_mapping,
    need_scalar,
    one_or_list,
    read_keys,
    unknown_key,
)
from vardforlopp.definitions.suggest import listed
from vardforlopp.definitions.tree import Mapping, Node, Scalar, Sequence

PICKS = ("latest", "first", "highest", "lowest", "any")
SEXES = ("female", "male", "other")


def _read(reading: Reading, node: Node) -> Criterion:
    mapping = need_mapping(reading, node, what="a criterion")
    heads = [name for name in mapping.entries if name in HEADS]
    if len(heads) == 1:
        shape, build = HEADS[heads[0]]
        return build(reading, mapping, read_keys(shape, reading, node=mapping))
    if heads or not mapping.entries:
        what = f"a criterion has {'several heads: ' + listed(heads) if heads else 'no head'}"
        raise reading.error(
            "VF-DEF-013", node, what, do="Write one head word; join criteria with all or any."
        )
    unknown_key(reading, mapping, name=next(iter(mapping.entries)), known=HEADS, of="criteria")
    raise Unreadable


def _value(reading: Reading, node: Mapping, values: Values) -> Criterion:
    tests = [name for name in ("is", "rise", "fall") if name in values]
    if len(tests) != 1:
        raise reading.error(
            "VF-DEF-022",
            node,
            f"a value has {listed(tests) or 'no test'}",
            do="Write one of is, rise and fall.",
        )
    selector, pick, window = values["value"], values.get("pick", "latest"), values.get("in")
    if tests[0] == "is":
        if "against" in values:
            raise reading.error("VF-DEF-022", node, "'against' has no rise or fall", do="Write rise or fall.")
        return Value(selector, values["is"], pick, window, values.get("held"))
    if "held" in values:
        raise reading.error("VF-DEF-022", node, "a change cannot be held", do="Remove `held:`.")
    compare, percent = values[tests[0]]
    direction = "rise" if tests[0] == "rise" else "fall"
    return Change(selector, direction, compare, percent, values.get("against", Base()), pick, window)  # type: ignore[arg-type]


def _base(reading: Reading, node: Node) -> Base:
    if isinstance(node, Scalar):
        return Base(pick=PICK.read(reading, node))  # type: ignore[arg-type]  # a closed list
    values = read_keys(BASE_SHAPE, reading, node=node)
    return Base(values.get("value"), values.get("pick"), values.get("in"))


def _setting(reading: Reading, node: Node) -> Param:
    text = need_scalar(reading, node, what="a setting").text
    param = param_in(reading, node, text=text, wants=("flag",))
    if param is None:
        raise reading.error("VF-DEF-010", node, f"'{text}' is not a parameter", do=f"Write ${text}.")
    return param


def _age(reading: Reading, node: Mapping, values: Values) -> Criterion:
    test, unit = values["age"]
    return Age(test, unit)


def _branch(reading: Reading, node: Mapping, values: Values) -> Criterion:
    for word in values["is"]:
        reading.refer("option", node.entries["is"], name=word, wants=(values["branch"],))
    return BranchIs(values["branch"], values["is"])


def _table(reading: Reading, node: Node) -> DurationLike:
    if not isinstance(node, Sequence):
        return DURATION.read(reading, node)
    rows = _ROWS.read(reading, node)
    for written, row in zip(node.items, rows, strict=True):
        last = row is rows[-1]
        if last != (row.when is None):
            what = "the last row of the table has a `when`" if last else "a row before the last has no `when`"
            raise reading.error(
                "VF-DEF-024", written, what, do="Let the last row, and only that one, hold without `when`."
            )
    return Table(rows)


def _row(reading: Reading, node: Node) -> Row:
    values = read_keys(ROW_SHAPE, reading, node=node)
    return Row(values.get("when"), values["is"])


def _schema(use: Use) -> Json:
    return {"anyOf": [shape.schema(use) for shape, _ in HEADS.values()]}


CRITERION: Kind[Criterion] = Kind("criterion", _read, _schema)
CRITERIA = list_of(CRITERION, what="the list of criteria", empty=True)
PICK = closed("pick", PICKS)
SEX = closed("sex", SEXES)
CHOICE = reference("choice")
_ENTRIES = list_of(reference("entry"), what="the list of entries")
_WHERE = Key(TEST, "only facts whose own value passes")
_IN = Key(WINDOW, "only facts of this window")
BASE_SHAPE = Shape("'against'", {"value": Key(SELECTOR), "pick": Key(PICK), "in": _IN})
BASE: Kind[Base] = Kind("base", _base, lambda use: {"anyOf": [use(PICK), BASE_SHAPE.schema(use)]})
ROW_SHAPE = Shape("a row of the table", {"when": Key(CRITERION), "is": Key(DURATION, required=True)})
_ROWS = list_of(Kind("row", _row, ROW_SHAPE.schema), what="the table")
DURATION_LIKE: Kind[DurationLike] = Kind(
    "duration-or-table", _table, lambda use: {"anyOf": [use(DURATION), use(_ROWS)]}
)
_SETTING = Kind("setting", _setting, lambda use: string(r"\$.+"))

Build = Callable[[Reading, Mapping, dict[str, Any]], Criterion]


def _head(head: str, kind: Kind[Any], build: Build, **modifiers: Key) -> tuple[str, tuple[Shape, Build]]:
    keys = {head: Key(kind, required=True)} | {name.rstrip("_"): key for name, key in modifiers.items()}
    return head, (Shape(f"'{head}'", keys), build)


HEADS: dict[str, tuple[Shape, Build]] = dict(
    (
        _head("all", CRITERIA, lambda r, n, v: All(v["all"])),
        _head("any", CRITERIA, lambda r, n, v: AnyOf(v["any"])),
        _head("none", CRITERIA, lambda r, n, v: NoneOf(v["none"])),
        _head(
            "at_least", COUNT, lambda r, n, v: AtLeast(v["at_least"], v["of"]),
            of=Key(CRITERIA, required=True),
        ),
        _head(
            "has", SELECTOR, lambda r, n, v: Has(v["has"], v.get("where"), v.get("in")), where=_WHERE, in_=_IN
        ),
        _head(
            "active", STATE, lambda r, n, v: Active(v["active"], v.get("in"), v.get("held")),
            in_=_IN, held=Key(DURATION, "has been so at least this long"),
        ),
        _head(
            "value", SELECTOR, _value,
            pick=Key(PICK, "which of several values; latest when not said"),
            in_=_IN, is_=Key(TEST), rise=Key(CHANGE), fall=Key(CHANGE),
            against=Key(BASE, "what a change is measured against"),
            held=Key(DURATION, "has passed at least this long"),
        ),
        _head(
            "count", SELECTOR,
            lambda r, n, v: Count(v["count"], v["is"], v.get("where"), v.get("in"), v.get("apart")),
            where=_WHERE, in_=_IN, apart=Key(DURATION, "a fact this close to the one before belongs to it"),
            is_=Key(HOW_MANY, required=True),
        ),
        _head("age", AGE, _age),
        _head("sex", one_or_list(SEX, what="the list"), lambda r, n, v: SexIs(v["sex"])),
        _head("dead", FLAG, lambda r, n, v: Dead(v["dead"])),
        _head("reached", MOMENT, lambda r, n, v: Reached(v["reached"])),
        _head("done", STEP, lambda r, n, v: Done(v["done"], v.get("in")), in_=_IN),
        _head(
            "decided", IDENT, lambda r, n, v: Decided(v["decided"], v["is"]),
            is_=Key(WORDS_TEST, "the answer", required=True),
        ),
        _head("branch", CHOICE, _branch, is_=Key(WORDS_TEST, required=True)),
        _head("entered", _ENTRIES, lambda r, n, v: Entered(v["entered"])),
        _head("setting", _SETTING, lambda r, n, v: Setting(v["setting"])),
    )
)  # fmt: skip
