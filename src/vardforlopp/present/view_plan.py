"""The one plan, ordered by time: each thing once, with who asks for it, who does it and when."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from vardforlopp.contract.asks import Followed, step_id
from vardforlopp.contract.person import PersonPlan
from vardforlopp.contract.proposal import Conflict, Origin, PlannedActivity
from vardforlopp.contract.titles import activity_texts
from vardforlopp.definitions.catalogue import Interaction
from vardforlopp.definitions.model import Step
from vardforlopp.definitions.read_provenance import DEFAULT
from vardforlopp.engine.course import Missing, StepState
from vardforlopp.kernel.civil import add_months
from vardforlopp.present.bookings import Bookings, booked_first, bookings_of
from vardforlopp.present.plan_model import (
    ConflictView,
    Mark,
    MissingView,
    OriginLine,
    PlanGroup,
    PlanItem,
    Tag,
    WaitLine,
)
from vardforlopp.present.view_courses import window_words
from vardforlopp.present.voice import Voice
from vardforlopp.present.why import why_lines

_SOON_MONTHS = 3
#: Why something is missing, the most telling first: what is there and of no use, then silent sources.
_TELLING = (
    "unusable", "imprecise", "stale", "silent", "not-connected", "no-code", "open", "no-base",
    "no-reference", "undetermined",
)  # fmt: skip
_GROUPS: tuple[tuple[str, Mark], ...] = (
    ("late", "late"), ("now", "now"), ("unseen", "unseen"), ("soon", "coming"), ("later", "coming"),
    ("anytime", "now"), ("unknown", "unknown"), ("waiting", "waiting"),
)  # fmt: skip
_HINTED = ("unseen", "unknown")


class Stand(NamedTuple):
    """A step occurrence with the course it stands in."""

    followed: Followed
    state: StepState

    @property
    def asked(self) -> tuple[StepState, Step]:
        """The occurrence with what its definition says."""
        return self.state, self.followed.pathway.steps[self.state.step]


def stands(person: PersonPlan) -> dict[str, Stand]:
    """Every step occurrence of the person by its id."""
    return {
        step_id(each.course.enrolment.id, state): Stand(each, state)
        for each in person.followed
        for state in each.course.steps
    }


def group_of(activity: PlannedActivity, today: int) -> str:
    """The stretch of the plan in which an activity stands."""
    states = {origin.state for origin in activity.origins}
    if activity.waits:
        return "waiting"
    if states == {"unknown"}:
        return "unknown"
    if states <= {"unseen", "unknown"}:
        return "unseen"
    if "overdue" in states:
        return "late"
    if activity.window.start is not None and activity.window.start > today:
        return "soon" if activity.window.start <= add_months(today, _SOON_MONTHS) else "later"
    return "anytime" if activity.window.end is None else "now"


def plan_groups(person: PersonPlan, voice: Voice) -> tuple[PlanGroup, ...]:
    """The plan in its stretches; an empty stretch is left out."""
    known, bookings = stands(person), bookings_of(person, voice)
    today = person.as_of.day
    found: dict[str, list[PlannedActivity]] = {}
    for activity in person.proposal.activities:
        found.setdefault(group_of(activity, today), []).append(activity)
    mixed = len({each.course.enrolment.explicit for each in person.followed}) > 1
    return tuple(
        PlanGroup(
            key=key,
            mark=mark,
            title=voice.say(f"plan.group.{key}"),
            hint=voice.say(f"plan.hint.{key}") if key in _HINTED else "",
            size=len(found[key]),
            items=()
            if key == "waiting"
            else tuple(
                plan_item(each, known, voice=voice, mark=mark, bookings=bookings, today=today, mixed=mixed)
                for each in found[key]
            ),
            waits=_wait_lines(found[key], known, voice) if key == "waiting" else (),
        )
        for key, mark in _GROUPS
        if key in found
    )


def _wait_lines(
    activities: Sequence[PlannedActivity], known: Mapping[str, Stand], voice: Voice
) -> tuple[WaitLine, ...]:
    """What waits, by pathway and under what it waits for; what most things wait for comes first."""
    lines: dict[tuple[str, str], list[PlannedActivity]] = {}
    for activity in activities:
        origin = activity.origins[0]
        state = known[origin.id].state
        what = voice.waits(origin.pathway, state.waits_for) or voice.say("time.none")
        blocked = f" ({voice.say('time.blocked')})" if "blocked" in state.flags else ""
        lines.setdefault((voice.pathway(origin.pathway), what + blocked), []).append(activity)
    ordered = sorted(lines.items(), key=lambda line: (line[0][0], -len(line[1]), line[0][1]))
    return tuple(
        WaitLine(
            pathway,
            _capital(what),
            tuple(sorted(activity_title(each, known, voice=voice) for each in waiting)),
        )
        for (pathway, what), waiting in ordered
    )


def plan_item(
    activity: PlannedActivity,
    known: Mapping[str, Stand],
    *,
    voice: Voice,
    mark: Mark,
    bookings: Bookings,
    today: int,
    mixed: bool,
) -> PlanItem:
    """One thing to do, once, with all its origins. `mixed`: some pathways are only suggested."""
    two_owners = len(activity.origins) > 1 and not activity.level
    who = voice.owner(activity.roles, activity.level)
    proposed = all(origin.proposal for origin in activity.origins)
    goal = item_time(activity, known, voice=voice, today=today)
    asked = [known[origin.id].asked for origin in activity.origins]
    return PlanItem(
        id=activity.id,
        mark="proposal" if proposed and mark == "now" else mark,
        title=activity_title(activity, known, voice=voice),
        when=booked_first(asked, bookings, goal=goal, voice=voice),
        who=f"{who} ({voice.say('plan.two_owners')})" if two_owners else who,
        note=voice.say("time.not_due") if proposed else "",
        tags=_tags(activity, voice, mixed=mixed),
        origins=tuple(_origin(each, known, voice) for each in activity.origins),
    )


def activity_title(activity: PlannedActivity, known: Mapping[str, Stand], *, voice: Voice) -> str:
    """What the activity is called, with the body side."""
    origin = activity.origins[0]
    stand = known.get(origin.id)
    pathway = stand.followed.pathway if stand else voice.definitions.pathways.get(origin.pathway)
    texts = activity_texts(activity, pathway, activities=voice.definitions.catalogue.activities)
    title = voice.text(texts, activity.activity)
    return f"{title}, {voice.say(f'plan.side.{activity.side}')}" if activity.side else title


def _step_title(pathway: str, step: str, origin: Origin, known: Mapping[str, Stand], voice: Voice) -> str:
    stand = known.get(origin.id)
    if stand is None:
        return voice.step(pathway, step)
    return voice.text(stand.followed.pathway.steps[step].title, step)


def item_time(activity: PlannedActivity, known: Mapping[str, Stand], *, voice: Voice, today: int) -> str:
    """When, in words; what is late is told by the goals that have passed."""
    if all(origin.state == "unknown" for origin in activity.origins) and activity.window.end is None:
        return ""
    passed = [
        stand.state.due.day
        for origin in activity.origins
        if (stand := known[origin.id]).state.due is not None and stand.state.due.day < today
    ]
    if passed:
        return voice.say("time.goal_was", day=voice.day(min(passed)))
    return window_words(activity.window.start, activity.window.end, voice=voice, today=today)


def _tags(activity: PlannedActivity, voice: Voice, *, mixed: bool) -> tuple[Tag, ...]:
    tags = []
    pathways = {origin.pathway for origin in activity.origins}
    if len(pathways) > 1:
        tags.append(Tag("joined", voice.say("plan.joined", n=len(pathways))))
    followed = any(origin.followed for origin in activity.origins)
    if mixed and not followed:
        tags.append(Tag("suggested", voice.say("plan.suggested")))
    if followed and activity.disclosure != "open":
        tags.append(Tag(activity.disclosure, voice.say(f"plan.disclosure.{activity.disclosure}")))
    return tuple(tags)


def _origin(origin: Origin, known: Mapping[str, Stand], voice: Voice) -> OriginLine:
    stand = known[origin.id]
    adopted = origin.level == "default" and origin.adopted
    return OriginLine(
        pathway=voice.short(origin.pathway),
        tone=voice.tone(origin.pathway),
        step=_step_title(origin.pathway, origin.step, origin, known, voice),
        level=voice.say("level.adopted" if adopted else f"level.{origin.level}"),
        suggested=not origin.followed,
        why=why_lines(stand.state.because, voice, pathway=origin.pathway),
    )


def conflict_views(person: PersonPlan, voice: Voice, *, status: Sequence[str]) -> tuple[ConflictView, ...]:
    """Conflicts of some statuses, the most serious first."""
    planned = {each.id: each for each in person.proposal.activities}
    end_words = partial(_end, person=person, voice=voice, known=stands(person), planned=planned)
    return tuple(
        _conflict(each, voice, end_words=end_words)
        for each in person.proposal.conflicts
        if each.status in status
    )


def _conflict(conflict: Conflict, voice: Voice, *, end_words: Callable[[str], str]) -> ConflictView:
    rule = voice.definitions.catalogue.interactions.get(conflict.interaction or "")
    kind = voice.say(f"conflict.{conflict.kind}")
    ends = dict.fromkeys(end_words(each) for each in conflict.between)
    things = [voice.names().selector(each, voice.lang) for each in conflict.missing]
    return ConflictView(
        id=conflict.id,
        severity=conflict.severity,
        title=voice.text(rule.title, rule.id) if rule else kind,
        kind=kind if rule else "",
        tags=_conflict_tags(conflict, voice),
        text=voice.text(rule.text) if rule else "",
        between=voice.say("conflict.between", what=voice.joined(list(ends))) if ends else "",
        ways_out=tuple(voice.text(way) for way in conflict.ways_out),
        decider=voice.say("conflict.decider", who=voice.names().role(conflict.decider, voice.lang)),
        source=_source(conflict, voice),
        refs=voice.say("conflict.refs", refs=", ".join(conflict.refs)) if conflict.refs else "",
        missing=voice.say("conflict.missing", what=voice.joined(things)) if things else "",
        proposal=conflict.proposal,
    )


def _source(conflict: Conflict, voice: Voice) -> str:
    if conflict.interaction is None:
        return voice.say("conflict.own_rule")
    level = voice.say("level.adopted" if conflict.adopted else f"level.{conflict.level}")
    rule = voice.definitions.catalogue.interactions.get(conflict.interaction)
    if rule is None:
        return voice.say("conflict.source", source=conflict.source, level=level)
    told = voice.say("conflict.source", source=_sources(rule, voice), level=level)
    return f"{told}. {voice.text(rule.note)}" if rule.note else told


def _sources(rule: Interaction, voice: Voice) -> str:
    """The sources of an interaction, by pathway; what has none stands only in our fact sheets."""
    named = {pathway: [name for name in ids if name != DEFAULT] for pathway, ids in rule.sources}
    seen = [f"{voice.short(pathway)} {', '.join(ids)}" for pathway, ids in named.items() if ids]
    ours = [voice.short(pathway) for pathway, ids in rule.sources if DEFAULT in ids]
    if not seen:
        return voice.say("conflict.source.none", what=voice.joined(ours))
    return "; ".join([*seen, *([voice.say("conflict.source.part")] if ours else [])])


def _conflict_tags(conflict: Conflict, voice: Voice) -> tuple[Tag, ...]:
    status = "proposal" if conflict.proposal else conflict.status
    tags = [
        Tag(f"severity-{conflict.severity}", voice.say(f"conflict.severity.{conflict.severity}")),
        Tag(f"status-{status}", voice.say(f"conflict.status.{status}")),
    ]
    if conflict.disclosure != "open":
        tags.append(Tag(conflict.disclosure, voice.say(f"plan.disclosure.{conflict.disclosure}")))
    return tuple(tags)


def _end(
    end: str,
    *,
    person: PersonPlan,
    voice: Voice,
    known: Mapping[str, Stand],
    planned: Mapping[str, PlannedActivity],
) -> str:
    """One end of a conflict in words: an activity, a step, a pathway or a booking."""
    if end in planned:
        return _planned_end(planned[end], known, voice)
    if end in known:
        course, pathway = known[end].followed
        title = voice.text(pathway.steps[known[end].state.step].title, end)
        return f"{voice.inner(title)} ({voice.short(course.pathway)})"
    booked = next((each for each in person.record.mentions if each.ref == end), None)
    if booked is not None:
        return booked.text
    return voice.pathway(end)


def _planned_end(activity: PlannedActivity, known: Mapping[str, Stand], voice: Voice) -> str:
    """A planned activity by its title, and by who asks for what where several ask."""
    title = voice.inner(activity_title(activity, known, voice=voice))
    if len(activity.origins) < 2:
        return title
    asked = []
    for origin in activity.origins:
        step = known[origin.id].followed.pathway.steps[origin.step]
        who = voice.owner(step.owner.roles, step.owner.level)
        asked.append(
            f"{voice.pathway(origin.pathway)}: {voice.inner(voice.text(step.title, step.id))}, {who}"
        )
    return f"{title} ({'; '.join(asked)})"


def missing_views(person: PersonPlan, voice: Voice) -> tuple[MissingView, ...]:
    """Every unknown step under the data it waits for; the data that frees most steps comes first."""
    known = stands(person)
    told = _told_once(person, known, voice)
    waiting: dict[str, dict[str, None]] = {}
    for each in person.proposal.unknown:
        stand = known[each]
        pathway = stand.followed.course.pathway
        title = voice.text(stand.followed.pathway.steps[stand.state.step].title, stand.state.step)
        named = voice.say("unknown.step", step=title, pathway=voice.short(pathway))
        for missing in stand.state.missing or ():
            waiting.setdefault(told[_thing(missing, pathway)], {})[named] = None
        if not stand.state.missing:
            waiting.setdefault(voice.say("unknown.other"), {})[named] = None
    ordered = sorted(waiting.items(), key=lambda item: (-len(item[1]), item[0]))
    return tuple(MissingView(_capital(what), _needed_for(sorted(steps), voice)) for what, steps in ordered)


def _thing(missing: Missing, pathway: str) -> tuple[str, str, str]:
    """What is missing, whatever the reason; steps, choices and the like are those of a pathway."""
    own = missing.what not in ("selector", "birth-date", "sex")
    return missing.what, missing.id, pathway if own else ""


def _told_once(
    person: PersonPlan, known: Mapping[str, Stand], voice: Voice
) -> dict[tuple[str, str, str], str]:
    """Each missing thing in words, with the most telling of the reasons why it is missing."""
    found: dict[tuple[str, str, str], list[tuple[int, int, str]]] = {}
    for each in person.proposal.unknown:
        pathway = known[each].followed.course.pathway
        for missing in known[each].state.missing or ():
            rank = _TELLING.index(missing.why) if missing.why in _TELLING else len(_TELLING)
            words = voice.missing(pathway, missing)
            found.setdefault(_thing(missing, pathway), []).append((rank, -(missing.since or 0), words))
    return {thing: min(ways)[2] for thing, ways in found.items()}


def _needed_for(steps: Sequence[str], voice: Voice) -> str:
    return voice.count("unknown.needed_for", len(steps), what=", ".join(steps))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
