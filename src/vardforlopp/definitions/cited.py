"""Which of a pathway's sources its rules rest on; the others were read, and no rule builds on them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import fields
from typing import NamedTuple

from vardforlopp.definitions.catalogue import Interaction
from vardforlopp.definitions.model import Line, Pathway, Provenance, SourceText


class Sources(NamedTuple):
    """The sources of a pathway in its order: those that a rule names, and those only read."""

    cited: tuple[SourceText, ...]
    only_read: tuple[SourceText, ...]


def sources_of(pathway: Pathway, interactions: Collection[Interaction]) -> Sources:
    """Cited by a rule, a value or a line for the person of the pathway, or by an interaction."""
    named = {*_named(pathway), *_by_interactions(pathway.id, interactions)}
    listed = pathway.sources.items()
    return Sources(
        tuple(source for name, source in listed if name in named),
        tuple(source for name, source in listed if name not in named),
    )


def _by_interactions(pathway: str, interactions: Collection[Interaction]) -> Iterator[str]:
    for interaction in interactions:
        for name, sources in interaction.sources:
            if name == pathway:
                yield from sources


def _named(pathway: Pathway) -> Iterator[str]:
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
