"""Reasons, missing data and states in words: every line is a true sentence, with its mark.

A line's `truth` tells whether what the rule asks for is met (2), not met (0) or unknown (1); the
sentence tells how things are: `NT-proBNP 300 ng/L den 2 mars 2026 är under 400 ng/L`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from vardforlopp.definitions import formats
from vardforlopp.definitions.criteria import (
    All,
    AnyOf,
    AtLeast,
    Change,
    Compare,
    Criterion,
    NoneOf,
    Value,
)
from vardforlopp.definitions.explain import step_words
from vardforlopp.definitions.explained import brief_support_words
from vardforlopp.definitions.model import Per
from vardforlopp.definitions.names import Names
from vardforlopp.definitions.phrasebook import Lang, Phrasebook
from vardforlopp.definitions.words import clause_of, evidence_clause, speech_of
from vardforlopp.definitions.words_atoms import change_words
from vardforlopp.definitions.words_time import Speech, flipped, moment_words, test_words
from vardforlopp.engine.course import NO, UNKNOWN, YES, Missing, Reason
from vardforlopp.kernel.civil import civil
from vardforlopp.present.lacking import lacking_words
from vardforlopp.present.wording import TEXTS, fact_time_words, on_words, say
from vardforlopp.record.facts import Act, Day, Fact, Span, Word, order

#: A grade or a score is a short number (`NYHA 3`); a longer one, or a LOINC answer, is a code.
_CODE = re.compile(r"\d{4,}|LA\d+-\d")


class ReasonLine(NamedTuple):
    """One line of a reason: how deep it stands, whether it is met, and how things are."""

    depth: int
    truth: int
    text: str


def reason_lines(reason: Reason, names: Names, *, lang: Lang) -> tuple[ReasonLine, ...]:
    """A reason tree as outlined sentences."""
    return tuple(_lines(speech_of(names, lang), reason, 0, denied=False))


def own_line(reason: Reason, names: Names, *, lang: Lang) -> str:
    """One node's sentence, without its parts; empty for one that only holds them."""
    speech = speech_of(names, lang)
    if isinstance(reason.node, NoneOf):  # of one part, too: its truth is not that part's
        return _list_lead(speech, reason, denied=False)
    return _lead(speech, reason, denied=False) or ""


def _lines(speech: Speech, reason: Reason, depth: int, *, denied: bool) -> Iterator[ReasonLine]:
    truth = YES - reason.truth if denied else reason.truth
    lead = _lead(speech, reason, denied=denied)
    if lead is None:
        yield from _parts(speech, reason, depth, denied=denied)
        return
    yield ReasonLine(depth, truth, lead)
    yield from _parts(speech, reason, depth + 1, denied=denied)


def _parts(speech: Speech, reason: Reason, depth: int, *, denied: bool) -> Iterator[ReasonLine]:
    inner = denied != isinstance(reason.node, NoneOf)
    for part in reason.of:
        yield from _lines(speech, part, depth, denied=inner)


def _lead(speech: Speech, reason: Reason, *, denied: bool) -> str | None:
    """The line of a node itself; None for one that only holds its parts."""
    if reason.op == "Step" or reason.op == "Choice":
        return _acted(speech, reason) if reason.acts or (reason.missing and not reason.of) else None
    if reason.op == "Entry":
        return say(speech.book.lang, "reason.event", what=_grounds(speech, reason))
    if reason.op == "Anchor":
        return _anchor(speech, reason)
    if reason.op == "Due":
        return _due(speech, reason)
    if reason.op == "Evidence":
        return _evidence(speech, reason)
    if isinstance(reason.node, All | AnyOf | NoneOf | AtLeast):
        return _list_lead(speech, reason, denied=denied) if len(reason.of) > 1 else None
    if isinstance(reason.node, Criterion):
        return _atom(speech, reason)
    return (
        _acted(speech, reason) if reason.acts or reason.facts or (reason.missing and not reason.of) else None
    )


def _acted(speech: Speech, reason: Reason) -> str:
    if reason.acts or reason.facts:
        return formats.sentence(_grounds(speech, reason))
    return _missing(speech, reason.missing)


