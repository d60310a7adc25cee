"""One resource at a time: created, read, changed, patched, deleted, and its history."""

from __future__ import annotations

from dataclasses import replace

import pytest

from made.serving import NOW, Client, refusal, told

PERSON = {"resourceType": "Patient", "name": [{"family": "Berg"}]}
TEN_CROWNS = (
    b'{"resourceType":"Observation","status":"final","code":{"text":"x"},"valueQuantity":{"value":1.00}}'
)


def test_what_is_created_is_read_with_its_version_and_time(client: Client) -> None:
    reply = client.ask("POST", "Patient", PERSON)
    assert reply.status == 201
    assert reply.headers["location"] == "http://server.example/fhir/Patient/new-1/_history/1"
    assert reply.headers["etag"] == 'W/"1"'
    assert client.get("Patient/new-1") == {
        **PERSON,
        "id": "new-1",
        "meta": {"versionId": "1", "lastUpdated": "2026-03-02T09:00:00Z"},
    }


def test_digits_come_back_as_they_were_written(client: Client) -> None:
    client.ask("POST", "Observation", TEN_CROWNS)
    assert b'"value":1.00' in client.ask("GET", "Observation/new-1").body


def test_the_client_gets_as_much_back_as_it_wants(client: Client) -> None:
    assert client.ask("POST", "Patient", PERSON, prefer="return=minimal").body == b""
    outcome = told(client.ask("POST", "Patient", PERSON, prefer="return=OperationOutcome"), 201)
    assert outcome["resourceType"] == "OperationOutcome"


def test_what_is_not_sound_is_refused_with_its_place(client: Client) -> None:
    wrong = {"resourceType": "Patient", "birthDate": "1950-13-01"}
    assert refusal(client.ask("POST", "Patient", wrong), 400).startswith("Patient.birthDate: ")
    assert client.audited(action="create")[0]["outcome"] == "invalid"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"5",
        b"null",
        b'{"resourceType":"Nobody"}',
        b'{"resourceType":5}',
        b'{"resourceType":[]}',
        b"\xff\xfe",
        b"{}{}",
    ],
    ids=[
        "empty",
        "cut",
        "list",
        "number",
        "null",
        "no such type",
        "type is a number",
        "type is a list",
        "not UTF-8",
        "two",
    ],
)
def test_what_is_no_resource_is_refused(client: Client, body: bytes) -> None:
    assert client.ask("POST", "Patient", body).status == 400


def test_a_resource_belongs_to_the_address_of_its_type(client: Client) -> None:
    assert "a Patient was sent" in refusal(client.ask("POST", "Observation", PERSON), 400).lower().replace(
        "a patient", "a Patient"
    )


def test_an_update_makes_the_next_version_and_the_first_of_an_id_that_the_client_chose(
    client: Client,
) -> None:
    assert client.ask("PUT", "Patient/anna", {**PERSON, "id": "anna"}).status == 201
    assert client.ask("PUT", "Patient/anna", {**PERSON, "id": "anna", "gender": "female"}).status == 200
    assert client.get("Patient/anna")["meta"]["versionId"] == "2"
    assert "gender" not in client.get("Patient/anna/_history/1")


def test_an_update_names_the_same_id_in_both_places(client: Client) -> None:
    assert refusal(client.ask("PUT", "Patient/anna", {**PERSON, "id": "erik"}), 400).startswith(
        "Patient.id: "
    )


def test_who_changes_an_old_version_is_told_of_the_newer(client: Client) -> None:
    id_ = client.create(PERSON)["id"]
    client.ask("PUT", f"Patient/{id_}", {**PERSON, "id": id_}, if_match='W/"1"')
    late = client.ask("PUT", f"Patient/{id_}", {**PERSON, "id": id_}, if_match='W/"1"')
    assert "it is at version 2" in refusal(late, 412)
    assert "it is at version 2" in refusal(client.ask("DELETE", f"Patient/{id_}", if_match='W/"1"'), 412)
    assert client.ask("PUT", f"Patient/{id_}", {**PERSON, "id": id_}, if_match="yesterday").status == 412


def test_what_is_deleted_is_gone_and_stays_in_its_history(client: Client) -> None:
    id_ = client.create(PERSON)["id"]
    assert client.ask("DELETE", f"Patient/{id_}").status == 204
    assert client.ask("DELETE", f"Patient/{id_}").status == 204
    assert client.ask("GET", f"Patient/{id_}").status == 410
    assert client.found("Patient?family=berg") == []
    past = client.get(f"Patient/{id_}/_history")["entry"]
    assert [entry["request"]["method"] for entry in past] == ["DELETE", "POST"]
    assert client.get(f"Patient/{id_}/_history/1")["name"] == PERSON["name"]
    assert client.ask("GET", f"Patient/{id_}/_history/2").status == 410


