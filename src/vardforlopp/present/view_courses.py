"""Where the person stands in each pathway, in groups that can be read at a glance."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import NamedTuple

from vardforlopp.contract.asks import Followed
from vardforlopp.contract.disclosure import of_step
from vardforlopp.definitions.criteria import BranchIs
from vardforlopp.definitions.model import Disclosure, Step
from vardforlopp.definitions.walk import nodes
from vardforlopp.engine.course import OPEN_STATES, YES, ChoiceState, Course, StepState, Suggestion
from vardforlopp.kernel.civil import add_months
from vardforlopp.present.bookings import Bookings, booked_first
from vardforlopp.present.plan_model import CourseView, Mark, StepGroup, StepLine, SuggestionView, Tag
from vardforlopp.present.reasons import answer_words
from vardforlopp.present.voice import Voice
from vardforlopp.present.why import why_lines

#: How many lines of a group are shown; what is late or unknown is never cut.
_SHOWN = {"recent": 6, "upcoming": 5, "waiting": 3, "due": 12, "before-start": 6}
#: What stands in no other part of the page is explained here; the plan explains the rest.
_EXPLAINED = ("recent", "skipped", "before-start")
#: What stands in no other part of the page is named even when it is folded.
_NAMED = ("before-start",)
_DONE = ("done", "done-late", "attested")
_BOOKABLE = (*OPEN_STATES, "before-start")
_REST = ("done", "not-applicable", "before-start", "superseded", "missed", "ended")


class _Group(NamedTuple):
    key: str
    mark: Mark
    belongs: Callable[[StepState], bool]


def asked_about(state: StepState, step: Step) -> bool:
    """True for a single step that was due before the person was followed, and that no record shows done.

    It is not late (S17), and yet nobody knows that it was done: somebody must ask. Only where its guard
    is met: what nobody can tell whether it was needed is not asked about years later.
    """
    if state.state != "before-start" or step.kind != "single" or step.mode == "retrospective":
        return False
    return all(part.truth == YES for part in state.because.of if part.rule.endswith(".when"))


def suggestion_views(
    suggestions: Sequence[Suggestion], followed: Sequence[Followed], *, voice: Voice
) -> tuple[SuggestionView, ...]:
    """The pathways that may concern the person: certain ones first, then possible, then opportunities."""
    explicit = {course.pathway for course, _ in followed if course.enrolment.explicit}
    shown = [each for each in suggestions if each.pathway not in explicit]
    return tuple(_suggestion(each, voice) for each in sorted(shown, key=_suggestion_order))


def _suggestion_order(suggestion: Suggestion) -> tuple[bool, bool, int, str, str]:
    return (
        suggestion.kind == "opportunity",
        suggestion.truth != YES,
        -suggestion.on.day,
        suggestion.pathway,
        suggestion.side or "",
    )


def _suggestion(suggestion: Suggestion, voice: Voice) -> SuggestionView:
    certain = suggestion.truth == YES
    things = dict.fromkeys(voice.missing(suggestion.pathway, each) for each in suggestion.missing)
    title = voice.pathway(suggestion.pathway)
    return SuggestionView(
        pathway=f"{title}, {voice.say(f'course.side.{suggestion.side}')}" if suggestion.side else title,
        tone=voice.tone(suggestion.pathway),
        kind=voice.say(f"suggestion.{suggestion.kind if certain else 'possible'}"),
        mark="coming" if suggestion.kind == "opportunity" else "now" if certain else "unknown",
        entry=voice.names(suggestion.pathway).entry(suggestion.entry, voice.lang),
        since=voice.say("suggestion.on", day=voice.day(suggestion.on.day)),
        missing=voice.say("suggestion.missing", what=voice.joined(list(things))) if things else "",
        why=why_lines(suggestion.because, voice, pathway=suggestion.pathway),
    )


def course_view(followed: Followed, voice: Voice, *, bookings: Bookings) -> CourseView:
    """One course as groups of steps; the rest as counts, never as a flood."""
    course, pathway = followed
    early = [state for state in course.steps if asked_about(state, pathway.steps[state.step])]
    booked = {state.step for state in early if bookings.of(state, pathway.steps[state.step])}
    asked = {state.step for state in early} - booked
    found = (_step_group(each, followed, voice, bookings=bookings) for each in _groups(course, asked, booked))
    groups = tuple(group for group in found if group.lines)
    open_steps = {state.step for state in course.steps if state.state in OPEN_STATES}
    done_steps = {state.step for state in course.steps if state.state in _DONE} - open_steps
    return CourseView(
        id=course.enrolment.id,
        title=voice.text(pathway.title, pathway.id),
        tone=voice.tone(pathway.id),
        summary=voice.text(pathway.summary),
        status=course_status(course, voice),
        explicit=course.enrolment.explicit,
        facts=tuple(_course_facts(course, voice)),
        choices=tuple(
            _choice(course.pathway, each, voice)
            for each in course.choices.values()
            if _concerns(each, followed)
        ),
        groups=groups,
        rest=_rest(course, voice, asked=len(early)),
        reached=(len(done_steps), len(done_steps | open_steps)),
    )


def course_status(course: Course, voice: Voice) -> str:
    """Since when it is followed, that it is only suggested, or how it ended."""
    enrolment = course.enrolment
    if course.ended is not None or course.dead:
        return _ended(course, voice)
    if enrolment.explicit:
        return voice.say("course.explicit", day=voice.day(enrolment.followed_from))
    return voice.say("course.suggested")


def _ended(course: Course, voice: Voice) -> str:
    if course.ended is None:
        return voice.say("course.shown")
    at, exit_id = course.ended
    by_death = course.dead and exit_id in ("death", "dead")
    if by_death and not course.enrolment.explicit:  # nobody followed it, so death ended nothing
        return voice.say("course.shown")
    why = voice.names(course.pathway).exit(exit_id, voice.lang)
    if by_death:
        why = voice.say("course.ended.death")
    return voice.say("course.ended", day=voice.day(at.day), why=voice.inner(why))


def _course_facts(course: Course, voice: Voice) -> Iterable[str]:
    enrolment = course.enrolment
    yield voice.say("course.started", day=voice.day(enrolment.started.day))
    if enrolment.entry:
        entry = voice.names(course.pathway).entry(enrolment.entry, voice.lang)
        yield voice.say("course.entered", entry=voice.inner(entry))
    if enrolment.side:
        yield voice.say(f"course.side.{enrolment.side}")


def _concerns(choice: ChoiceState, followed: Followed) -> bool:
    """False for an open choice whose own steps, or else those of its phase, do not apply to the person."""
    if choice.taken is not None:
        return True
    course, pathway = followed
    phase = pathway.choices[choice.choice].phase
    inside = {step.id for step in pathway.steps.values() if step.phase == phase}
    asking = {step.id for step in pathway.steps.values() if _asks(step, choice.choice)}
    return all(
        any(state.state != "not-applicable" for state in course.steps if state.step in steps)
        for steps in (inside, asking)
        if steps
    )


def _asks(step: Step, choice: str) -> bool:
    return any(isinstance(node, BranchIs) and node.choice == choice for node in nodes(step.when))


def _choice(pathway: str, state: ChoiceState, voice: Voice) -> str:
    names = voice.names(pathway)
    title = names.choice(state.choice, voice.lang)
    if state.taken is None:
        return voice.say("course.choice.undetermined", choice=title)
    option = answer_words(state.taken, names, book=voice.book, choice=state.choice)
    if not option:
        return voice.say("course.choice.decided", choice=title)
    return voice.say("course.choice", choice=title, option=voice.inner(option))


def _groups(course: Course, asked: Collection[str], booked: Collection[str]) -> tuple[_Group, ...]:
    """The groups of a course. Of the steps from before the start, some are booked; others are asked about."""
    year_ago = add_months(course.as_of.day, -12)

    def recent(state: StepState) -> bool:
        return state.state in _DONE and state.completed is not None and state.completed.day >= year_ago

    def early(state: StepState, steps: Collection[str]) -> bool:
        return state.state == "before-start" and state.step in steps

    return (
        _Group("overdue", "late", lambda state: state.state == "overdue"),
        _Group("due", "now", lambda state: state.state == "due"),
        _Group("unseen", "unseen", lambda state: state.state == "unseen"),
        _Group("before-start", "unseen", lambda state: early(state, asked)),
        _Group("unknown", "unknown", lambda state: state.state == "unknown"),
        _Group("upcoming", "coming", lambda state: state.state == "upcoming" or early(state, booked)),
        _Group("waiting", "waiting", lambda state: state.state == "waiting"),
        _Group("recent", "done", recent),
        _Group("skipped", "skipped", lambda state: state.state == "skipped"),
    )


def _step_group(group: _Group, followed: Followed, voice: Voice, *, bookings: Bookings) -> StepGroup:
    course, pathway = followed
    by_step: dict[str, list[StepState]] = {}
    for state in course.steps:
        if group.belongs(state) and pathway.steps[state.step].mode != "retrospective":
            by_step.setdefault(state.step, []).append(state)
    ordered = sorted(by_step.values(), key=lambda states: _line_order(group.key, states))
    shown = ordered[: _SHOWN.get(group.key, len(ordered))]
    lines = tuple(_line(group, states, voice, followed=followed, bookings=bookings) for states in shown)
    left = ordered[len(shown) :]
    more = voice.count("course.more", len(left)) if left else ""
    if left and group.key in _NAMED:
        titles = [voice.text(pathway.steps[states[0].step].title, states[0].step) for states in left]
        more = f"{more}: {', '.join(map(voice.inner, titles))}"
    return StepGroup(group.mark, voice.say(f"group.{group.key}"), lines, more)


def _line_order(group: str, states: Sequence[StepState]) -> tuple[int, str]:
    if group == "recent":
        return -max(state.completed.day for state in states if state.completed), states[0].step
    days = [at.day for state in states for at in (state.due or state.opens,) if at is not None]
    if group == "before-start":
        return -max(days, default=0), states[0].step
    return min(days, default=1 << 30), states[0].step


def _line(
    group: _Group, states: Sequence[StepState], voice: Voice, *, followed: Followed, bookings: Bookings
) -> StepLine:
    course, pathway = followed
    first = states[-1] if group.key == "recent" else states[0]
    step = pathway.steps[first.step]
    when = step_time(first, voice, today=course.as_of.day, pathway=course.pathway)
    if first.state in _BOOKABLE:
        when = booked_first([(first, step)], bookings, goal=when, voice=voice)
    if len(states) > 1:
        when = f"{voice.count('course.times', len(states))}: {when}"
    return StepLine(
        mark="proposal" if first.proposal else group.mark,
        title=voice.text(step.title, step.id),
        when=when,
        note=step_note(first, step, voice=voice, pathway=course.pathway),
        tags=step_tags(first, of_step(pathway, step), voice=voice),
        why=why_lines(first.because, voice, pathway=course.pathway) if group.key in _EXPLAINED else (),
    )


def step_time(state: StepState, voice: Voice, *, today: int, pathway: str) -> str:
    """When, in words that promise nothing: goals, never limits (S07)."""
    if state.state in _DONE:
        return "" if state.completed is None else voice.day(state.completed.day)
    if state.state == "waiting":
        what = voice.waits(pathway, state.waits_for)
        return voice.say("time.waits", what=what) if what else voice.say("time.none")
    if state.state == "skipped" and state.act is not None:
        until = state.act.until_day
        return voice.say("skipped.reoffer", day=voice.day(until)) if until else ""
    if state.state == "unknown" and state.due is None:
        return ""
    opens = state.opens.day if state.opens else None
    due = state.due.day if state.due else None
    return window_words(opens, due, voice=voice, today=today)


def window_words(start: int | None, end: int | None, *, voice: Voice, today: int) -> str:
    """A window in words: what has passed is told as a goal that was."""
    if end is not None and end < today:
        return voice.say("time.goal_was", day=voice.day(end))
    if start is not None and start > today:
        if end is None:
            return voice.say("time.from", day=voice.day(start))
        if end > start:
            return voice.say("time.from_goal", period=voice.period(start, end))
    if end is not None:
        return voice.say("time.goal", day=voice.day(end))
    return voice.say("time.anytime")


def step_note(state: StepState, step: Step, *, voice: Voice, pathway: str) -> str:
    """What more must be said: missing data, a proposal's standing, the reason of a skip."""
    notes = []
    if state.proposal:
        notes.append(voice.say("time.not_due"))
    if state.state in ("attested", "done-late"):
        notes.append(voice.say(f"done.{state.state}"))
    if state.state == "skipped" and state.act is not None:
        key = f"skipped.{state.act.kind}"
        known = voice.knows(key)
        notes.append(voice.say(key if known else "skipped.other", reason=state.act.reason or "–"))
    if "blocked" in state.flags:
        notes.append(voice.say("time.blocked"))
    if state.missing and state.state in ("unknown", "unseen"):
        evidence = step.done if state.state == "unseen" else None
        lacking = voice.lacking(pathway, state.missing, evidence=evidence)
        notes.append(voice.say("suggestion.missing", what=lacking))
    return "; ".join(notes)


def step_tags(state: StepState, disclosure: Disclosure, *, voice: Voice) -> tuple[Tag, ...]:
    """Labels of a step line: what only staff may see, and rules that nobody has adopted."""
    tags = []
    if disclosure != "open":
        tags.append(Tag(disclosure, voice.say(f"plan.disclosure.{disclosure}")))
    if state.level == "default" and not state.adopted and state.state in OPEN_STATES:
        tags.append(Tag("default", voice.say("level.default")))
    return tuple(tags)


def _rest(course: Course, voice: Voice, *, asked: int) -> str:
    """All that is not listed, as counts. `asked`: how many from before the start are listed."""
    year_ago = add_months(course.as_of.day, -12)
    counts = dict.fromkeys(_REST, 0) | {"before-start": -asked}
    for state in course.steps:
        if state.state in _DONE:
            counts["done"] += state.completed is None or state.completed.day < year_ago
        elif state.state in counts:
            counts[state.state] += 1
    said = [voice.count(f"rest.{name}", n) for name, n in counts.items() if n]
    return voice.say("course.rest", what=voice.joined(said)) if said else ""