def _list_lead(speech: Speech, reason: Reason, *, denied: bool) -> str:
    node = reason.node
    if isinstance(node, AtLeast):
        lead = speech.say("fewer_than" if denied else "at_least", n=node.n)
    elif isinstance(node, NoneOf):
        lead = speech.say("lead.or") if denied else say(speech.book.lang, "reason.none")
    else:
        word = "and" if isinstance(node, All) != denied else "or"
        lead = speech.say(f"lead.{word}")
    return lead[0].upper() + lead[1:] + ":"


def _anchor(speech: Speech, reason: Reason) -> str:
    lang = speech.book.lang
    if reason.facts:
        what = ", ".join(fact_words(fact, speech.names, lang=lang) for fact in reason.facts)
    elif isinstance(reason.node, Per):
        per = reason.node
        what = speech.thing(per.selector) if per.selector else _quoted(speech, per.step or "")
    elif reason.node is not None:
        what = moment_words(speech, reason.node)  # type: ignore[arg-type]  # an anchor's node is a moment
    else:
        what = speech.say("moment.entry")
    return say(lang, "reason.anchor" if reason.truth == YES else "reason.waiting", what=what)


def _quoted(speech: Speech, step: str) -> str:
    return speech.say("quoted", title=speech.names.step(step, speech.book.lang))


def _due(speech: Speech, reason: Reason) -> str | None:
    """What gives the due day, as the definition says it, and what that rests on (I4)."""
    step, _, part = reason.rule.rpartition("#")[2].rpartition(".")
    pathway = speech.names.pathway
    if pathway is None or step not in pathway.steps:
        return None
    lang = speech.book.lang
    told = [each for each in step_words(step, speech.names, lang=lang).sentences if each.part == part]
    said = " ".join(each.text for each in told)
    grounds = dict.fromkeys(brief_support_words(each.support, lang) for each in told if each.support)
    return say(lang, "reason.due", what=said, support="; ".join(grounds)) if grounds else said or None


def _evidence(speech: Speech, reason: Reason) -> str:
    lang = speech.book.lang
    if reason.truth == YES and (reason.facts or reason.acts):
        return say(lang, "reason.done", what=_grounds(speech, reason))
    asked = evidence_clause(speech, reason.node).text  # type: ignore[arg-type]  # its node is evidence
    said = formats.sentence(say(lang, "reason.open", what=asked))
    if not reason.missing:
        return said
    lacking = lacking_words(reason.missing, speech.names, lang=lang, evidence=reason.node)  # type: ignore[arg-type]
    return f"{said} {say(lang, 'reason.missing', what=lacking)}."


# --- atoms ---------------------------------------------------------------------------------------


def _atom(speech: Speech, reason: Reason) -> str:
    node, lang = reason.node, speech.book.lang
    if reason.truth == UNKNOWN:
        asked = clause_of(speech, node).text  # type: ignore[arg-type]  # an atom's node is a criterion
        told = say(lang, "reason.unknown", what=asked)
        if reason.facts:
            told = f"{told} {formats.sentence(_grounds(speech, reason))}"
        return f"{told} {_missing(speech, reason.missing)}" if reason.missing else told
    measured = _measured(speech, reason)
    if measured is not None:
        return measured
    alone = speech.standing_alone()
    said = clause_of(alone, node, denied=reason.truth == NO).text  # type: ignore[arg-type]
    said = formats.sentence(said).removesuffix(".")
    grounds = _grounds(speech, reason)
    return say(lang, "reason.proved", what=said, facts=grounds) if grounds else f"{said}."


def _measured(speech: Speech, reason: Reason) -> str | None:
    """A value or a change told by the facts themselves, where these are what was picked."""
    node, facts, lang = reason.node, reason.facts, speech.book.lang
    if isinstance(node, Change) and len(facts) == 2:
        test = node.test if reason.truth == YES else flipped(node.test)
        assert isinstance(test, Compare)
        base, picked = (fact_words(fact, speech.names, lang=lang) for fact in sorted(facts, key=order))
        return formats.sentence(change_words(speech, node, test=test, what=picked, base=base))
    if not isinstance(node, Value) or len(facts) != 1 or node.held is not None:
        return None
    opposite = flipped(node.test)
    what = fact_words(facts[0], speech.names, lang=lang)
    if reason.truth == YES:
        return formats.sentence(speech.say("value", what=what, test=test_words(speech, node.test)))
    if opposite is not None:
        return formats.sentence(speech.say("value", what=what, test=test_words(speech, opposite)))
    alone = speech.standing_alone()
    said = alone.affirm("value", denied=True, what=what, test=test_words(speech, node.test))
    return formats.sentence(said)


