"""What FHIR data types say, as values of facts: quantities, answers, spans and dates."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from typing import Any

from vardforlopp.fhir.measures import NOTHING, Read
from vardforlopp.fhir.reader import Reader, Target
from vardforlopp.fhir.resource_types import Json
from vardforlopp.fhir.times import as_value
from vardforlopp.kernel.quantities import parse_number
from vardforlopp.record.facts import Span, Word

YES, NO = Word("ja"), Word("nej")

#: Answers that mean yes or no in whatever question they stand.
YES_NO = {
    ("loinc", "LA33-6"): YES,
    ("loinc", "LA32-8"): NO,
    ("snomed", "373066001"): YES,
    ("snomed", "373067005"): NO,
    ("snomed", "52101004"): YES,
    ("snomed", "2667000"): NO,
    ("snomed", "10828004"): YES,
    ("snomed", "260385009"): NO,
    ("snomed", "260373001"): YES,
    ("snomed", "260415000"): NO,
}
#: Comparator -> (the number is a lower limit, the limit itself is left out).
_COMPARATORS = {"<": (False, True), "<=": (False, False), ">": (True, True), ">=": (True, False)}
_SIGNS = {"≤": "<=", "≥": ">="}


def quantity(written: Json, target: Target) -> Read:
    """A Quantity in the selector's unit; a comparator (`<5`) gives a span."""
    try:
        # What most quantities are: a number in one unit, as it was shown.
        number, unit = written["value"], written["code"]
        if written["unit"] == unit and "comparator" not in written:
            if number.__class__ is float and number:
                return target.measure[unit][number]
            if number.__class__ is int:
                return target.measure.of_whole(number, unit)
    except KeyError:
        number = written.get("value")
        if number is None:
            return NOTHING
    unit = unit_of(written)
    return _measured(number, unit, target, written.get("comparator"), written.get("unit") or unit)


def _measured(number: Any, unit: str, target: Target, comparator: str | None, shown: str) -> Read:
    found = target.measure.read(number, unit, shown=shown)
    if comparator is None or not isinstance(found.value, Fraction):
        return found
    above, is_open = _COMPARATORS[comparator]
    limit = found.value
    return found._replace(
        value=Span(limit, None, lo_open=is_open) if above else Span(None, limit, hi_open=is_open)
    )


def unit_of(written: Json) -> str:
    """The unit of a Quantity: its UCUM code, else the unit as shown; empty when there is none."""
    return written.get("code") or written.get("unit") or ""


def between(written: Json, target: Target) -> Read:
    """A Range in the selector's unit."""
    low, high = (quantity(written.get(end) or {}, target) for end in ("low", "high"))
    original = ("-".join(end.original[0] if end.original else "" for end in (low, high)), "")
    lo, hi = (end.value if isinstance(end.value, Fraction) else None for end in (low, high))
    if low.unusable or high.unusable:
        return Read(None, None, original, low.unusable or high.unusable)
    if lo is not None and hi is not None and lo > hi:
        return Read(None, None, original, "VF-QUA-033")
    return Read(Span(lo, hi), low.unit or high.unit, original) if lo is not hi else NOTHING


def _ratio(written: Json, target: Target) -> Read:
    """A Ratio as one number: numerator by denominator, and so the unit."""
    top, bottom = written.get("numerator") or {}, written.get("denominator") or {"value": 1}
    original = (f"{top.get('value')}:{bottom.get('value')}", "")
    try:
        value = parse_number(top["value"]) / parse_number(bottom["value"])
    except (KeyError, ValueError, TypeError, AttributeError, ZeroDivisionError):
        return Read(None, None, original, "VF-QUA-033")
    over, under = unit_of(top), unit_of(bottom)
    unit = f"{over or '1'}/{under}" if under not in ("", "1") else over
    return target.measure.read(value, unit, shown="")._replace(original=original)


def _text(written: str, target: Target) -> Read:
    """Free text: a number with its unit where the selector measures something, else the words."""
    text = written.strip()
    if target.unit is None:
        return Read(Word(text)) if text else NOTHING
    number = text
    comparator = None
    for sign in ("<=", ">=", "≤", "≥", "<", ">"):
        if number.startswith(sign):
            comparator, number = _SIGNS.get(sign, sign), number[len(sign) :].lstrip()
            break
    number, _, unit = number.partition(" ")
    return _measured(number, unit.strip(), target, comparator, "")._replace(original=(text, ""))


