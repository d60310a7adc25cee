"""The whole plan page of one person, in words. Text and HTML lay it out and decide nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from vardforlopp.contract.asks import Followed
from vardforlopp.contract.person import PersonPlan
from vardforlopp.definitions.model import Pathway
from vardforlopp.kernel.civil import iso, years_between
from vardforlopp.present.bookings import Bookings, booked_time, bookings_of
from vardforlopp.present.plan_model import PlanGroup, PlanView, StepLine, Tag, Tile
from vardforlopp.present.sheet import sheet
from vardforlopp.present.view_background import (
    background_tables,
    checked_lines,
    goal_lines,
    quality_lines,
)
from vardforlopp.present.view_courses import asked_about, course_view, suggestion_views
from vardforlopp.present.view_plan import conflict_views, missing_views, plan_groups
from vardforlopp.present.voice import Voice
from vardforlopp.record.record import Patient

_TILES = {"late": "late", "now": "now", "anytime": "now", "soon": "coming", "later": "coming"}


def plan_view(person: PersonPlan, voice: Voice, *, pathways: Sequence[Pathway], version: str) -> PlanView:
    """The page of one person. `pathways`: all that were tried; `version`: the program's."""
    groups, bookings = plan_groups(person, voice), bookings_of(person, voice)
    conflicts = conflict_views(person, voice, status=("open",))
    standing = sum(not each.proposal for each in conflicts)
    explicit = any(each.course.enrolment.explicit for each in person.followed)
    unknown = len(person.proposal.unknown)
    suggestions = suggestion_views(person.suggestions, person.followed, voice=voice)
    today = voice.day(person.as_of.day)
    return PlanView(
        lang=voice.lang,
        title=page_title(person.record.patient, voice),
        person=_strip(person, voice),
        as_of=voice.say("as_of", day=today),
        note=" ".join(
            voice.say(key) for key in ("staff_note", *(() if person.dead else ("staff_note.sheet",)))
        ),
        alerts=_alerts(person, voice),
        tiles=() if person.dead else _tiles(groups, unknown, standing, voice),
        before=_before(person, voice, bookings=bookings),
        next_step=_next_step(bookings, groups, voice),
        empty=_empty(person, groups, voice),
        suggestions=suggestions,
        plan_lead=voice.say("plan.lead" if explicit else "plan.all_suggested"),
        plan=groups,
        conflicts=conflicts,
        possible=conflict_views(person, voice, status=("possible",)),
        unknown_lead=voice.count("unknown.lead", unknown) if unknown else "",
        unknown=missing_views(person, voice),
        courses=tuple(course_view(each, voice, bookings=bookings) for each in explicit_first(person)),
        checked=checked_lines(person, voice),
        quality=(*quality_lines(person.record.quality, voice), *goal_lines(person, voice)),
        tables=background_tables(person, voice, pathways=pathways),
        footer=voice.say("footer.generated", version=version, day=today),
        sheet=None if person.dead else sheet(person, voice),
    )


def page_title(patient: Patient, voice: Voice) -> str:
    """The page's one H1: whose plan it is."""
    name = patient.name or patient.identifier or patient.ref
    return voice.say("title", name=name) if name else voice.say("title.unnamed")


def explicit_first(person: PersonPlan) -> list[Followed]:
    """The courses: those that somebody decided to follow, then those that are only suggested."""
    return sorted(person.followed, key=lambda each: not each.course.enrolment.explicit)


def _strip(person: PersonPlan, voice: Voice) -> tuple[str, ...]:
    patient = person.record.patient
    sex = voice.say(f"sex.{patient.sex or 'unknown'}")
    parts = [sex[:1].upper() + sex[1:], age_words(person, voice)]
    if patient.name and patient.identifier:
        parts.append(voice.say("identifier", identifier=patient.identifier))
    parts.append(voice.say("ref", ref=patient.ref))
    return tuple(parts)


def age_words(person: PersonPlan, voice: Voice) -> str:
    """Age in years at the time asked about, or at death; an uncertain birth date gives two."""
    patient = person.record.patient
    if patient.birth_lo is None or patient.birth_hi is None:
        return voice.say("age.unknown")
    died = patient.died
    day = died.day if died is not None and person.dead else person.as_of.day
    high, low = years_between(patient.birth_lo, day), years_between(patient.birth_hi, day)
    if low == high:
        return voice.say("age.dead" if person.dead else "age", n=low)
    return voice.say("age.between", low=low, high=high)


def _alerts(person: PersonPlan, voice: Voice) -> tuple[Tag, ...]:
    died, last = person.record.patient.died, person.last_day_alive
    if died is None or last is None:
        return ()
    day = voice.day(died.day)
    if not person.dead:
        return (Tag("deceased", voice.say("deceased.later", day=day)),)
    told = voice.say("deceased", day=day)
    more = voice.say("deceased.last_day", day=voice.day(last), iso=iso(last))
    return (Tag("deceased", told), Tag("deceased", more))


def _tiles(groups: Sequence[PlanGroup], unknown: int, conflicts: int, voice: Voice) -> tuple[Tile, ...]:
    counts: Counter[str] = Counter()
    for group in groups:
        if group.key in _TILES:
            counts[_TILES[group.key]] += group.size
    counts["unknown"], counts["conflicts"] = unknown, conflicts
    shown = ("late", "now", "coming", "unknown", "conflicts")
    return tuple(
        Tile(name, counts[name], voice.count(f"tile.{name}", counts[name]))
        for name in shown
        if counts[name] or name in ("now", "unknown")
    )


def _before(person: PersonPlan, voice: Voice, *, bookings: Bookings) -> str:
    """That some steps were due before the start, so that no number on the page hides them."""
    asked = sum(
        asked_about(state, step) and bookings.of(state, step) is None
        for course, pathway in person.followed
        for state in course.steps
        for step in (pathway.steps[state.step],)
    )
    return voice.count("before.lead", asked, courses=voice.say("section.courses")) if asked else ""


def _next_step(bookings: Bookings, groups: Sequence[PlanGroup], voice: Voice) -> StepLine | None:
    """What comes first: a booked time, else the first thing that is certain and has a time."""
    if bookings.coming:
        booked = bookings.coming[0]
        return StepLine("now", booked.text, booked_time(booked, voice), "")
    for group in groups:
        if group.key in ("late", "now", "soon", "later"):
            first = group.items[0]
            return StepLine(first.mark, first.title, first.when, first.who, first.tags)
    return None


def _empty(person: PersonPlan, groups: Sequence[PlanGroup], voice: Voice) -> str:
    if groups:
        return ""
    if person.dead or person.followed or person.suggestions:
        return voice.say("nothing_planned")
    return voice.say("nothing_concerns")