def _grounds(speech: Speech, reason: Reason) -> str:
    lang = speech.book.lang
    shown = [fact_words(fact, speech.names, lang=lang) for fact in reason.facts]
    shown += [act_words(act, speech.names, lang=lang) for act in reason.acts]
    return "; ".join(dict.fromkeys(shown))


def _missing(speech: Speech, missing: Sequence[Missing]) -> str:
    lang = speech.book.lang
    return say(lang, "reason.missing", what=lacking_words(missing, speech.names, lang=lang)) + "."


# --- facts and acts ----------------------------------------------------------------------------


def fact_words(fact: Fact, names: Names, *, lang: Lang) -> str:
    """`NT-proBNP 2 450 ng/L den 2 mars 2026`."""
    speech = speech_of(names, lang)
    parts = [speech.thing(fact.selector), _fact_value(speech, fact), fact_time_words(fact, lang)]
    said = " ".join(part for part in parts if part)
    return f"{said}, {say(lang, f'side.{fact.side}')}" if fact.side else said


def _fact_value(speech: Speech, fact: Fact) -> str:
    value, book = fact.value, speech.book
    if value is None:
        return " ".join(fact.original or ()) if fact.unusable else ""
    if isinstance(value, Word):
        return answer_words(value.word, speech.names, book=speech.book)
    if isinstance(value, Day):
        return formats.day(value.day, book)
    if isinstance(value, Span):
        return formats.with_unit(_span(speech, value), fact.unit or "1", book=book)
    return formats.with_unit(formats.number(value, book), fact.unit or "1", book=book)


def answer_words(word: str, names: Names, *, book: Phrasebook, choice: str | None = None) -> str:
    """A coded answer in words; a code that has no word here says nothing to a reader.

    `choice`: the branch or decision that it answers, if it answers one.
    """
    said = names.answer(word, book) if choice is None else names.option(choice, word, book=book)
    return "" if _CODE.fullmatch(said) else said


def _span(speech: Speech, span: Span) -> str:
    lo, hi = (formats.number(side, speech.book) if side is not None else "" for side in (span.lo, span.hi))
    if lo and hi:
        return f"{lo}{formats.DASH}{hi}"
    lang = speech.book.lang
    if hi:
        return say(lang, "span.below" if span.hi_open else "span.most", hi=hi)
    return say(lang, "span.above" if span.lo_open else "span.least", lo=lo)


def act_words(act: Act, names: Names, *, lang: Lang) -> str:
    """`beslutet ”Operation”: ja, den 5 mars 2026`."""
    speech = speech_of(names, lang)
    day = act.done_day if act.done_day is not None and act.kind in ("attestation", "credit") else act.day
    answer = answer_words(act.value, names, book=speech.book, choice=act.step or "") if act.value else ""
    what = names.decision(act.step, lang) if act.step and act.kind == "decision" else ""
    key = (
        f"act.{act.kind}" if answer or f"act.{act.kind}.plain" not in TEXTS[lang] else f"act.{act.kind}.plain"
    )
    said = say(lang, key, what=what, answer=answer, on=on_words(civil(day), lang))
    return say(lang, "act.reason", act=said, reason=act.reason) if act.reason else said


# --- states --------------------------------------------------------------------------------------


def waits_words(waits: Sequence[str], names: Names, *, lang: Lang) -> str:
    """What a step waits for: `step:X` and `fact:S` by their titles."""
    speech = speech_of(names, lang)
    said = []
    for name in waits:
        kind, colon, bare = name.rpartition(":")
        if kind == "fact" or (not colon and bare in names.catalogue.selectors):
            said.append(speech.thing(bare))
        else:
            said.append(formats.inner(names.anything(bare, lang), speech.book))
    return formats.joined(said, say(lang, "and"))