def test_what_was_deleted_can_be_written_again(client: Client) -> None:
    id_ = client.create(PERSON)["id"]
    client.ask("DELETE", f"Patient/{id_}")
    assert client.ask("PUT", f"Patient/{id_}", {**PERSON, "id": id_}).status == 201
    assert client.get(f"Patient/{id_}")["meta"]["versionId"] == "3"
    assert client.found("Patient?family=berg") == [f"Patient/{id_}"]


@pytest.mark.parametrize(
    "address", ["Patient/nobody", "Patient/nobody/_history", "Patient/nobody/_history/1"]
)
def test_what_never_was_is_not_found(client: Client, address: str) -> None:
    assert client.ask("GET", address).status == 404
    assert client.audited()[-1]["outcome"] == "not-found"


def test_a_version_is_later_than_the_one_before_it_whoever_asked_first(client: Client) -> None:
    """Who asked first may have waited: the order of the versions is that of their times."""
    waited = replace(client, clock=iter([NOW, NOW, NOW]))
    client.ask("PUT", "Patient/anna", {**PERSON, "id": "anna"})
    client.ask("PUT", "Patient/anna", {**PERSON, "id": "anna"})
    waited.ask("PUT", "Patient/anna", {**PERSON, "id": "anna"})
    waited.ask("DELETE", "Patient/anna")
    waited.ask("PUT", "Patient/anna", {**PERSON, "id": "anna"})
    past = client.get("Patient/anna/_history")["entry"]
    assert [entry["response"]["lastModified"][17:] for entry in past] == [
        "01.000003Z", "01.000002Z", "01.000001Z", "01Z", "00Z",
    ]  # fmt: skip
    assert client.get("Patient/anna")["meta"]["lastUpdated"] == past[0]["response"]["lastModified"]


def test_a_version_that_is_known_already_is_not_sent_again(client: Client) -> None:
    id_ = client.create(PERSON)["id"]
    known = client.ask("GET", f"Patient/{id_}", if_none_match='W/"1"')
    assert (known.status, known.body) == (304, b"")


def test_a_history_is_read_page_by_page_from_a_time_on(client: Client) -> None:
    for family in ("Berg", "Ek", "Lind"):
        client.ask("PUT", "Patient/anna", {**PERSON, "id": "anna", "name": [{"family": family}]})
    first = client.get("Patient/anna/_history?_count=2")
    assert [entry["resource"]["name"][0]["family"] for entry in first["entry"]] == ["Lind", "Ek"]
    following = first["link"][1]["url"].removeprefix("http://server.example/fhir/")
    assert [entry["resource"]["name"][0]["family"] for entry in client.get(following)["entry"]] == ["Berg"]
    late = client.get("Patient/_history?_since=2026-03-02T10:00:01%2B01:00")
    assert len(late["entry"]) == 2
    assert client.ask("GET", "Patient/_history?_since=yesterday").status == 400


class TestPatch:
    def test_changes_a_part_and_keeps_the_digits_of_the_rest(self, client: Client) -> None:
        client.ask("POST", "Observation", TEN_CROWNS)
        change = [{"op": "replace", "path": "/status", "value": "amended"}]
        assert client.ask("PATCH", "Observation/new-1", change).status == 200
        body = client.ask("GET", "Observation/new-1").body
        assert b'"value":1.00' in body
        assert b'"amended"' in body

    @pytest.mark.parametrize(
        ("change", "status"),
        [
            ([{"op": "test", "path": "/gender", "value": "male"}], 409),
            ([{"op": "replace", "path": "/nothing/there", "value": 1}], 400),
            ([{"op": "remove", "path": "/resourceType"}], 400),
            ([{"op": "replace", "path": "/id", "value": "erik"}], 400),
            ([{"op": "explode"}], 400),
            ({"op": "remove"}, 400),
            (b"[", 400),
            (b'[{"op":"add","path":"/x","value":NaN}]', 400),
            (b'[{"op":"add","path":"/x","value":1e99999999999999999999}]', 400),
            (b'[{"op":"add","path":"/x","value":1e999999}]', 400),
            (b'[{"op":"add","path":"/multipleBirthInteger","value":123456789012345678901234567890}]', 400),
            ([{"op": "copy", "from": "", "path": "/contained/-"}] * 40, 400),
            ([{"op": "test", "path": "", "value": 1}] * 1001, 400),
        ],
    )  # fmt: skip
    def test_that_cannot_be_done_changes_nothing(self, client: Client, change: object, status: int) -> None:
        id_ = client.create({**PERSON, "contained": [{"resourceType": "Basic", "code": {"text": "x"}}]})["id"]
        assert client.ask("PATCH", f"Patient/{id_}", change).status == status
        assert client.get(f"Patient/{id_}")["meta"]["versionId"] == "1"

    def test_of_an_old_version_is_told_of_the_newer_whatever_it_would_do(self, client: Client) -> None:
        id_ = client.create(PERSON)["id"]
        client.ask("PUT", f"Patient/{id_}", {**PERSON, "id": id_})
        for change in ([{"op": "test", "path": "/gender", "value": "x"}], [{"op": "explode"}], b"["):
            late = client.ask("PATCH", f"Patient/{id_}", change, if_match='W/"1"')
            assert "it is at version 2" in refusal(late, 412)

    def test_of_what_is_not_there(self, client: Client) -> None:
        assert client.ask("PATCH", "Patient/nobody", []).status == 404


