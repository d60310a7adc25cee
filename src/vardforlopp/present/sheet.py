"""The contract sheet: what the person takes home. Paper equals screen.

Only what is followed by decision and open to the person stands here (S09); a time only from rules
with a source, or that a region has adopted (S04), and always as a goal (S07).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from vardforlopp.contract.asks import Ask
from vardforlopp.contract.join import join
from vardforlopp.contract.person import PersonPlan
from vardforlopp.contract.proposal import Origin, PlannedActivity, Window
from vardforlopp.contract.windows import meet
from vardforlopp.present.bookings import Bookings, booked_time, bookings_of
from vardforlopp.present.plan_model import Sheet, SheetAction, SheetContact
from vardforlopp.present.view_plan import Stand, activity_title, stands
from vardforlopp.present.voice import Voice
from vardforlopp.record.facts import Act
from vardforlopp.record.record import Mention

_CERTAIN = ("overdue", "due", "unseen", "upcoming")
_ACTIONS_SHOWN = 5
_OWN_SHOWN = 3


def sheet(person: PersonPlan, voice: Voice) -> Sheet:
    """The sheet of one person; what is not known is left for the pen."""
    mentions = sorted(_written_by(person), key=_newest_first)
    known, bookings = stands(person), bookings_of(person, voice)
    planned = sorted(
        join(ask for ask in person.asks if on_sheet(ask, person)), key=lambda each: _first_time(each, known)
    )
    today = person.as_of.day
    actions = _once([_action(each, known, voice, bookings=bookings, today=today) for each in planned], voice)
    own = _own_actions(planned, known, mentions, voice)
    left = len(actions) - _ACTIONS_SHOWN
    shown = (*actions[:_ACTIONS_SHOWN], *own[:_OWN_SHOWN])
    return Sheet(
        name=person.record.patient.name or "",
        date=voice.say("sheet.prefilled", day=voice.day(person.as_of.day)),
        matters=tuple(each.text for each in mentions if each.kind == "matters"),
        actions=shown,
        more=voice.count("sheet.more", left) if left > 0 else "",
        next_step=_next_step(bookings, actions, voice),
        contacts=_contacts(mentions, planned, voice),
        if_worse=tuple(each.text for each in mentions if each.kind == "if-worse"),
        emergency=voice.say("sheet.emergency"),
    )


def _written_by(person: PersonPlan) -> list[Mention]:
    """What had been said by the time asked about; a booking's day is its time, not its writing."""
    return [
        each
        for each in person.record.mentions
        if each.kind == "appointment" or each.day is None or each.day <= person.as_of.day
    ]


def _newest_first(mention: Mention) -> tuple[int, str, str]:
    return -(mention.day or 0), mention.ref, mention.text


def on_sheet(ask: Ask, person: PersonPlan) -> bool:
    """True for what the person may read: followed by decision, certain, and open (S09)."""
    origin = ask.origin
    return origin.followed and origin.state in _CERTAIN and _disclosed(origin, person)


def _disclosed(origin: Origin, person: PersonPlan) -> bool:
    if origin.disclosure == "after-informed":
        return any(_informs(act, origin, person) for act in person.record.acts)
    return origin.disclosure == "open"


def _informs(act: Act, origin: Origin, person: PersonPlan) -> bool:
    """True when somebody has told the patient of this step, its pathway or its enrolment."""
    return (
        act.kind == "informed"
        and act.at <= person.as_of.at
        and act.known_from <= person.known_at
        and act.pathway in (None, origin.pathway)
        and act.enrolment in (None, origin.enrolment)
        and act.step in (None, origin.step)
    )


def _binding(origin: Origin) -> bool:
    return origin.level != "default" or origin.adopted


def _first_time(activity: PlannedActivity, known: Mapping[str, Stand]) -> tuple[int, int, str]:
    dues = [at.day for origin in activity.origins if (at := known[origin.id].state.due) is not None]
    return min(dues, default=1 << 30), activity.window.start or 0, activity.id


