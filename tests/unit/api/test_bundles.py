"""Batch and transaction: what refers to what, what is kept, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson
import pytest

from made.serving import Client, refusal, told
from vardforlopp.api.watch import Unwatched

ANNA, OBSERVATION = (
    "urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0",
    "urn:uuid:2b7a5d4e-96a9-4cbb-8a3e-5f0f7c0b0a55",
)
PERSON = {"resourceType": "Patient", "name": [{"family": "Berg"}]}


def bundle(*entries: object, kind: str = "transaction") -> dict[str, Any]:
    return {"resourceType": "Bundle", "type": kind, "entry": list(entries)}


def entry(
    method: str, url: str, resource: object = None, full: str | None = None, **said: str
) -> dict[str, Any]:
    made: dict[str, Any] = {"request": {"method": method, "url": url, **said}}
    if resource is not None:
        made["resource"] = resource
    return made if full is None else {"fullUrl": full, **made}


def pulse(subject: str, **more: object) -> dict[str, Any]:
    code = {"coding": [{"system": "http://loinc.org", "code": "8867-4"}]}
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": code,
        "subject": {"reference": subject},
        **more,
    }


def test_a_transaction_keeps_all_and_tells_of_each_in_its_order(client: Client) -> None:
    sent = bundle(
        entry("GET", "Patient?family=berg"),
        entry("POST", "Observation", pulse(ANNA)),
        entry("POST", "Patient", PERSON, ANNA),
    )
    answer = told(client.ask("POST", "", sent), 200)
    assert answer["type"] == "transaction-response"
    assert [each["response"]["status"] for each in answer["entry"]] == ["200", "201", "201"]
    assert answer["entry"][0]["resource"]["entry"][0]["resource"]["id"] == "new-2"
    assert client.get("Observation/new-1")["subject"] == {"reference": "Patient/new-2"}


def test_what_refers_to_an_entry_leads_to_its_resource_wherever_it_stands(client: Client) -> None:
    """References and URIs do, escaped or not; an identifier that is written alike stays what it is."""
    person = {
        **PERSON,
        "identifier": [{"system": "urn:ietf:rfc:3986", "value": ANNA}],
        "link": [{"other": {"reference": ANNA}, "type": "seealso"}],
    }
    request = {
        "resourceType": "ServiceRequest", "status": "active", "intent": "order",
        "subject": {"reference": ANNA}, "instantiatesUri": [OBSERVATION],
    }  # fmt: skip
    sent = bundle(
        entry("POST", "Patient", person, ANNA),
        entry("POST", "Observation", pulse(ANNA), OBSERVATION),
        entry("POST", "ServiceRequest", request),
    )
    escaped = orjson.dumps(sent).replace(b'"reference":"urn:uuid:0c', rb'"reference":"urn:uuid:\u0030c')
    told(client.ask("POST", "", escaped), 200)
    kept = client.get("Patient/new-1")
    assert kept["identifier"][0]["value"] == ANNA
    assert kept["link"][0]["other"] == {"reference": "Patient/new-1"}
    assert client.get("ServiceRequest/new-3")["instantiatesUri"] == ["Observation/new-2"]


def test_a_relative_reference_is_read_from_where_its_entry_stood(client: Client) -> None:
    elsewhere = "https://journal.example/fhir"
    told(
        client.ask(
            "POST", "",
            bundle(
                entry("POST", "Patient", PERSON, f"{elsewhere}/Patient/7"),
                entry("POST", "Observation", pulse("Patient/7"), f"{elsewhere}/Observation/1"),
                entry("POST", "Observation", pulse("Patient/7"), "https://other.example/fhir/Observation/1"),
            ),
        ),
        200,
    )  # fmt: skip
    assert client.get("Observation/new-2")["subject"] == {"reference": "Patient/new-1"}
    assert client.get("Observation/new-3")["subject"] == {"reference": "Patient/7"}


def test_references_lead_to_what_a_condition_found(client: Client) -> None:
    known = {**PERSON, "identifier": [{"system": "urn:x", "value": "1"}]}
    other = {**PERSON, "identifier": [{"system": "urn:x", "value": "2"}]}
    client.create(known)
    for number in (2, 3):
        seen = {**pulse(ANNA), "id": f"o{number}", "performer": [{"reference": OBSERVATION}]}
        sent = bundle(
            entry("POST", "Patient", known, ANNA, ifNoneExist="identifier=urn:x|1"),
            entry("PUT", "Patient?identifier=urn:x|2", other, OBSERVATION),
            entry("PUT", f"Observation/o{number}", seen),
        )
        told(client.ask("POST", "", sent), 200)
        kept = client.get(f"Observation/o{number}")
        assert kept["subject"] == {"reference": "Patient/new-1"}
        assert client.get(kept["performer"][0]["reference"])["identifier"][0]["value"] == "2"
    assert len(client.found("Patient")) == 2


def test_a_conditional_reference_leads_to_the_one_that_meets_it(client: Client) -> None:
    client.create({**PERSON, "identifier": [{"value": "1"}]})
    told(client.ask("POST", "", bundle(entry("POST", "Observation", pulse("Patient?identifier=1")))), 200)
    assert client.get("Observation/new-2")["subject"] == {"reference": "Patient/new-1"}
    refused = client.ask("POST", "", bundle(entry("POST", "Observation", pulse("Patient?identifier=2"))))
    assert refusal(refused, 412).startswith("Bundle.entry[0].resource: ")


def test_an_update_on_a_condition_that_nothing_meets_is_found_under_its_own_id(client: Client) -> None:
    sent = bundle(
        entry("PUT", "Patient?family=ingen", {**PERSON, "id": "p9"}, ANNA),
        entry("POST", "Observation", pulse(ANNA)),
    )
    told(client.ask("POST", "", sent), 200)
    assert client.get(client.found("Observation")[0])["subject"] == {"reference": "Patient/p9"}


def test_a_question_mark_within_a_value_stays_there(client: Client) -> None:
    client.create({**PERSON, "identifier": [{"system": "http://x?y", "value": "1"}]})
    client.create(PERSON)
    sent = bundle(entry("GET", "Patient?identifier=http://x?y|1"), kind="batch")
    (found,) = told(client.ask("POST", "", sent), 200)["entry"]
    assert len(found["resource"]["entry"]) == 1


def test_of_what_is_unsound_nothing_is_tried(client: Client) -> None:
    wrong = {**pulse(ANNA), "status": "nonsense"}
    sent = bundle(entry("POST", "Patient", PERSON, ANNA), entry("POST", "Observation", wrong))
    assert refusal(client.ask("POST", "", sent), 400).startswith(
        "Bundle.entry[1].resource.Observation.status"
    )
    assert client.found("Patient") == []
    lines = [(line["action"], line["type"], line["outcome"]) for line in client.audited()][:1]
    assert lines == [("create", "Observation", "invalid")]


def test_in_a_batch_each_stands_for_itself(client: Client) -> None:
    sent = bundle(
        entry("POST", "Patient", PERSON),
        entry("GET", "Patient/nobody"),
        entry("DELETE", "Nothing/1"),
        kind="batch",
    )
    answer = told(client.ask("POST", "", sent), 200)
    assert [each["response"]["status"] for each in answer["entry"]] == ["201", "404", "404"]
    assert answer["entry"][1]["response"]["outcome"]["resourceType"] == "OperationOutcome"
    assert len(client.found("Patient")) == 1


def test_a_fault_of_ours_in_one_of_a_batch_leaves_the_answers_of_the_others(client: Client) -> None:
    def broken() -> str:
        raise RuntimeError("no more ids")

    faults: list[BaseException] = []

    class Seen(Unwatched):
        def failed(self, error: BaseException) -> str:
            faults.append(error)
            return "f1"

    server = replace(client.server, new_id=broken, watch=Seen())
    sent = bundle(
        entry("PUT", "Patient/a", {**PERSON, "id": "a"}),
        entry("POST", "Patient", PERSON),
        entry("GET", "Patient/a"),
        kind="batch",
    )
    answer = told(replace(client, server=server).ask("POST", "", sent), 200)
    assert [each["response"]["status"] for each in answer["entry"]] == ["201", "500", "200"]
    assert "f1" in answer["entry"][1]["response"]["outcome"]["issue"][0]["diagnostics"]
    assert len(faults) == 1
    lines = [(line["action"], line["type"], line["outcome"]) for line in client.audited()]
    assert lines == [
        ("update", "Patient", "done"), ("request", "Patient", "failed"), ("read", "Patient", "done"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "entries",
    [
        (entry("PUT", "Patient/a", {**PERSON, "id": "a"}), entry("DELETE", "Patient/a")),
        (entry("PUT", "Patient?family=a", PERSON),) * 2,
        (entry("POST", "Patient", PERSON, ifNoneExist="family=a"),) * 2,
        (entry("POST", "Patient", PERSON, ANNA), entry("POST", "Observation", pulse("Patient/a"), ANNA)),
    ],
    ids=["one resource", "one condition", "one condition of creates", "one address"],
)
def test_two_entries_that_write_the_same_are_refused(client: Client, entries: tuple[object, ...]) -> None:
    assert "Two entries" in refusal(client.ask("POST", "", bundle(*entries)), 400)


@pytest.mark.parametrize(
    "body",
    [
        b"", b"5", b"{}", b"null", b"[]",
        {"resourceType": "Bundle"}, {"resourceType": "Bundle", "type": "collection"},
        bundle() | {"entry": {}}, bundle() | {"entry": 5},
        bundle({}), bundle(5), bundle(None), bundle([]), bundle({"request": {}}), bundle({"request": 5}),
        bundle({"request": {"method": "GET"}}), bundle({"request": {"method": "STEAL", "url": "Patient"}}),
        bundle({"request": {"method": "GET", "url": 5}}),
        bundle({"request": {"method": [], "url": "Patient"}}),
        bundle(entry("POST", "Patient", PERSON) | {"fullUrl": {}}),
        bundle(entry("POST", "Patient", PERSON, ifNoneExist=5)),
        bundle(entry("POST", "Patient")), bundle(entry("PUT", "Patient/a")),
        bundle(entry("POST", "Patient", 5)), bundle(entry("POST", "Patient", [])),
    ],
)  # fmt: skip
def test_what_is_no_bundle_of_interactions_is_refused(client: Client, body: object) -> None:
    refusal(client.ask("POST", "", body), 400)
    assert [line["outcome"] for line in client.audited()] == ["invalid"]
