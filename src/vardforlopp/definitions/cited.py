"""Which of a pathway's sources its rules rest on; the others were read, and no rule builds on them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

from vardforlopp.definitions.model import Line, Pathway, Provenance, SourceText


def cited_sources(pathway: Pathway) -> tuple[SourceText, ...]:
    """The sources that a rule, a value or a line for the person names, in the pathway's order."""
    cited = set(_cited(pathway))
    return tuple(source for name, source in pathway.sources.items() if name in cited)


def uncited_sources(pathway: Pathway) -> tuple[SourceText, ...]:
    """The sources that were read, and that nothing of the pathway names."""
    cited = set(_cited(pathway))
    return tuple(source for name, source in pathway.sources.items() if name not in cited)


def _cited(pathway: Pathway) -> Iterator[str]:
    for provenance in _provenances(pathway):
        for sources in provenance.parts.values():
            yield from sources
    for parameter in pathway.parameters.values():
        yield from parameter.sources
        for other in parameter.alternatives:
            yield from other.sources
    for line in _lines(pathway):
        yield from line.sources


def _provenances(pathway: Pathway) -> Iterator[Provenance]:
    if pathway.population is not None:
        yield pathway.population.provenance
    for rules in (pathway.entries, pathway.exits, pathway.choices, pathway.steps, pathway.indicators):
        yield from (rule.provenance for rule in rules.values())


def _lines(pathway: Pathway) -> Iterator[Line]:
    if pathway.person is not None:
        for part in fields(pathway.person):
            yield from getattr(pathway.person, part.name)
