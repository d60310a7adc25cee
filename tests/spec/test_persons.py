"""The invented persons of the content: what each expects of the one plan is so."""

import pytest

from made import examples
from vardforlopp.adapters.content_files import content_texts
from vardforlopp.contract.personwork import run_person
from vardforlopp.definitions.persons import PersonCase
from vardforlopp.definitions.read_persons import load_persons
from vardforlopp.engine.compile import compile_pathway
from vardforlopp.kernel.workdays import swedish

LOADED = load_persons(content_texts(), examples.ready().definitions)


def _name(person: PersonCase) -> str:
    return person.facts.id


def test_every_person_can_be_read() -> None:
    """No file is left out in silence."""
    assert not LOADED.errors


@pytest.mark.parametrize("person", LOADED.persons, ids=_name)
def test_a_person_gets_the_plan_that_is_expected(person: PersonCase) -> None:
    """With the person's own region."""
    definitions, _, _, interactions = examples.ready()
    overlay = definitions.overlays[person.region] if person.region else None
    compiled = {
        each.id: compile_pathway(each, definitions.catalogue, overlay=overlay, calendar=swedish())
        for each in definitions.pathways.values()
    }
    run = run_person(person, compiled, catalogue=definitions.catalogue, interactions=interactions)

    assert not [each for each in run.answers if not each.right]


@pytest.mark.parametrize("person", LOADED.persons, ids=_name)
def test_a_person_says_what_makes_the_plan_one(person: PersonCase) -> None:
    """On some day: the pathways, all that is joined, all conflicts, and the burden."""
    for part in ("follows", "joined", "conflicts", "burden"):
        assert any(getattr(each, part) is not None for each in person.expect), part
