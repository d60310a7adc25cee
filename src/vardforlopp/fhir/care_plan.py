"""CarePlan: our enrolments, both ways, and the titles of other plans."""

from __future__ import annotations

from typing import Any

from vardforlopp.fhir.bundle import Group
from vardforlopp.fhir.concepts import codings_of, text_of, words_of
from vardforlopp.fhir.names import (
    CATEGORY_SYSTEM,
    COHERENT_PLAN,
    ENROLMENT,
    EXTENSION,
    IF_WORSE,
    canonical,
    category,
    own_id,
    pathway_of,
)
from vardforlopp.fhir.occurrence import Spell, add, each, period
from vardforlopp.fhir.reading import End, Reading, end_on
from vardforlopp.fhir.resource_types import Json
from vardforlopp.fhir.written_times import date_text, moment_of, moment_text, stamp_text
from vardforlopp.kernel.civil import Interval
from vardforlopp.record.record import Enrolment

_LINKS = frozenset({"basedOn", "partOf", "replaces", "careTeam", "goal"})
_LEFT_OPEN = frozenset({"not-started", "scheduled", "in-progress", "on-hold"})


def read(group: Group, reading: Reading) -> None:
    """Enrolments, facts and mentions out of all care plans of a record."""
    each("CarePlan", group, reading, _one)


def _one(resource: Json, ref: str, shown: int, reading: Reading) -> None:
    kind = "CarePlan"
    reading.linked(resource, ref, _LINKS)
    ours = {
        coding.get("code")
        for coding in codings_of(resource, "category")
        if coding.get("system") == CATEGORY_SYSTEM
    }
    if ENROLMENT in ours:
        _enrolment(resource, ref, reading)
        return
    start, end = period(resource.get("period") or {}, ref, "period", reading)
    if resource["status"] != "completed" and COHERENT_PLAN not in ours:
        _mentions(resource, ref, reading, if_worse=IF_WORSE in ours)
    if start is None and resource.get("created") is not None:
        start = reading.when(resource["created"], ref, "created")
    if start is not None:
        found = reading.reader.tables[kind].matches(codings_of(resource, "category"))
        over = _over(resource, end, start.last_day, ref, reading) if found else None
        add(found, Spell(start, end), kind, ref, resource=resource, reading=reading, end=over)


def _over(resource: Json, end: Interval | None, last_day: int, ref: str, reading: Reading) -> End | None:
    if resource["status"] != "completed" or end is not None:
        return None
    reading.find("VF-QUA-008", ref, "period.end")
    return end_on(last_day)


def _mentions(resource: Json, ref: str, reading: Reading, *, if_worse: bool) -> None:
    if if_worse:
        reading.mention("if-worse", resource.get("description"), ref)
        return
    title = resource.get("title")
    if not title:
        # The last category is the most particular one: the first is often a general class.
        titles = [words for concept in resource.get("category") or () if (words := words_of(concept))]
        title = titles[-1] if titles else None
    reading.mention("plan", title, ref)
    for activity in resource.get("activity") or ():
        detail = activity.get("detail") or {}
        mine = any(reading.is_me(performer) for performer in detail.get("performer") or ())
        text = detail.get("description") or words_of(detail.get("code"))
        if mine and text and detail.get("status") in _LEFT_OPEN:
            reading.mention("own-action", text, ref)


# --- our enrolments ---------------------------------------------------------------------------


def _enrolment(resource: Json, ref: str, reading: Reading) -> None:
    named = pathway_of(resource.get("instantiatesCanonical"))
    spell = resource.get("period") or {}
    started = moment_of(spell.get("start"))
    if named is None or started is None:
        reading.find("VF-QUA-050", ref, "instantiatesCanonical" if named is None else "period.start")
        reading.skip("CarePlan", ref, "not FHIR R4")
        return
    extensions = {
        str(extension.get("url", "")).removeprefix(EXTENSION): extension
        for extension in resource.get("extension") or ()
    }
    ended = moment_of(spell.get("end")) if resource["status"] == "completed" else None
    followed = moment_of((extensions.get("followed-from") or {}).get("valueDate"))
    known = reading.stamps[resource["created"]] if resource.get("created") else None
    side = (extensions.get("side") or {}).get("valueCode")
    reading.enrolments.append(
        Enrolment(
            id=ref,
            pathway=named[0],
            version=named[1],
            entry=text_of((extensions.get("entry") or {}).get("valueCode")),
            started=started,
            followed_from=started.day if followed is None else followed.day,
            side=side if side in ("left", "right", "both") else None,
            unit=text_of((resource.get("author") or {}).get("display")),
            explicit=(extensions.get("explicit") or {}).get("valueBoolean", True) is True,
            ended=None
            if ended is None
            else (ended.day, str((extensions.get("ended-reason") or {}).get("valueString", ""))),
            known_from=None if known is None else known.lo,
        )
    )


def enrolment_to_fhir(enrolment: Enrolment, patient: str) -> dict[str, Any]:
    """An enrolment as a CarePlan; `_enrolment` reads it back to an equal value."""
    extensions: list[dict[str, Any]] = [
        {"url": f"{EXTENSION}followed-from", "valueDate": date_text(enrolment.followed_from)}
    ]
    if enrolment.entry is not None:
        extensions.append({"url": f"{EXTENSION}entry", "valueCode": enrolment.entry})
    if enrolment.side is not None:
        extensions.append({"url": f"{EXTENSION}side", "valueCode": enrolment.side})
    if not enrolment.explicit:
        extensions.append({"url": f"{EXTENSION}explicit", "valueBoolean": False})
    spell: dict[str, Any] = {"start": moment_text(enrolment.started)}
    if enrolment.ended is not None:
        day, reason = enrolment.ended
        spell["end"] = date_text(day)
        if reason:
            extensions.append({"url": f"{EXTENSION}ended-reason", "valueString": reason})
    plan: dict[str, Any] = {
        "resourceType": "CarePlan",
        "id": own_id(enrolment.id),
        "extension": extensions,
        "instantiatesCanonical": [canonical(enrolment.pathway, enrolment.version)],
        "status": "active" if enrolment.ended is None else "completed",
        "intent": "plan",
        "category": [category(ENROLMENT)],
        "subject": {"reference": patient},
        "period": spell,
    }
    if enrolment.known_from is not None:
        plan["created"] = stamp_text(enrolment.known_from)
    if enrolment.unit is not None:
        plan["author"] = {"display": enrolment.unit}
    return plan
