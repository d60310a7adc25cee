"""A person in a pathway over FHIR: enrolled, followed, told where they stand, and what is to be seen to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import orjson
import pytest

from made.derived import in_force, rows
from made.serving import BASE, STAFF, Client, patient, refusal, served, told
from vardforlopp.adapters.incoming import incoming_rules
from vardforlopp.adapters.record_files import sources_of
from vardforlopp.app.followed import at_once
from vardforlopp.fhir.names import ACT_SYSTEM, CATEGORY_SYSTEM, EXTENSION, INPUT_SYSTEM, canonical
from vardforlopp.kernel.civil import DAY, HOUR, parse_time
from vardforlopp.services.in_force import InForce
from vardforlopp.services.sweeping import EVERYBODY, sweep
from vardforlopp.store.database import Database
from vardforlopp.store.standing import places
from vardforlopp.store.units import SqlStore

Json = dict[str, Any]
BEGIN = parse_time("2026-03-02T10:00:00+01:00").lo


@dataclass
class Clinic:
    """A server that follows pathways; its clock stands still until it is told to go on."""

    database: Database
    by: InForce
    now: int = BEGIN

    def client(self) -> Client:
        store = SqlStore(self.database, after=at_once(self.by, lambda: self.now))
        made = served(self.database, store=store)
        rules = incoming_rules(BASE, in_force=self.by)
        server = replace(made.server, rules=rules, in_force=self.by)
        return Client(server, clock=iter(lambda: self.now, None))

    def wait(self, span: int) -> None:
        self.now += span
        sweep(SqlStore(self.database), self.by, now=self.now, most=EVERYBODY)


@pytest.fixture
def clinic(database: Database) -> Clinic:
    return Clinic(database, in_force())


def anna(**more: Any) -> Json:
    return {"resourceType": "Patient", "id": "anna", "birthDate": "1950-02-03", "gender": "female", **more}


def stay(**more: Any) -> Json:
    return {
        "resourceType": "CarePlan", "id": "stay", "status": "active", "intent": "plan",
        "category": [{"coding": [{"system": CATEGORY_SYSTEM, "code": "enrolment"}]}],
        "instantiatesCanonical": [canonical("hjartsvikt", "1.0.0")],
        "subject": {"reference": "Patient/anna"}, "period": {"start": "2026-02-20"},
        "author": {"display": "Vårdcentralen Norr"}, "created": "2026-02-20",
        "extension": [{"url": f"{EXTENSION}followed-from", "valueDate": "2026-02-20"}],
        **more,
    }  # fmt: skip


def today() -> Json:
    """A stay that begins now."""
    followed = {"url": f"{EXTENSION}followed-from", "valueDate": "2026-03-02"}
    entry = {"url": f"{EXTENSION}entry", "valueCode": "IN4"}
    return stay(period={"start": "2026-03-02"}, created="2026-03-02", extension=[followed, entry])


def put(client: Client, resource: Json) -> None:
    """Kept: anew, or as the next version."""
    reply = client.ask("PUT", f"{resource['resourceType']}/{resource['id']}", resource)
    assert reply.status in (200, 201), reply.body


def states(clinic: Clinic) -> dict[str, str]:
    """How each step stands."""
    with SqlStore(clinic.database).reading() as view:
        return {
            step: state for row in view.courses("anna") for step, _, state, *_ in orjson.loads(row.states)
        }


def worklist(client: Client, query: str = "") -> list[Json]:
    entries = client.get(f"$worklist{query}").get("entry", ())
    return [one["resource"] for one in entries if one["search"]["mode"] == "match"]


def state_of(task: Json) -> str:
    return str(next(one["valueCode"] for one in task["extension"] if one["url"] == f"{EXTENSION}state"))


class TestWorklist:
    def test_who_is_enrolled_is_in_the_worklist_of_the_unit_at_once(self, clinic: Clinic) -> None:
        client = clinic.client()
        put(client, anna())
        assert worklist(client) == []
        told(client.ask("PUT", "CarePlan/stay", stay()), 201)
        tasks = worklist(client, "?unit=Vårdcentralen Norr")
        assert tasks, "a core step is due, or not known"
        assert worklist(client, "?unit=Vårdcentralen Söder") == []
        assert {task["for"]["reference"] for task in tasks} == {"Patient/anna"}
        assert {task["focus"]["reference"] for task in tasks} == {"CarePlan/stay"}
        assert {state_of(task) for task in tasks} <= {"overdue", "due", "unseen", "unknown"}

    def test_it_is_told_in_pages_each_row_once(self, clinic: Clinic) -> None:
        client = clinic.client()
        for number in range(3):
            name = f"p{number}"
            client.ask("PUT", f"Patient/{name}", anna(id=name))
            client.ask(
                "PUT", f"CarePlan/s{number}", stay(id=f"s{number}", subject={"reference": f"Patient/{name}"})
            )
        whole = worklist(client)
        seen, address = [], "$worklist?_count=2"
        while address:
            page = client.get(address)
            seen += [one["resource"] for one in page["entry"]]
            following_ = [one["url"] for one in page["link"] if one["relation"] == "next"]
            address = following_[0].partition("/fhir/")[2] if following_ else ""
        assert seen == whole
        assert len({task["id"] for task in seen}) == len(seen) > 2

    def test_who_may_see_it_and_whose_names_are_logged(self, clinic: Clinic) -> None:
        client = clinic.client()
        put(client, anna())
        put(client, stay())
        assert worklist(client.as_(STAFF))
        assert client.audited(action="worklist", actor=STAFF.id, patient="anna", outcome="done")
        assert refusal(client.as_(patient("anna")).ask("GET", "$worklist"), 403).startswith("-: It tells")

    @pytest.mark.parametrize("query", ["state=late", "_count=many", "_page=x"])
    def test_what_is_not_understood_is_told(self, clinic: Clinic, query: str) -> None:
        assert refusal(clinic.client().ask("GET", f"$worklist?{query}"), 400).startswith(
            query.partition("=")[0]
        )


class TestApply:
    def test_a_preview_keeps_nothing(self, clinic: Clinic) -> None:
        client = clinic.client()
        put(client, anna())
        before = rows(clinic.database)
        plan = client.get("PlanDefinition/hjartsvikt/$apply?subject=Patient/anna")
        assert (plan["resourceType"], plan["status"]) == ("CarePlan", "draft")
        assert plan["activity"]
        assert rows(clinic.database) == before
        assert client.found("CarePlan") == []

    def test_what_it_gives_enrols_when_it_is_sent_back_as_active(self, clinic: Clinic) -> None:
        client = clinic.client()
        put(client, anna())
        plan = client.get("PlanDefinition/hjartsvikt/$apply?subject=Patient/anna")
        kept = {name: value for name, value in plan.items() if name != "activity"} | {"status": "active"}
        told(client.ask("PUT", f"CarePlan/{plan['id']}", kept), 201)
        again = client.get("PlanDefinition/hjartsvikt/$apply?subject=Patient/anna")
        assert (again["id"], again["status"]) == (plan["id"], "active")
        assert worklist(client)

    def test_the_whole_plan_is_a_bundle(self, clinic: Clinic) -> None:
        client = clinic.client()
        put(client, anna())
        put(client, stay())
        parameters = {
            "resourceType": "Parameters",
            "parameter": [
                {"name": "subject", "valueReference": {"reference": "Patient/anna"}},
                {"name": "form", "valueString": "bundle"},
            ],
        }
        found = told(client.ask("POST", "PlanDefinition/hjartsvikt/$apply", parameters), 200)
        kinds = [one["resource"]["resourceType"] for one in found["entry"]]
        assert found["type"] == "collection"
        assert kinds.count("CarePlan") >= 2, "the course, and the coherent plan"

    @pytest.mark.parametrize(
        ("address", "status"),
        [
            ("hjartsvikt/$apply", 400),
            ("hjartsvikt/$apply?subject=Observation/x", 400),
            ("hjartsvikt/$apply?subject=Patient/nobody", 404),
            ("nothing/$apply?subject=Patient/anna", 404),
            ("hjartsvikt/$apply?subject=Patient/anna&form=pdf", 400),
        ],
    )
    def test_what_cannot_be_applied_is_told(self, clinic: Clinic, address: str, status: int) -> None:
        client = clinic.client()
        put(client, anna())
        refusal(client.ask("GET", f"PlanDefinition/{address}"), status)

    def test_it_is_for_staff_and_logged(self, clinic: Clinic) -> None:
        client = clinic.client()
        put(client, anna())
        address = "PlanDefinition/hjartsvikt/$apply?subject=Patient/anna"
        refusal(client.as_(patient("anna")).ask("GET", address), 403)
        assert client.as_(STAFF).get(address)
        assert client.audited(action="apply", patient="anna", actor=STAFF.id, outcome="done")


class TestTime:
    def test_what_time_alone_changes_is_swept(self, clinic: Clinic) -> None:
        client = clinic.client()
        put(client, anna())
        client.ask("PUT", "CarePlan/stay", today())
        assert states(clinic)["ekg"] == "due"
        clinic.wait(60 * DAY)
        assert states(clinic)["ekg"] == "unseen", "no feed has been declared that would show it"
        followed = rows(clinic.database)
        clinic.wait(0)
        assert rows(clinic.database) == followed, "a second sweep at the same time does nothing"

    def test_it_is_told_how_late_the_sweep_is(self, clinic: Clinic) -> None:
        client = clinic.client()
        put(client, anna())
        put(client, today())
        told_of = places(clinic.database, now=lambda: clinic.now)
        waiting, late = (told_of[name][1] for name in ("patients_waiting", "patients_late_seconds"))
        assert (waiting(), late()) == (0, 0)
        clinic.now += 60 * DAY
        assert waiting() == 1
        assert 0 < (late() or 0) <= 60 * 86_400
        clinic.wait(0)
        assert (waiting(), late()) == (0, 0)

    def test_an_exit_ends_the_course_and_what_was_to_be_seen_to(self, clinic: Clinic) -> None:
        client = clinic.client()
        put(client, anna())
        put(client, stay())
        assert worklist(client)
        ended = stay(status="completed", period={"start": "2026-02-20", "end": "2026-03-01"})
        put(client, ended)
        assert worklist(client) == []

    def test_of_the_dead_nothing_is_to_be_seen_to(self, clinic: Clinic) -> None:
        client = clinic.client()
        put(client, anna())
        put(client, stay())
        put(client, anna(deceasedDateTime="2026-03-01"))
        assert worklist(client) == []

    def test_what_the_patient_declines_is_no_work(self, clinic: Clinic) -> None:
        client = clinic.client()
        put(client, anna())
        put(client, stay())
        declined = {
            "resourceType": "Task", "id": "nej", "status": "completed", "intent": "order",
            "code": {"coding": [{"system": ACT_SYSTEM, "code": "decline"}]}, "authoredOn": "2026-03-01",
            "for": {"reference": "Patient/anna"}, "focus": {"reference": "CarePlan/stay"},
            "input": [{"type": {"coding": [{"system": INPUT_SYSTEM, "code": "step"}]}, "valueString": "*"}],
            "restriction": {"period": {"end": "2027-03-01"}},
        }  # fmt: skip
        told(client.ask("PUT", "Task/nej", declined), 201)
        assert worklist(client) == []
        client.ask("DELETE", "Task/nej")
        assert worklist(client), "taken back"


def act(code: str, *, said: dict[str, str] | None = None, **more: Any) -> Json:
    given = [
        {"type": {"coding": [{"system": INPUT_SYSTEM, "code": name}]}, "valueString": value}
        for name, value in (said or {}).items()
    ]
    return {
        "resourceType": "Task", "id": "act", "status": "completed", "intent": "order",
        "code": {"coding": [{"system": ACT_SYSTEM, "code": code}]}, "authoredOn": "2026-03-01",
        "for": {"reference": "Patient/anna"}, "instantiatesCanonical": canonical("hjartsvikt", None),
        **({"input": given} if given else {}), **more,
    }  # fmt: skip


class TestDoor:
    """What could not be followed is refused, with the place and what is known."""

    @pytest.mark.parametrize(
        ("sent", "place"),
        [
            (stay(instantiatesCanonical=[canonical("hjartsvik", None)]), "CarePlan.instantiatesCanonical"),
            (stay(period={"end": "2026-03-01"}), "CarePlan.period.start"),
            (stay(status="completed"), "CarePlan.period.end"),
            (stay(extension=[{"url": f"{EXTENSION}entry", "valueCode": "IN99"}]), "CarePlan.extension"),
            (act("forget"), "Task.code"),
            (act("deviation", said={"step": "ekg"}), "Task.statusReason"),
            (act("decision", said={"step": "ekg"}), "Task.output"),
            (act("attestation", said={"step": "ekg", "done": "2026-02-01"}), "Task.input"),
            (act("pause", said={"step": "ekgg"}), "Task.input"),
            (act("pause", instantiatesCanonical=canonical("x", None)), "Task.instantiatesCanonical"),
        ],
        ids=str,
    )
    def test_what_nobody_could_follow_is_refused(self, clinic: Clinic, sent: Json, place: str) -> None:
        client = clinic.client()
        put(client, anna())
        told_ = refusal(client.ask("PUT", f"{sent['resourceType']}/{sent['id']}", sent), 400)
        assert told_.startswith(f"{place}: ")

    def test_what_can_be_followed_is_taken(self, clinic: Clinic) -> None:
        client = clinic.client()
        put(client, anna())
        put(client, today())
        assert states(clinic)["ekg"] == "due"
        done = {"step": "ekg", "done": "2026-02-25", "where": "Sjukhuset"}
        put(client, act("attestation", said=done))
        assert states(clinic)["ekg"] == "attested"
        put(client, act("deviation", said={"step": "ekg"}, statusReason={"text": "Gjort nyligen."}))
        assert states(clinic)["ekg"] == "skipped"


FEEDS = """
- {kind: diagnoses, provider: journal, limit_days: 2, own_codes: true}
- {kind: laboratory, provider: lab, limit_days: 2, own_codes: true}
- {kind: measurements, provider: journal, limit_days: 2, own_codes: true}
- {kind: medications, provider: journal, limit_days: 2, own_codes: true}
- {kind: procedures, provider: journal, limit_days: 2, own_codes: true}
- {kind: contacts, provider: journal, limit_days: 2, own_codes: true}
- {kind: decisions, provider: journal}
"""


class TestFeeds:
    @pytest.fixture
    def fed(self, database: Database, tmp_path: Path) -> Clinic:
        (tmp_path / "feeds.yaml").write_text(FEEDS, "utf-8")
        return Clinic(database, replace(in_force(), feeds=sources_of(tmp_path / "feeds.yaml")))

    def late(self, fed: Clinic) -> set[str]:
        return {step for step, state in states(fed).items() if state == "overdue"}

    def test_S01_a_feed_that_is_silent_too_long_makes_nothing_late(self, fed: Clinic) -> None:
        client = fed.client()
        put(client, anna())
        client.ask("PUT", "CarePlan/stay", today())
        lab = client.as_(replace(client.actor, id="lab"))
        for _ in range(60):  # both are heard of every day, and nothing comes
            assert lab.ask("POST", "$heartbeat").status == client.ask("POST", "$heartbeat").status == 204
            fed.wait(DAY)
        late = self.late(fed)
        assert late, "connected and fresh, and it is not there"
        fed.wait(10 * DAY)  # both are silent
        assert self.late(fed) == set()
        told_ = client.get("$worklist")["entry"][-1]["resource"]
        assert told_["resourceType"] == "OperationOutcome"
        assert "feeds are silent" in told_["issue"][0]["diagnostics"].lower()
        assert lab.ask("POST", "$heartbeat").status == client.ask("POST", "$heartbeat").status == 204
        fed.wait(HOUR)  # on their return everybody is looked at, once
        assert self.late(fed) >= late
        assert sweep(SqlStore(fed.database), fed.by, now=fed.now, most=EVERYBODY) == 0, "and no storm"

    def test_who_feeds_nothing_has_no_heartbeat(self, fed: Clinic) -> None:
        assert refusal(fed.client().as_(STAFF).ask("POST", "$heartbeat"), 404)
