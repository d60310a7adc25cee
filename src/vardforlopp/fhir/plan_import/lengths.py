"""Durations, ranges and numbers of FHIR, as our language writes them."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

from vardforlopp.kernel.durations import Duration, Unit

#: UCUM, and what is often written instead.
_UNITS: dict[str, Unit] = {
    "min": "minutes", "minute": "minutes", "minutes": "minutes",
    "h": "hours", "hour": "hours", "hours": "hours",
    "d": "days", "day": "days", "days": "days",
    "wk": "weeks", "week": "weeks", "weeks": "weeks",
    "mo": "months", "month": "months", "months": "months",
    "a": "years", "year": "years", "years": "years",
}  # fmt: skip
#: Half of these is a whole number of those. A day is no 24 hours: hours are compared by the clock.
_PARTS: dict[Unit, tuple[int, Unit]] = {
    "hours": (60, "minutes"), "weeks": (7, "days"), "years": (12, "months"),
}  # fmt: skip
#: Of these no code exists: they say so in their unit, in Swedish or English.
_WORKING = ("arbetsdag", "arbetsdagar", "working day", "working days")
_LARGEST = 10_000


def length(amount: Any, unit: str) -> Duration | None:
    """A number of a unit as a duration of ours; None when the language has none that is exactly so."""
    ours = _UNITS.get(unit)
    if ours is None or isinstance(amount, bool) or not isinstance(amount, int | float):
        return None
    if abs(amount) > _LARGEST:
        return None
    exact = Fraction(str(amount))
    while exact.denominator != 1 and ours in _PARTS:
        times, ours = _PARTS[ours]
        exact *= times
    return Duration(int(exact), ours) if exact.denominator == 1 else None


def duration(value: Any) -> Duration | None:
    """A FHIR Duration or Quantity of time. A comparator makes it no duration of ours."""
    if not isinstance(value, dict) or "comparator" in value:
        return None
    unit, code = value.get("unit"), value.get("code")
    if unit in _WORKING:
        amount = value.get("value")
        if type(amount) is not int or abs(amount) > _LARGEST:
            return None
        return Duration(amount, "working days")
    return length(
        value.get("value"), code if isinstance(code, str) else unit if isinstance(unit, str) else ""
    )


def span(value: Any) -> tuple[Duration | None, Duration | None] | None:
    """A FHIR Range of durations, from and to; None when an end cannot be read."""
    if not isinstance(value, dict) or not (value.get("low") or value.get("high")):
        return None
    ends = [(value[end], duration(value[end])) for end in ("low", "high") if value.get(end)]
    if any(made is None for _, made in ends):
        return None
    return (
        duration(value["low"]) if value.get("low") else None,
        duration(value["high"]) if value.get("high") else None,
    )


def number(amount: float) -> str:
    """A number without exponent."""
    text = format(Decimal(str(amount)), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
