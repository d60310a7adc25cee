"""One question on the record in words, asked or denied: has, active, value, change, age ..."""

from __future__ import annotations

from typing import Literal

from vardforlopp.definitions import formats
from vardforlopp.definitions.criteria import (
    Active,
    Age,
    Base,
    Between,
    BranchIs,
    Change,
    Compare,
    Count,
    Dead,
    Decided,
    Done,
    Entered,
    Has,
    OneOf,
    Param,
    Pick,
    Quantity,
    Reached,
    Setting,
    SexIs,
    Shifted,
    Test,
    Value,
)
from vardforlopp.definitions.words_time import (
    Speech,
    flipped,
    limit_words,
    moment_words,
    plain_duration,
    points_back,
    test_words,
    window_words,
)
from vardforlopp.kernel.durations import Duration

Atom = (
    Has | Active | Value | Change | Count | Age | SexIs | Dead | Reached | Done | Decided | BranchIs
    | Entered | Setting
)  # fmt: skip


def atom_words(speech: Speech, atom: Atom, *, denied: bool = False) -> str:
    """One criterion without parts, as a clause."""
    match atom:
        case Has():
            return has_words(speech, atom, what=speech.thing(atom.selector), denied=denied)
        case Active():
            return ongoing_words(speech, atom, what=speech.thing(atom.selector), denied=denied)
        case Value():
            return _value_words(speech, atom, denied=denied)
        case Change():
            return _change_words(speech, atom, denied=denied)
        case Count():
            return _count_words(speech, atom, denied=denied)
        case Age(test, unit):
            return _age_words(speech, test, unit, denied=denied)
        case Reached(moment) if isinstance(moment, Shifted) and not points_back(moment):
            by, base = plain_duration(speech, moment.by), moment_words(speech, moment.base)
            return speech.affirm("passed", denied=denied, by=by, moment=base)
        case Reached(moment):
            return speech.affirm("reached", denied=denied, moment=moment_words(speech, moment))
        case Dead(expected):
            return speech.say("dead" if expected != denied else "alive")
    return _named_words(speech, atom, denied=denied)


def _named_words(
    speech: Speech, atom: SexIs | Done | Decided | BranchIs | Entered | Setting, *, denied: bool
) -> str:
    names, book = speech.names, speech.book
    either = speech.say("or")
    match atom:
        case SexIs(words):
            said = formats.joined([speech.say(f"sex.{word}") for word in words], either)
            return speech.affirm("sex", denied=denied, sex=said)
        case Done(step, window):
            title = names.step(step, book.lang)
            return speech.affirm("done", denied=denied, step=title) + window_words(speech, window)
        case Decided(decision, words):
            answer = formats.joined([names.option(decision, word, book=book) for word in words], either)
            what = names.decision(decision, book.lang)
            return speech.affirm("decided", denied=denied, what=what, answer=answer)
        case BranchIs(choice, words):
            ways = [speech.say("quoted", title=names.option(choice, word, book=book)) for word in words]
            title, way = names.choice(choice, book.lang), formats.joined(ways, either)
            return speech.affirm("branch", denied=denied, choice=title, way=way)
        case Entered(entries):
            ways = [speech.say("quoted", title=names.entry(entry, book.lang)) for entry in entries]
            return speech.affirm("entered", denied=denied, entry=formats.joined(ways, either))
        case Setting(param):
            title = names.parameter_title(param.name, book.lang)
            return speech.affirm("setting", denied=denied, title=title)


# --- presence ------------------------------------------------------------------------------------


def has_words(speech: Speech, has: Has, *, what: str, denied: bool = False) -> str:
    """`journalen visar andnöd de senaste 3 månaderna`."""
    what += where_words(speech, has.where)
    return speech.affirm("has", denied=denied, what=what) + window_words(speech, has.window)


def where_words(speech: Speech, where: Test | None) -> str:
    """The test on a fact's own value, to put behind it; empty without one."""
    if where is None:
        return ""
    return speech.say("where.coded" if isinstance(where, OneOf) else "where", test=test_words(speech, where))


#: How a running state is spoken of, by kind of source; all other kinds simply "go on".
_FAMILIES = {"medications": "treatment", "diagnoses": "diagnosis"}
_VERBS = {"treatment": "ongoing", "diagnosis": "current", "other": "present"}


def family_of(speech: Speech, selector: str) -> str:
    """`treatment`, `diagnosis` or `other`: how a running state is spoken of."""
    return _FAMILIES.get(speech.names.kind_of(selector), "other")


def ongoing_words(speech: Speech, active: Active, *, what: str, denied: bool = False) -> str:
    """`behandling med klozapin pågår`, `diagnosen hjärtsvikt är aktuell`."""
    family = family_of(speech, active.selector)
    known = speech.say(f"subject.{family}.stem") in what.lower()
    subject = what if known else speech.say(f"subject.{family}", what=what)
    verb = _VERBS[family]
    if active.held is not None:
        held = plain_duration(speech, active.held)
        said = speech.affirm(f"{verb}.held", denied=denied, what=subject, held=held)
        return said + window_words(speech, active.window)
    if active.window is not None:
        said = speech.affirm(f"{verb}.in", denied=denied, what=subject)
        return said + window_words(speech, active.window)
    return speech.affirm(verb, denied=denied, what=subject)


