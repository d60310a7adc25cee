"""A clinician's case in Swedish words: who the person is, what has happened, and what is expected when."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import NamedTuple

from vardforlopp.definitions import formats
from vardforlopp.definitions.cases import (
    ActLine,
    Case,
    Expectation,
    FactLine,
    SourceLine,
    StepExpectation,
)
from vardforlopp.definitions.names import Names
from vardforlopp.definitions.words import BOOKS
from vardforlopp.kernel.civil import Interval, Moment, as_of_day, exact, parse_time
from vardforlopp.present.catalogues import say
from vardforlopp.present.reasons import answer_words, waits_words
from vardforlopp.present.wording import on_words
from vardforlopp.record.facts import Day, Word

LANG = "sv"
BOOK = BOOKS[LANG]

_SEX = {"female": "Kvinna", "male": "Man", "other": "Person", "unknown": "Person, okänt kön"}
_SIDE = {"left": "vänster sida", "right": "höger sida", "both": "båda sidor"}
_WRITTEN = re.compile(r"([<>]=?)?\s*(-?[\d.]*\d)(?:\s*\.\.\s*(-?[\d.]*\d))?\s*(.*)")
_BOUNDS = {"<": "under ", "<=": "högst ", ">": "över ", ">=": "minst "}


class Told(NamedTuple):
    """A case in words: a line on the person, a list of what happened, and what is expected by day."""

    person: str
    record: tuple[str, ...]
    expected: tuple[tuple[str, tuple[str, ...]], ...]


def case_words(case: Case, names: Names) -> Told:
    """One case, `names` those of its pathway in its region."""
    record = [*_sources(case.sources, names), *_enrolled(case, names)]
    record += _happened(case, names)
    expected = [(_asked(found), tuple(_expected(found, names))) for found in case.expect]
    return Told(_person(case, names), tuple(record), tuple(expected))


def _person(case: Case, names: Names) -> str:
    parts = [_SEX[case.sex] if case.sex else "Person"]
    parts += [f"född {_when(case.born)}"] if case.born else []
    parts += [_SIDE[case.side]] if case.side else []
    parts += [f"avliden {_moment(case.died)}"] if case.died else []
    parts += [names.overlay.title[LANG]] if names.overlay else []
    return ", ".join(parts) + "."


def _sources(sources: Iterable[SourceLine], names: Names) -> Iterator[str]:
    for one in sources:
        said = ["ansluten" if one.connected else "inte ansluten"]
        said += [f"hördes senast {formats.day(one.last_seen, BOOK)}"] if one.last_seen is not None else []
        said += [f"räknas som tyst efter {one.limit_days} dagar"] if one.limit_days is not None else []
        said += [f"finns från {formats.day(one.since, BOOK)}"] if one.since is not None else []
        said += [] if one.own_codes else ["skickar inte programmets egna koder"]
        yield f"Källan för {formats.inner(names.kind(one.kind, LANG), BOOK)}: {', '.join(said)}."


def _enrolled(case: Case, names: Names) -> Iterator[str]:
    line = case.enrol
    if line is not None:
        by = f", ingång ”{names.entry(line.entry, LANG)}”" if line.entry else ""
        later = line.followed_from != line.on.day
        late = f", försening räknas från {formats.day(line.followed_from, BOOK)}" if later else ""
        yield f"{_when(line.on)}: personen börjar följas{by}{late}."


def _happened(case: Case, names: Names) -> Iterator[str]:
    """What happened, by time; what happened on one day stands together."""
    for when, lines in groupby(sorted(case.record, key=lambda line: line.on.lo), lambda line: _when(line.on)):
        yield f"{when}: {'; '.join(_line(line, names) for line in lines)}."


def _line(line: FactLine | ActLine, names: Names) -> str:
    said = _fact(line, names) if isinstance(line, FactLine) else act_line(line, names)
    known = [f"känt först {_when(line.known)}"] if line.known else []
    known += [f"återtaget {_when(line.retracted)}"] if line.retracted else []
    return ", ".join([said, *known])


def _fact(line: FactLine, names: Names) -> str:
    title = formats.inner(names.selector(line.selector, LANG), BOOK)
    said = [f"{title} {_value(line, names)}".strip()]
    limits = [
        f"{word} referensgräns {formats.number(limit, BOOK)}"
        for word, limit in (("nedre", line.ref_low), ("övre", line.ref_high))
        if limit is not None
    ]
    said += [*limits, *([_SIDE[line.side]] if line.side else [])]
    said += [f"till {_when(line.until)}"] if line.until else []
    said += [say(LANG, f"case.status.{line.status}")] if line.status else []
    return ", ".join(said)


def _value(line: FactLine, names: Names) -> str:
    word = line.value.word if isinstance(line.value, Word) else ""
    if word and not _WRITTEN.fullmatch(word):
        return f"”{answer_words(word, names, book=BOOK) or word}”"
    if isinstance(line.value, Day):
        day = formats.day(line.value.day, BOOK)
        return f"({day})" if line.value.at is None else f"({on_words(exact(line.value.at), LANG)})"
    text, own_unit = line.written or (word, "")
    written = _WRITTEN.fullmatch(text)
    if written is None:
        return text
    bound, low, high, unit = written.groups()
    number = f"{low}{formats.DASH}{high}" if high else low
    number = number.replace(".", ",").replace("-", "\u2212")
    return _BOUNDS.get(bound or "", "") + formats.with_unit(number, unit or own_unit or "", book=BOOK)


def act_line(line: ActLine, names: Names) -> str:
    """What somebody did, with who, where and why."""
    if line.kind == "decision":
        answer = f": {names.option(line.step or '', line.value, book=BOOK)}" if line.value else ""
        said = f"beslut ”{names.decision(line.step or '', LANG)}”{answer}"
    else:
        said = say(
            LANG, f"case.act.{line.kind}",
            step=f"”{names.anything(line.step, LANG)}”" if line.step else "hela förloppet",
            done=_day(line.done), until=_day(line.until),
            answer=names.answer(line.value, BOOK) if line.value else "",
        )  # fmt: skip
    again = [f"frågas igen {_day(line.until)}"] if line.kind == "decline" and line.until else []
    which = [f"tillfället {_day(line.occurrence)}"] if line.occurrence else []
    by = [formats.inner(names.performer(line.by, LANG), BOOK)] if line.by else []
    return ", ".join([said, *which, *again, *(part for part in (line.where, line.reason, *by) if part)])


def _asked(found: Expectation) -> str:
    known = f", med det som var känt {_moment(found.known_at)}" if found.known_at else ""
    return f"{_moment(found.as_of)}{known}"


def _expected(found: Expectation, names: Names) -> Iterator[str]:
    yield from _stay(found, names)
    for choice, way in (found.choices or {}).items():
        said = f"”{names.option(choice, way, book=BOOK)}”" if way else "inte avgjort"
        yield f"”{names.choice(choice, LANG)}”: {said}."
    plain: dict[str, list[str]] = {}
    for step in found.steps:
        state, details = _state(step), [*_times(step), *_grounds(step, names)]
        if details or step.completed is not None:
            yield f"{_step(step, names)}: {', '.join([*([state] if state else []), *details])}."
        elif state:
            plain.setdefault(state, []).append(_step(step, names))
    for state, steps in plain.items():
        yield formats.sentence(f"{state}: {'; '.join(steps)}")


def _stay(found: Expectation, names: Names) -> Iterator[str]:
    if found.entered == "none":
        yield "Ingen ingång."
    elif found.entered:
        yield f"Ingång: {names.entry(found.entered, LANG)}."
    if found.possible == "none":
        yield "Ingen möjlig ingång."
    elif found.possible:
        yield f"Möjlig ingång, som visas för personal: {names.entry(found.possible, LANG)}."
    if found.started:
        yield f"Förloppet började {_when(found.started)}."
    if found.ended:
        yield "Inte avslutat." if found.ended == "none" else f"Avslutat: {names.exit(found.ended, LANG)}."


def _step(step: StepExpectation, names: Names) -> str:
    title = names.step(step.step, LANG)
    if step.occurrence is None:
        return title
    which = "utan dag" if step.occurrence == "-" else _when(parse_time(step.occurrence))
    return f"{title} (tillfället {which})"


def _state(step: StepExpectation) -> str:
    state = say(LANG, f"case.state.{step.state}") if step.state else ""
    return state if step.completed is None else f"{state or 'gjort'} {_when(step.completed)}"


def _times(step: StepExpectation) -> Iterator[str]:
    for word, when in (("kan göras från", step.opens), ("helst", step.preferred), ("mål", step.due)):
        if when is not None:
            yield f"{word} {_when(when)}"


def _grounds(step: StepExpectation, names: Names) -> Iterator[str]:
    if step.missing is not None:
        what = waits_words(step.missing, names, lang=LANG)
        yield f"saknas: {what}" if what else "inget saknas"
    if step.waits_for is not None:
        yield f"väntar på {waits_words(step.waits_for, names, lang=LANG) or 'inget'}"
    if step.proposal is not None:
        yield "tiden är ett förslag" if step.proposal else "tiden gäller"
    if step.lapsed is not None:
        yield "hade gått ut före starten" if step.lapsed else "hade inte gått ut före starten"


def _day(day: int | None) -> str:
    return formats.day(day, BOOK) if day is not None else "okänd dag"


def _moment(moment: Moment) -> str:
    """A day, or an instant; the end of a day is the day."""
    whole = moment == as_of_day(moment.day)
    return formats.day(moment.day, BOOK) if whole else on_words(moment, LANG).removeprefix("den ")


def _when(when: Interval) -> str:
    """A day, an instant, a month or a year, as it was written."""
    if when.lo == when.hi:
        return _moment(exact(when.lo))
    first = formats.day(when.day, BOOK)
    if when.day == when.last_day:
        return first
    parts = first.split(formats.NBSP)
    return parts[-1] if when.last_day - when.day > 31 else formats.NBSP.join(parts[1:])
