"""Facts and what stands beside them as rows of JSON, and back: what is read equals what was written.

A fact is a list in the order of its fields, without the empty ones at its end; a number is `[n, d]`, other
values are an object with one letter.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from fractions import Fraction
from functools import lru_cache
from typing import Any

from vardforlopp.kernel.civil import Moment
from vardforlopp.record.facts import Act, Day, Fact, FactValue, Span, Word
from vardforlopp.record.record import Enrolment, Mention, Patient

_FACT_DEFAULTS = tuple(Fact._field_defaults.values())
_PLAIN = len(Fact._fields) - len(_FACT_DEFAULTS)  # fields without a default: those of a plain fact
_VALUE, _ORIGINAL, _LOW, _HIGH, _REFS = map(
    Fact._fields.index, ("value", "original", "ref_low", "ref_high", "refs")
)
_ENROLMENT = tuple(each.name for each in fields(Enrolment))
_MENTION = tuple(each.name for each in fields(Mention))
_PATIENT = tuple(each.name for each in fields(Patient))
#: No whole number of JSON is read beyond it.
_LARGEST = 1 << 63
#: A fact past its constructor, with every field given.
_new: Callable[..., Fact] = tuple.__new__


def fact_row(fact: Fact) -> list[Any]:
    """A fact as a row."""
    row: list[Any] = list(fact)
    if fact[_PLAIN:] == _FACT_DEFAULTS:
        return row[:_PLAIN]
    row[_VALUE] = written(fact.value)
    row[_LOW], row[_HIGH] = written(fact.ref_low), written(fact.ref_high)
    while row[-1] is None or row[-1] is False or row[-1] == ():
        row.pop()
    return row


def fact_of(row: list[Any]) -> Fact:
    """The fact of a row."""
    if len(row) == _PLAIN:
        return _new(Fact, (*row, *_FACT_DEFAULTS))
    row += _FACT_DEFAULTS[len(row) - _PLAIN :]
    row[_VALUE] = _value(row[_VALUE])
    row[_LOW], row[_HIGH] = _limit(row[_LOW]), _limit(row[_HIGH])
    if row[_ORIGINAL] is not None:
        row[_ORIGINAL] = tuple(row[_ORIGINAL])
    row[_REFS] = tuple(row[_REFS])
    return _new(Fact, row)


def written(value: FactValue | None) -> Any:
    """A value as JSON has it."""
    match value:
        case None:
            return None
        case Fraction():
            return [_whole(value.numerator), _whole(value.denominator)]
        case Word(word):
            return {"w": word}
        case Day(day, at):
            return {"d": [day, at]}
        case Span(lo, hi, lo_open, hi_open):
            return {"s": [written(lo), written(hi), lo_open, hi_open]}


def _whole(number: int) -> int | str:
    """A number that JSON's readers take as it is; a longer one is text."""
    return number if -_LARGEST < number < _LARGEST else str(number)


def _value(row: Any) -> FactValue | None:
    if row is None or isinstance(row, list):
        return _limit(row)
    ((kind, given),) = row.items()
    match kind:
        case "w":
            return Word(given)
        case "d":
            return Day(*given)
        case _:
            lo, hi, lo_open, hi_open = given
            return Span(_limit(lo), _limit(hi), lo_open, hi_open)


def _limit(row: list[int | str] | None) -> Fraction | None:
    return None if row is None else _fraction(*row)


@lru_cache(maxsize=100_000)
def _fraction(numerator: int | str, denominator: int | str) -> Fraction:
    return Fraction(int(numerator), int(denominator))


def act_of(row: list[Any]) -> Act:
    """The act of a row, which is a list of its fields."""
    return Act(*row)


def enrolment_row(stay: Enrolment) -> list[Any]:
    """A stay as a row."""
    return [getattr(stay, name) for name in _ENROLMENT]


def enrolment_of(row: list[Any]) -> Enrolment:
    """The stay of a row."""
    given = dict(zip(_ENROLMENT, row, strict=True))
    ended = given["ended"]
    given["started"] = Moment(*given["started"])
    return Enrolment(**given | {"ended": None if ended is None else tuple(ended)})


def mention_row(mention: Mention) -> list[Any]:
    """A mention as a row; the resource that it stands in comes third."""
    return [getattr(mention, name) for name in _MENTION]


def mention_of(row: list[Any]) -> Mention:
    """The mention of a row."""
    given = dict(zip(_MENTION, row, strict=True))
    return Mention(**given | {"selectors": tuple(given["selectors"])})


def patient_row(patient: Patient) -> list[Any]:
    """A patient as a row."""
    return [getattr(patient, name) for name in _PATIENT]


def patient_of(row: list[Any]) -> Patient:
    """The patient of a row."""
    given = dict(zip(_PATIENT, row, strict=True))
    died = given["died"]
    return Patient(**given | {"died": None if died is None else Moment(*died)})
