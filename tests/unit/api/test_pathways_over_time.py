"""What time, exits, moves and clocks do to where a person stands."""

from __future__ import annotations

from typing import Any

import pytest

from made.clinic import Clinic, Json, anna, ecg, facts, put, states, stay, today, worklist
from made.derived import anew, rows
from made.serving import told
from vardforlopp.fhir.names import ACT_SYSTEM, INPUT_SYSTEM, canonical
from vardforlopp.kernel.civil import DAY, HOUR
from vardforlopp.services import assessing
from vardforlopp.services.ports import MovedOn
from vardforlopp.services.projected import RecordRow
from vardforlopp.store.standing import places
from vardforlopp.store.units import SqlStore, SqlUnit


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

    def test_what_a_fast_clock_took_back_is_not_seen_again_by_a_slow_one(self, clinic: Clinic) -> None:
        client = clinic.client()
        put(client, anna())
        put(client, today())
        put(client, ecg())
        assert states(clinic)["ekg"] == "done"
        clinic.now += HOUR  # of the machine that writes
        told(client.ask("DELETE", "Procedure/ecg"), 204)
        assert states(clinic)["ekg"] == "due"
        clinic.now -= HOUR  # of the one that looks
        for again in (SqlUnit.wake, SqlUnit.drop_derived):
            with SqlStore(clinic.database).writing() as unit:
                again(unit)
            clinic.wait(0)
            assert states(clinic)["ekg"] == "due"

    def test_an_exit_ends_the_course_and_what_was_to_be_seen_to(self, clinic: Clinic) -> None:
        client = clinic.client()
        put(client, anna())
        put(client, stay())
        assert worklist(client)
        ended = stay(status="completed", period={"start": "2026-02-20", "end": "2026-03-01"})
        put(client, ended)
        assert worklist(client) == []

    def test_a_stay_may_turn_out_to_be_in_another_pathway(self, clinic: Clinic) -> None:
        client = clinic.client()
        put(client, anna())
        for name in ("kol", "hjartsvikt", "kol"):
            put(client, stay(instantiatesCanonical=[canonical(name, "1.0.0")]))
            with SqlStore(clinic.database).reading() as view:
                assert [row.pathway for row in view.courses("anna")] == [name]

    def test_what_was_moved_to_another_tells_nothing_of_its_first(self, clinic: Clinic) -> None:
        client = clinic.client()
        visit = {
            "resourceType": "Encounter", "id": "visit", "status": "finished",
            "class": {"code": "AMB"}, "subject": {"reference": "Patient/anna"},
            "period": {"start": "2026-02-01", "end": "2026-02-01"},
            "diagnosis": [{"condition": {"reference": "Condition/failure"}}],
        }  # fmt: skip
        failure = {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-se", "code": "I50.9"}]}
        for who in ("anna", "bo"):
            put(client, anna(id=who))
            whose = {"subject": {"reference": f"Patient/{who}"}, "recordedDate": "2026-01-31"}
            put(client, {"resourceType": "Condition", "id": "failure", "code": failure, **whose})
        put(client, visit)
        for _ in range(2):
            assert {row["patient"] for row in facts(clinic) if row["known_to"] is None} == {"bo"}
            anew(clinic.database, now=clinic.now, by=clinic.by)

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


@pytest.mark.parametrize(
    "said",
    [
        {"link": [{"other": {"reference": "Patient/anna"}, "type": "replaces"}]},
        {
            "extension": [
                {"url": "https://region.example/mor", "valueReference": {"reference": "Patient/anna"}}
            ]
        },
    ],
    ids=["a link", "an extension"],
)
def test_another_person_who_refers_to_this_one_is_no_part_of_the_record(clinic: Clinic, said: Json) -> None:
    client = clinic.client()
    put(client, anna())
    put(client, stay())
    before = worklist(client)
    put(client, anna(id="bo", **said))
    put(client, anna(gender="male"))  # now the record is read as a whole
    put(client, stay(created="2026-02-21"))
    for _ in range(2):
        assert [task["for"] for task in worklist(client)] == [task["for"] for task in before] != []
        anew(clinic.database, now=clinic.now, by=clinic.by)


class TestFaults:
    def test_a_pathway_in_which_the_program_fails_leaves_the_others(
        self, clinic: Clinic, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        client = clinic.client()
        put(client, anna())
        put(client, stay())
        before = worklist(client)
        looking = assessing.standing

        def failing(compiled: Any, *those: Any, **more: Any) -> Any:
            if compiled.pathway.id == "kol":
                raise ValueError
            return looking(compiled, *those, **more)

        monkeypatch.setattr(assessing, "standing", failing)
        put(client, anna(gender="male"))
        assert worklist(client) == before != []
        with SqlStore(clinic.database).reading() as view:
            row = view.known_of("anna")
        assert row is not None
        assert (row.fault or "").startswith("kol: ValueError")
        monkeypatch.undo()
        clinic.wait(2 * HOUR)
        with SqlStore(clinic.database).reading() as view:
            row = view.known_of("anna")
        assert row is not None
        assert row.fault is None

    def test_whom_the_store_does_not_take_keeps_nobody_from_being_seen(
        self, clinic: Clinic, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        client = clinic.client()
        for name in ("anna", "bo", "cia"):
            put(client, anna(id=name))
            put(client, stay(id=f"stay-{name}", subject={"reference": f"Patient/{name}"}))
        keeping = SqlUnit.keep_record

        def refusing(unit: SqlUnit, row: RecordRow) -> None:
            if row.patient == "anna" and row.packed:
                raise MovedOn
            keeping(unit, row)

        monkeypatch.setattr(SqlUnit, "keep_record", refusing)
        with SqlStore(clinic.database).writing() as unit:
            unit.drop_derived()
        clinic.wait(0)
        with SqlStore(clinic.database).reading() as view:
            rows = {name: view.known_of(name) for name in ("anna", "bo", "cia")}
        assert {name: row.fault for name, row in rows.items() if row is not None} == {
            "anna": "MovedOn", "bo": None, "cia": None,
        }  # fmt: skip
        assert {task["for"]["reference"] for task in worklist(client)} == {"Patient/bo", "Patient/cia"}


def test_what_a_transaction_reads_is_what_follows_from_it(clinic: Clinic) -> None:
    client = clinic.client()
    entries = [
        *({"request": {"method": "PUT", "url": f"{each['resourceType']}/{each['id']}"}, "resource": each}
          for each in (anna(), stay())),
        {"request": {"method": "GET", "url": "$worklist"}},
    ]  # fmt: skip
    answer = client.ask("POST", "", {"resourceType": "Bundle", "type": "transaction", "entry": entries})
    read = told(answer, 200)["entry"][-1]["resource"]
    assert [one["resource"]["id"] for one in read["entry"] if one["search"]["mode"] == "match"] == [
        task["id"] for task in worklist(client)
    ]


def test_the_name_of_a_unit_may_be_as_long_as_it_is(clinic: Clinic) -> None:
    client = clinic.client()
    name = "".join(chr(97 + number * 7919 % 26) for number in range(6_000))
    put(client, anna())
    put(client, stay(author={"display": name}))
    assert worklist(client, f"?unit={name[:300]}")