def _action(
    activity: PlannedActivity, known: Mapping[str, Stand], voice: Voice, *, bookings: Bookings, today: int
) -> SheetAction:
    mine = activity.roles[:1] == ("patient",)
    who = voice.say("sheet.me") if mine else voice.owner(activity.roles[:1], activity.level)
    goal = _when(activity, known, voice, today=today)
    asked = [known[origin.id].asked for origin in activity.origins]
    booked = bookings.first(asked)
    when = goal if booked is None else booked_time(booked, voice)
    return SheetAction(activity_title(activity, known, voice=voice), _capital(who), when, mine)


def _once(actions: Sequence[SheetAction], voice: Voice) -> list[SheetAction]:
    """The same thing by the same people once, with its first time."""
    found: dict[tuple[str, str], list[SheetAction]] = {}
    for each in actions:
        found.setdefault((each.what, each.who), []).append(each)
    return [
        same[0] if len(same) == 1 else replace(same[0], when=voice.say("sheet.when.then", when=same[0].when))
        for same in found.values()
    ]


def _when(activity: PlannedActivity, known: Mapping[str, Stand], voice: Voice, *, today: int) -> str:
    """A goal in words, from the rules that may give the patient a time; else to be decided."""
    if all(origin.state == "unseen" for origin in activity.origins):
        return voice.say("sheet.when.unseen")
    binding = [origin for origin in activity.origins if _binding(origin)]
    window = meet(origin.window for origin in binding) if binding else Window(None, None)
    passed = [
        at.day for origin in binding if (at := known[origin.id].state.due) is not None and at.day < today
    ]
    if passed:
        return voice.say("sheet.when.goal_passed", day=voice.day(min(passed)))
    starts_later = window.start is not None and window.start > today
    if window.end is not None:
        if window.start is not None and starts_later:
            return voice.say("sheet.when.goal_from", period=voice.period(window.start, window.end))
        return voice.say("sheet.when.goal", day=voice.day(window.end))
    if window.start is not None and starts_later:
        return voice.say("sheet.when.from", day=voice.day(window.start))
    return voice.say("sheet.when.open")


def _own_actions(
    planned: Sequence[PlannedActivity],
    known: Mapping[str, Stand],
    mentions: Sequence[Mention],
    voice: Voice,
) -> list[SheetAction]:
    """The person's own part: what was written down, and what the planned steps ask of the person."""
    texts = [each.text for each in mentions if each.kind == "own-action"]
    for activity in planned:
        for origin in activity.origins:
            step = known[origin.id].followed.pathway.steps[origin.step]
            texts.append(voice.text(step.patient_part))
    mine = voice.say("sheet.mine")  # a name for it: what follows bids the person, or is in the person's words
    return [SheetAction(text, mine, "", mine=True) for text in dict.fromkeys(filter(None, texts))]


def _next_step(bookings: Bookings, actions: Sequence[SheetAction], voice: Voice) -> str:
    if bookings.coming:
        booked = bookings.coming[0]
        return f"{booked.text}: {booked_time(booked, voice)}"
    unsure = voice.say("sheet.when.unseen")
    first = next((each for each in actions if not each.mine and each.when != unsure), None)
    return f"{first.what}: {first.when}" if first else ""


def _contacts(
    mentions: Sequence[Mention], planned: Sequence[PlannedActivity], voice: Voice
) -> tuple[SheetContact, ...]:
    """The person's own contacts; else the region's units that have a part in the plan."""
    named = [
        SheetContact(each.text, ", ".join(filter(None, (each.role, each.unit))), each.phone or "")
        for each in mentions
        if each.kind == "contact"
    ]
    if named:
        return tuple(dict.fromkeys(named))
    return tuple(dict.fromkeys(_units(planned, voice)))


def _units(planned: Sequence[PlannedActivity], voice: Voice) -> Iterable[SheetContact]:
    for activity in planned:
        unit = voice.unit(activity.level, activity.roles)
        if unit is not None and unit.phone:
            yield SheetContact(unit.name, voice.names().level(unit.level, voice.lang), unit.phone)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
