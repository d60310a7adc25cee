"""One person's whole plan over the shipped definitions: suggested, assessed, proposed, or at rest."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

from vardforlopp.adapters.definitions import Content, load_content
from vardforlopp.adapters.record_files import read_records
from vardforlopp.contract.enrolments import Wanted
from vardforlopp.contract.person import PersonPlan, plan_person
from vardforlopp.engine.compile import Compiled, compile_pathway
from vardforlopp.engine.course import OPEN_STATES
from vardforlopp.engine.interactions import Interactions
from vardforlopp.kernel.civil import as_of_day, day_from_iso
from vardforlopp.kernel.workdays import swedish
from vardforlopp.record.record import Record

RECORDS = Path(__file__).parents[3] / "examples" / "records"


@cache
def content() -> Content:
    return load_content()


@cache
def compiled() -> tuple[Compiled, ...]:
    definitions = content().definitions
    return tuple(
        compile_pathway(each, definitions.catalogue, calendar=swedish())
        for each in definitions.pathways.values()
    )


@cache
def record(name: str) -> Record:
    (found,) = read_records(RECORDS / name, content().reader())
    return found


def planned(
    of: Record, day: str = "2026-03-10", *, turned: bool = False, enrol: tuple[Wanted, ...] = ()
) -> PersonPlan:
    catalogue = content().definitions.catalogue
    as_of = as_of_day(day_from_iso(day))
    return plan_person(
        of,
        compiled()[::-1] if turned else compiled(),
        catalogue=catalogue,
        interactions=Interactions(catalogue, swedish()),
        as_of=as_of,
        known_at=as_of.at,
        enrol=enrol,
    )


KNOWN = "hjartsvikt-83a7c2b3.json.gz"


def test_what_the_record_shows_is_suggested_and_looked_at() -> None:
    """A suggestion, and the course that a yes would mean."""
    plan = planned(record(KNOWN))

    assert "hjartsvikt" in {each.pathway for each in plan.suggestions}
    assert not any(course.enrolment.explicit for course in plan.courses)
    assert plan.proposal.activities


def test_S17_nothing_is_overdue_on_the_first_day() -> None:
    """Years of history are no flood."""
    states = {state.state for course in planned(record(KNOWN)).courses for state in course.steps}

    assert "overdue" not in states


def test_the_order_of_the_pathways_does_not_change_the_plan() -> None:
    """Each is tried on the record alone."""
    of = record(next(RECORDS.glob("*-hjartsvikt-och-kol.json")).name)

    assert planned(of, turned=True).proposal == planned(of).proposal


def test_S10_from_death_on_nothing_is_open_suggested_or_proposed() -> None:
    """At the end of the day of death, and ever after; the day before there was a plan."""
    of = record(KNOWN)
    died = as_of_day(day_from_iso("2026-03-10"))._replace(exact=False)
    dead = replace(of, patient=replace(of.patient, died=died))
    after = planned(dead)

    assert after.dead
    assert (after.suggestions, after.proposal.activities, after.proposal.conflicts) == ((), (), ())
    assert not {state.state for course in after.courses for state in course.steps} & OPEN_STATES
    assert after.last_day_alive == day_from_iso("2026-03-09")
    assert planned(dead, "2026-03-09").proposal.activities


def test_S10_rules_that_name_no_pathway_say_nothing_of_the_dead() -> None:
    """Also when no pathway was ever followed, so that no course tells of the death."""
    day = day_from_iso("2026-03-10")
    of = record("inget-forlopp-2cf4bc80.ndjson.gz")
    dead = replace(of, patient=replace(of.patient, died=as_of_day(day)))

    assert planned(of).proposal.checked.rules
    assert not planned(dead).courses
    assert (planned(dead).proposal.conflicts, planned(dead).proposal.checked.rules) == ((), 0)


def test_an_enrolment_asked_for_is_explicit() -> None:
    """And only in the pathway that was named."""
    plan = planned(record(KNOWN), enrol=(Wanted("hjartsvikt", day_from_iso("2026-03-01")),))
    explicit = {course.pathway: course.enrolment.explicit for course in plan.courses}

    assert explicit["hjartsvikt"]
    assert not any(yes for pathway, yes in explicit.items() if pathway != "hjartsvikt")