class TestConditions:
    def test_our_own_address_in_a_condition_is_ours(self, client: Client) -> None:
        seen = {"resourceType": "Flag", "status": "active", "code": {"text": "x"}}
        pulse = {
            **seen,
            "resourceType": "Observation",
            "status": "final",
            "subject": {"reference": "Patient/a"},
        }
        condition = "subject=http://server.example/fhir/Patient/a"
        replies = [client.ask("POST", "Observation", pulse, if_none_exist=condition) for _ in range(2)]
        assert [reply.status for reply in replies] == [201, 200]

    def test_a_create_that_is_there_already_is_told_and_not_kept_twice(self, client: Client) -> None:
        known = {**PERSON, "identifier": [{"system": "urn:x", "value": "1"}]}
        first = client.ask("POST", "Patient", known, if_none_exist="identifier=urn:x|1")
        again = client.ask("POST", "Patient", known, if_none_exist="identifier=urn:x|1")
        assert (first.status, again.status) == (201, 200)
        assert client.found("Patient?identifier=urn:x|1") == ["Patient/new-1"]

    def test_an_update_of_what_meets_a_condition(self, client: Client) -> None:
        known = {**PERSON, "identifier": [{"system": "urn:x", "value": "1"}]}
        assert client.ask("PUT", "Patient?identifier=urn:x|1", known).status == 201
        assert client.ask("PUT", "Patient?identifier=urn:x|1", {**known, "gender": "male"}).status == 200
        assert client.get("Patient/new-1")["gender"] == "male"

    def test_a_condition_that_several_meet_changes_nothing(self, client: Client) -> None:
        client.create(PERSON)
        client.create(PERSON)
        assert client.ask("PUT", "Patient?family=berg", PERSON).status == 412
        assert client.ask("POST", "Patient", PERSON, if_none_exist="family=berg").status == 412

    @pytest.mark.parametrize("condition", ["", "nothing=1", "family", "_count=1"])
    def test_a_condition_must_be_understood_and_ask_for_something(
        self, client: Client, condition: str
    ) -> None:
        assert client.ask("POST", "Patient", PERSON, if_none_exist=condition).status in (400, 412)
        assert client.ask("GET", "Patient?_summary=count").status == 200
        assert client.get("Patient?_summary=count")["total"] == 0


@pytest.mark.parametrize(
    ("method", "address", "status"),
    [
        ("GET", "Nobody/1", 404),
        ("GET", "Patient/1/2", 404),
        ("GET", "Patient/_history/1/2", 404),
        ("DELETE", "Patient", 405),
        ("POST", "Patient/1", 405),
        ("GET", "Patient/a b", 400),
        ("GET", "Patient/" + "a" * 65, 400),
        ("GET", "Patient/1/_history/x", 404),
        ("GET", "_history/x", 404),
        ("GET", "Patient/_x", 400),
        ("GET", "Patient/_%00", 400),
        ("GET", "Patient/_history/_history", 404),
        ("GET", "Patient/_search/_history", 404),
        ("GET", "Patient/a_b/_history/1", 400),
        ("GET", "Patient/1/_history/²", 404),
        ("GET", "Patient/1/_history/99999999999", 404),
        ("GET", "Claim", 400),
    ],
)
def test_what_is_not_offered_is_refused(client: Client, method: str, address: str, status: int) -> None:
    refusal(client.ask(method, address), status)


def test_any_type_of_r4_is_kept_and_read(client: Client) -> None:
    flag = {
        "resourceType": "Flag",
        "status": "active",
        "code": {"text": "x"},
        "subject": {"reference": "Patient/anna"},
    }
    id_ = client.create(flag)["id"]
    assert client.get(f"Flag/{id_}")["code"] == {"text": "x"}


def test_a_character_that_stands_in_no_text_is_refused(client: Client) -> None:
    body = b'{"resourceType":"Patient","name":[{"family":"B\\u0000erg"}]}'
    assert "no text" in refusal(client.ask("POST", "Patient", body), 400)
    assert client.ask("POST", "Patient", body.replace(b"\\u0000", b"\\\\u0000")).status == 201
    assert client.ask("GET", "Patient?family=%00", prefer="handling=strict").status == 400
