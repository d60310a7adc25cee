"""Durations, limits, moments, windows and tests in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple, assert_never

from vardforlopp.definitions import formats
from vardforlopp.definitions.criteria import (
    Between,
    Compare,
    CompareOwn,
    CompareRef,
    Criterion,
    DateIn,
    DurationLike,
    Earliest,
    First,
    Last,
    Latest,
    MomentExpr,
    Named,
    OneOf,
    Param,
    Quantity,
    Shifted,
    StepTime,
    Table,
    Test,
    Window,
)
from vardforlopp.definitions.model import ParameterRow, ParameterValue
from vardforlopp.definitions.names import Names
from vardforlopp.definitions.phrasebook import Phrasebook
from vardforlopp.kernel.durations import Duration

SUFFIX_END = ".end"


class Speech(NamedTuple):
    """Who speaks: what things are called, in which language, and how clauses stand.

    Clauses mostly follow "if" and "when"; `stated` ones stand alone. The two differ in where
    Swedish puts its "inte".
    """

    names: Names
    book: Phrasebook
    stated: bool = False

    def say(self, key: str, **values: object) -> str:
        """A phrase of the language, its places filled."""
        return self.book.say(key, **values)

    def affirm(self, key: str, *, denied: bool, **values: object) -> str:
        """A phrase, or its denial."""
        if not denied:
            return self.say(key, **values)
        stated = f"{key}.not.stated"
        return self.say(stated if self.stated and self.book.has(stated) else f"{key}.not", **values)

    def standing_alone(self) -> Speech:
        """The same speaker, for clauses that are sentences of their own."""
        return self._replace(stated=True)

    def thing(self, selector: str) -> str:
        """A selector inside a sentence; `S.end` as the end of it."""
        plain = selector.removesuffix(SUFFIX_END)
        title = formats.inner(self.names.selector(plain, self.book.lang), self.book)
        return title if plain == selector else self.say("end", what=title)


CriterionWords = Callable[[Speech, Criterion], str]


# --- values, durations and parameters ------------------------------------------------------------


def value_words(speech: Speech, value: ParameterValue) -> str:
    """A parameter's value: a quantity, a duration, a table by sex and age, a season ..."""
    if isinstance(value, bool):
        return speech.say("flag.on" if value else "flag.off")
    if isinstance(value, int):
        return formats.number(value, speech.book)
    if isinstance(value, Duration):
        return _span_words(speech, value)
    if isinstance(value, Quantity):
        return formats.quantity(value, speech.book)
    if isinstance(value, tuple):
        if value == (ParameterRow(value[0].value),):  # a table of one row, for everybody
            return value_words(speech, value[0].value)
        return rows_words(speech, value, render=partial(value_words, speech))
    return _word_or_season(speech, value)


def _span_words(speech: Speech, value: Duration) -> str:
    if value.amount == 0 and not value.by_instant:
        return speech.say("span.none")
    said = formats.duration(value, speech.book)
    return speech.say("span.before", span=said) if value.amount < 0 else said


def _word_or_season(speech: Speech, value: str) -> str:
    first, dots, last = value.partition("..")
    if not dots:
        return speech.names.answer(value, speech.book)
    start, end = (formats.day_of_year(text, speech.book) for text in (first, last))
    return f"{start}{formats.DASH}{end}"


def rows_words(
    speech: Speech, rows: Sequence[ParameterRow], *, render: Callable[[Quantity | Duration | int | str], str]
) -> str:
    """`88 cm (kvinnor) eller 102 cm (män)`."""
    shown = []
    for row in rows:
        keys = _row_keys(speech, row)
        shown.append(f"{render(row.value)} ({', '.join(keys)})" if keys else render(row.value))
    return formats.joined(shown, speech.say("or"))


def _row_keys(speech: Speech, row: ParameterRow) -> list[str]:
    keys = [speech.say(f"sex.{row.sex}.many")] if row.sex else []
    if row.age_from is not None and row.age_below is not None:
        keys.append(speech.say("row.age.between", lo=row.age_from, hi=row.age_below))
    elif row.age_from is not None:
        keys.append(speech.say("row.age.from", n=row.age_from))
    elif row.age_below is not None:
        keys.append(speech.say("row.age.below", n=row.age_below))
    if row.months:
        months = [speech.book.months[month - 1] for month in row.months]
        keys.append(speech.say("row.months", months=formats.joined(months, speech.say("and"))))
    return keys or [speech.say("row.else")]


def duration_words(
    speech: Speech, value: DurationLike, *, render: Callable[[Duration], str], criterion: CriterionWords
) -> str:
    """Any duration, worded by `render`; a table gives each row with its condition."""
    if isinstance(value, Duration):
        return render(value)
    if isinstance(value, Param):
        return _parameter_duration(speech, value, render)
    return _table_words(speech, value, render, criterion)


def _parameter_duration(speech: Speech, param: Param, render: Callable[[Duration], str]) -> str:
    value = speech.names.value(param.name)
    if isinstance(value, Duration):
        return render(value)
    if isinstance(value, tuple):
        if value == (ParameterRow(value[0].value),):  # a table of one row, for everybody
            return value_words(speech, value[0].value)
        return rows_words(
            speech, value, render=lambda v: render(v) if isinstance(v, Duration) else value_words(speech, v)
        )
    return formats.inner(speech.names.parameter_title(param.name, speech.book.lang), speech.book)


def _table_words(
    speech: Speech, table: Table, render: Callable[[Duration], str], criterion: CriterionWords
) -> str:
    parts = []
    for row in table.rows:
        shown = duration_words(speech, row.value, render=render, criterion=criterion)
        if row.when is not None:
            parts.append(speech.say("table.row", value=shown, when=criterion(speech, row.when)))
        else:
            parts.append(speech.say("table.else", value=shown) if parts else shown)
    return speech.say("table.between").join(parts)