def word_of(codings: Iterable[Mapping[str, Any]], text: str | None, reader: Reader, target: Target) -> Read:
    """A coded answer as the catalogue's word for it, else yes or no, else its own code."""
    own: str | None = None
    for coding in codings:
        pair = reader.pair(coding)
        word = target.words.get(pair) or YES_NO.get(pair)
        if word is not None:
            return Read(word, None, (str(coding.get("code")), ""))
        code = coding.get("code")
        if code and (own is None or pair[0] == reader.local):
            own = str(code)
    answer = own or (text or "").strip()
    return Read(Word(answer), None, (answer, "")) if answer else NOTHING


def _concept(written: Json, target: Target, reader: Reader) -> Read:
    return word_of(written.get("coding") or (), written.get("text"), reader, target)


def _date(written: str) -> Read:
    day = as_value(written)
    return (
        Read(day, None, (written, "")) if day is not None else Read(None, None, (written, ""), "VF-QUA-001")
    )


_KINDS: dict[str, Callable[[Any, Target, Reader], Read]] = {
    "Quantity": lambda written, target, _: quantity(written, target),
    "CodeableConcept": _concept,
    "Coding": lambda written, target, reader: word_of((written,), None, reader, target),
    "Boolean": lambda written, target, _: Read(YES if written else NO, None, (str(written).lower(), "")),
    "Integer": lambda written, target, _: _measured(written, "", target, None, ""),
    "Decimal": lambda written, target, _: _measured(written, "", target, None, ""),
    "String": lambda written, target, _: _text(written, target),
    "Range": lambda written, target, _: between(written, target),
    "Ratio": lambda written, target, _: _ratio(written, target),
    "DateTime": lambda written, target, _: _date(written),
    "Date": lambda written, target, _: _date(written),
    "Time": lambda written, target, _: Read(Word(written), None, (written, "")),
    "Period": lambda written, target, _: _date(written.get("start") or written.get("end") or ""),
    "SampledData": lambda written, target, _: NOTHING,
}
_KEYS = tuple((f"value{kind}", read) for kind, read in _KINDS.items())


def value_of(element: Json, target: Target, reader: Reader) -> Read:
    """The value[x] of an Observation, a component or an answer, whatever its type."""
    if "valueCodeableConcept" in element:
        return _concept(element["valueCodeableConcept"], target, reader)
    for key, read in _KEYS:
        written = element.get(key)
        if written is not None:
            return read(written, target, reader)
    if element.get("interpretation"):
        codings = [c for concept in element["interpretation"] for c in concept.get("coding") or ()]
        return word_of(codings, None, reader, target)
    return NOTHING


def answers_with(element: Json, answers: frozenset[tuple[str, str]], reader: Reader) -> bool:
    """True when the value is coded, with one of `answers`."""
    concept = element.get("valueCodeableConcept")
    codings = concept.get("coding") or () if concept is not None else (element.get("valueCoding") or {},)
    for coding in codings:  # noqa: SIM110 - `any` of a generator takes twice the time
        if reader.pair(coding) in answers:
            return True
    return False


def limits_of(stretches: list[Json], target: Target) -> tuple[Fraction | None, Fraction | None]:
    """The laboratory's own reference limits, in the selector's unit."""
    for stretch in stretches:
        if ("type" not in stretch and "appliesTo" not in stretch) or _is_normal(stretch):
            low = _limit(stretch["low"], target) if "low" in stretch else None
            return low, _limit(stretch["high"], target) if "high" in stretch else None
    return None, None


def _limit(written: Json, target: Target) -> Fraction | None:
    """A limit as an exact number; how its unit was shown does not matter, so it is not looked at."""
    number, unit = written.get("value"), written.get("code")
    if number.__class__ is float and unit.__class__ is str and unit and "comparator" not in written:
        value = target.measure[unit][number].value
    else:
        value = quantity(written, target).value
    return value if value.__class__ is Fraction else None


def _is_normal(stretch: Json) -> bool:
    """A range of what is usual, not of treatment or of a certain group."""
    codings = (stretch.get("type") or {}).get("coding") or ()
    return not stretch.get("appliesTo") and all(coding.get("code") == "normal" for coding in codings)
