"""How the six national criteria are told."""

from __future__ import annotations

import pytest

from vardforlopp.adapters.definitions import load_definitions
from vardforlopp.definitions.national import National, Share, Shown, national_criteria
from vardforlopp.definitions.phrasebook import LANGS, Lang
from vardforlopp.present.national_lines import national_lines

NOTHING: dict[str, str] = {}


def same(text: str) -> dict[str, str]:
    return {"sv": text, "en": text}


def told(criterion: National, lang: Lang = "sv") -> list[str]:
    return list(national_lines([criterion], lang))


@pytest.mark.parametrize("lang, more", [("sv", "m.fl. (3 till)"), ("en", "and 3 more")])
def test_a_long_list_says_how_many_it_leaves_out(lang: Lang, more: str) -> None:
    """Never cut in silence, and told by titles."""
    shown = tuple(Shown(same(f"Steg {n}"), NOTHING) for n in range(11))
    (line,) = told(National("C3", True, shown, (), NOTHING, None), lang)

    assert line.endswith(f"Steg 7; {more}.")


def test_a_title_is_named_once() -> None:
    """Two steps may bear the same."""
    shown = (Shown(same("Besök"), NOTHING), Shown(same("Besök"), NOTHING))
    (line,) = told(National("C3", True, shown, (), NOTHING, None))

    assert line.endswith("Uppfyllt: Besök.")


def test_health_is_told_phase_by_phase() -> None:
    """Also the reason of a phase where nothing promotes it."""
    plan = [Shown(same(title), same("Plan")) for title in ("Rökstopp", "Kost")]
    shown = (*plan, Shown(same("Akut vård."), same("Larm")))

    assert told(National("C4", True, shown, (), NOTHING, None)) == [
        "- C4 Främjar hälsa genom hela förloppet. Uppfyllt, fas för fas:",
        "  - Plan: Rökstopp; Kost.",
        "  - Larm: Akut vård.",
    ]


def test_a_share_is_told_whether_it_is_enough_or_not() -> None:
    """With the motive when it is not."""
    enough = National("C6", True, (), (), NOTHING, Share(2, 2))
    less = National("C6", False, (), ("codes",), same("Koder fattas."), Share(1, 2))
    how = "åtgärder kan följas med koder ur nationella eller internationella kodverk."

    assert told(enough)[0].endswith(f"Uppfyllt: 2 av 2 {how}")
    assert told(less)[0].endswith(f"Inte uppfyllt: 1 av 2 {how} Koder fattas.")


@pytest.mark.parametrize("lang", LANGS)
def test_every_pathway_gives_a_motive_for_what_it_does_not_meet(lang: Lang) -> None:
    """In words, never as the ids that lint names."""
    definitions = load_definitions()
    unmet = [
        (pathway.id, each)
        for pathway in definitions.pathways.values()
        for each in national_criteria(pathway, definitions.catalogue)
        if not each.met
    ]

    assert {name for name, each in unmet if each.id == "C6"} == {*definitions.pathways}
    assert [name for name, each in unmet if not each.motive.get(lang)] == []