# --- values --------------------------------------------------------------------------------------


PickWord = Pick | Literal["none"]


def _value_words(speech: Speech, value: Value, *, denied: bool) -> str:
    test: Test = value.test
    opposite = flipped(test)
    pick: PickWord = value.pick
    if denied and value.held is None and pick == "any":
        pick, denied = "none", False
    elif denied and value.held is None and opposite is not None:
        test, denied = opposite, False
    subject = _picked(speech, value.selector, pick, coded=isinstance(test, OneOf))
    subject += window_words(speech, value.window)
    said = test_words(speech, test)
    if value.held is None:
        return speech.affirm("value", denied=denied, what=subject, test=said)
    held = plain_duration(speech, value.held)
    return speech.affirm("value.held", denied=denied, what=subject, test=said, held=held)


def _picked(speech: Speech, selector: str, pick: PickWord, *, coded: bool) -> str:
    return speech.say(f"pick.{pick}{'.coded' if coded else ''}", what=speech.thing(selector))


def _change_words(speech: Speech, change: Change, *, denied: bool) -> str:
    """Compares the picked value with its base: `är minst 7 % högre än ...`."""
    test = change.test
    if denied:
        opposite = flipped(test)
        assert isinstance(opposite, Compare)
        test = opposite
    subject = _picked(speech, change.selector, change.pick, coded=False)
    subject += window_words(speech, change.window)
    return change_words(
        speech, change, test=test, what=subject, base=_base_words(speech, change, change.base)
    )


def change_words(speech: Speech, change: Change, *, test: Compare, what: str, base: str) -> str:
    """`{what} är minst 7 % högre än {base}`."""
    amount = speech.say(f"change.{test.op}", limit=_change_limit(speech, change, test))
    return speech.say(f"change.{change.direction}", what=what, amount=amount, base=base)


def _change_limit(speech: Speech, change: Change, test: Compare) -> str:
    limit = test.limit
    if not isinstance(limit, Quantity):
        return limit_words(speech, limit)
    if change.percent:
        return formats.with_unit(formats.number(limit.value, speech.book), "%", book=speech.book)
    if limit.unit in ("%", "%-points"):
        return formats.with_unit(formats.number(limit.value, speech.book), "%-points", book=speech.book)
    return limit_words(speech, limit)


def _base_words(speech: Speech, change: Change, base: Base) -> str:
    pick: Pick = base.pick or change.pick
    window = window_words(speech, base.window)
    if base.window is None and change.window is not None:
        window = speech.say("base.same_window")
    if base.selector is not None and base.selector != change.selector:
        return _picked(speech, base.selector, pick, coded=False) + window
    return speech.say("base.latest.in" if pick == "latest" and window else f"base.{pick}") + window


def _count_words(speech: Speech, count: Count, *, denied: bool) -> str:
    test: Test = count.test
    opposite = flipped(test)
    if denied and opposite is not None:
        test, denied = opposite, False
    what = speech.thing(count.selector) + where_words(speech, count.where)
    said = speech.affirm("count", denied=denied, what=what, times=_times(speech, test))
    said += window_words(speech, count.window)
    if count.apart is not None:
        said += speech.say("apart", apart=plain_duration(speech, count.apart))
    return said


def _times(speech: Speech, test: Test) -> str:
    if isinstance(test, Compare):
        shown = limit_words(speech, test.limit)
        return speech.say(f"count.{test.op}", times=_occasions(speech, shown))
    return speech.say("count.in", times=_occasions(speech, test_words(speech, test)))


def _occasions(speech: Speech, n: str) -> str:
    return speech.say("times.one" if n == "1" else "times.many", n=n)


def _age_words(speech: Speech, test: Compare | Between, unit: str, *, denied: bool) -> str:
    opposite = flipped(test)
    if denied and isinstance(opposite, Compare):
        test, denied = opposite, False
    if isinstance(test, Compare):
        limit = with_years(speech, _plain_number(speech, test.limit), unit=unit)
        said = speech.say(f"age.{test.op}", limit=limit)
    else:
        lo, hi = (_plain_number(speech, side) for side in (test.lo, test.hi))
        said = with_years(speech, f"{lo}{formats.DASH}{hi}", unit=unit)
    return speech.affirm(f"age.{unit}", denied=denied, test=said)


def _plain_number(speech: Speech, limit: Quantity | Param) -> str:
    """The number of a limit whose unit the sentence says itself."""
    value = limit if isinstance(limit, Quantity) else speech.names.value(limit.name)
    if isinstance(value, Quantity):
        return formats.number(value.value, speech.book)
    if isinstance(value, Duration):
        return formats.number(value.amount, speech.book)
    return limit_words(speech, limit)


def with_years(speech: Speech, text: str, *, unit: str) -> str:
    """A number of years or months of age."""
    forms = speech.book.units["years" if unit == "years" else "months"]
    return f"{text}{formats.NBSP}{forms.one if text == '1' else forms.many}"
