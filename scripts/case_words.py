"""A clinician's case in Swedish words: who the person is, what has happened, and what is expected when."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import NamedTuple

from vardforlopp.definitions import formats
from vardforlopp.definitions.cases import (
    ABSENT,
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
from vardforlopp.present.reasons import answer_words, waits_words
from vardforlopp.present.wording import on_words
from vardforlopp.record.facts import Day, Word

LANG = "sv"
BOOK = BOOKS[LANG]

_SEX = {"female": "Kvinna", "male": "Man", "other": "Person", "unknown": "Person, okänt kön"}
_SIDE = {"left": "vänster sida", "right": "höger sida", "both": "båda sidor"}
STATUS = {
    "performed": "utfört", "ordered": "bara beställt", "planned": "bara planerat",
    "refuted": "utrett och avfärdat", "cancelled": "inställt", "family": "gäller en släkting",
    "provisional": "bara misstänkt",
}  # fmt: skip
STATES = {
    "done": "Gjort", "done-late": "Gjort efter målet", "attested": "Gjort på annat håll, intygat",
    "skipped": "Görs inte", "not-applicable": "Gäller inte", "ended": "Slutade med förloppet",
    "waiting": "Väntar", "before-start": "Låg före starten", "unknown": "Oklart",
    "superseded": "Ersatt av nästa tillfälle", "missed": "Inte gjort under sin tid",
    "upcoming": "Kommer senare", "due": "Kan göras nu", "unseen": "Inte sett i anslutna källor",
    "overdue": "Efter målet", ABSENT: "Finns inte",
}  # fmt: skip
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
    said = _fact(line, names) if isinstance(line, FactLine) else _act(line, names)
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
    said += [STATUS[line.status]] if line.status else []
    return ", ".join(said)


def _value(line: FactLine, names: Names) -> str:
    if isinstance(line.value, Word):
        said = answer_words(line.value.word, names, book=BOOK) or line.value.word
        return said if said.isdigit() else f"”{said}”"
    if isinstance(line.value, Day):
        day = formats.day(line.value.day, BOOK)
        return f"({day})" if line.value.at is None else f"({on_words(exact(line.value.at), LANG)})"
    written = _WRITTEN.fullmatch(line.written[0]) if line.written else None
    if line.written is None or written is None:
        return line.written[0] if line.written else ""
    bound, low, high, unit = written.groups()
    number = f"{low}{formats.DASH}{high}" if high else low
    number = number.replace(".", ",").replace("-", "\u2212")
    return _BOUNDS.get(bound or "", "") + formats.with_unit(number, unit or line.written[1], book=BOOK)


def _act(line: ActLine, names: Names) -> str:
    step = f"”{names.anything(line.step, LANG)}”" if line.step else "hela förloppet"
    if line.kind == "decision" and line.step:
        answer = answer_words(line.value, names, book=BOOK, choice=line.step) if line.value else ""
        said = f"beslut ”{names.decision(line.step, LANG)}”" + (
            f": {answer or line.value}" if line.value else ""
        )
    else:
        said = {
            "deviation": f"avsteg, {step} görs inte",
            "decline": f"personen avböjer {step}",
            "attestation": f"intyg att {step} är gjort {_day(line.done)}",
            "credit": f"{step}, gjort {_day(line.done)}, tillgodoräknas",
            "pause": f"paus till {_day(line.until)}",
            "care-focus": f"vårdinriktning {answer_words(line.value or '', names, book=BOOK) or line.value}",
            "informed": "personen är informerad",
        }.get(line.kind, line.kind)
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
            yield f"{_step(step, names)}: {', '.join([*([state.lower()] if state else []), *details])}."
        elif state:
            plain.setdefault(state, []).append(_step(step, names))
    for state, steps in plain.items():
        yield f"{state}: {'; '.join(steps)}."


def _stay(found: Expectation, names: Names) -> Iterator[str]:
    if found.entered == "none":
        yield "Ingen ingång."
    elif found.entered:
        yield f"Ingång: {names.entry(found.entered, LANG)}."
    if found.possible:
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
    state = STATES[step.state] if step.state else ""
    return state if step.completed is None else f"{state or 'Gjort'} {_when(step.completed)}"


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
