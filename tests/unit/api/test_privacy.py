"""A patient sees their own record and nothing of another's, however it is asked for; and all is logged."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Any

import pytest

from made.serving import STAFF, Client, patient, refusal
from vardforlopp.services.ports import MovedOn, Reading, Store, Unit

ANNA, ERIK = patient("anna"), patient("erik")


def about(*patients: str, code: str = "8867-4") -> dict[str, Any]:
    made: dict[str, Any] = {
        "resourceType": "Observation", "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": code}]},
        "subject": {"reference": f"Patient/{patients[0]}"},
    }  # fmt: skip
    if patients[1:]:
        made["performer"] = [{"reference": f"Patient/{one}"} for one in patients[1:]]
    return made


@pytest.fixture
def client(client: Client) -> Client:
    for name in ("anna", "erik"):
        person = {
            "resourceType": "Patient", "id": name, "name": [{"family": name}],
            "generalPractitioner": [{"reference": "Practitioner/eva"}],
        }  # fmt: skip
        client.ask("PUT", f"Patient/{name}", person)
        client.ask("PUT", f"Observation/of-{name}", {**about(name), "id": f"of-{name}"})
    client.ask("PUT", "Practitioner/eva", {"resourceType": "Practitioner", "id": "eva"})
    client.ask("PUT", "Observation/of-both", {**about("anna", "erik"), "id": "of-both"})
    flag = {
        "resourceType": "Flag",
        "id": "f",
        "status": "active",
        "code": {"text": "x"},
        "subject": {"reference": "Patient/erik"},
    }
    client.ask("PUT", "Flag/f", flag)  # fmt: skip
    client.ask("PUT", "Basic/b", {"resourceType": "Basic", "id": "b", "code": {"text": "x"}})
    return client


def test_staff_see_everybody(client: Client) -> None:
    assert len(client.as_(STAFF).found("Observation")) == 3


@pytest.mark.parametrize(
    "address", ["Patient/anna", "Observation/of-anna", "Practitioner/eva", "Patient/anna/_history"]
)
def test_a_patient_reads_what_is_theirs_and_what_is_about_nobody(client: Client, address: str) -> None:
    assert client.as_(ANNA).ask("GET", address).status == 200


@pytest.mark.parametrize(
    "address",
    [
        "Patient/erik", "Observation/of-erik", "Observation/of-both", "Flag/f", "Basic/b", "Patient/nobody",
        "Patient/erik/_history", "Patient/erik/_history/1", "Observation/_history", "_history",
    ],
)  # fmt: skip
def test_a_patient_reads_nothing_else_and_learns_not_whether_it_is_there(
    client: Client, address: str
) -> None:
    assert "only what is about them" in refusal(client.as_(ANNA).ask("GET", address), 403)
    assert client.audited(actor="Patient/anna")[-1]["outcome"] == "refused"


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("Observation", ["Observation/of-anna"]),
        ("Observation?code=8867-4", ["Observation/of-anna"]),
        ("Observation?patient=anna", ["Observation/of-anna"]),
        ("Patient", ["Patient/anna"]),
        ("Patient?family=erik", []),
        ("Observation?patient.family=erik", []),
        ("Practitioner?_has:Patient:general-practitioner:family=erik", []),
        ("Practitioner?_has:Patient:general-practitioner:family=anna", ["Practitioner/eva"]),
        ("Practitioner", ["Practitioner/eva"]),
        ("Practitioner?_revinclude=Patient:general-practitioner", ["Practitioner/eva", "Patient/anna"]),
        ("Observation?_include=Observation:performer", ["Observation/of-anna"]),
    ],
)
def test_a_search_finds_a_patient_their_own(client: Client, asked: str, found: list[str]) -> None:
    assert client.as_(ANNA).found(asked) == found


def test_a_count_counts_no_others(client: Client) -> None:
    assert client.as_(ANNA).get("Observation?_summary=count")["total"] == 1
    assert client.as_(ANNA).get("Observation?_total=accurate&_count=1")["total"] == 1


def test_a_search_in_anothers_record_is_refused(client: Client) -> None:
    assert client.as_(ANNA).ask("GET", "Observation?patient=erik").status == 403
    assert client.as_(ANNA).ask("GET", "Patient?_id=erik").status == 403


@pytest.mark.parametrize(
    ("method", "address", "body"),
    [
        ("POST", "Observation", about("anna")),
        ("PUT", "Observation/of-anna", {**about("anna"), "id": "of-anna"}),
        ("PATCH", "Observation/of-anna", [{"op": "test", "path": "/status", "value": "final"}]),
        ("PATCH", "Observation/of-erik", [{"op": "test", "path": "/status", "value": "final"}]),
        ("DELETE", "Observation/of-anna", None),
    ],
)
def test_a_patient_writes_nothing_here(client: Client, method: str, address: str, body: object) -> None:
    assert "does not write" in refusal(client.as_(ANNA).ask(method, address, body), 403)


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("code", ["8867-4", "777-3"])
def test_a_reference_by_a_condition_asks_nothing_of_others(client: Client, method: str, code: str) -> None:
    """Whether somebody else has such a value shows in no answer."""
    condition = f"Observation?patient=erik&code={code}"
    entry = {
        "request": {"method": method, "url": "Patient/anna" if method == "GET" else "Observation"},
        "resource": {**about("anna"), "derivedFrom": [{"reference": condition}]},
    }
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": [entry]}
    assert client.as_(ANNA).ask("POST", "", bundle).status == (200 if method == "GET" else 403)


def test_an_older_version_about_somebody_else_is_not_shown(client: Client) -> None:
    """What was written in the wrong record first, and then moved, tells the other nothing of the first."""
    client.ask("PUT", "Observation/of-erik", {**about("anna", code="777-3"), "id": "of-erik"})
    told = client.as_(ANNA).get("Observation/of-erik/_history")["entry"]
    assert [one["resource"]["code"]["coding"][0]["code"] for one in told] == ["777-3"]
    assert client.as_(ANNA).ask("GET", "Observation/of-erik/_history/1").status == 403
    assert client.as_(ERIK).ask("GET", "Observation/of-erik/_history/1").status == 403


@pytest.mark.parametrize("address", ["{}", "{}/_history", "{}/_history/1", "{}/_history/2"])
def test_of_what_is_mostly_about_nobody_one_that_names_another_is_as_if_it_were_not_there(
    client: Client, address: str
) -> None:
    """A patient reads organisations and places; of one that names somebody else not even that it is there."""
    extension = [{"url": "urn:x", "valueReference": {"reference": "Patient/erik"}}]
    client.ask("PUT", "Location/eriks", {"resourceType": "Location", "id": "eriks", "extension": extension})
    anna = client.as_(ANNA)
    told = [anna.ask("GET", address.format(f"Location/{name}")) for name in ("eriks", "never")]
    assert [reply.status for reply in told] == [404, 404]
    assert told[0].body.replace(b"eriks", b"never") == told[1].body
    assert [line["outcome"] for line in client.audited(actor=ANNA.id)] == ["refused", "not-found"]


def test_who_may_not_read_the_log_reaches_it_by_no_search(client: Client) -> None:
    """Nor does anybody else: it is no resource, and nothing leads to it or from it."""
    client.ask("PUT", "Patient/anna", {"resourceType": "Patient", "id": "anna"})
    provenance = {
        "resourceType": "Provenance", "recorded": "2026-03-02T10:00:00Z", "id": "p",
        "target": [{"reference": "AuditEvent/1"}], "agent": [{"who": {"display": "x"}}],
    }  # fmt: skip
    client.ask("PUT", "Provenance/p", provenance)
    for one in (client, client.as_(STAFF)):
        for address in (
            "Patient?_revinclude=AuditEvent:entity",
            "Patient?_has:AuditEvent:entity:altid=x",
            "Provenance?target:AuditEvent.altid=x",
            "Provenance?target.altid=x",
        ):
            assert one.ask("GET", address, prefer="handling=strict").status == 400, address
        asked = "_has:AuditEvent:entity:altid=x"
        assert one.ask("POST", "Patient", {"resourceType": "Patient"}, if_none_exist=asked).status == 400
        assert one.found("Provenance?_include=Provenance:target") == ["Provenance/p"]
        assert one.found("Provenance?target._id=1") == []


@dataclass
class Busy:
    """A store in which somebody else always comes first."""

    store: Store

    def reading(self, *, once: bool = False) -> AbstractContextManager[Reading]:
        return self.store.reading(once=once)

    def writing(self) -> AbstractContextManager[Unit]:
        raise MovedOn


class TestLogOfActs:
    def test_a_line_for_each_person_whose_data_were_shown(self, client: Client) -> None:
        client.as_(STAFF).get("Observation?code=8867-4")
        lines = client.audited(actor=STAFF.id)
        assert sorted((line["patient"], line["shown"], line["query"]) for line in lines) == [
            ("anna", 2, "code"), ("erik", 2, "code"),
        ]  # fmt: skip

    def test_names_who_where_what_and_how_it_went(self, client: Client) -> None:
        client.as_(STAFF).get("Observation/of-anna")
        line = client.audited(actor=STAFF.id)[-1]
        assert (line["actor"], line["role"], line["unit"]) == (STAFF.id, "staff", STAFF.unit)
        assert (line["action"], line["type"], line["id"], line["version"]) == (
            "read",
            "Observation",
            "of-anna",
            1,
        )
        assert (line["patient"], line["outcome"], line["rule"]) == ("anna", "done", "staff")

    def test_of_an_older_version_names_whom_it_was_about(self, client: Client) -> None:
        client.ask("PUT", "Observation/of-erik", {**about("anna"), "id": "of-erik"})
        client.as_(STAFF).get("Observation/of-erik/_history/1")
        assert client.audited(actor=STAFF.id)[-1]["patient"] == "erik"

    def test_keeps_no_value_of_what_was_searched_by(self, client: Client) -> None:
        client.as_(STAFF).get("Patient?family=anna&name:contains=nn")
        assert "anna" not in str(client.audited(actor=STAFF.id)[-1]["query"])

    def test_of_a_move_between_records_names_both(self, client: Client) -> None:
        client.as_(STAFF).ask("PUT", "Observation/of-erik", {**about("anna"), "id": "of-erik"})
        assert sorted(line["patient"] for line in client.audited(actor=STAFF.id)) == ["anna", "erik"]

    @pytest.mark.parametrize(
        "address",
        [
            "Patient?nothing=x",
            "Claim",
            "Patient?_page=x",
            "Patient/_history?_since=x",
            "Patient/anna/_history/x",
        ],
    )
    def test_has_a_line_of_what_could_not_be_asked(self, client: Client, address: str) -> None:
        assert client.as_(STAFF).ask("GET", address, prefer="handling=strict").status in (400, 404)
        (line,) = client.audited(actor=STAFF.id)
        assert line["outcome"] in ("invalid", "not-found")

    @pytest.mark.parametrize(
        ("method", "address", "type_", "id_"),
        [
            ("GET", "Nobody/1", "*", None),
            ("GET", "Anna%20Berg/1", "*", None),
            ("DELETE", "Patient", "Patient", None),
            ("GET", "Patient/anna berg", "Patient", None),
            ("POST", "Patient/anna", "Patient", "anna"),
        ],
    )
    @pytest.mark.parametrize("kind", ["alone", "batch"])
    def test_has_a_line_of_what_became_no_act_without_what_was_sent(
        self, client: Client, method: str, address: str, type_: str, id_: str | None, kind: str
    ) -> None:
        entry = {"request": {"method": method, "url": address}}
        sent = {"resourceType": "Bundle", "type": "batch", "entry": [entry]}
        client.as_(STAFF).ask(*((method, address) if kind == "alone" else ("POST", "", sent)))
        (line,) = client.audited(actor=STAFF.id)
        assert (line["action"], line["type"], line["id"], line["outcome"]) == (
            "request", type_, id_, "invalid",
        )  # fmt: skip

    def test_has_a_line_of_what_others_came_before_each_time(self, client: Client) -> None:
        busy = Client(replace(client.server, store=Busy(client.server.store)), STAFF)
        entry = {"request": {"method": "DELETE", "url": "Patient/anna"}}
        bundle = {"resourceType": "Bundle", "type": "transaction", "entry": [entry]}
        assert busy.ask("DELETE", "Patient/anna").status == 409
        assert busy.ask("POST", "", bundle).status == 409
        lines = client.audited(actor=STAFF.id)
        assert [(line["action"], line["type"], line["id"], line["outcome"]) for line in lines] == [
            ("request", "Patient", "anna", "conflict"), ("bundle", "Bundle", None, "conflict"),
        ]  # fmt: skip

    def test_is_not_written_from_outside(self, client: Client) -> None:
        event = {
            "resourceType": "AuditEvent", "type": {"code": "rest"}, "recorded": "2026-03-02T10:00:00Z",
            "agent": [{"requestor": True}], "source": {"observer": {"display": "x"}},
        }  # fmt: skip
        reply = client.ask("POST", "AuditEvent", event)
        assert (reply.status, reply.headers["allow"]) == (405, "GET")
        for method in ("PUT", "PATCH", "DELETE"):
            assert client.ask(method, "AuditEvent/1", event).status == 405
        assert [line["action"] for line in client.audited(type="AuditEvent")] == ["request"] * 4
        assert client.as_(STAFF).ask("GET", "AuditEvent").status == 403
