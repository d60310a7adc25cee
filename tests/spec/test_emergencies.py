"""What belongs to an emergency is looked back on (S06): tried on every day that a case asks about."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

import pytest

from made.examples import ready
from vardforlopp.adapters.content_files import content_texts
from vardforlopp.contract.asks import Followed
from vardforlopp.contract.enrolments import Wanted
from vardforlopp.contract.person import PersonPlan, plan_person
from vardforlopp.definitions import read_systems
from vardforlopp.definitions.case_record import case_record
from vardforlopp.definitions.cases import Case
from vardforlopp.definitions.model import Step
from vardforlopp.definitions.read_cases import load_cases
from vardforlopp.engine.compile import Compiled
from vardforlopp.engine.course import OPEN_STATES
from vardforlopp.fhir.plan_bundle import plan_bundle
from vardforlopp.kernel.codes import SystemTable
from vardforlopp.present.plan_json import plan_json
from vardforlopp.present.plan_view import plan_view
from vardforlopp.present.voice import Voice

#: The emergencies, by the rows of the sheets: pathway -> the rows whose steps are only looked back on.
#: Stop dates and follow-up that carry a row of the emergency are named in AFTER_IT.
EMERGENCIES = {
    "sepsis": r"[AB]\d",
    "stroke-tia": r"[AB]\d|C[123]\b",
    "kol": r"E[12346]\b",
    "kritisk-benischemi": r"A9\b",
    "schizofreni": r"IN-akut",
}
AFTER_IT = {("stroke-tia", "slutdatum-dubbel"), ("stroke-tia", "slut-dubbel")}


class Asked(NamedTuple):
    """A person of a case, on a day that the case asks about, followed in the pathway."""

    case: str
    compiled: Compiled
    person: PersonPlan


@cache
def cases() -> dict[str, tuple[Case, ...]]:
    """Every case, by pathway."""
    return dict(load_cases(content_texts(), ready().definitions).cases)


@cache
def asked(pathway: str) -> tuple[Asked, ...]:
    """Every case of a pathway on every time that it asks about, with the person enrolled."""
    known, _, compiled, interactions = ready()
    (one,) = (each for each in compiled if each.pathway.id == pathway)
    found = []
    for case in cases()[pathway]:
        record = case_record(case, known.catalogue)
        for as_of in {expected.as_of for expected in case.expect}:
            person = plan_person(
                record, (one,), catalogue=known.catalogue, interactions=interactions, as_of=as_of,
                known_at=as_of.at, enrol=(Wanted(pathway, as_of.day),),
            )  # fmt: skip
            found.append(Asked(case.id, one, person))
    return tuple(found)


def looked_back_on(pathway: str) -> dict[str, Step]:
    """The steps of a pathway that are only looked back on."""
    (one,) = (each for each in ready().compiled if each.pathway.id == pathway)
    return {name: step for name, step in one.pathway.steps.items() if step.mode == "retrospective"}


WITH_SOME = sorted(each.pathway.id for each in ready().compiled if looked_back_on(each.pathway.id))


@pytest.mark.parametrize("pathway", EMERGENCIES)
def test_S06_the_steps_of_an_emergency_are_only_looked_back_on(pathway: str) -> None:
    """Also those without a time: no step of an emergency's rows is live."""
    (one,) = (each for each in ready().compiled if each.pathway.id == pathway)
    rows = {name: [row for row in step.rows if re.match(EMERGENCIES[pathway], row)]
            for name, step in one.pathway.steps.items()}  # fmt: skip
    live = {name for name, found in rows.items() if found and one.pathway.steps[name].mode != "retrospective"}

    assert any(rows.values())
    assert {(pathway, name) for name in live} <= AFTER_IT


@pytest.mark.parametrize("pathway", WITH_SOME)
def test_S06_what_is_looked_back_on_is_never_late_planned_or_written_on_the_page(pathway: str) -> None:
    """No state of lateness, no activity, no line: whatever the case, on whatever day."""
    back = looked_back_on(pathway)
    seen: set[tuple[str, str]] = set()
    for case, one, person in asked(pathway):
        states = [state for course in person.courses for state in course.steps if state.step in back]
        assert not [state for state in states if state.state in ("overdue", "unseen")], case
        planned = {origin.step for each in person.proposal.activities for origin in each.origins}
        assert not planned & back.keys(), case
        if _open(person, back) - seen:  # a page is slow to make: each step in each state once
            seen |= _open(person, back)
            assert not _lines(one, person) & _titles_of_these_alone(one, back), case
    assert seen or pathway in ("hoftledsartros", "kognitiv-svikt")


@pytest.mark.parametrize("pathway", WITH_SOME)
def test_S06_no_export_carries_a_live_time_of_what_is_looked_back_on(pathway: str) -> None:
    """Open, it has neither earliest nor due time in JSON, and no window and nothing to start in FHIR."""
    known = ready().definitions
    voice, systems = Voice(known, "sv"), SystemTable(read_systems(content_texts()))
    seen: set[tuple[str, str]] = set()
    for case, one, person in asked(pathway):
        new = _open(person, looked_back_on(pathway)) - seen
        if not new:
            continue  # exporting is slow: each step in each state once
        seen |= new
        steps = plan_json(person, voice, pathways=[one.pathway], version="1")["steps"]
        live = [each for each in steps if (each["step"], each["state"]) in new]
        assert live, case
        assert not [each for each in live if each["due"] or each["earliest"]], case
        details = {
            origin: activity["detail"]
            for entry in plan_bundle(person, known, systems)["entry"]
            for activity in entry["resource"].get("activity", ())
            for origin in _origins(activity["detail"])
        }
        for each in live:
            assert details[each["id"]]["status"] == "unknown", case
            assert "scheduledPeriod" not in details[each["id"]], case


def _open(person: PersonPlan, back: dict[str, Step]) -> set[tuple[str, str]]:
    """The open steps among those that are looked back on, each with its state."""
    states = (state for course in person.courses for state in course.steps)
    return {(each.step, each.state) for each in states if each.step in back and each.state in OPEN_STATES}


def _lines(one: Compiled, person: PersonPlan) -> set[str]:
    """The titles of all lines on the page's courses."""
    view = plan_view(person, Voice(ready().definitions, "sv"), pathways=[one.pathway], version="1")
    return {line.title for course in view.courses for group in course.groups for line in group.lines}


def _titles_of_these_alone(one: Compiled, back: dict[str, Step]) -> set[str]:
    live = {step.title["sv"] for name, step in one.pathway.steps.items() if name not in back}
    return {step.title["sv"] for step in back.values()} - live


def _origins(detail: dict[str, list[dict[str, str]]]) -> list[str]:
    return [each["valueString"] for each in detail.get("extension", ()) if each["url"].endswith(":origin")]


def test_a_person_of_a_case_is_followed() -> None:
    """The tests above look at courses: there is one on most days asked about."""
    followed: list[Followed] = [each for one in asked("sepsis") for each in one.person.followed]

    assert len(followed) > len(asked("sepsis")) / 2
