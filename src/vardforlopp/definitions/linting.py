"""Lint: what the definitions say may be readable and still wrong. One module a family of rules."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from collections.abc import Mapping as Table

from vardforlopp.definitions import (
    lint_catalogue,
    lint_lay,
    lint_order,
    lint_overlays,
    lint_rows,
    lint_texts,
    lint_times,
    lint_values,
    national,
)
from vardforlopp.definitions.catalogue import Catalogue, Definitions
from vardforlopp.definitions.findings import DefinitionFinding
from vardforlopp.definitions.lay import load_jargon, load_lay
from vardforlopp.definitions.model import Pathway
from vardforlopp.definitions.overlay import apply
from vardforlopp.kernel.errors import DefinitionError

Told = DefinitionError | DefinitionFinding
Family = Callable[[Pathway, Catalogue], Iterator[DefinitionFinding]]

#: Rules about what the language means; they hold for any piece of a pathway.
LANGUAGE: tuple[Family, ...] = (lint_order.check, lint_times.check, lint_values.check)
#: Rules about what a pathway must carry before it can be reviewed.
COMPLETENESS: tuple[Family, ...] = (lint_texts.check, lint_rows.check, national.check)


def lint(definitions: Definitions) -> list[DefinitionFinding]:
    """All findings, by place. An empty list is what `check` asks for."""
    found = [
        *lint_catalogue.check(definitions.catalogue),
        *lint_catalogue.levels(definitions),
        *lint_overlays.check(definitions),
    ]
    for pathway in definitions.pathways.values():
        found.extend(lint_pathway(pathway, definitions.catalogue))
    for overlay in definitions.overlays.values():
        for name in overlay.steps:
            regional = apply(definitions.pathways[name], overlay)
            found.extend(lint_pathway(regional, definitions.catalogue))
    return sorted(set(found), key=lambda one: (one.place.file, one.place.line, one.code, one.what))


def lint_people(texts: Table[str, str], definitions: Definitions, *, root: str = "content") -> list[Told]:
    """Errors and findings of the texts that people read, given the content folder's files."""
    loaded = load_lay(texts, definitions.pathways, root=root)
    jargon, errors = load_jargon(texts, root=root)
    found = [
        one
        for pathway in definitions.pathways.values()
        for one in lint_lay.check(pathway, definitions.catalogue, texts=loaded.texts, jargon=jargon)
    ]
    return [*loaded.errors, *errors, *found]


def lint_pathway(
    pathway: Pathway, catalogue: Catalogue, *, families: tuple[Family, ...] = (*LANGUAGE, *COMPLETENESS)
) -> list[DefinitionFinding]:
    """The findings of one pathway by the given families of rules."""
    return [one for family in families for one in family(pathway, catalogue)]
