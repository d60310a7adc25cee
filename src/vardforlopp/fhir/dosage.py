"""Doses and supplies: how much of a drug, and for how many days it lasts."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from vardforlopp.fhir.measures import NOTHING, Read
from vardforlopp.fhir.reader import Target
from vardforlopp.fhir.reading import Reading
from vardforlopp.fhir.resource_types import Json
from vardforlopp.fhir.values import between, quantity, unit_of
from vardforlopp.kernel.civil import Interval
from vardforlopp.kernel.quantities import UnitError, convert, parse_number

_PER_DAY = {
    "d": Fraction(1),
    "h": Fraction(24),
    "wk": Fraction(1, 7),
    "mo": Fraction(12, 365),
    "a": Fraction(1, 365),
}


def dose_of(resource: Json, target: Target) -> Read:
    """The dose in the selector's unit: a day's dose for a unit a day (`mg/d`), else a single one."""
    if target.unit is None:
        return NOTHING
    if not target.unit.endswith("/d"):
        for dose in _doses(resource):
            return between(dose, target) if "low" in dose or "high" in dose else quantity(dose, target)
        return NOTHING
    for instruction in _instructions(resource):
        often = _times_a_day(instruction)
        for dose in _doses_in(instruction):
            if often is None or dose.get("value") is None:
                continue
            daily = parse_number(dose["value"]) * often
            original = (str(dose["value"]), str(dose.get("unit") or unit_of(dose)))
            return target.measure.read(daily, f"{unit_of(dose)}/d", shown="")._replace(original=original)
    return NOTHING


def _times_a_day(instruction: Json) -> Fraction | None:
    repeat = (instruction.get("timing") or {}).get("repeat") or {}
    unit = repeat.get("periodUnit")
    if unit not in _PER_DAY or repeat.get("period") is None:
        return None
    return parse_number(repeat.get("frequency", 1)) / parse_number(repeat["period"]) * _PER_DAY[unit]


def _instructions(resource: Json) -> Iterator[Json]:
    written = resource.get("dosageInstruction") or resource.get("dosage") or ()
    yield from (written,) if isinstance(written, dict) else written


def _doses_in(instruction: Json) -> Iterator[Json]:
    direct = instruction.get("dose")  # MedicationAdministration
    if direct:
        yield direct
    for rate in instruction.get("doseAndRate") or ():
        dose = rate.get("doseQuantity") or rate.get("doseRange")
        if dose:
            yield dose


def _doses(resource: Json) -> Iterator[Json]:
    for instruction in _instructions(resource):
        yield from _doses_in(instruction)


def supplied_days(resource: Json, kind: str) -> int | None:
    """For how many days the supply lasts: as handed over, or as expected with all repeats."""
    if kind == "MedicationDispense":
        return _days(resource.get("daysSupply"))
    request = resource.get("dispenseRequest") or {}
    days = _days(request.get("expectedSupplyDuration"))
    if days is not None:
        repeats = request.get("numberOfRepeatsAllowed")
        return days * (1 + repeats) if isinstance(repeats, int) and repeats > 0 else days
    for instruction in _instructions(resource):
        bounds = ((instruction.get("timing") or {}).get("repeat") or {}).get("boundsDuration")
        days = _days(bounds)
        if days is not None:
            return days
    return None


def _days(duration: Json | None) -> int | None:
    if not duration or duration.get("value") is None:
        return None
    unit = duration.get("code") or duration.get("unit") or "d"
    unit = {"days": "d", "day": "d", "dagar": "d"}.get(unit, unit)
    try:
        days = convert(parse_number(duration["value"]), unit, "d")
    except UnitError:
        return None
    return -int(-days // 1) if days > 0 else None


def written_end(resource: Json, ref: str, reading: Reading) -> Interval | None:
    """The end that the dosage itself gives."""
    for instruction in _instructions(resource):
        period = ((instruction.get("timing") or {}).get("repeat") or {}).get("boundsPeriod") or {}
        if period.get("end"):
            return reading.ending(period["end"], ref, "dosageInstruction.timing.repeat.boundsPeriod.end")
    return None