def plain_duration(speech: Speech, value: Duration | Param) -> str:
    """A duration without a table: its length."""
    render = partial(formats.duration, book=speech.book)
    return render(value) if isinstance(value, Duration) else _parameter_duration(speech, value, render)


def _last_words(speech: Speech, value: Duration | Param) -> str:
    render = partial(formats.last, book=speech.book)
    return render(value) if isinstance(value, Duration) else _parameter_duration(speech, value, render)


def fixed(speech: Speech, value: DurationLike | None) -> Duration | None:
    """The one duration that a value stands for here; None when it depends on the patient."""
    if isinstance(value, Param):
        found = speech.names.value(value.name)
        return found if isinstance(found, Duration) else None
    return value if isinstance(value, Duration) else None


def limit_words(speech: Speech, limit: Quantity | Param) -> str:
    """A limit: the quantity, or the parameter's value here."""
    if isinstance(limit, Quantity):
        return formats.quantity(limit, speech.book)
    value = speech.names.value(limit.name)
    if value is None:
        return formats.inner(speech.names.parameter_title(limit.name, speech.book.lang), speech.book)
    return value_words(speech, value)


# --- tests ---------------------------------------------------------------------------------------

_FLIPPED = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}


def flipped(test: Test) -> Test | None:
    """The test that holds exactly when this one does not; None when no such test is written."""
    match test:
        case Compare(op, limit):
            return Compare(_FLIPPED[op], limit)  # type: ignore[arg-type]
        case CompareRef(op, factor, which):
            return CompareRef(_FLIPPED[op], factor, which)  # type: ignore[arg-type]
        case CompareOwn(op, selector):
            return CompareOwn(_FLIPPED[op], selector)  # type: ignore[arg-type]
    return None


def test_words(speech: Speech, test: Test) -> str:
    """What stands after "is": `minst 400 ng/L`, `ja eller kanske`."""
    match test:
        case Compare(op, limit):
            return speech.say(f"test.{op}", limit=limit_words(speech, limit))
        case CompareRef(op, factor, which):
            times = "" if factor == 1 else speech.say("ref.times", n=formats.number(factor, speech.book))
            return speech.say(f"test.{op}", limit=times + speech.say(f"ref.{which}"))
        case CompareOwn(op, selector):
            return speech.say(f"test.{op}", limit=speech.say("own", what=speech.thing(selector)))
        case Between(lo, hi):
            if isinstance(lo, Quantity) and isinstance(hi, Quantity):
                return formats.between(lo, hi, book=speech.book)
            return speech.say("test.between", lo=limit_words(speech, lo), hi=limit_words(speech, hi))
        case OneOf(words):
            answers = [speech.names.answer(word, speech.book) for word in words]
            return formats.joined(answers, speech.say("or"))
    assert_never(test)


# --- moments and windows -------------------------------------------------------------------------


def moment_words(speech: Speech, moment: MomentExpr) -> str:
    """A moment as a noun phrase, to stand after "from", "before", "6 weeks after"."""
    match moment:
        case Named(word):
            return speech.say(f"moment.{word}")
        case First(selector, window):
            return speech.say("moment.first", what=speech.thing(selector)) + window_words(speech, window)
        case Last(selector, window):
            return speech.say("moment.last", what=speech.thing(selector)) + window_words(speech, window)
        case StepTime(what, step):
            return speech.say(f"moment.{what}", step=speech.names.step(step, speech.book.lang))
        case DateIn(selector):
            if selector is None:
                return speech.say("moment.date_in.trigger")
            return speech.say("moment.date_in", what=speech.thing(selector))
        case Earliest(of):
            return speech.say("moment.earliest", of=_moments(speech, of, "and"))
        case Latest(of):
            return speech.say("moment.latest", of=_moments(speech, of, "and"))
        case Shifted():
            return _shifted_words(speech, moment)
    assert_never(moment)


def _moments(speech: Speech, of: Sequence[MomentExpr], word: str) -> str:
    return formats.joined([moment_words(speech, moment) for moment in of], speech.say(word))


def points_back(moment: Shifted) -> bool:
    """True when the shift goes backwards in time."""
    return moment.minus or (isinstance(moment.by, Duration) and moment.by.amount < 0)


def same_day(moment: Shifted) -> bool:
    """True when the shift only makes an instant its day."""
    return moment.by == Duration(0, "days")


def _shifted_words(speech: Speech, moment: Shifted) -> str:
    base = moment_words(speech, moment.base)
    if same_day(moment):
        return base
    key = "moment.before" if points_back(moment) else "moment.after"
    return speech.say(key, by=plain_duration(speech, moment.by), moment=base)


def window_words(speech: Speech, window: Window | None) -> str:
    """A window as words to put last in a clause, with a space before; empty for "ever"."""
    if window is None:
        return ""
    return " " + _window(speech, window)


def _window(speech: Speech, window: Window) -> str:
    if window.last is not None:
        return _last_words(speech, window.last)
    start, end, length = window.start, window.end, window.length
    if start is not None and end is not None:
        return speech.say("window.from.to", start=moment_words(speech, start), end=moment_words(speech, end))
    anchor = start if start is not None else end
    assert anchor is not None, "a window has an anchor"
    said = moment_words(speech, anchor)
    if length is None:
        return speech.say("window.from" if start is not None else "window.to", moment=said)
    if isinstance(length, Duration) and length.amount == 0:
        return speech.say("window.same.instant" if length.by_instant else "window.same", moment=said)
    key = "window.from.for" if start is not None else "window.to.for"
    return speech.say(key, length=plain_duration(speech, length), moment=said)
