"""The sentences of one step and of one choice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from vardforlopp.definitions import formats
from vardforlopp.definitions.criteria import Criterion, DecidedLeaf, DurationLike, Param, Shifted, Table
from vardforlopp.definitions.explained import Explained, Ground, Sentence, Support, about, uncoded_notes
from vardforlopp.definitions.model import Choice, Option, Slots, Step
from vardforlopp.definitions.walk import choice_parts, rule_parts, selectors_in
from vardforlopp.definitions.words import clause_of, evidence_clause
from vardforlopp.definitions.words_time import (
    Speech,
    duration_words,
    fixed,
    moment_words,
    plain_duration,
    points_back,
    same_day,
    value_words,
)
from vardforlopp.kernel.durations import Duration


def explain_step(speech: Speech, ground: Ground, *, step: Step) -> Explained:
    """A step in words, by part and in reading order: who, whether, when in time, what completes it."""
    sentences = (
        _owner(speech, ground, step),
        *_guards(speech, ground, step),
        *_occurrences(speech, ground, step),
        *_times(speech, ground, step),
        *_ends(speech, ground, step),
        _completion(speech, ground, step),
    )
    return Explained(
        id=step.id,
        title=step.title.get(speech.book.lang, step.id),
        summary=step.summary.get(speech.book.lang, ""),
        support=ground.whole(step.provenance, step.id),
        sentences=sentences,
        notes=tuple(_notes(speech, step)),
        rows=step.rows,
    )


def _support(ground: Ground, step: Step, part: str, node: object = None) -> Support:
    return ground.support(step.provenance, part, name=step.id, node=node)


def _owner(speech: Speech, ground: Ground, step: Step) -> Sentence:
    names, lang = speech.names, speech.book.lang
    roles = [formats.inner(names.performer(role, lang), speech.book) for role in step.owner.roles]
    level = formats.inner(names.level(step.owner.level, lang), speech.book)
    others = formats.joined(roles[1:], speech.say("or"))
    key = "step.by.more" if others else "step.by"
    text = speech.say(key, role=roles[0], level=level, others=others)
    return Sentence("by", text, _support(ground, step, "by"))


def _guards(speech: Speech, ground: Ground, step: Step) -> Iterator[Sentence]:
    if step.when is not None:
        support = _support(ground, step, "when", step.when)
        yield about(
            speech, "step.when", worded=partial(clause_of, criterion=step.when), support=support, part="when"
        )
    if step.at is not None:
        yield Sentence("when", speech.say(f"step.at.{step.at}"), _support(ground, step, "when"))


# --- occurrences ---------------------------------------------------------------------------------


def _occurrences(speech: Speech, ground: Ground, step: Step) -> Iterator[Sentence]:
    yield from _triggers(speech, ground, step)
    timed = (step.within, step.before, step.opens, step.preferred, step.every, step.slots)
    seasonal = step.slots is not None and step.slots.season is not None
    if step.after is not None or (step.per is None and any(timed) and not seasonal):
        moment = moment_words(speech, step.after) if step.after is not None else speech.say("moment.entry")
        text = speech.say("step.after", moment=moment)
        yield Sentence("after", text, _support(ground, step, "after", step.after))
    if step.every is not None:
        yield _timed(speech, ground, step, "every", step.every, partial(formats.every, book=speech.book))
    if step.first is not None:
        yield _timed(speech, ground, step, "first", step.first, _direction(speech, "within", "single"))
    if step.slots is not None:
        text = _slots_words(speech, step.slots)
        yield Sentence("slots", text, _support(ground, step, "slots", step.slots))


def _triggers(speech: Speech, ground: Ground, step: Step) -> Iterator[Sentence]:
    per = step.per
    if per is None:
        return
    if per.selector is not None:
        text = speech.say("step.per", what=speech.thing(per.selector))
    else:
        title = speech.names.step(per.step or "", speech.book.lang)
        text = speech.say(f"step.per.{per.what or 'done'}", step=title)
    support = _support(ground, step, "per", per)
    yield Sentence("per", text, support)
    if per.apart is not None:
        yield Sentence("per", speech.say("step.apart", apart=plain_duration(speech, per.apart)), support)


def _slots_words(speech: Speech, slots: Slots) -> str:
    if slots.season is not None:
        value = speech.names.value(slots.season.name)
        return speech.say("step.slots.season", season=value_words(speech, value if value is not None else ""))
    if slots.every is not None:
        said = duration_words(
            speech, slots.every, render=partial(formats.every, book=speech.book), criterion=_criterion
        )
        return speech.say("step.slots.every", time=said)
    shown = [_slot(speech, offset) for offset in slots.offsets]
    return speech.say("step.slots", times=formats.joined(shown, speech.say("and")))


def _slot(speech: Speech, offset: Duration | Param) -> str:
    if fixed(speech, offset) == Duration(0, "days"):
        return speech.say("slot.at")
    return speech.say("slot.after", d=plain_duration(speech, offset))


# --- times ---------------------------------------------------------------------------------------


def _times(speech: Speech, ground: Ground, step: Step) -> Iterator[Sentence]:
    counted = "single"
    if step.kind in ("rolling", "slots"):
        counted = "planned"
    elif step.kind == "per":
        counted = "event" if step.after is None and step.per and step.per.what != "due" else "planned"
    if step.opens is not None:
        yield _timed(speech, ground, step, "opens", step.opens, _direction(speech, "opens", counted))
    for part, value in (("within", step.within), ("preferred", step.preferred)):
        if value is not None:
            yield _timed(speech, ground, step, part, value, _direction(speech, "within", counted))
    if step.before is not None:
        span = isinstance(step.before, Shifted) and not points_back(step.before) and not same_day(step.before)
        key = "step.before.span" if span else "step.before"
        text = speech.say(key, moment=moment_words(speech, step.before))
        yield Sentence("before", text, _support(ground, step, "before", step.before))
    if step.within is None and step.before is None and step.kind == "single":
        yield Sentence("within", speech.say("step.untimed"), _support(ground, step, "step"))
    if step.fresh is not None:
        text = speech.say("step.fresh", time=plain_duration(speech, step.fresh))
        yield Sentence("fresh", text, _support(ground, step, "fresh", step.fresh))


def _timed(
    speech: Speech,
    ground: Ground,
    step: Step,
    part: str,
    value: DurationLike,
    render: Callable[[Duration], str],
) -> Sentence:
    time = duration_words(speech, value, render=render, criterion=_criterion)
    return Sentence(part, speech.say(f"step.{part}", time=time), _support(ground, step, part, value))


def _direction(speech: Speech, verb: str, counted: str) -> Callable[[Duration], str]:
    """Words a time that may lie ahead, on the same day or before: `inom 14 dagar`, `samma dag`."""

    def render(value: Duration) -> str:
        none = "at" if value.by_instant else "same"
        way = "ahead" if value.amount > 0 else "back" if value.amount < 0 else none
        return speech.say(f"{verb}.{way}.{counted}", d=formats.duration(value, speech.book))

    return render


def _criterion(speech: Speech, criterion: Criterion) -> str:
    return clause_of(speech, criterion).text


def goal_words(speech: Speech, step: Step) -> str:
    """The goal of a step in a few words, for a picture: `inom 14 dagar (mål)`."""
    if step.slots is not None and step.slots.season is not None:
        return speech.say("goal.season")
    if step.slots is not None and len(step.slots.offsets) > 2:
        return speech.say("goal.slots", n=len(step.slots.offsets))
    if step.slots is not None and step.slots.offsets:
        shown = [_slot(speech, offset) for offset in step.slots.offsets]
        return speech.say("goal", time=formats.joined(shown, speech.say("and")))
    every = step.every if step.every is not None else step.slots.every if step.slots is not None else None
    if every is not None:
        return _span_goal(speech, every, partial(formats.every, book=speech.book))
    timed = step.within if step.within is not None else step.preferred
    if timed is None:
        return ""
    return _span_goal(speech, timed, _direction(speech, "within", "single"))


def _span_goal(speech: Speech, value: DurationLike, render: Callable[[Duration], str]) -> str:
    """The goal; when it depends on the patient, the shortest and the longest."""
    written = [row.value for row in value.rows] if isinstance(value, Table) else [value]
    found = sorted(
        {known for known in (fixed(speech, one) for one in written) if known is not None},
        key=lambda known: known.rough_days,
    )
    if not found:
        return ""
    ends = dict.fromkeys((render(found[0]), render(found[-1])))
    return speech.say("goal", time=formats.joined(list(ends), speech.say("or")))


# --- the end of it -------------------------------------------------------------------------------


def _ends(speech: Speech, ground: Ground, step: Step) -> Iterator[Sentence]:
    until = step.until
    if until is None:
        return
    support = _support(ground, step, "until", until)
    if until.moment is not None:
        text = speech.say("step.until", moment=moment_words(speech, until.moment))
        yield Sentence("until", text, support)
    if until.times is not None:
        yield Sentence("until", _times_words(speech, until.times), support)
    if until.when is not None:
        worded = partial(clause_of, criterion=until.when)
        yield about(speech, "step.until.when", worded=worded, support=support, part="until")


def _times_words(speech: Speech, times: int | Param) -> str:
    value = speech.names.value(times.name) if isinstance(times, Param) else times
    if value == 1:
        return speech.say("step.until.once")
    return speech.say("step.until.times", n=value_words(speech, value if value is not None else ""))


def _completion(speech: Speech, ground: Ground, step: Step) -> Sentence:
    worded = partial(evidence_clause, evidence=step.done)
    return about(
        speech, "step.done", worded=worded, support=_support(ground, step, "done", step.done), part="done"
    )


def _notes(speech: Speech, step: Step) -> Iterator[str]:
    if isinstance(step.done, DecidedLeaf):
        yield speech.say("note.decision")
    if step.maintenance:
        yield speech.say("note.maintenance")
    if step.preventive:
        yield speech.say("note.preventive")
    if step.mode == "retrospective":
        yield speech.say("note.retrospective")
    if step.watch == "core":
        yield speech.say("note.core")
    if step.disclosure != "open":
        yield speech.say(f"note.{step.disclosure}")
    yield from uncoded_notes(speech, selectors_in(*rule_parts(step).values()))
    own = step.patient_part.get(speech.book.lang)
    if own:
        yield formats.sentence(speech.say("note.patient", text=own))


# --- choices -------------------------------------------------------------------------------------


def explain_choice(speech: Speech, ground: Ground, *, choice: Choice) -> Explained:
    """A choice in words: when it can be settled, each way with its condition."""
    lang = speech.book.lang
    return Explained(
        id=choice.id,
        title=choice.title.get(lang, choice.id),
        summary="",
        support=ground.whole(choice.provenance, choice.id),
        sentences=tuple(_choice_sentences(speech, ground, choice)),
        notes=tuple(_choice_notes(speech, choice)),
        rows=choice.rows,
    )


def _choice_notes(speech: Speech, choice: Choice) -> Iterator[str]:
    if choice.disclosure != "open":
        yield speech.say(f"note.{choice.disclosure}")
    yield from uncoded_notes(speech, selectors_in(*choice_parts(choice)))


def _choice_sentences(speech: Speech, ground: Ground, choice: Choice) -> Iterator[Sentence]:
    support = partial(ground.support, choice.provenance, name=choice.id)
    if choice.after is not None:
        text = speech.say("choice.after", moment=moment_words(speech, choice.after))
        yield Sentence("after", text, support("after", node=choice.after))
    guarded = any(option.when is not None for option in choice.options)
    yield Sentence("step", speech.say("choice.decided" if guarded else "choice.people"), support("step"))
    for option in choice.options:
        if option.when is None and option.id == choice.otherwise:
            continue
        yield _option(speech, option, support("when", node=option.when))
    if choice.otherwise is not None:
        title = speech.names.option(choice.id, choice.otherwise, book=speech.book)
        yield Sentence("when", speech.say("choice.else", title=title), support("when"))


def _option(speech: Speech, option: Option, support: Support) -> Sentence:
    title = option.title.get(speech.book.lang) or speech.names.answer(option.id, speech.book)
    if option.when is None:
        return Sentence("when", speech.say("choice.option.only", title=title), support)
    worded = partial(clause_of, criterion=option.when)
    return about(speech, "choice.option", worded=worded, support=support, part="when", title=title)
