"""The sentences of entries, exits, the population, parameters and indicators."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial

from vardforlopp.definitions import formats
from vardforlopp.definitions.criteria import Param
from vardforlopp.definitions.explained import Explained, Ground, Sentence, Support, about, uncoded_notes
from vardforlopp.definitions.model import Entry, Exit, Indicator, Parameter, ParameterValue, Provenance
from vardforlopp.definitions.walk import selectors_in
from vardforlopp.definitions.words import clause_of
from vardforlopp.definitions.words_atoms import with_years
from vardforlopp.definitions.words_time import (
    Speech,
    fixed,
    moment_words,
    plain_duration,
    value_words,
)
from vardforlopp.kernel.durations import Duration


def population_sentences(speech: Speech, ground: Ground) -> tuple[Sentence, ...]:
    """Whom the pathway is for, and what happens outside that group."""
    population = ground.pathway.population
    if population is None:
        return ()
    lang = speech.book.lang
    support = partial(ground.support, population.provenance, name="population")
    sentences = [Sentence("step", formats.sentence(population.text.get(lang, "")), support("step"))]
    if population.when is not None:
        clause = partial(clause_of, criterion=population.when)
        sentences.append(
            about(
                speech, "step.when", worded=clause, support=support("when", node=population.when), part="when"
            )
        )
    if population.outside.get(lang):
        text = speech.say("population.outside", text=formats.sentence(population.outside[lang]))
        sentences.append(Sentence("step", text, support("step")))
    return tuple(sentence for sentence in sentences if sentence.text)


def explain_entry(speech: Speech, ground: Ground, *, entry: Entry) -> Explained:
    """A way in: at which event it is tried, and the condition."""
    sentences = [*_event(speech, ground, entry, "entry")]
    if entry.apart is not None:
        text = speech.say("step.apart", apart=plain_duration(speech, entry.apart))
        sentences.append(Sentence("apart", text, ground.support(entry.provenance, "step", name=entry.id)))
    notes = [
        speech.say(f"entry.{label}")
        for label, holds in (
            ("restart", entry.restart), ("opportunity", entry.opportunity), ("known", entry.known),
        )
        if holds
    ]  # fmt: skip
    if entry.disclosure != "open":
        notes.append(speech.say(f"note.{entry.disclosure}"))
    notes.extend(uncoded_notes(speech, (*entry.event, *selectors_in(entry.when))))
    return _explained(speech, ground, entry, entry.provenance, sentences=tuple(sentences), notes=tuple(notes))


def explain_exit(speech: Speech, ground: Ground, *, exit_: Exit) -> Explained:
    """A way out: which event ends the pathway, and the condition."""
    notes = tuple(uncoded_notes(speech, (*exit_.event, *selectors_in(exit_.when))))
    sentences = tuple(_event(speech, ground, exit_, "exit"))
    return _explained(speech, ground, exit_, exit_.provenance, sentences=sentences, notes=notes)


def _event(speech: Speech, ground: Ground, door: Entry | Exit, kind: str) -> Iterator[Sentence]:
    what = formats.joined([speech.thing(selector) for selector in door.event], speech.say("or"))
    plus: Duration | Param | None = door.plus
    if fixed(speech, plus) == Duration(0, "days"):
        text = speech.say(f"{kind}.event", what=what)
    else:
        text = speech.say(f"{kind}.event.plus", what=what, by=plain_duration(speech, door.plus))
    yield Sentence("step", text, ground.support(door.provenance, "step", name=door.id, node=door.plus))
    if door.when is not None:
        support = ground.support(door.provenance, "when", name=door.id, node=door.when)
        yield about(
            speech, "step.when", worded=partial(clause_of, criterion=door.when), support=support, part="when"
        )


def _explained(
    speech: Speech,
    ground: Ground,
    rule: Entry | Exit | Indicator,
    provenance: Provenance,
    *,
    sentences: tuple[Sentence, ...],
    notes: tuple[str, ...] = (),
) -> Explained:
    return Explained(
        id=rule.id,
        title=rule.title.get(speech.book.lang, rule.id),
        summary="",
        support=ground.whole(provenance, rule.id),
        sentences=sentences,
        notes=notes,
        rows=rule.rows,
    )


# --- parameters ----------------------------------------------------------------------------------


def explain_parameter(
    speech: Speech, ground: Ground, *, parameter: Parameter, ages: Mapping[str, str]
) -> Explained:
    """A parameter: its value here, what it may be set to, and who has set it.

    `ages`: the parameters that are ages, with their units.
    """
    support = ground.parameter(parameter)
    title = parameter.title.get(speech.book.lang, parameter.id)
    worded = partial(_value, speech, unit=ages.get(parameter.id))
    text = speech.say("parameter", title=title, value=worded(parameter.value))
    sentences = [Sentence("value", text, support)]
    sentences += [Sentence("range", text, support) for text in _range(speech, parameter, worded=worded)]
    sentences += [Sentence("value", text, support) for text in _others(speech, parameter, worded=worded)]
    overlay = speech.names.overlay
    if parameter.id in speech.names.own and overlay is not None:
        region = overlay.title.get(speech.book.lang, overlay.id)
        own = worded(speech.names.own[parameter.id])
        sentences.append(Sentence("value", speech.say("parameter.set", region=region, value=own), support))
        sentences += [Sentence("value", text, support) for text in _adopted(speech, ground, parameter)]
    return Explained(parameter.id, title, "", support, tuple(sentences))


def _value(speech: Speech, value: ParameterValue, *, unit: str | None) -> str:
    """A value; a bare number that is an age with its unit."""
    words = value_words(speech, value)
    return with_years(speech, words, unit=unit) if unit and isinstance(value, int) else words


def _range(speech: Speech, parameter: Parameter, *, worded: Callable[[ParameterValue], str]) -> Iterator[str]:
    low, high = (worded(bound) if bound is not None else None for bound in (parameter.low, parameter.high))
    if low is not None and high is not None:
        yield speech.say("parameter.range", low=low, high=high)
    elif low is not None:
        yield speech.say("parameter.from", low=low)
    elif high is not None:
        yield speech.say("parameter.to", high=high)
    if parameter.allowed:
        allowed = [speech.names.answer(word, speech.book) for word in parameter.allowed]
        yield speech.say("parameter.allowed", allowed=formats.joined(allowed, speech.say("or")))
    if parameter.level == "national" and parameter.stricter is not None:
        yield speech.say(f"parameter.{parameter.stricter}")


def _adopted(speech: Speech, ground: Ground, parameter: Parameter) -> Iterator[str]:
    """Who has adopted the value that the region has set, and when."""
    adoption = ground.adoption({"*", parameter.id})
    if adoption is not None:
        on = formats.day(adoption.on, speech.book)
        yield speech.say("parameter.adopted", by=adoption.by, on=on)


def _others(
    speech: Speech, parameter: Parameter, *, worded: Callable[[ParameterValue], str]
) -> Iterator[str]:
    """What other sources say; a region may choose it."""
    for each in parameter.alternatives:
        if each.sources:
            sources = formats.joined(each.sources, speech.say("and"))
            yield speech.say("parameter.other", sources=sources, value=worded(each.value))
        else:
            yield speech.say("parameter.other.unnamed", value=worded(each.value))


# --- indicators ----------------------------------------------------------------------------------


def explain_indicator(speech: Speech, ground: Ground, *, indicator: Indicator) -> Explained:
    """An indicator: what a row is, who is counted, and when the row is met; or that it is counted elsewhere.

    Its note is said as it is written, in Swedish.
    """
    support = ground.support(indicator.provenance, "step", name=indicator.id)
    sentences = (*_indicator_sentences(speech, support, indicator), *_target(speech, support, indicator))
    notes = (formats.sentence(indicator.note),) if indicator.note else ()
    return _explained(speech, ground, indicator, indicator.provenance, sentences=sentences, notes=notes)


def _indicator_sentences(speech: Speech, support: Support, indicator: Indicator) -> Iterator[Sentence]:
    if not indicator.measurable:
        yield Sentence("show", speech.say("indicator.unmeasurable"), support)
        return
    yield Sentence("per", _per_words(speech, indicator.per), support)
    moment = moment_words(speech, indicator.index)
    yield Sentence("index", speech.say("indicator.index", moment=moment), support)
    for part, criterion in (("of", indicator.of), ("except", indicator.exclude)):
        if criterion is not None:
            worded = partial(clause_of, criterion=criterion)
            yield about(speech, f"indicator.{part}", worded=worded, support=support, part=part)
    if indicator.follow_up is not None:
        text = speech.say("indicator.follow_up", time=plain_duration(speech, indicator.follow_up))
        yield Sentence("follow_up", text, support)
    if indicator.met is not None:
        worded = partial(clause_of, criterion=indicator.met)
        yield about(speech, "indicator.met", worded=worded, support=support, part="met")
    if indicator.days is not None:
        start, end = (moment_words(speech, side) for side in (indicator.days.start, indicator.days.end))
        yield Sentence("days", speech.say("indicator.days", start=start, end=end), support)
    yield Sentence("show", speech.say(f"indicator.{indicator.show}"), support)


def _target(speech: Speech, support: Support, indicator: Indicator) -> Iterator[Sentence]:
    if indicator.target:
        target = _target_words(speech, indicator.target.get(speech.book.lang, ""))
        yield Sentence("target", speech.say("indicator.target", target=target), support)


def _target_words(speech: Speech, target: str) -> str:
    """`>= 65 %` as words; anything else as it is written."""
    written = re.fullmatch(r"(<=|>=|<|>)\s*(.+)", target.strip())
    return speech.say(f"test.{written[1]}", limit=written[2]) if written else target


def _per_words(speech: Speech, per: str) -> str:
    kind, colon, name = per.partition(":")
    if not colon:
        return speech.say(f"indicator.per.{kind}")
    what = speech.names.step(name, speech.book.lang) if kind == "step" else speech.thing(name)
    return speech.say(f"indicator.per.{kind}", what=what)
