"""What an overlay may adopt: ids of the pathway, and of the interactions that concern it."""

from __future__ import annotations

import pytest

from made.small_content import HEAD, INTERACTIONS, OVERLAY, TEXTS, spoilt
from vardforlopp.definitions import load
from vardforlopp.definitions.linting import lint

ADOPTED = "what: [prov, IN1]"
OF_ANOTHER = "\nannan:\n" + TEXTS[INTERACTIONS].partition("\n")[2].replace("[exempel]", "[grannen]")
OF_NONE = "\nannan:\n" + TEXTS[INTERACTIONS].partition("\n")[2].replace("  pathways: [exempel]\n", "")
NEIGHBOUR = """\
id: grannen
version: 1.0.0
title: {sv: Grannen, en: Neighbour}
summary: {sv: Ett påhittat förlopp., en: An invented pathway.}
status: draft
sources: {S1: {title: Regional text, level: regional}}
entries:
  IN1: {event: [remiss], title: {sv: Ingång, en: Entry}, source: S1}
phases:
  - {id: fas-a, title: {sv: Början, en: Start}}
"""


def refused(texts: dict[str, str]) -> list[tuple[str, str]]:
    """What the lint says of the overlay's adoptions, and what to do."""
    definitions = load(texts).definitions
    assert definitions is not None
    return [(one.what, one.do) for one in lint(definitions) if one.code == "VF-DEF-076"]


def adopting(what: str, *, more_interactions: str = "") -> dict[str, str]:
    """The small folder, whose region adopts `what` of its one pathway."""
    return {
        **spoilt(OVERLAY, ADOPTED, f"what: [{what}]"),
        INTERACTIONS: TEXTS[INTERACTIONS] + more_interactions,
        HEAD.replace("exempel", "grannen"): NEIGHBOUR,
    }


@pytest.mark.parametrize("what", ["prov", "IN1", "UT1", "vag", "gransvarde", "$gransvarde", "fas-a", "extra"])
def test_what_stands_in_the_pathway_can_be_adopted(what: str):
    """Steps (also the region's own), choices, entries, exits, parameters and phases."""
    assert refused(adopting(what)) == []


def test_an_interaction_that_speaks_of_the_pathway_can_be_adopted():
    """The rule of a collision is adopted by its id, in an adoption of a pathway that it speaks of."""
    assert refused(adopting("krock")) == []


def test_an_interaction_that_speaks_of_no_pathway_can_be_adopted():
    """It holds beside every pathway, so an adoption of any one may name it."""
    assert refused(adopting("annan", more_interactions=OF_NONE)) == []


def test_an_unknown_interaction_is_refused_with_the_nearest_id():
    """A slip of the pen would otherwise leave the collision a proposal, without a word."""
    ((what, do),) = refused(adopting("krok"))

    assert what == "overlay 'region' adopts 'krok', which 'exempel' does not have"
    assert do == "Did you mean 'krock'?"


def test_an_interaction_of_other_pathways_is_refused():
    """Adopted there it would never take hold: the adoption is of a pathway that it does not speak of."""
    ((what, do),) = refused(adopting("annan", more_interactions=OF_ANOTHER))

    assert what == "overlay 'region' adopts 'annan', which 'exempel' does not have"
    assert do == "Name a step, phase, choice, entry, exit, parameter or interaction, or write *."
