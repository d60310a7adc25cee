"""Observation: measured values, answers and findings, and those of their components.

Half of a record is observations, so this reader asks the cheapest question first: most codes
are asked for by nobody.
"""

from __future__ import annotations

from fractions import Fraction

from vardforlopp.fhir.bundle import Group
from vardforlopp.fhir.measures import NOTHING, Read
from vardforlopp.fhir.occurrence import Spell, spell
from vardforlopp.fhir.reader import Matches, Target
from vardforlopp.fhir.reading import ONGOING, SHAPE, Reading, end_at, new_fact
from vardforlopp.fhir.resource_types import Json
from vardforlopp.fhir.values import NO, answers_with, limits_of, quantity, value_of
from vardforlopp.kernel.civil import Interval
from vardforlopp.record.facts import Fact

_KINDS = {
    "laboratory": "laboratory",
    "survey": "questionnaires",
    "social-history": "lifestyle",
    "imaging": "imaging",
}
_ALL_KINDS = frozenset(_KINDS.values()) | {"measurements"}
_NOT_MADE = frozenset({"not-performed", "not-asked", "asked-declined", "not-applicable", "unsupported"})
_LINKS = frozenset({"partOf", "basedOn", "hasMember", "derivedFrom"})
_ISSUED = ("issued",)
_MORE = _LINKS | {"issued", "meta"}  # what most observations do not have
_NO_LIMITS: tuple[Fraction | None, Fraction | None] = (None, None)


def read(group: Group, reading: Reading) -> None:
    """Facts out of all observations of a record."""
    table = reading.reader.tables["Observation"]
    me, times = reading.me, reading.times
    unseen = set(_ALL_KINDS)
    for own, resource in group.items():
        span = end = None
        try:
            # The usual shape in one go; whatever differs is looked at part by part.
            if resource["status"] == "final" and resource["subject"]["reference"] in me:
                span = times[resource["effectiveDateTime"]]
        except SHAPE:
            pass
        try:
            if span is None:
                when = _made(resource, f"Observation/{own}", reading)
                if when is None:
                    continue
                span, end = when
            found: Matches = ()
            try:
                for coding in resource["code"]["coding"]:
                    by_system = table[coding["code"]]
                    if by_system is not None:
                        found += by_system[coding["system"]]
            except KeyError:
                found = table.of_concept(resource["code"])
            if found or "component" in resource:
                _facts(found, span, end, f"Observation/{own}", resource, reading)
            elif unseen:
                # What gives a fact shows its selector's kind; the rest shows that of its category.
                _note_kind(resource, unseen)
        except SHAPE as error:
            reading.misshapen("Observation", f"Observation/{own}", error)
    reading.kinds |= _ALL_KINDS - unseen


def _made(resource: Json, ref: str, reading: Reading) -> Spell | None:
    """When it was made; None, and counted as not read, if it is not this person's or was not made.

    A time is looked at even when nobody asks for the code: bad dates are reported.
    """
    kind = "Observation"
    if not (reading.about_me(resource, kind, ref) and reading.shows(resource, kind, ref)):
        return None
    return spell(resource, kind, ref, stem="effective", reading=reading, instead=_ISSUED)


def _facts(
    found: Matches, span: Interval, end: Interval | None, ref: str, resource: Json, reading: Reading
) -> None:
    """The facts of an observation and of its components."""
    if "encounter" in resource and resource["encounter"].get("reference") not in reading.visits:
        reading.visit(resource, ref)
    if resource.keys().isdisjoint(_MORE):
        since = span[0]
        reading.assumed.append(ref)
    else:
        reading.linked(resource, ref, _LINKS)
        known = reading.known(resource, ref, span, _ISSUED)
        if known is None:
            reading.skip("Observation", ref, "dated in the future")
            return
        span, since = known
    if found:
        _add(found, resource, ref, span, since, end, resource, reading)
    if "component" in resource:
        table = reading.reader.tables["Observation"]
        for component in resource["component"]:
            more = table.of_concept(component["code"])
            if more:
                _add(more, component, ref, span, since, end, resource, reading)


def contained(resource: Json, ref: str, spell_: Spell, reading: Reading) -> None:
    """Facts of an observation that stands inside a report; it has the report's time if none of its own."""
    text = resource.get("effectiveDateTime")
    own = None if text is None else reading.when(text, ref, "effectiveDateTime")
    span, end = spell_ if own is None else (own, None)
    known = reading.known(resource, ref, span, _ISSUED)
    if known is not None:
        table = reading.reader.tables["Observation"]
        for element in (resource, *(resource.get("component") or ())):
            _add(table.of_concept(element["code"]), element, ref, *known, end, resource, reading)


def _add(
    found: Matches,
    element: Json,
    ref: str,
    span: Interval,
    since: int,
    end: Interval | None,
    resource: Json,
    reading: Reading,
) -> None:
    """The facts of one element (the observation, or a component) for those who ask."""
    if len(found) > 1:
        found = tuple(dict.fromkeys(found))
    if "dataAbsentReason" in element and _not_made(element["dataAbsentReason"]):
        return
    for target, answers, stops, plain in found:
        if answers is not None and not answers_with(element, answers, reading.reader):
            continue
        if stops:
            reading.stop(target, span, since, ref, resource=resource)
            continue
        if "valueQuantity" in element:
            value, unit, original, unusable = read = quantity(element["valueQuantity"], target)
        else:
            value, unit, original, unusable = read = _value(element, target, reading)
            if value == NO and not target.keeps_no:
                continue  # an answer "no" to something is not its presence (S08)
        low, high = limits = (
            limits_of(element["referenceRange"], target) if "referenceRange" in element else _NO_LIMITS
        )
        if plain and unusable is None:
            # What nearly all facts are.
            lo, hi, day, last_day = span
            reading.facts.append(
                new_fact(Fact, (
                    target.selector, lo, hi, day, last_day, since, ref, value, unit, original, low, high,
                    None, False, None, None, None, None, (),
                ))
            )  # fmt: skip
        elif not target.ordered:
            until = None if not target.state else ONGOING if end is None else end_at(end)
            reading.event(target, span, since, ref, resource=resource, read=read, limits=limits, end=until)


def _not_made(reason: Json) -> bool:
    return any(coding.get("code") in _NOT_MADE for coding in reason.get("coding") or ())


def _value(element: Json, target: Target, reading: Reading) -> Read:
    return NOTHING if "dataAbsentReason" in element else value_of(element, target, reading.reader)


def _note_kind(resource: Json, unseen: set[str]) -> None:
    if "category" not in resource:
        unseen.discard("measurements")
        return
    for category in resource["category"]:
        for coding in category.get("coding", ()):
            unseen.discard(_KINDS.get(coding.get("code"), "measurements"))
