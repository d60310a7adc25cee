"""What R4 says of a transaction: what goes first, what a condition means, what cannot be done together."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import orjson
import pytest

from made.serving import STAFF, Client, patient, refusal, told

ANNA = "urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0"
BERTIL = "urn:uuid:2b7a5d4e-96a9-4cbb-8a3e-5f0f7c0b0a55"
Json = dict[str, Any]


def person(number: str, **more: object) -> Json:
    return {"resourceType": "Patient", "identifier": [{"system": "urn:x", "value": number}], **more}


def pulse(subject: str, **more: object) -> Json:
    code = {"coding": [{"system": "http://loinc.org", "code": "8867-4"}]}
    about = {"subject": {"reference": subject}}
    return {"resourceType": "Observation", "status": "final", "code": code, **about, **more}


def entry(method: str, url: str, resource: object = None, full: str | None = None, **said: str) -> Json:
    made: Json = {"request": {"method": method, "url": url, **said}}
    if resource is not None:
        made["resource"] = resource
    return made if full is None else {"fullUrl": full, **made}


def together(client: Client, *entries: Json) -> Any:
    return client.ask("POST", "", {"resourceType": "Bundle", "type": "transaction", "entry": list(entries)})


def kept(client: Client, *entries: Json) -> list[str]:
    """The status of each entry of a transaction that is done."""
    return [each["response"]["status"] for each in told(together(client, *entries), 200)["entry"]]


@pytest.fixture
def client(client: Client) -> Client:
    client.ask("PUT", "Patient/old", person("1", id="old"))
    return client


class TestNames:
    def test_a_reference_to_an_entry_that_is_not_there_is_refused_with_all(self, client: Client) -> None:
        """It would be nobody's for ever: outside the transaction its name means nothing."""
        reply = together(
            client, entry("POST", "Patient", person("2"), ANNA), entry("POST", "Observation", pulse(BERTIL))
        )
        assert "entry[1].resource: A reference names an entry" in refusal(reply, 400)
        assert client.found("Observation") == []
        assert client.found("Patient") == ["Patient/old"]

    def test_so_is_one_that_a_patch_writes(self, client: Client) -> None:
        client.ask("PUT", "Observation/o", pulse("Patient/old", id="o"))
        change = [{"op": "replace", "path": "/subject", "value": {"reference": BERTIL}}]
        text = b64encode(orjson.dumps(change)).decode()
        binary = {"resourceType": "Binary", "contentType": "application/json-patch+json", "data": text}
        reply = together(client, entry("PATCH", "Observation/o", binary))
        assert "names an entry" in refusal(reply, 400)

    def test_a_bundle_within_has_names_of_its_own(self, client: Client) -> None:
        """A document refers to its parts by them, in whatever it is sent."""
        inner = [{"fullUrl": ANNA, "resource": person("2")}, {"resource": pulse(ANNA)}]
        bundle = {"resourceType": "Bundle", "type": "collection", "entry": inner}
        assert kept(client, entry("POST", "Bundle", bundle)) == ["201"]

    def test_a_name_that_is_no_reference_may_be_anybodys(self, client: Client) -> None:
        named = [{"system": "urn:ietf:rfc:3986", "value": BERTIL}]
        statuses = kept(
            client,
            entry("POST", "Observation", pulse("Patient/old", identifier=named), BERTIL),
            entry("POST", "Observation", pulse("Patient/old", identifier=[{"value": ANNA}])),
        )
        assert statuses == ["201", "201"]


