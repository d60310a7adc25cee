"""Interactions of our own: proposals to staff, until a region has adopted them (S04)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from made.courses import ALWAYS, PLACE, TODAY, catalogue, definitions, followed, interaction, pathway, person
from vardforlopp.contract.conflicts import own_conflict
from vardforlopp.contract.known import adopted
from vardforlopp.contract.propose import propose
from vardforlopp.definitions.model import Adoption, Overlay
from vardforlopp.kernel.civil import as_of_day
from vardforlopp.present.plan_view import plan_view
from vardforlopp.present.voice import Voice

OURS = interaction(level="default", pathways=("hjartsvikt", "kol"))
RUNNING = {"hjartsvikt": "1.0.0", "kol": "1.0.0"}
BY = "Medicinska rådet (påhittat)"


def adoption(what: str, *, of: str = "kol", version: str = "1.0.0", on: int = TODAY) -> Adoption:
    return Adoption(of, version, (what,), BY, on)


@pytest.mark.parametrize(
    ("taken", "holds"),
    [
        (adoption("*"), True),
        (adoption(OURS.id), True),
        (adoption("eko"), False),
        (adoption("*", of="artros"), False),
        (adoption("*", version="2.0.0"), False),
        (adoption("*", on=TODAY + 1), False),
    ],
)
def test_S04_an_adoption_of_one_of_its_pathways_adopts_an_interaction(taken: Adoption, holds: bool) -> None:
    """All of a pathway, or the interaction by its id; of the version that runs, and not before its day."""
    assert adopted(OURS, RUNNING, adoptions=[taken], today=TODAY) is holds


@pytest.mark.parametrize(("what", "holds"), [("*", False), (OURS.id, True)])
def test_S04_a_rule_that_speaks_of_no_pathway_is_adopted_by_its_own_id_alone(what: str, holds: bool) -> None:
    """A region that takes the knee's rules has not taken those on methotrexate."""
    rule = replace(OURS, pathways=())

    assert adopted(rule, RUNNING, adoptions=[adoption(what)], today=TODAY) is holds


def conflicts(*adoptions: Adoption, level: str = "default") -> list[tuple[str, bool, bool, str]]:
    rule = interaction(level=level, pathways=("hjartsvikt", "kol"))
    courses = (followed(pathway("hjartsvikt")), followed(pathway("kol")))
    found = propose(
        courses, catalogue(rule), judge=lambda _: ALWAYS, as_of=as_of_day(TODAY), adoptions=adoptions
    ).conflicts
    return [(each.status, each.adopted, each.proposal, each.disclosure) for each in found]


def test_S04_a_collision_by_a_rule_of_our_own_is_a_proposal_to_staff_until_adopted() -> None:
    """Then it stands like any other, and says that the region has adopted it; sourced rules need nobody."""
    assert conflicts() == [("open", False, True, "staff-only")]
    assert conflicts(adoption("*")) == [("open", True, False, "open")]
    assert conflicts(level="regional") == [("open", False, False, "open")]


def test_S04_the_page_tells_a_proposal_from_what_holds() -> None:
    """No number asks for it to be settled; adopted, it is one more to settle."""
    paths = pathway("hjartsvikt"), pathway("kol")
    known = catalogue(OURS)
    overlay = Overlay("region-x", {"sv": "Region X"}, PLACE, {}, adoptions=(adoption("*"),))

    def page(*adoptions: Adoption) -> tuple[list[str], str, int]:
        courses = tuple(followed(path) for path in paths)
        voice = Voice(definitions(known, *paths, overlay=overlay), "sv", "region-x")
        proposal = propose(
            courses, known, judge=lambda _: ALWAYS, as_of=as_of_day(TODAY), adoptions=adoptions
        )
        view = plan_view(person(*courses, known=known, proposal=proposal), voice, pathways=paths, version="1")
        (conflict,) = view.conflicts
        to_settle = sum(tile.number for tile in view.tiles if tile.mark == "conflicts")
        return [tag.text for tag in conflict.tags], conflict.source, to_settle

    assert page() == (
        ["allvarlig", "förslag, inte antaget", "bara personal"],
        "Källa: Hjartsvikt S16 (eget förslag, inte antaget)",
        0,
    )
    assert page(adoption("*")) == (["allvarlig", "gäller"], "Källa: Hjartsvikt S16 (antaget av regionen)", 1)


def test_the_merges_own_rules_are_arithmetic_and_need_no_adoption() -> None:
    """Two bookings at one time overlap in every region."""
    found = own_conflict("double-booking", ("a", "b"), ways=(), disclosure="open")

    assert (found.proposal, found.adopted) == (False, False)
