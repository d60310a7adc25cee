"""A person in a pathway over FHIR: enrolled, followed, told where they stand, and what is to be seen to."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from made.clinic import Clinic, Json, anna, put, state_of, states, stay, today, worklist
from made.derived import in_force, rows
from made.serving import STAFF, patient, refusal, told
from vardforlopp.adapters.record_files import sources_of
from vardforlopp.fhir.names import ACT_SYSTEM, EXTENSION, INPUT_SYSTEM, canonical
from vardforlopp.kernel.civil import DAY, HOUR
from vardforlopp.services.sweeping import EVERYBODY, sweep
from vardforlopp.store.database import Database
from vardforlopp.store.units import SqlStore


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

    @pytest.mark.parametrize("states", ["", "overdue,due,unseen,unknown", "unknown,unseen", "due", "overdue"])
    def test_it_is_told_in_pages_each_row_once(self, clinic: Clinic, states: str) -> None:
        client = clinic.client()
        for number in range(3):
            name = f"p{number}"
            client.ask("PUT", f"Patient/{name}", anna(id=name))
            client.ask(
                "PUT", f"CarePlan/s{number}", stay(id=f"s{number}", subject={"reference": f"Patient/{name}"})
            )
        whole = [task for task in worklist(client) if not states or state_of(task) in states.split(",")]
        seen, address = [], f"$worklist?_count=2{states and f'&state={states}'}"
        while address:
            page = client.get(address)
            seen += [one["resource"] for one in page.get("entry", ())]
            following_ = [one["url"] for one in page["link"] if one["relation"] == "next"]
            address = following_[0].partition("/fhir/")[2] if following_ else ""
        assert seen == whole
        assert len({task["id"] for task in seen}) == len(seen)
        assert len(seen) > 2 or states in ("due", "overdue")

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

    def test_of_the_dead_who_were_not_followed_nothing_is_told(self, clinic: Clinic) -> None:
        client = clinic.client()
        put(client, anna(deceasedDateTime="2026-03-01"))
        address = "PlanDefinition/hjartsvikt/$apply?subject=Patient/anna"
        assert "has died" in refusal(client.ask("GET", address), 400)
        put(client, stay())
        assert client.get(address)["resourceType"] == "CarePlan"

    def test_it_is_for_staff_and_logged(self, clinic: Clinic) -> None:
        client = clinic.client()
        put(client, anna())
        address = "PlanDefinition/hjartsvikt/$apply?subject=Patient/anna"
        refusal(client.as_(patient("anna")).ask("GET", address), 403)
        assert client.as_(STAFF).get(address)
        assert client.audited(action="apply", patient="anna", actor=STAFF.id, outcome="done")


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