class TestConditions:
    def test_an_update_does_not_mean_what_the_same_transaction_deletes(self, client: Client) -> None:
        statuses = kept(
            client,
            entry("POST", "Observation", pulse(ANNA)),
            entry("PUT", "Patient?identifier=urn:x|1", person("1"), ANNA),
            entry("DELETE", "Patient/old"),
        )
        assert statuses == ["201", "201", "204"]
        (found,) = client.found("Patient")
        assert found != "Patient/old"
        assert client.get(client.found("Observation")[0])["subject"] == {"reference": found}

    def test_a_create_is_done_when_what_met_it_is_deleted(self, client: Client) -> None:
        condition = "identifier=urn:x|1"
        statuses = kept(
            client,
            entry("POST", "Patient", person("1"), ANNA, ifNoneExist=condition),
            entry("POST", "Observation", pulse(ANNA)),
            entry("DELETE", "Patient/old"),
        )
        assert statuses == ["201", "201", "204"]
        assert (
            client.get(client.found("Observation")[0])["subject"]["reference"] == client.found("Patient")[0]
        )

    def test_of_several_that_meet_it_one_is_left(self, client: Client) -> None:
        client.ask("PUT", "Patient/double", person("1", id="double"))
        kept(
            client,
            entry("DELETE", "Patient/double"),
            entry("PUT", "Patient?identifier=urn:x|1", person("1", active=True)),
        )
        assert client.get("Patient/old")["active"] is True

    @pytest.mark.parametrize(
        "asked",
        [
            entry("PUT", "Patient?identifier=urn:x|2", person("2", active=True)),
            entry("POST", "Patient", person("2", active=True), ifNoneExist="identifier=urn:x|2"),
        ],
        ids=["update", "create"],
    )
    def test_nothing_else_is_created_that_meets_it(self, client: Client, asked: Json) -> None:
        """Else the answer would depend on which of them is done first."""
        refused = together(client, entry("POST", "Patient", person("2")), asked)
        assert "another entry creates" in refusal(refused, 400).lower()
        assert client.found("Patient") == ["Patient/old"]

    def test_an_update_holds_to_its_version(self, client: Client) -> None:
        asked = entry("PUT", "Patient?identifier=urn:x|1", person("1", active=True), ifMatch='W/"7"')
        assert "it is at version 1" in refusal(together(client, asked), 412)


class TestTheSameResource:
    @pytest.mark.parametrize("other", ["PUT", "PATCH", "DELETE"])
    def test_is_not_written_by_name_and_by_a_condition(self, client: Client, other: str) -> None:
        """A deleted one meets no condition, so there is no doubt: the update makes a new one."""
        body = {"PUT": person("1", id="old"), "PATCH": [{"op": "add", "path": "/active", "value": True}]}
        named = entry(other, "Patient/old", body.get(other))
        reply = together(client, named, entry("PUT", "Patient?identifier=urn:x|1", person("1")))
        if other == "DELETE":
            told(reply, 200)
            return
        assert "Two entries" in refusal(reply, 400)
        assert client.get("Patient/old")["meta"]["versionId"] == "1"

    def test_is_not_written_by_two_conditions(self, client: Client) -> None:
        client.ask("PUT", "Patient/old", person("1", id="old", active=True))
        refused = together(
            client,
            entry("PUT", "Patient?identifier=urn:x|1", person("1")),
            entry("PUT", "Patient?active=true", person("1")),
        )
        assert "Two entries" in refusal(refused, 400)

    def test_is_not_created_twice_under_its_own_id(self, client: Client) -> None:
        refused = together(
            client,
            entry("PUT", "Patient?identifier=urn:x|8", person("8", id="p")),
            entry("PUT", "Patient/p", person("9", id="p")),
        )
        assert "Two entries" in refusal(refused, 400)


