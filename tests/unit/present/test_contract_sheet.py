"""The contract sheet: what the person takes home, and what never stands on it."""

from __future__ import annotations

import re

import pytest

from made.courses import (
    AS_OF,
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
from vardforlopp.contract.asks import Followed
from vardforlopp.definitions.model import LocalUnit, Overlay, Owner
from vardforlopp.kernel.civil import day_from_iso, parse_time
from vardforlopp.present.plan_model import Sheet
from vardforlopp.present.sheet import sheet
from vardforlopp.present.view_background import goal_lines
from vardforlopp.present.voice import Voice
from vardforlopp.record.facts import Act
from vardforlopp.record.record import Mention

HF = "hjartsvikt"
OPEN = state("eko", opens="2026-03-01", due="2026-04-01")


def of(*courses: Followed, overlay: Overlay | None = None, **given: object) -> Sheet:
    paths = [path for _, path in courses]
    region = overlay.id if overlay else None
    voice = Voice(definitions(catalogue(), *paths, overlay=overlay), "sv", region)
    return sheet(person(*courses, **given), voice)


def course(*, explicit: bool = True, **labels: object) -> Followed:
    return followed(pathway(HF, step("eko", **labels)), OPEN, explicit=explicit)


def test_what_is_followed_and_open_stands_on_the_sheet() -> None:
    """What, who and when, the time as a goal."""
    (action,) = of(course()).actions

    assert (action.what, action.who) == ("Eko", "Sjuksköterska, primärvård")
    assert action.when.replace("\u00a0", " ") == "brukar ske till och med 1 april 2026 (mål)"


def test_S09_a_suggestion_never_stands_on_the_sheet() -> None:
    """Nobody has told the person of what only the record suggests."""
    assert of(course(explicit=False)).actions == ()


def test_S09_what_only_staff_may_see_never_stands_on_the_sheet() -> None:
    """Not even when the person has been informed of the rest."""
    told = Act("informed", TODAY, AS_OF.at, AS_OF.at, "Task/1", pathway=HF)

    assert of(course(disclosure="staff-only"), record=record(acts=(told,))).actions == ()


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        (None, 0),
        (Act("informed", TODAY, AS_OF.at, AS_OF.at, "Task/1", pathway=HF), 1),
        (Act("informed", TODAY, AS_OF.at, AS_OF.at, "Task/1", pathway=HF, step="eko"), 1),
        (Act("informed", TODAY, AS_OF.at, AS_OF.at, "Task/1", pathway="kol"), 0),
        (Act("informed", TODAY, AS_OF.at, AS_OF.at, "Task/1", pathway=HF, step="annat"), 0),
        (Act("informed", TODAY + 1, AS_OF.at + 1, AS_OF.at + 1, "Task/1", pathway=HF), 0),
    ],
)
def test_S09_what_comes_after_a_talk_waits_for_the_talk(told: Act | None, shown: int) -> None:
    """The act names whom it was about; a later or another talk does not open it."""
    acts = (told,) if told else ()

    assert len(of(course(disclosure="after-informed"), record=record(acts=acts)).actions) == shown


def test_S09_a_closed_reason_leaves_no_trace_in_what_it_is_joined_with() -> None:
    """The tighter window of a staff-only step does not show in the open step's time."""
    secret = followed(
        pathway("kol", step("prov", disclosure="staff-only")),
        state("prov", opens="2026-03-01", due="2026-03-12"),
    )
    alone, together = of(course()), of(course(), secret)

    assert together.actions == alone.actions


def test_S04_a_time_nobody_has_adopted_is_left_to_be_decided() -> None:
    """A rule of our own may name the action, never its time."""
    own = followed(
        pathway(HF, step("eko")), state("eko", opens="2026-03-01", due="2026-04-01", level="default")
    )
    adopted = followed(
        pathway(HF, step("eko")),
        state("eko", opens="2026-03-01", due="2026-04-01", level="default", adopted=True),
    )

    assert of(own).actions[0].when == "tid bestäms tillsammans"
    assert "1\u00a0april\u00a02026" in of(adopted).actions[0].when


def test_S03_S01_what_is_unknown_waits_or_may_be_done_is_not_asked_of_the_person_as_certain() -> None:
    """Unknown and waiting steps are for staff; what may be done already is asked about."""
    steps = pathway(HF, step("a"), step("b"), step("c", activity="eko"))
    sheet_of = of(
        followed(
            steps,
            state("a", "unknown"),
            state("b", "waiting"),
            state("c", "unseen", opens="2026-01-01", due="2026-02-01"),
        )
    )

    assert [(each.what, each.when) for each in sheet_of.actions] == [("C", "om det inte redan är gjort")]


