"""What may stand after `is`, `where`, `rise` and `fall`: tests on a value."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import cast

from vardforlopp.definitions.criteria import (
    Between,
    Compare,
    CompareOwn,
    CompareRef,
    OneOf,
    Op,
    Param,
    Quantity,
    Test,
)
from vardforlopp.definitions.kinds import ID, NUMBER, PARAM, param_in, quantity, string
from vardforlopp.definitions.reading import Kind, Reading, Use, need_scalar
from vardforlopp.definitions.tree import Node, Sequence

_NUMERIC = ("quantity", "integer")
_COMPARE = re.compile(r"(<=|>=|<|>)\s*(\S.*)")
_REFERENCE = re.compile(rf"(?:({NUMBER})\s*x\s*)?ref\.(high|low)")
_OWN = re.compile(rf"own:({ID}(?:\.end)?)")
_BETWEEN = re.compile(rf"({NUMBER}|{PARAM})\s*\.\.\s*({NUMBER}|{PARAM})(?:\s+(\S.*))?")
_WORD = re.compile(r"[^\s<>=$,]+")
_AGE_UNIT = re.compile(r"(.*?)\s*(year|month)s?")
_HOW = 'Write it as ">= 400 ng/L", "125..399 ng/L", "> ref.high", a word or a list of words.'


def _test(reading: Reading, node: Node) -> Test:
    if isinstance(node, Sequence):
        if not node.items:
            raise reading.error(
                "VF-DEF-016", node, "the list of words is empty", do="Name at least one word."
            )
        return OneOf(tuple(_word(reading, item) for item in node.items))
    text = need_scalar(reading, node, what="a test").text.strip()
    return _compared(reading, node, text) or _between(reading, node, text) or OneOf((_word(reading, node),))


def _compared(reading: Reading, node: Node, text: str) -> Compare | CompareRef | CompareOwn | None:
    match = _COMPARE.fullmatch(text)
    if match is None:
        return None
    op, operand = cast(Op, match[1]), match[2]
    own = _OWN.fullmatch(operand)
    if own is not None:
        reading.refer("selector", node, name=own[1])
        return CompareOwn(op, own[1])
    ref = _REFERENCE.fullmatch(operand)
    if ref is not None:
        return CompareRef(op, Fraction(ref[1] or 1), "high" if ref[2] == "high" else "low")
    return Compare(op, _limit(reading, node, operand))


def _limit(reading: Reading, node: Node, text: str) -> Quantity | Param:
    limit = param_in(reading, node, text=text, wants=_NUMERIC) or quantity(reading, node, text=text)
    if isinstance(limit, Quantity) and limit.unit == "%-points":
        raise reading.error(
            "VF-DEF-016", node, "%-points is a change, not a value", do="Write %, or use rise or fall."
        )
    return limit


def _between(reading: Reading, node: Node, text: str) -> Between | None:
    match = _BETWEEN.fullmatch(text)
    if match is None:
        return None
    unit = match[3] or "1"
    lo, hi = (
        param_in(reading, node, text=end, wants=_NUMERIC) or Quantity(Fraction(end), unit)
        for end in (match[1], match[2])
    )
    if isinstance(lo, Quantity) and isinstance(hi, Quantity) and lo.value > hi.value:
        raise reading.error(
            "VF-DEF-016", node, f"'{text}' ends before it begins", do="Write the lower limit first."
        )
    return Between(lo, hi)


def _word(reading: Reading, node: Node) -> str:
    scalar = need_scalar(reading, node, what="a word")
    if _WORD.fullmatch(scalar.text):
        return scalar.text
    raise reading.error("VF-DEF-016", node, f"'{scalar.text}' is not a test", do=_HOW)


def _words(reading: Reading, node: Node) -> tuple[str, ...]:
    found = _test(reading, node)
    if isinstance(found, OneOf):
        return found.words
    raise reading.error(
        "VF-DEF-016", node, "a word is needed here, not a limit", do="Write the answer's word."
    )


def _how_many(reading: Reading, node: Node) -> Compare | Between:
    text = need_scalar(reading, node, what="a number of times").text.strip()
    if re.fullmatch(r"\d+", text):
        exactly = Quantity(Fraction(text), "1")
        return Between(exactly, exactly)
    found = _compared(reading, node, text) or _between(reading, node, text)
    limits = (
        (found.limit,)
        if isinstance(found, Compare)
        else (found.lo, found.hi)
        if isinstance(found, Between)
        else ()
    )
    whole = [
        limit
        for limit in limits
        if isinstance(limit, Param) or (limit.unit == "1" and limit.value.denominator == 1)
    ]
    if isinstance(found, Compare | Between) and len(whole) == len(limits):
        return found
    raise reading.error("VF-DEF-016", node, f"'{text}' is not a number of times", do='Write it as ">= 2".')


def _change(reading: Reading, node: Node) -> tuple[Compare, bool]:
    text = need_scalar(reading, node, what="a change").text.strip()
    match = _COMPARE.fullmatch(text)
    if match is None:
        raise reading.error(
            "VF-DEF-016",
            node,
            f"'{text}' is not a change",
            do='Write it as ">= 5 kg", ">= 12 %" or ">= 10 %-points".',
        )
    op = cast(Op, match[1])
    limit = param_in(reading, node, text=match[2], wants=_NUMERIC) or quantity(reading, node, text=match[2])
    if isinstance(limit, Param):
        return Compare(op, limit), _in_percent(reading, limit)
    if limit.unit == "%-points":
        return Compare(op, Quantity(limit.value, "%")), False
    return Compare(op, limit), limit.unit == "%"


def _in_percent(reading: Reading, param: Param) -> bool:
    known = reading.parameters.get(param.name)
    return known is not None and isinstance(known.value, Quantity) and known.value.unit == "%"


def _age(reading: Reading, node: Node) -> tuple[Compare | Between, str]:
    text = need_scalar(reading, node, what="an age").text.strip()
    found = re.fullmatch(rf"(?:<=|>=|<|>)\s*{PARAM}", text)
    written = _AGE_UNIT.fullmatch(text)
    bare, unit = (text, "years") if found else (written[1], written[2] + "s") if written else ("", "")
    test = _compared(reading, node, bare) or _between(reading, node, bare) if bare else None
    if isinstance(test, Compare | Between):
        return test, unit
    raise reading.error(
        "VF-DEF-016", node, f"'{text}' is not an age", do='Write it as ">= 50 years" or "50..75 years".'
    )


def _test_schema(use: Use) -> dict[str, object]:
    return {
        "anyOf": [{"type": ["string", "number"]}, {"type": "array", "items": {"type": ["string", "number"]}}]
    }


TEST: Kind[Test] = Kind("test", _test, _test_schema)
WORDS_TEST = Kind("words-test", _words, _test_schema)
HOW_MANY = Kind("how-many", _how_many, lambda use: {"type": ["string", "integer"]})
CHANGE = Kind("change", _change, lambda use: string(r"(<=|>=|<|>).+"))
AGE = Kind("age", _age, lambda use: string(rf"(<=|>=|<|>)?.+(years?|months?)|(<=|>=|<|>)\s*{PARAM}"))