class TestConditionalReferences:
    @pytest.mark.parametrize("method", ["POST", "PUT"])
    def test_lead_to_what_the_same_transaction_writes(self, client: Client, method: str) -> None:
        number = person("5") if method == "POST" else person("5", id="five")
        url = "Patient" if method == "POST" else "Patient/five"
        kept(
            client,
            entry("POST", "Observation", pulse("Patient?identifier=urn:x|5")),
            entry(method, url, number),
        )
        (found,) = client.found("Patient?identifier=urn:x|5")
        assert client.get(client.found("Observation")[0])["subject"] == {"reference": found}

    def test_do_not_lead_to_what_it_deletes(self, client: Client) -> None:
        asked = pulse("Patient?identifier=urn:x|1")
        refused = together(client, entry("POST", "Observation", asked), entry("DELETE", "Patient/old"))
        assert "leads to none" in refusal(refused, 412)
        assert client.get("Patient/old")["meta"]["versionId"] == "1"

    def test_lead_to_one_alone_when_all_is_written(self, client: Client) -> None:
        """An entry that refers by a condition may itself meet another's: nobody can say which is meant."""
        first = pulse("Patient/old", hasMember=[{"reference": "Observation?code=8867-4"}])
        client.create(pulse("Patient/old"))
        refused = together(client, entry("POST", "Observation", first))
        assert "more than one" in refusal(refused, 412).lower()
        assert len(client.found("Observation")) == 1

    def test_stand_in_the_log_of_acts_with_whom_they_found(self, client: Client) -> None:
        asked = entry("POST", "Observation", pulse("Patient?identifier=urn:x|1"))
        kept(client.as_(STAFF), asked, asked)
        (line,) = client.audited(actor=STAFF.id, action="search")
        assert (line["patient"], line["query"], line["shown"]) == ("old", "identifier", 1)

    def test_are_not_looked_for_by_who_may_not_write(self, client: Client) -> None:
        asked = entry("POST", "Observation", pulse("Patient?identifier=urn:x|1"))
        anna = patient("old")
        assert together(client.as_(anna), asked).status == 403
        assert [line["action"] for line in client.audited(actor=anna.id)] == ["create"]


def test_what_is_read_is_read_when_all_is_written(client: Client) -> None:
    answer = told(
        together(client, entry("GET", "Patient/old"), entry("PUT", "Patient/old", person("2", id="old"))), 200
    )
    assert answer["entry"][0]["resource"]["meta"]["versionId"] == "2"
    gone = together(client, entry("GET", "Patient/old"), entry("DELETE", "Patient/old"))
    assert refusal(gone, 410).startswith("Bundle.entry[0]: ")
    assert client.get("Patient/old")["meta"]["versionId"] == "2"


@pytest.mark.parametrize("kind", ["transaction", "batch"])
def test_a_patch_comes_in_a_binary_and_a_head_asks_for_no_body(client: Client, kind: str) -> None:
    change = b64encode(b'[{"op":"add","path":"/active","value":true}]').decode()
    binary = {"resourceType": "Binary", "contentType": "application/json-patch+json", "data": change}
    entries = [entry("HEAD", "Patient/old"), entry("PATCH", "Patient/old", binary)]
    answer = told(client.ask("POST", "", {"resourceType": "Bundle", "type": kind, "entry": entries}), 200)
    assert [each["response"]["status"] for each in answer["entry"]] == ["200", "200"]
    assert "resource" not in answer["entry"][0]
    assert client.get("Patient/old")["active"] is True
    for data in ("%", 5, None):
        wrong = entry("PATCH", "Patient/old", {**binary, "data": data})
        assert together(client, wrong).status == 400


def test_nothing_of_one_that_fails_is_kept_and_all_that_was_tried_is_told(client: Client) -> None:
    late = entry("PUT", "Patient/old", person("1", id="old"), ifMatch='W/"7"')
    refusal(together(client, entry("POST", "Patient", person("2")), late), 412)
    assert client.found("Patient") == ["Patient/old"]
    lines = [(line["action"], line["id"], line["outcome"]) for line in client.audited()][1:3]
    assert lines == [("create", "new-1", "undone"), ("update", "old", "conflict")]


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        (entry("GET", "Nobody/1"), "Bundle.entry[1]: "),
        (entry("DELETE", "Patient"), "Bundle.entry[1]: "),
        (entry("PUT", "Patient?nothing=1", person("1")), "Bundle.entry[1].request: "),
        (entry("PUT", "Patient/old", person("1", id="old"), ifMatch="x"), "Bundle.entry[1].request: "),
        (entry("POST", "Observation", pulse("Patient?nothing=1")), "Bundle.entry[1].resource: "),
        (entry("POST", "Patient", {"resourceType": "Patient", "gender": 1}), "Bundle.entry[1].resource."),
    ],
)
def test_what_is_wrong_is_told_by_its_place_before_anything_is_tried(
    client: Client, wrong: Json, where: str
) -> None:
    before = len(client.audited())
    reply = together(client, entry("POST", "Patient", person("2")), wrong)
    assert refusal(reply, reply.status).startswith(where)
    assert reply.status in (400, 404, 405, 412)
    assert [line["outcome"] for line in client.audited()[before:]] == ["invalid"]
