"""What is booked is told as booked, on the plan, in the course and on the sheet, and never asked about."""

from __future__ import annotations

from dataclasses import replace

import pytest

from made.courses import PLACE, TODAY, catalogue, definitions, followed, pathway, person, record, state, step
from vardforlopp.contract.person import PersonPlan
from vardforlopp.definitions.catalogue import CodeRule, Selector
from vardforlopp.definitions.criteria import EvidenceNode, FactLeaf, OneOf, TimesLeaf
from vardforlopp.definitions.formats import NBSP
from vardforlopp.engine.course import StepState
from vardforlopp.present.bookings import Bookings, bookings_of
from vardforlopp.present.plan_view import plan_view
from vardforlopp.present.voice import Voice
from vardforlopp.record.record import Mention

DAY = TODAY + 14


def selector(name: str, *includes: str) -> Selector:
    codes = () if includes else (CodeRule("snomed", name),)
    return Selector(
        name, {"sv": name, "en": name}, "procedures", ("Procedure",), codes, PLACE, includes=includes
    )


SELECTORS = {each.id: each for each in (selector("skola"), selector("prov"), selector("grupp", "skola"))}


def booked(*selectors: str, day: int = DAY) -> Mention:
    return Mention("appointment", "Besök", "Appointment/1", day=day, selectors=selectors)


def plan_of(state_: StepState, *mentions: Mention) -> tuple[PersonPlan, Voice]:
    path = pathway("hoft", step("skola"))
    known = replace(catalogue(), selectors=SELECTORS)
    made = person(followed(path, state_), known=known, record=record(mentions=mentions))
    return made, Voice(definitions(known, path), "sv")


def lines(state_: StepState, *mentions: Mention) -> dict[str, list[str]]:
    """The course on the page: what each group says of when."""
    made, voice = plan_of(state_, *mentions)
    view = plan_view(made, voice, pathways=(), version="1")
    return {group.title: [plain(line.when) for line in group.lines] for group in view.courses[0].groups}


def plain(text: str) -> str:
    return text.replace(NBSP, " ")


EARLY = state("skola", "before-start", due="2025-12-13")


def test_what_was_due_before_the_start_and_is_booked_comes_at_that_time() -> None:
    """Nobody asks whether it is done, in the course or above the plan."""
    made, voice = plan_of(EARLY, booked("skola"))
    view = plan_view(made, voice, pathways=(), version="1")

    assert lines(EARLY, booked("skola")) == {"Kommer": ["bokat 24 mars 2026"]}
    assert view.before == ""


def test_what_was_due_before_the_start_and_is_not_booked_is_asked_about() -> None:
    """A time for something else, or one that has passed, changes nothing."""
    for mention in (booked("prov"), booked("skola", day=TODAY - 1)):
        assert list(lines(EARLY, mention)) == ["Var aktuellt före starten: fråga om det är gjort"]


def test_the_goal_still_stands_behind_the_booked_time() -> None:
    """In the course, in the plan and on the sheet."""
    due = state("skola", due="2026-03-16")
    made, voice = plan_of(due, booked("skola"))
    view = plan_view(made, voice, pathways=(), version="1")
    said = "bokat 24 mars 2026; mål 16 mars 2026"

    assert list(lines(due, booked("skola")).values()) == [[said]]
    assert [plain(item.when) for group in view.plan for item in group.items] == [said]
    assert view.sheet is not None
    assert [plain(each.when) for each in view.sheet.actions] == ["bokat 24 mars 2026"]


@pytest.mark.parametrize(
    "done, found",
    [
        (FactLeaf("skola"), True),
        (FactLeaf("grupp"), True),
        (EvidenceNode("any", (FactLeaf("prov"), FactLeaf("skola"))), True),
        (EvidenceNode("all", (FactLeaf("prov"), FactLeaf("skola"))), False),
        (TimesLeaf(2, "skola"), False),
        (FactLeaf("skola", where=OneOf(("ja",))), False),
    ],
    ids=["it", "a union of it", "one of two", "both", "twice", "with an answer"],
)
def test_a_step_is_booked_when_the_visit_is_all_that_it_asks(done: object, found: bool) -> None:
    """One visit of two, or a visit of which an answer is asked, is not the step."""
    bookings = Bookings((booked("skola"),), SELECTORS)

    assert (bookings.of(EARLY, step("skola", done=done)) is not None) == found


def test_a_time_before_the_step_opens_is_for_something_else() -> None:
    """This year's visit is not next year's."""
    bookings = Bookings((booked("skola"),), SELECTORS)

    assert bookings.of(state("skola", "upcoming", opens="2027-03-01"), step("skola")) is None


def test_S10_the_dead_have_no_booked_times() -> None:
    """Whatever the calendar says."""
    made, voice = plan_of(EARLY, booked("skola"))
    patient = replace(made.record.patient, died=EARLY.due)
    dead = replace(made, record=replace(made.record, patient=patient), last_day_alive=TODAY - 90)

    assert dead.dead
    assert bookings_of(dead, voice).coming == ()
