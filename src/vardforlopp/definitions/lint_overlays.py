"""Lint: a region's overlay. What it adopts exists, and every region says who decided."""

from __future__ import annotations

from collections.abc import Iterator

from vardforlopp.definitions.catalogue import Definitions
from vardforlopp.definitions.findings import DefinitionFinding, finding
from vardforlopp.definitions.lint_texts import text_faults
from vardforlopp.definitions.model import Adoption, Overlay, Pathway
from vardforlopp.definitions.suggest import did_you_mean

EVERYTHING = "*"


def check(definitions: Definitions) -> Iterator[DefinitionFinding]:
    """The adoptions of all overlays."""
    for overlay in definitions.overlays.values():
        yield from text_faults(f"overlay '{overlay.id}'", overlay.place, texts=overlay.title, part="title")
        for adoption in overlay.adoptions:
            yield from _adoption(definitions, overlay, adoption)


def _adoption(definitions: Definitions, overlay: Overlay, adoption: Adoption) -> Iterator[DefinitionFinding]:
    pathway = definitions.pathways.get(adoption.pathway)
    if pathway is None:
        return
    name = f"overlay '{overlay.id}'"
    if adoption.version != pathway.version:
        yield finding(
            "VF-DEF-076",
            overlay.place,
            f"{name} adopts version {adoption.version} of '{pathway.id}', which is at {pathway.version}",
            do="Adopt the version that is there.",
        )
    known = {
        *pathway.steps, *pathway.entries, *pathway.exits, *pathway.choices, *pathway.parameters,
        *pathway.phases, *overlay.steps.get(pathway.id, {}), *_interactions(definitions, pathway),
    }  # fmt: skip
    for what in adoption.what:
        if what != EVERYTHING and what.removeprefix("$") not in known:
            do = did_you_mean(
                what,
                known,
                otherwise="Name a step, phase, choice, entry, exit, parameter or interaction, or write *.",
            )
            yield finding(
                "VF-DEF-076",
                overlay.place,
                f"{name} adopts '{what}', which '{pathway.id}' does not have",
                do=do,
            )


def _interactions(definitions: Definitions, pathway: Pathway) -> set[str]:
    """Those that an adoption of the pathway may name: the ones that speak of it, or of no pathway."""
    rules = definitions.catalogue.interactions.values()
    return {rule.id for rule in rules if not rule.pathways or pathway.id in rule.pathways}
