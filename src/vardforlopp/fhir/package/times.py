"""Times of a rule in FHIR: durations where they are fixed, words where they depend on the person."""

from __future__ import annotations

from vardforlopp.definitions import formats
from vardforlopp.definitions.criteria import DurationLike
from vardforlopp.definitions.model import Parameter, Slots, Step
from vardforlopp.definitions.names import Names
from vardforlopp.definitions.words import BOOKS, clause_of, speech_of
from vardforlopp.definitions.words_time import duration_words, fixed, value_words
from vardforlopp.fhir.package.site import Json
from vardforlopp.kernel.durations import Duration, Unit

_UCUM: dict[Unit, str] = {
    "minutes": "min", "hours": "h", "days": "d", "working days": "d", "weeks": "wk", "months": "mo",
    "years": "a",
}  # fmt: skip
_WORKING = "working days"


def fixed_duration(names: Names, value: DurationLike | None) -> Duration | None:
    """The duration that holds for everybody; None when it depends on the person."""
    return fixed(speech_of(names, "en"), value)


def duration_json(value: Duration) -> Json:
    """A duration in UCUM. Working days are days whose unit is worded so."""
    unit = value.unit if abs(value.amount) != 1 else value.unit[:-1]
    return {
        "value": value.amount,
        "unit": unit,
        "system": "http://unitsofmeasure.org",
        "code": _UCUM[value.unit],
    }


def duration_text(names: Names, value: DurationLike) -> str:
    """A duration in English, with what it depends on; before the anchor it has its minus sign."""
    speech = speech_of(names, "en")
    return duration_words(
        speech,
        value,
        render=lambda each: ("-" if each.amount < 0 else "") + formats.duration(each, BOOKS["en"]),
        criterion=lambda speech, criterion: clause_of(speech, criterion).text,
    )


def timing(names: Names, step: Step) -> Json:
    """When the step comes again, where that is the same for everybody."""
    every = fixed_duration(names, step.every) or _slots_every(names, step.slots)
    if every is None or every.unit == _WORKING:
        return {}
    period = {"frequency": 1, "period": every.amount, "periodUnit": _UCUM[every.unit]}
    return {"timingTiming": {"repeat": period}}


def parameter_text(parameter: Parameter, names: Names) -> str:
    """A parameter in one line: value, range, level, sources."""
    speech = speech_of(names, "en")
    said = f"{parameter.id} = {value_words(speech, parameter.value)}"
    if parameter.low is not None and parameter.high is not None:
        said += f" ({value_words(speech, parameter.low)} to {value_words(speech, parameter.high)})"
    return f"{said}, {parameter.level}" + (f", {', '.join(parameter.sources)}" if parameter.sources else "")


def _slots_every(names: Names, slots: Slots | None) -> Duration | None:
    return fixed_duration(names, slots.every) if slots is not None and slots.every is not None else None
