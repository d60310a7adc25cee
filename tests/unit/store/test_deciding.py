"""What people decide about a person's pathways, by the services that forms will use."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from made.derived import following, in_force
from made.serving import BASE, NOW, STAFF, patient, served
from vardforlopp.adapters.incoming import incoming_rules
from vardforlopp.kernel.civil import civil, day_of
from vardforlopp.record.facts import Act
from vardforlopp.record.record import Enrolment
from vardforlopp.services.deciding import act, enrol, leave
from vardforlopp.services.outcomes import Kept, Refused
from vardforlopp.store.database import Database
from vardforlopp.store.units import SqlStore

DAY = day_of(NOW)
RULES = incoming_rules(BASE, in_force=in_force())
WHO: dict[str, Any] = {"actor": STAFF, "at": NOW, "rules": RULES}


def stay(name: str = "s1", pathway: str = "hjartsvikt") -> Enrolment:
    return Enrolment(
        f"CarePlan/{name}", pathway, "1.0.0", "IN4", civil(DAY), DAY, unit="Norr", known_from=NOW
    )


def done(kind: Any, step: str | None = "ekg", **more: Any) -> Act:
    return Act(kind, DAY, NOW, NOW, f"Task/{kind}", "hjartsvikt", "CarePlan/s1", step, by="Eva Berg", **more)


@pytest.fixture
def store(database: Database) -> SqlStore:
    made = following(database, lambda: NOW)
    served(database, store=made).ask("PUT", "Patient/anna", {"resourceType": "Patient", "id": "anna"})
    return made


def states(store: SqlStore) -> dict[str, str]:
    with store.reading() as view:
        (course,) = view.courses("anna")
        return {step: state for step, _, state, *_ in orjson.loads(course.states)}


def decided(store: SqlStore, what: Any, *given: Any, **more: Any) -> Kept:
    with store.writing() as unit:
        kept = what(unit, *given, **WHO, **more)
    assert isinstance(kept, Kept), kept
    return kept


def test_who_is_enrolled_twice_is_enrolled_once(store: SqlStore) -> None:
    assert decided(store, enrol, stay(), patient="anna").created
    assert states(store)["ekg"] == "due"
    again = decided(store, enrol, stay("s2"), patient="anna")
    assert (again.created, again.version.id) == (False, "s1")


@pytest.mark.parametrize(
    ("what", "state"),
    [
        (done("attestation", where="Sjukhuset", done_day=DAY - 3), "attested"),
        (done("deviation", reason="Gjort nyligen."), "skipped"),
        (done("decline", until_day=DAY + 365), "skipped"),
    ],
    ids=lambda one: getattr(one, "kind", one),
)
def test_what_is_done_to_a_step_shows_at_once(store: SqlStore, what: Act, state: str) -> None:
    decided(store, enrol, stay(), patient="anna")
    decided(store, act, what, patient="anna")
    assert states(store)["ekg"] == state
    assert [one.by for one in _acts(store)] == ["Eva Berg"]


@pytest.mark.parametrize("kind", ["pause", "care-focus", "informed"])
def test_what_is_done_to_a_course_is_known_of_it(store: SqlStore, kind: Any) -> None:
    decided(store, enrol, stay(), patient="anna")
    decided(store, act, done(kind, None, value="palliative", until_day=DAY + 30), patient="anna")
    assert [one.kind for one in _acts(store)] == [kind]


def test_who_leaves_is_followed_no_more_and_it_can_be_told_why(store: SqlStore) -> None:
    decided(store, enrol, stay(), patient="anna")
    decided(store, leave, "CarePlan/s1", day=DAY, reason="Flyttat.")
    with store.reading() as view:
        (course,) = view.courses("anna")
        assert (course.ended, course.reason) == (DAY, "Flyttat.")
    assert decided(store, enrol, stay("s2"), patient="anna").created, "and may come back"


@pytest.mark.parametrize(
    "what",
    [
        (enrol, stay(pathway="nothing"), {"patient": "anna"}),
        (act, done("deviation"), {"patient": "anna"}),
        (leave, "CarePlan/none", {"day": DAY, "reason": "x"}),
    ],
    ids=("pathway", "reason", "stay"),
)
def test_what_cannot_be_decided_is_refused_and_nothing_kept(store: SqlStore, what: Any) -> None:
    decide, given, more = what
    with store.writing() as unit:
        assert isinstance(decide(unit, given, **WHO, **more), Refused)
    assert served(store.database).found("Task") == []


def test_a_patient_does_not_decide_here(store: SqlStore) -> None:
    with store.writing() as unit:
        told = enrol(unit, stay(), patient="anna", actor=patient("anna"), at=NOW, rules=RULES)
    assert isinstance(told, Refused)
    assert told.cause == "forbidden"


def _acts(store: SqlStore) -> tuple[Act, ...]:
    from vardforlopp.fhir.kept_record import unpacked

    with store.reading() as view:
        row = view.known_of("anna")
    assert row is not None
    return unpacked(row.packed).acts


def test_what_was_written_of_a_stay_keeps_its_digits_when_it_ends(store: SqlStore) -> None:
    decided(store, enrol, stay(), patient="anna")
    client = served(store.database, store=store)
    plan = client.ask("GET", "CarePlan/s1").body
    told = b'{"extension":[{"url":"https://x.example/a","valueDecimal":1.50},'
    assert b'"extension":[' in plan
    client.ask("PUT", "CarePlan/s1", plan.replace(b'"extension":[', told.removeprefix(b"{"), 1))
    ended = decided(store, leave, "CarePlan/s1", day=DAY, reason="Flyttat.")
    assert b"1.50" in (ended.version.body or b"")
    assert orjson.loads(ended.version.body or b"")["status"] == "completed"


def test_an_act_of_which_a_part_cannot_be_kept_leaves_nothing(store: SqlStore) -> None:
    decided(store, enrol, stay(), patient="anna")
    with store.writing() as unit:
        told = act(unit, done("pause", None, until_day=DAY + 3)._replace(by="Eva\0"), patient="anna", **WHO)
    assert isinstance(told, Refused)
    assert served(store.database).found("Task") == []


def test_nobody_is_enrolled_on_a_record_that_was_not_read_yet(store: SqlStore) -> None:
    decided(store, enrol, stay(), patient="anna")
    with store.writing() as unit:
        unit.expire(["anna"])
    with store.writing() as unit:
        told = enrol(unit, stay("s2"), patient="anna", **WHO)
    assert isinstance(told, Refused)
    assert told.cause == "conflict"
