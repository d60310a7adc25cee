"""The plan as text: a calm page that fits a terminal, with the same parts as the page."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Literal

import pytest

from made.courses import (
    MADE,
    PLACE,
    TODAY,
    catalogue,
    definitions,
    followed,
    pathway,
    person,
    record,
    state,
    step,
)
from made.everything import HF, KOL, SECRET, everything
from vardforlopp.contract.asks import Followed
from vardforlopp.definitions.model import Choice
from vardforlopp.engine.course import ChoiceState, Missing
from vardforlopp.present.plan_text import WIDTH, plan_text
from vardforlopp.present.plan_view import plan_view
from vardforlopp.present.voice import Voice
from vardforlopp.record.facts import Act
from vardforlopp.record.record import Mention, Quality, Source


def text(lang: Literal["sv", "en"] = "sv") -> str:
    made, known = everything()
    voice = Voice(known, lang)
    return plain(plan_text(plan_view(made, voice, pathways=(HF, KOL), version="0.1.0"), voice))


def of(*courses: Followed) -> str:
    voice = Voice(definitions(catalogue(), *(path for _, path in courses)), "sv")
    view = plan_view(person(*courses, record=record()), voice, pathways=(), version="0.1.0")
    return plain(plan_text(view, voice))


def plain(said: str) -> str:
    return said.replace("\u00a0", " ")


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_no_line_is_wider_than_the_page(lang: Literal["sv", "en"]) -> None:
    """Long titles, tables and references are wrapped."""
    assert [line for line in text(lang).splitlines() if len(line) > WIDTH] == []


def test_the_page_tells_who_when_and_what_first() -> None:
    """Name, age, day, numbers, next step; then the sections."""
    lines = text().splitlines()

    assert lines[0] == "PLAN FÖR ASTRID PÅHITTAD"
    assert lines[2].startswith("Kvinna · 74 år")
    assert lines[3] == "Så såg det ut den 10 mars 2026."
    assert "→ Nästa steg: Ultraljud – bokat 12 mars 2026" in lines


def test_the_sections_stand_in_their_order() -> None:
    """What concerns the person, the plan, conflicts, the unknown, where the person stands, the ground."""
    said = text()
    heads = [
        "VÅRDFÖRLOPP SOM KAN BERÖRA PERSONEN", "EN SAMLAD PLAN", "KROCKAR ATT LÖSA", "DET VI INTE VET",
        "VAR PERSONEN STÅR", "DET HÄR HAR PRÖVATS", "UNDERLAGET", "MIN ÖVERENSKOMMELSE",
    ]  # fmt: skip
    places = [said.index(f"\n{head}") for head in heads]

    assert places == sorted(places)


def test_a_conflict_that_names_no_pathway_says_nothing_of_which() -> None:
    """A collision of two drugs holds for anybody: no heading stands without what it heads."""
    made, known = everything()
    conflicts = tuple(replace(each, between=()) for each in made.proposal.conflicts)
    bare = replace(made, proposal=replace(made.proposal, conflicts=conflicts))
    voice = Voice(known, "sv")
    said = plain(plan_text(plan_view(bare, voice, pathways=(HF, KOL), version="0.1.0"), voice))

    assert conflicts
    assert [line for line in said.splitlines() if line.strip() == "Gäller:"] == []


def test_the_joined_activity_stands_once_with_both_pathways() -> None:
    """One line, two reasons; one of them is only suspected, so the line is for staff."""
    joined = [line for line in text().splitlines() if "gäller 2 förlopp" in line]

    assert len(joined) == 1
    assert "[gäller 2 förlopp, bara personal]" in joined[0]


def test_what_waits_is_told_under_what_it_waits_for() -> None:
    """Once, not once each."""
    assert "… Eko: Utbildning" in text()


def test_S04_what_nobody_has_adopted_is_told_as_a_proposal() -> None:
    """Past its own time, but never late."""
    said = text()
    line = next(line for line in said.splitlines() if SECRET in line and "mål" in line)

    assert line.strip().startswith("◇")
    assert "förslag som ingen region har antagit" in " ".join(said.split())


def test_S02_what_is_attested_is_told_as_such() -> None:
    """It counts as done, and is never mistaken for what the record shows."""
    attested = Act("attestation", 1, 1, 1, "Task/1")
    done = state("eko", "attested", act=attested, completed=state("x", due="2026-02-02").due)

    assert "2 februari 2026; intygat: gjort på annat håll" in of(
        followed(pathway("hjartsvikt", step("eko")), done)
    )


def test_S19_a_decline_is_the_persons_choice_with_a_day_to_ask_again() -> None:
    """Never late, never repeated in silence."""
    assert "fråga igen 4 januari 2027; personens val" in " ".join(text().split())


def test_what_is_missing_stands_once_with_the_most_telling_reason() -> None:
    """No data to one step and too old to another is one line: too old; the steps are named by title."""
    steps = pathway("hjartsvikt", step("a"), step("b"))
    said = of(
        followed(
            steps,
            state("a", "unknown", missing=(Missing("selector", "lvef", "no-data"),)),
            state("b", "unknown", missing=(Missing("selector", "lvef", "stale", TODAY - 900),)),
        )
    )
    unknown = " ".join(said.partition("DET VI INTE VET")[2].partition("VAR PERSONEN STÅR")[0].split())

    assert unknown.count("behövs för") == 1
    assert "för gammal uppgift" in unknown
    assert "behövs för åtgärderna ”A” (Hjartsvikt), ”B” (Hjartsvikt)" in unknown


@pytest.mark.parametrize(
    ("lang", "proposed", "agreed"),
    [("sv", "Det här är ett förslag.", "kommit överens"), ("en", "This is a proposal.", "have agreed")],
)
def test_the_sheet_is_a_proposal_until_it_is_signed(
    lang: Literal["sv", "en"], proposed: str, agreed: str
) -> None:
    """Nobody has agreed on what is filled in from the record; the line to sign on is left."""
    said = text(lang)

    assert proposed in said
    assert agreed not in said
    assert {"sv": "Vi är överens:", "en": "We agree:"}[lang] in said


def test_S03_unknown_steps_are_listed_by_what_they_wait_for() -> None:
    """The data that frees most steps comes first."""
    said = " ".join(text().split())
    unknown = said[said.index("DET VI INTE VET") :]

    assert "2 åtgärder kan inte avgöras" in unknown
    assert unknown.index("EF") < unknown.index("Kön")


def test_where_nothing_is_known_there_are_lines_to_write_on() -> None:
    """The sheet of a person whom nobody follows is empty, not missing."""
    sheet = of().partition("MIN ÖVERENSKOMMELSE")[2]

    assert len(re.findall(r"^  _{20,}$", sheet, re.MULTILINE)) >= 8
    assert "ring 112" in sheet


def test_a_telephone_number_and_a_time_stay_on_one_line() -> None:
    """Wherever the line ends; what is not a number to call may break."""
    for words in range(8, 16):
        mentions = (
            Mention("if-worse", f"{'ord ' * words}ring 010-000 00 01 samma dag", "CarePlan/1"),
            Mention("contact", f"{'Maria ' * words}Exempel", "CareTeam/1", phone="010-000 00 01"),
        )
        voice = Voice(definitions(catalogue()), "sv")
        made = person(record=record(mentions=mentions))
        said = plain(plan_text(plan_view(made, voice, pathways=(), version="0.1.0"), voice))

        assert said.count("010-000 00 01") == 2


def test_S12_of_a_list_in_parts_the_missing_part_is_named() -> None:
    """One source read and another not connected is no whole list, however fresh the first."""
    lists = (
        Source("medications", "Läkemedelslistan", True, TODAY, 30),
        Source("medications", "Sjukhusjournalen", False, None, None),
    )
    voice = Voice(definitions(catalogue()), "sv")
    made = person(record=record(sources=lists))
    said = " ".join(plain(plan_text(plan_view(made, voice, pathways=(), version="0.1.0"), voice)).split())

    assert "Läkemedelslistan är läst, men Sjukhusjournalen är inte ansluten" in said
    assert "receptfria läkemedel" in said
    assert "Inga kända krockar" not in said


def test_one_of_anything_is_told_as_one() -> None:
    """`1 post`, not `1 poster`."""
    voice = Voice(definitions(catalogue()), "sv")
    made = person(record=record(quality=Quality(1, 1)))

    assert "1 post i journalfilen" in plain(
        plan_text(plan_view(made, voice, pathways=(), version="1"), voice)
    )


def test_S12_a_missing_medication_list_is_never_none() -> None:
    """Unknown is said; nothing reassures."""
    voice = Voice(definitions(catalogue()), "sv")
    made = person(record=record(sources=()))
    said = plain(plan_text(plan_view(made, voice, pathways=(), version="0.1.0"), voice))

    assert "Läkemedelslistan saknas" in said
    assert "Inga kända krockar" not in said


@pytest.mark.parametrize(("stands", "shown"), [("not-applicable", False), ("waiting", True)])
def test_an_open_choice_of_what_does_not_apply_is_not_shown(
    stands: Literal["not-applicable", "waiting"], shown: bool
) -> None:
    """Nobody needs to settle a way through a phase that the person is not in."""
    choice = Choice("vag", "fas-a", {"sv": "Vilken väg"}, (), MADE, PLACE)
    path = replace(pathway("hjartsvikt", step("a")), choices={"vag": choice})
    given = followed(path, state("a", stands))
    course = replace(given.course, choices={"vag": ChoiceState("vag", None, None, None)})

    assert ("Vilken väg: inte avgjort än" in of(given._replace(course=course))) == shown
