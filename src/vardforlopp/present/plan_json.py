"""The plan as data: schema `vardforlopp/plan/1`. Sorted, without clock or chance.

`plan_schema.py` is its JSON Schema; the same record in any order of entries gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from vardforlopp.contract.asks import Ask, Followed, only_afterwards, step_id
from vardforlopp.contract.disclosure import of_step, openness, strictest
from vardforlopp.contract.join import join
from vardforlopp.contract.person import PersonPlan
from vardforlopp.contract.proposal import Conflict, PlannedActivity, Proposal
from vardforlopp.definitions.model import Pathway
from vardforlopp.engine.course import YES, Anchor, Course, StepState, Suggestion
from vardforlopp.kernel.civil import iso, iso_instant
from vardforlopp.present.json_parts import (
    Json,
    act_json,
    fact_json,
    missing_json,
    moment_json,
    opt_day,
    quality_json,
    reason_json,
    sheet_json,
    source_json,
)
from vardforlopp.present.sheet import sheet
from vardforlopp.present.view_background import adoption_of
from vardforlopp.present.view_plan import Stand, activity_title, stands
from vardforlopp.present.voice import Voice
from vardforlopp.record.record import Source

SCHEMA = "vardforlopp/plan/1"


def plan_json(person: PersonPlan, voice: Voice, *, pathways: Sequence[Pathway], version: str) -> Json:
    """The whole plan of one person as JSON values."""
    record = person.record
    followed = sorted(person.followed, key=lambda each: each.course.enrolment.id)
    return {
        "schema": SCHEMA,
        "program": {"name": "vardforlopp", "version": version},
        "language": voice.lang,
        "as_of": iso(person.as_of.day),
        "known_at": iso_instant(person.known_at),
        "definitions": [_definition(each, voice) for each in sorted(pathways, key=lambda each: each.id)],
        "patient": _patient(person),
        "sources": [source_json(each) for each in sorted(record.sources, key=_source_order)],
        "quality": quality_json(record.quality, voice.lang),
        "suggestions": [
            _suggestion(each, followed, voice) for each in sorted(person.suggestions, key=_suggestion_order)
        ],
        "enrolments": [_enrolment(each.course) for each in followed],
        "steps": [_step(each, state, voice) for each in followed for state in each.course.steps],
        "plan": _plan(person, voice),
        "sheet": sheet_json(None if person.dead else sheet(person, voice)),
    }


def _source_order(source: Source) -> tuple[str, str]:
    return source.kind, source.provider


def _suggestion_order(suggestion: Suggestion) -> tuple[str, int, str, str]:
    return suggestion.pathway, suggestion.on.at, suggestion.entry, suggestion.side or ""


def _definition(pathway: Pathway, voice: Voice) -> Json:
    adopted = adoption_of(pathway, voice)
    return {
        "pathway": pathway.id,
        "version": pathway.version,
        "sha256": pathway.sha256,
        "overlay": voice.overlay.id if voice.overlay else None,
        "adopted": {"by": adopted.by, "on": iso(adopted.on)} if adopted else None,
    }


def _patient(person: PersonPlan) -> Json:
    patient = person.record.patient
    born = None
    if patient.birth_lo is not None and patient.birth_hi is not None:
        born = {"lo": iso(patient.birth_lo), "hi": iso(patient.birth_hi)}
    died = patient.died
    return {
        "ref": patient.ref,
        "birth_date": born,
        "sex": patient.sex,
        "deceased": {"on": iso(died.day)} if died is not None else None,
    }


def _suggestion(suggestion: Suggestion, followed: Sequence[Followed], voice: Voice) -> Json:
    into = next(
        (
            course.enrolment.id
            for course, _ in followed
            if (course.pathway, course.enrolment.side) == (suggestion.pathway, suggestion.side)
            and course.enrolment.entry == suggestion.entry
        ),
        None,
    )
    return {
        "pathway": suggestion.pathway,
        "entry": suggestion.entry,
        "kind": suggestion.kind,
        "into": into if suggestion.truth == YES else None,
        "on": iso(suggestion.on.day),
        "side": suggestion.side,
        "disclosure": suggestion.disclosure,
        "because": reason_json(suggestion.because, voice, pathway=suggestion.pathway),
    }


def _enrolment(course: Course) -> Json:
    enrolment = course.enrolment
    ended = course.ended
    change = None if course.dead else course.next_change_at  # nothing of the dead is to be looked at again
    return {
        "id": enrolment.id,
        "pathway": course.pathway,
        "version": course.version,
        "side": enrolment.side,
        "entry": enrolment.entry,
        "started": moment_json(enrolment.started),
        "followed_from": iso(enrolment.followed_from),
        "explicit": enrolment.explicit,
        "ended": {"on": iso(ended[0].day), "reason": ended[1]} if ended is not None else None,
        "next_change_at": None if change is None else iso_instant(change),
    }


def _step(followed: Followed, state: StepState, voice: Voice) -> Json:
    course, pathway = followed
    step = pathway.steps[state.step]
    afterwards = only_afterwards(state, step)
    return {
        "id": step_id(course.enrolment.id, state),
        "enrolment": course.enrolment.id,
        "step": state.step,
        "occurrence": state.occurrence,
        "activity": step.activity,
        "title": voice.text(step.title, step.id),
        "phase": step.phase,
        "owner": _owner(step.owner.roles, step.owner.level, voice, unit=course.enrolment.unit),
        "watch": step.watch,
        "mode": step.mode,
        "disclosure": of_step(pathway, step, followed=course.enrolment.explicit),
        "state": state.state,
        "earliest": None if afterwards else moment_json(state.opens),
        "due": None if afterwards else moment_json(state.due),
        "completed": moment_json(state.completed),
        "time_kind": "goal",
        "level": state.level,
        "adopted": state.adopted,
        "anchor": _anchor(state.anchor),
        "evidence": [fact_json(fact) for fact in state.evidence],
        "branch": state.branch,
        "deviation": None if state.act is None else act_json(state.act),
        "waits_for": list(state.waits_for),
        "missing": [missing_json(each, voice, pathway=course.pathway) for each in state.missing],
        "because": reason_json(state.because, voice, pathway=course.pathway),
    }


def _owner(roles: Sequence[str], level: str, voice: Voice, *, unit: str | None = None) -> Json:
    """Who does it, where; `unit`: the enrolment's, where the region names none."""
    return {
        "role": roles[0] if roles else None,
        "level": level or None,
        "unit": voice.unit_name(level, roles) or unit or None,
    }


