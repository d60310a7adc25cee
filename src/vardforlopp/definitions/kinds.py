"""The plain kinds of values: ids, texts, numbers, dates, durations, quantities, references."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Any

from vardforlopp.definitions.criteria import Param, Quantity
from vardforlopp.definitions.model import Texts
from vardforlopp.definitions.reading import (
    Json,
    Key,
    Kind,
    Reading,
    Shape,
    list_of,
    need_scalar,
    one_or_list,
    shaped,
)
from vardforlopp.definitions.suggest import did_you_mean, listed
from vardforlopp.definitions.tree import Mapping, Node, Scalar
from vardforlopp.kernel.civil import day_from_iso, parse_time
from vardforlopp.kernel.durations import UNITS, Duration, parse_duration

ID = r"[A-Za-z0-9][A-Za-z0-9_-]*"
NUMBER = r"-?\d+(?:\.\d+)?"
PARAM = r"\$" + ID
DURATION_TEXT = r"-?\d+(\.\d+)? (working )?(minute|hour|day|week|month|year)s?"

_ID = re.compile(ID)
_PARAM = re.compile(PARAM)
_SELECTOR = re.compile(ID + r"(\.end)?")
_QUANTITY = re.compile(rf"({NUMBER})(?:\s+(?=\S)|(?=[^\s\d.,])|$)(.*)")


def string(pattern: str | None = None) -> Json:
    """The JSON Schema of a text."""
    return {"type": "string"} if pattern is None else {"type": "string", "pattern": f"^({pattern})$"}


def is_id(text: str) -> bool:
    """Whether a text is written as an id."""
    return _ID.fullmatch(text) is not None


def _id(reading: Reading, node: Node) -> str:
    scalar = need_scalar(reading, node, what="an id")
    return check_id(reading, scalar)


def check_id(reading: Reading, scalar: Scalar) -> str:
    """The text as an id: letters, figures, hyphen, underscore; never a dot."""
    if _ID.fullmatch(scalar.text):
        return scalar.text
    raise reading.error(
        "VF-DEF-020", scalar, f"'{scalar.text}' is not an id",
        do="Use letters a-z, figures, hyphen and underscore, without å ä ö, spaces and dots.",
    )  # fmt: skip


def _text(reading: Reading, node: Node) -> str:
    return need_scalar(reading, node, what="a text").text.strip()


def _flag(reading: Reading, node: Node) -> bool:
    scalar = need_scalar(reading, node, what="a yes/no value")
    if scalar.flag is None:
        raise reading.error(
            "VF-DEF-010", node, f"'{scalar.text}' is not a yes/no value", do="Write true or false."
        )
    return scalar.flag


def _integer(reading: Reading, node: Node) -> int:
    scalar = need_scalar(reading, node, what="a whole number")
    if scalar.integer is None:
        raise reading.error(
            "VF-DEF-010", node, f"'{scalar.text}' is not a whole number", do="Write figures only."
        )
    return scalar.integer


def _count(reading: Reading, node: Node) -> int:
    number = _integer(reading, node)
    if number < 1:
        raise reading.error("VF-DEF-010", node, f"{number} is too small here", do="Write 1 or more.")
    return number


def _number(reading: Reading, node: Node) -> Fraction:
    return fraction(reading, node, text=need_scalar(reading, node, what="a number").text)


def fraction(reading: Reading, node: Node, *, text: str) -> Fraction:
    """A number as written, exactly."""
    if re.fullmatch(NUMBER, text):
        return Fraction(text)
    raise reading.error("VF-DEF-015", node, f"'{text}' is not a number", do="Write it as 12 or 12.5.")


def _date(reading: Reading, node: Node) -> int:
    text = need_scalar(reading, node, what="a date").text
    try:
        return day_from_iso(text)
    except ValueError:
        raise reading.error(
            "VF-DEF-023", node, f"'{text}' is not a date", do="Write it as 2026-03-02."
        ) from None


def _partial_date(reading: Reading, node: Node) -> str:
    text = need_scalar(reading, node, what="a date").text
    try:
        if len(text) > 10:
            raise ValueError
        parse_time(text)
    except ValueError:
        raise reading.error(
            "VF-DEF-023", node, f"'{text}' is not a date", do="Write it as 2026, 2026-03 or 2026-03-02."
        ) from None
    return text


def param_in(reading: Reading, node: Node, *, text: str, wants: tuple[str, ...]) -> Param | None:
    """`$name` as a parameter, None when the text is not written so."""
    if not text.startswith("$"):
        return None
    if not _PARAM.fullmatch(text):
        raise reading.error("VF-DEF-020", node, f"'{text}' is not a parameter", do="Write it as $name.")
    reading.refer("parameter", node, name=text[1:], wants=wants)
    return Param(text[1:])


def _duration(reading: Reading, node: Node) -> Duration | Param:
    text = need_scalar(reading, node, what="a duration").text.strip()
    return param_in(reading, node, text=text, wants=("duration",)) or duration(reading, node, text=text)


def duration(reading: Reading, node: Node, *, text: str) -> Duration:
    """A duration as written: `6 weeks`."""
    try:
        return parse_duration(text)
    except ValueError as error:
        amount, _, unit = text.partition(" ")
        known = (*UNITS, *(name[:-1] for name in UNITS))
        do = f"Write a number and a unit: {listed(UNITS)}."
        if amount.lstrip("-").isdigit() and unit:
            do = did_you_mean(unit, known, otherwise=do)
        raise reading.error("VF-DEF-014", node, str(error), do=do) from None


def _fixed_duration(reading: Reading, node: Node) -> Duration:
    return duration(reading, node, text=need_scalar(reading, node, what="a duration").text.strip())


def _quantity(reading: Reading, node: Node) -> Quantity:
    return quantity(reading, node, text=need_scalar(reading, node, what="a quantity").text)


def quantity(reading: Reading, node: Node, *, text: str) -> Quantity:
    """A number with its unit: `400 ng/L`; a bare number has unit 1."""
    match = _QUANTITY.fullmatch(text.strip())
    if match is None:
        raise reading.error(
            "VF-DEF-015", node, f"'{text}' is not a number with a unit",
            do="Write it as `400 ng/L`, with a decimal point and not a comma.",
        )  # fmt: skip
    return Quantity(Fraction(match[1]), match[2] or "1")


def closed(name: str, words: Iterable[str]) -> Kind[str]:
    """One word of a closed list."""
    known = tuple(words)

    def read(reading: Reading, node: Node) -> str:
        text = need_scalar(reading, node, what=name).text
        if text in known:
            return text
        do = did_you_mean(text, known, otherwise=f"The words are: {listed(known, 30)}.")
        raise reading.error("VF-DEF-021", node, f"'{text}' is not a {name}", do=do)

    return Kind(name.replace(" ", "-"), read, lambda use: {"enum": list(known)})


def reference(kind: str, pattern: str = ID) -> Kind[str]:
    """The id of something that is defined elsewhere."""
    legal = re.compile(pattern)

    def read(reading: Reading, node: Node) -> str:
        text = need_scalar(reading, node, what=f"a {kind}").text
        if not legal.fullmatch(text):
            raise reading.error("VF-DEF-020", node, f"'{text}' is not the id of a {kind}", do="Write its id.")
        reading.refer(kind, node, name=text)
        return text

    return Kind(f"{kind.replace(' ', '-')}-id", read, lambda use: string(pattern))


def _selector(wants: tuple[str, ...]) -> Callable[[Reading, Node], str]:
    def read(reading: Reading, node: Node) -> str:
        text = need_scalar(reading, node, what="a selector").text
        if not _SELECTOR.fullmatch(text):
            raise reading.error(
                "VF-DEF-020",
                node,
                f"'{text}' is not a selector",
                do="Write its id, or `id.end` for the end of a state.",
            )
        reading.refer("selector", node, name=text, wants=wants)
        return text

    return read


def _texts(reading: Reading, node: Node, values: dict[str, Any]) -> Texts:
    return dict(values)


def _said(reading: Reading, node: Node) -> Texts:
    """A text by language; a bare text, such as `>= 90 %`, is the same in both."""
    if isinstance(node, Mapping):
        return TEXTS.read(reading, node)
    return dict.fromkeys(("sv", "en"), TEXT.read(reading, node))


TEXT = Kind("text", _text, lambda use: {"type": ["string", "number"]})
IDENT = Kind("id", _id, lambda use: string(ID))
FLAG = Kind("flag", _flag, lambda use: {"type": "boolean"})
INTEGER = Kind("integer", _integer, lambda use: {"type": "integer"})
COUNT = Kind("count", _count, lambda use: {"type": "integer", "minimum": 1})
DECIMAL = Kind("number", _number, lambda use: {"type": "number"})
DATE = Kind("date", _date, lambda use: string(r"\d{4}-\d{2}-\d{2}"))
PARTIAL_DATE = Kind("partial-date", _partial_date, lambda use: string(r"\d{4}(-\d{2}(-\d{2})?)?"))
DURATION = Kind("duration", _duration, lambda use: string(f"{DURATION_TEXT}|{PARAM}"))
FIXED_DURATION = Kind("fixed-duration", _fixed_duration, lambda use: string(DURATION_TEXT))
QUANTITY = Kind("quantity", _quantity, lambda use: {"type": ["string", "number"]})
SELECTOR: Kind[str] = Kind("selector-id", _selector(()), lambda use: string(ID + r"(\.end)?"))
STATE: Kind[str] = Kind("state-id", _selector(("state",)), lambda use: string(ID))
TEXTS: Kind[Texts] = shaped(
    "texts",
    Shape(
        "a text",
        {
            "sv": Key(TEXT, "Swedish, as it is shown"),
            "en": Key(TEXT, "English"),
            "sv-x-lattlast": Key(TEXT, "easy Swedish"),
        },
    ),
    build=_texts,
)
SAID: Kind[Texts] = Kind("said", _said, lambda use: {"anyOf": [use(TEXT), use(TEXTS)]})
IDS = one_or_list(IDENT, what="a list of ids")
WORDS = one_or_list(TEXT, what="a list of words")
SELECTORS = list_of(SELECTOR, what="the list of selectors")
