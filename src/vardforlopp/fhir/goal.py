"""Goal: what the person wants to reach. Goals with a number are also facts (agreed limits)."""

from __future__ import annotations

from collections.abc import Callable

from vardforlopp.fhir.bundle import Group
from vardforlopp.fhir.concepts import codings_of, words_of
from vardforlopp.fhir.measures import NOTHING, Read
from vardforlopp.fhir.names import CATEGORY_SYSTEM, WHAT_MATTERS
from vardforlopp.fhir.occurrence import add, each, known_in_time, spell
from vardforlopp.fhir.reader import Target
from vardforlopp.fhir.reading import Reading
from vardforlopp.fhir.resource_types import Json
from vardforlopp.fhir.values import value_of
from vardforlopp.record.facts import Day

_DETAIL = "detail"

_LINKS = frozenset({"addresses"})


def read(group: Group, reading: Reading) -> None:
    """Facts and mentions out of all goals of a record."""
    each("Goal", group, reading, _one)


def _one(resource: Json, ref: str, shown: int, reading: Reading) -> None:
    reading.linked(resource, ref, _LINKS)
    text = words_of(resource["description"])
    start = reading.stamps[resource["startDate"]] if resource.get("startDate") else None
    if resource["lifecycleStatus"] != "completed":
        own = _own_words(resource, reading)
        since = None if start is None else Day(start.day)
        reading.mention("matters" if own else "goal", text, ref, time=since)
    targets: list[Json] = resource.get("target") or [{}]
    for target in targets:
        codings = [*codings_of(target, "measure"), *codings_of(resource, "description")]
        found = reading.reader.tables["Goal"].matches(codings)
        if found:
            when = spell(resource, "Goal", ref, stem="start", reading=reading, instead=("statusDate",))
            if when is None or not known_in_time(resource, "Goal", ref, when, reading):
                return
            add(found, when, "Goal", ref, resource=resource, reading=reading, value=_agreed(target, reading))


def _own_words(resource: Json, reading: Reading) -> bool:
    """True for what the patient has said: expressed by the patient, or of our category."""
    teller = resource.get("expressedBy")
    if teller and reading.is_me(teller):
        return True
    return any(
        coding.get("system") == CATEGORY_SYSTEM and coding.get("code") == WHAT_MATTERS
        for coding in codings_of(resource, "category")
    )


def _agreed(target: Json, reading: Reading) -> Callable[[Target], Read]:
    """The limit that was agreed, as the value of whoever asks."""

    def value(asked: Target) -> Read:
        for key, written in target.items():
            if key.startswith(_DETAIL):
                return value_of({f"value{key.removeprefix(_DETAIL)}": written}, asked, reading.reader)
        return NOTHING

    return value