def _anchor(anchor: Anchor | None) -> Json | None:
    if anchor is None:
        return None
    return {
        "kind": anchor.kind,
        "ref": anchor.ref,
        "on": moment_json(anchor.on),
        "imprecise": anchor.imprecise,
    }


def _plan(person: PersonPlan, voice: Voice) -> Json:
    proposal: Proposal = person.proposal
    known = stands(person)
    checked = proposal.checked
    return {
        "items": [
            _item(each, known, voice) | {"parts": _parts(each, person.asks, known, voice)}
            for each in proposal.activities
        ],
        "conflicts": [_conflict(each, voice) for each in proposal.conflicts],
        "unknown": list(proposal.unknown),
        "checked": {
            "rules": checked.rules,
            "medication_list": {
                "source": checked.medication_list_source,
                "at": opt_day(checked.medication_list_at),
                "status": checked.medication_list_status,
            },
        },
    }


def _parts(
    activity: PlannedActivity, asks: Sequence[Ask], known: Mapping[str, Stand], voice: Voice
) -> list[Json]:
    """What is joined here, joined anew of its more open origins alone, for each step on the way to closed.

    The person sees such a part where the whole is closed; it is made as if nobody asked for the rest,
    so neither its time, its owner nor its name can tell of that (S09).
    """
    own = {origin.id: origin.disclosure for origin in activity.origins}
    found: list[Json] = []
    for level in sorted(set(own.values()) - {activity.disclosure}, key=openness):
        shown = {name for name, closed in own.items() if strictest((closed, level)) == level}
        found += [_item(each, known, voice) for each in join(ask for ask in asks if ask.origin.id in shown)]
    return found


def _item(activity: PlannedActivity, known: Mapping[str, Stand], voice: Voice) -> Json:
    return {
        "id": activity.id,
        "activity": activity.activity,
        "title": activity_title(activity, known, voice=voice),
        "side": activity.side,
        "purpose": activity.purpose,
        "competence": activity.competence,
        "preparation": activity.preparation,
        "window": {"from": opt_day(activity.window.start), "to": opt_day(activity.window.end)},
        "origins": [origin.id for origin in activity.origins],
        "owner": _owner(activity.roles, activity.level, voice),
        "disclosure": activity.disclosure,
    }


def _conflict(conflict: Conflict, voice: Voice) -> Json:
    return {
        "id": conflict.id,
        "kind": conflict.kind,
        "severity": conflict.severity,
        "between": list(conflict.between),
        "interaction": conflict.interaction,
        "source": conflict.source,
        "level": conflict.level,
        "adopted": conflict.adopted,
        "proposal": conflict.proposal,
        "refs": list(conflict.refs),
        "ways_out": [voice.text(way) for way in conflict.ways_out],
        "decider": conflict.decider,
        "status": conflict.status,
        "disclosure": conflict.disclosure,
        "missing": list(conflict.missing),
    }
