"""A step, a choice or a whole pathway in words: what it says, and what each part rests on.

Every time is a goal and is worded so (S07); every sentence keeps its level and sources (I4, S04).
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from vardforlopp.definitions import formats
from vardforlopp.definitions.catalogue import Definitions
from vardforlopp.definitions.cited import sources_of
from vardforlopp.definitions.explain_parts import (
    explain_entry,
    explain_exit,
    explain_indicator,
    explain_parameter,
    population_sentences,
)
from vardforlopp.definitions.explain_steps import explain_choice, explain_step
from vardforlopp.definitions.explained import (
    Explained,
    Ground,
    Item,
    PathwayExplained,
    PhaseExplained,
    Sentence,
    Support,
    about,
    support_words,
)
from vardforlopp.definitions.model import Pathway, Phase
from vardforlopp.definitions.names import Names, names_for
from vardforlopp.definitions.national import national_criteria
from vardforlopp.definitions.phrasebook import Lang
from vardforlopp.definitions.walk import age_limits_in
from vardforlopp.definitions.words import clause_of, criterion_words, evidence_words, speech_of
from vardforlopp.definitions.words_time import Speech


def explain_pathway(
    definitions: Definitions, pathway: str, *, lang: Lang, region: str | None = None
) -> PathwayExplained:
    """A pathway in words, as a region has it (its settings, added steps and adoptions)."""
    return explained_with(names_for(definitions, pathway, region=region), lang)


def explained_with(names: Names, lang: Lang) -> PathwayExplained:
    """A pathway in words, called by the given names."""
    pathway = names.pathway
    assert pathway is not None, "names of a pathway"
    speech, ground = speech_of(names, lang), ground_of(names)
    rules = (
        pathway.entries,
        pathway.exits,
        pathway.phases,
        pathway.choices,
        pathway.steps,
        pathway.indicators,
    )
    ages = age_limits_in(pathway.population, *(each for found in rules for each in found.values()))
    return PathwayExplained(
        id=pathway.id,
        version=pathway.version,
        draft=pathway.status == "draft",
        title=pathway.title.get(lang, pathway.id),
        summary=pathway.summary.get(lang, ""),
        region=names.overlay.title.get(lang, names.overlay.id) if names.overlay else None,
        population=population_sentences(speech, ground),
        entries=tuple(explain_entry(speech, ground, entry=entry) for entry in pathway.entries.values()),
        exits=tuple(explain_exit(speech, ground, exit_=exit_) for exit_ in pathway.exits.values()),
        phases=tuple(_phase(speech, ground, phase) for phase in pathway.phases.values()),
        parameters=tuple(
            explain_parameter(speech, ground, parameter=found, ages=ages)
            for found in pathway.parameters.values()
        ),
        indicators=tuple(
            explain_indicator(speech, ground, indicator=found) for found in pathway.indicators.values()
        ),
        omitted=tuple(_omitted(speech, pathway)),
        sources=sources_of(pathway, names.catalogue.interactions.values()),
        person=pathway.person,
        national=national_criteria(pathway, names.catalogue),
    )


def ground_of(names: Names) -> Ground:
    """The pathway of the names, with the adoptions of their region."""
    assert names.pathway is not None, "names of a pathway"
    return Ground(names.pathway, names.overlay.adoptions if names.overlay else ())


def step_words(step: str, names: Names, *, lang: Lang) -> Explained:
    """One step or choice of the names' pathway in words."""
    pathway = names.pathway
    assert pathway is not None, "names of a pathway"
    speech, ground = speech_of(names, lang), ground_of(names)
    if step in pathway.choices:
        phase = pathway.choices[step].phase
        explained = explain_choice(speech, ground, choice=pathway.choices[step])
    else:
        phase = pathway.steps[step].phase
        explained = explain_step(speech, ground, step=pathway.steps[step])
    guard = _phase_guard(speech, pathway.phases[phase]) if phase in pathway.phases else ()
    return replace(explained, sentences=(*guard, *explained.sentences))


def _phase(speech: Speech, ground: Ground, phase: Phase) -> PhaseExplained:
    pathway = ground.pathway
    return PhaseExplained(
        id=phase.id,
        title=phase.title.get(speech.book.lang, phase.id),
        sentences=_phase_guard(speech, phase),
        choices=tuple(
            explain_choice(speech, ground, choice=choice)
            for choice in pathway.choices.values()
            if choice.phase == phase.id
        ),
        steps=tuple(
            explain_step(speech, ground, step=step)
            for step in pathway.steps.values()
            if step.phase == phase.id
        ),
    )


def _phase_guard(speech: Speech, phase: Phase) -> tuple[Sentence, ...]:
    if phase.when is None:
        return ()
    return (
        about(
            speech,
            "step.when.phase",
            worded=partial(clause_of, criterion=phase.when),
            support=None,
            part="when",
        ),
    )


def _omitted(speech: Speech, pathway: Pathway) -> list[str]:
    """Each row left out, with its text in the fact sheet, the kind of reason, and why.

    The rows' texts are Swedish; an English reader gets the row's id and the reason.
    """
    return [
        speech.say(
            "omitted",
            row=_row(speech, left.row, pathway.rows.get(left.row)),
            reason=speech.say(f"omitted.{left.reason}"),
            why=formats.sentence(left.why.get(speech.book.lang, "")),
        )
        for left in pathway.omitted
    ]


def _row(speech: Speech, row: str, text: str | None) -> str:
    return speech.say("omitted.row", row=row, text=text) if text and speech.book.lang == "sv" else row


__all__ = [
    "Explained",
    "Item",
    "PathwayExplained",
    "PhaseExplained",
    "Sentence",
    "Support",
    "criterion_words",
    "evidence_words",
    "explain_pathway",
    "explained_with",
    "ground_of",
    "names_for",
    "step_words",
    "support_words",
]
