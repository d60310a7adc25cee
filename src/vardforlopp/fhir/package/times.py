"""Times of a rule in FHIR: durations where they are fixed, words where they depend on the person."""

from __future__ import annotations

from vardforlopp.definitions import formats
from vardforlopp.definitions.criteria import DurationLike
from vardforlopp.definitions.model import Parameter, Slots, Step, Texts
from vardforlopp.definitions.names import Names
from vardforlopp.definitions.phrasebook import Lang
from vardforlopp.definitions.words import BOOKS, clause_of, speech_of
from vardforlopp.definitions.words_time import duration_words, fixed, value_words
from vardforlopp.fhir.package.site import Json, worded
from vardforlopp.fhir.package.texts import in_both
from vardforlopp.kernel.durations import Duration, Unit

#: Working days have no code: another system would read them as days.
_UCUM: dict[Unit, str] = {
    "minutes": "min", "hours": "h", "days": "d", "weeks": "wk", "months": "mo", "years": "a",
}  # fmt: skip


def fixed_duration(names: Names, value: DurationLike | None) -> Duration | None:
    """The duration that holds for everybody; None when it depends on the person."""
    return fixed(speech_of(names, "en"), value)


def duration_json(value: Duration) -> Json:
    """A duration as a Quantity, in UCUM where that has the unit; before the anchor it is negative."""

    def unit(lang: Lang) -> str:
        forms = BOOKS[lang].units[value.unit]
        return forms.one if abs(value.amount) == 1 else forms.many

    code = _UCUM.get(value.unit)
    coded = {"system": "http://unitsofmeasure.org", "code": code} if code else {}
    return {"value": value.amount, **worded("unit", in_both(unit)), **coded}


def stated(names: Names, value: DurationLike) -> Json:
    """A duration as the value of an extension: a Quantity, or words where it depends on the person."""
    held = fixed_duration(names, value)
    if held is not None:
        return {"valueQuantity": duration_json(held)}
    return worded("valueString", in_both(lambda lang: _duration_words(names, value, lang)))


def _duration_words(names: Names, value: DurationLike, lang: Lang) -> str:
    """What it depends on, and how long; before the anchor it has its minus sign."""
    return duration_words(
        speech_of(names, lang),
        value,
        render=lambda each: ("-" if each.amount < 0 else "") + formats.duration(each, BOOKS[lang]),
        criterion=lambda speech, criterion: clause_of(speech, criterion).text,
    )


def timing(names: Names, step: Step) -> Json:
    """When the step comes again, where that is the same for everybody."""
    every = fixed_duration(names, step.every) or _slots_every(names, step.slots)
    if every is None or every.unit not in _UCUM:
        return {}
    period = {"frequency": 1, "period": every.amount, "periodUnit": _UCUM[every.unit]}
    return {"timingTiming": {"repeat": period}}


def parameter_texts(parameter: Parameter, names: Names) -> Texts:
    """A parameter in one line: value, range, level, sources."""

    def say(lang: Lang) -> str:
        speech = speech_of(names, lang)
        said = f"{parameter.id} = {value_words(speech, parameter.value)}"
        if parameter.low is not None and parameter.high is not None:
            low, high = (value_words(speech, each) for each in (parameter.low, parameter.high))
            said += f" ({low}{formats.DASH}{high})"
        return ", ".join([said, speech.say(f"level.{parameter.level}"), *parameter.sources])

    return in_both(say)


def _slots_every(names: Names, slots: Slots | None) -> Duration | None:
    return fixed_duration(names, slots.every) if slots is not None and slots.every is not None else None