def test_what_has_passed_its_goal_is_told_calmly() -> None:
    """No blame and no promise: as soon as possible, with the goal that was."""
    late = followed(pathway(HF, step("eko")), state("eko", "overdue", opens="2026-01-01", due="2026-02-01"))

    assert of(late).actions[0].when.replace("\u00a0", " ") == "så snart det går (mål: 1 februari 2026)"


def test_a_series_stands_once() -> None:
    """Four blood tests are one line, with the first time."""
    series = followed(
        pathway(HF, step("prov")),
        state("prov", "upcoming", opens="2026-04-01", due="2026-04-10", occurrence="1"),
        state("prov", "upcoming", opens="2026-05-01", due="2026-05-10", occurrence="2"),
    )
    (action,) = of(series).actions

    assert action.when.endswith("sedan fler gånger")
    assert "april" in action.when


def test_the_persons_own_words_contacts_and_part_are_kept() -> None:
    """Verbatim, newest first; the person's own part of planned steps is added."""
    mentions = (
        Mention("matters", "Jag vill till sjön.", "Goal/1", day=TODAY),
        Mention("contact", "Maria Exempel", "CareTeam/1", role="fast vårdkontakt", phone="010-000 00 00"),
        Mention("if-worse", "Ring Maria.", "CarePlan/1"),
        Mention("own-action", "Promenera varje dag.", "CarePlan/1"),
    )
    mine = of(
        course(patient_part={"sv": "Ta med din lista över läkemedel."}), record=record(mentions=mentions)
    )

    assert mine.matters == ("Jag vill till sjön.",)
    assert mine.contacts[0].name == "Maria Exempel"
    assert mine.if_worse == ("Ring Maria.",)
    assert [each.what for each in mine.actions if each.mine] == [
        "Promenera varje dag.",
        "Ta med din lista över läkemedel.",
    ]


def test_a_goal_that_care_has_set_is_not_what_matters_to_the_person() -> None:
    """Only the person's own words are quoted as the person's; staff see the goal elsewhere."""
    mentions = (
        Mention("goal", "Blodtryck under 140/90", "Goal/1", day=TODAY),
        Mention("matters", "Jag vill till sjön.", "Goal/2", day=TODAY),
    )
    made = person(course(), record=record(mentions=mentions))
    voice = Voice(definitions(catalogue(), made.followed[0].pathway), "sv")

    assert sheet(made, voice).matters == ("Jag vill till sjön.",)
    assert goal_lines(made, voice) == (
        "Mål som vården har antecknat, inte personens egna ord: Blodtryck under 140/90.",
    )


def test_what_was_said_later_does_not_stand_on_an_earlier_sheet() -> None:
    """A plan for a day holds what was known that day."""
    later = Mention("matters", "Jag vill flytta.", "Goal/2", day=TODAY + 1)

    assert of(course(), record=record(mentions=(later,))).matters == ()


def test_the_next_step_is_the_first_booked_time_and_never_a_past_one() -> None:
    """Only a booked time is exact."""

    def booked(ref: str, start: str) -> Mention:
        at = parse_time(start).lo
        return Mention(
            "appointment", f"Besök {ref}", f"Appointment/{ref}", day=day_from_iso(start[:10]), at=at
        )

    mentions = (
        booked("sen", "2026-05-02T09:00:00+02:00"),
        booked("nasta", "2026-04-02T10:20:00+02:00"),
        booked("gammal", "2026-01-02T10:20:00+01:00"),
    )
    told = of(course(), record=record(mentions=mentions)).next_step

    assert told.replace("\u00a0", " ") == "Besök nasta: bokat 2 april 2026 kl. 10.20"


def test_without_a_booking_the_next_step_is_the_first_action() -> None:
    """With its goal."""
    assert of(course()).next_step.startswith("Eko: brukar ske")


def test_whom_to_turn_to_is_the_units_of_the_region_when_nobody_is_named() -> None:
    """Only units whose roles have a part in the plan."""
    units = (
        LocalUnit("primarvard", "Exempelbyns vårdcentral", "010-000 00 01", ("sjukskoterska",)),
        LocalUnit("kommun", "Hemsjukvården", "010-000 00 02", ("kommunsjukskoterska",)),
    )
    overlay = Overlay("region-x", {"sv": "Region X"}, PLACE, {}, units=units)

    assert [each.name for each in of(course(), overlay=overlay).contacts] == ["Exempelbyns vårdcentral"]


def test_who_is_asked_to_do_it_alone_is_called_I() -> None:
    """An action whose performer is the patient is the person's own."""
    (action,) = of(course(owner=Owner(("patient",), "patient"))).actions

    assert (action.who, action.mine) == ("Jag", True)


def test_S07_no_word_on_the_sheet_promises() -> None:
    """Goals are called goals; no legal words."""
    said = repr(of(course()))

    assert not re.search(r"\b(garanti\w*|senast|rätt till)\b", said)
    assert "(mål)" in said
