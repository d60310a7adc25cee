"""Whatever is wrong with a request: the right status, an OperationOutcome that says why, and nothing kept."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from made.http_calls import LARGEST, call
from made.serving import BASE, Client, told

FHIR = "application/fhir+json"
PERSON = b'{"resourceType":"Patient"}'
DEEP = b'{"resourceType":"Patient","extension":[' * 200 + b"]}" * 200
BROKEN = {
    "nothing": b"",
    "cut": b'{"resourceType":"Patient"',
    "a comma too much": b'{"resourceType":"Patient",}',
    "two": b'{"resourceType":"Patient"}{"resourceType":"Patient"}',
    "one a line": b'{"resourceType":"Patient"}\n{"resourceType":"Patient"}',
    "XML": b"<Patient/>",
    "not UTF-8": b'{"resourceType":"Patient","language":"\xff"}',
    "UTF-16": '{"resourceType":"Patient"}'.encode("utf-16"),
    "a key twice": b'{"resourceType":"Patient","gender":"male","gender":"female"}',
    "NaN": b'{"resourceType":"Observation","valueQuantity":{"value":NaN}}',
    "a number too large": b'{"resourceType":"Observation","valueQuantity":{"value":1e999}}',
    "half a character": b'{"resourceType":"Patient","language":"\\ud800"}',
    "a list": b"[]",
    "a text": b'"Patient"',
    "no type": b"{}",
    "a type that is an object": b'{"resourceType":{}}',
    "a type that is a list": b'{"resourceType":["Patient"]}',
    "no type of R4": b'{"resourceType":"Person2"}',
    "deep": DEEP,
    "as deep as can be": b"[" * (LARGEST - 10),
}


def kept(client: Client) -> int:
    """How many versions there are."""
    return len(client.get("_history").get("entry", ()))


@pytest.mark.parametrize(
    ("method", "address"), [("POST", "Patient"), ("PUT", "Patient/a"), ("PATCH", "Patient/a"), ("POST", "")]
)
def test_a_broken_body_is_refused_and_nothing_is_kept(client: Client, method: str, address: str) -> None:
    client.ask("PUT", "Patient/a", {"resourceType": "Patient", "id": "a"})
    for name, body in BROKEN.items():
        if (method, body) == ("PATCH", b"[]"):
            continue  # nothing to be changed, which is done
        kind = "application/json-patch+json" if method == "PATCH" else FHIR
        answer = call(client, method, address, body, content_type=kind)
        assert answer.status == 400, name
        assert answer.issue["diagnostics"].count(". "), "it says what is wrong and what to do"
    assert kept(client) == 1


@pytest.mark.parametrize(
    ("sent", "place"),
    [
        ({"birthDate": "1950-13-01"}, "Patient.birthDate"),
        ({"name": [{"given": [""]}]}, "Patient.name[0].given[0]"),
        ({"name": []}, "Patient.name"),
        ({"nonsense": 1}, "Patient"),
        ({"gender": "F"}, "Patient.gender"),
        ({"active": "true"}, "Patient.active"),
        ({"contained": [{"resourceType": "Observation"}]}, "Patient.contained[0].code"),
        ({"deceasedBoolean": True, "deceasedDateTime": "2020"}, "Patient"),
        ({"extension": [{"valueString": "x"}]}, "Patient.extension[0].url"),
        ({"generalPractitioner": [{"reference": 5}]}, "Patient.generalPractitioner[0].reference"),
    ],
)
def test_a_faulty_resource_is_refused_with_the_place_of_its_fault(
    client: Client, sent: dict[str, Any], place: str
) -> None:
    answer = call(
        client, "POST", "Patient", orjson.dumps({"resourceType": "Patient", **sent}), content_type=FHIR
    )
    assert answer.status == 400
    assert answer.issue["expression"] == [place]
    assert kept(client) == 0


@pytest.mark.parametrize(
    "said",
    [
        "anna", "Patient", "Patient/", "Patient/a b", "Patient/" + "a" * 65, "Person2/1", "/Patient/a",
        "#nobody", "a b:c", "http:// x", "Patient/a/_history/", "?identifier=1", "\u00e5:x",
    ],
)  # fmt: skip
def test_a_reference_that_nobody_could_follow_is_refused(client: Client, said: str) -> None:
    sent = {
        "resourceType": "Flag", "status": "active", "code": {"text": "x"}, "subject": {"reference": said},
        "contained": [{"resourceType": "Basic", "id": "part", "code": {"text": "x"}}],
    }  # fmt: skip
    answer = call(client, "POST", "Flag", orjson.dumps(sent), content_type=FHIR)
    assert (answer.status, answer.issue["expression"]) == (400, ["Flag.subject.reference"])
    assert kept(client) == 0


@pytest.mark.parametrize("said", ["Organization/a", f"{BASE}/Organization/a"])
def test_a_reference_to_a_type_that_it_may_not_lead_to_is_refused(client: Client, said: str) -> None:
    """However it is written, as far as it is ours."""
    value = {"resourceType": "Observation", "status": "final", "code": {"text": "x"}}
    sent = {**value, "subject": {"reference": said}}
    answer = call(client, "POST", "Observation", orjson.dumps(sent), content_type=FHIR)
    assert (answer.status, answer.issue["expression"]) == (400, ["Observation.subject.reference"])
    sent["subject"] = {"reference": said.replace("Organization", "Patient")}
    assert call(client, "POST", "Observation", orjson.dumps(sent), content_type=FHIR).status == 201


FOLLOWED = (
    "Patient/a", "Patient/a/_history/3", "#part", "#", "https://x.example/fhir/Patient/a", "urn:oid:1.2.3",
    "urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0", "Patient?identifier=x|1", "Patient/a#part",
)  # fmt: skip


def test_a_reference_that_somebody_could_follow_is_taken(client: Client) -> None:
    for said in FOLLOWED:
        client.create({
            "resourceType": "Flag", "status": "active", "code": {"text": "x"}, "subject": {"reference": said},
            "contained": [{"resourceType": "Basic", "id": "part", "code": {"text": "x"}}],
        })  # fmt: skip


class TestHttp:
    @pytest.mark.parametrize(
        "kind", ["text/plain", "application/xml", "application/fhir+xml", "multipart/form-data", ""]
    )
    def test_a_body_that_is_not_declared_to_be_json_is_415(self, client: Client, kind: str) -> None:
        answer = call(client, "POST", "Patient", PERSON, content_type=kind)
        assert (answer.status, answer.issue["code"], kept(client)) == (415, "not-supported", 0)

    @pytest.mark.parametrize(
        "address", ["", "Patient", "Patient/$validate", "Patient/a/$validate", "metadata"]
    )
    def test_where_nothing_is_patched_the_method_is_wrong_before_the_body_is(
        self, client: Client, address: str
    ) -> None:
        answer = call(client, "PATCH", address, PERSON, content_type=FHIR)
        assert answer.status == 405

    def test_a_search_by_post_is_a_form(self, client: Client) -> None:
        assert call(client, "POST", "Patient/_search", b"{}", content_type=FHIR).status == 415

    @pytest.mark.parametrize(
        "kind", [FHIR, f"{FHIR}; charset=utf-8", "application/json", "Application/FHIR+JSON"]
    )
    def test_a_body_of_json_is_taken(self, client: Client, kind: str) -> None:
        assert call(client, "POST", "Patient", PERSON, content_type=kind).status == 201

    @pytest.mark.parametrize("said", [{"accept": "application/fhir+xml"}, {"accept": "text/html"}])
    def test_what_is_not_written_here_is_406(self, client: Client, said: dict[str, str]) -> None:
        assert call(client, "GET", "Patient", **said).status == 406
        assert call(client, "GET", "Patient?_format=xml").status == 406

    @pytest.mark.parametrize(
        "body", [b" " * (LARGEST + 1), [b" " * LARGEST, b"  "]], ids=["declared", "in pieces"]
    )
    def test_a_gigantic_body_is_413(self, client: Client, body: Any) -> None:
        answer = call(client, "POST", "Patient", body, content_type=FHIR)
        assert (answer.status, answer.issue["code"]) == (413, "too-long")

    @pytest.mark.parametrize("http", ["1.1", "2"])
    def test_a_body_in_pieces_is_one_body(self, client: Client, http: str) -> None:
        """HTTP/2 need not announce it."""
        pieces = [PERSON[:9], PERSON[9:]]
        assert call(client, "POST", "Patient", pieces, http=http, content_type=FHIR).status == 201

    def test_no_body_is_none(self, client: Client) -> None:
        answer = call(client, "POST", "Patient", content_type=FHIR)
        assert (answer.status, answer.issue["code"]) == (400, "structure")

    def test_who_nobody_vouches_for_is_401(self, client: Client) -> None:
        answer = call(client, "GET", "Patient", authorization="")
        assert (answer.status, answer.headers["www-authenticate"]) == (401, "Bearer")
        assert {
            call(client, "GET", each, authorization="").status for each in ("metadata", "openapi.json")
        } == {200}

    @pytest.mark.parametrize(
        ("method", "address", "status"),
        [
            ("GET", "Nothing", 404), ("GET", "Patient/a/b", 404), ("GET", "../metadata", 404),
            ("GET", "Patient/a%2Fb", 400), ("GET", "Patient/a\nb", 404), ("GET", "Patient/a%0Ab", 400),
            ("GET", "Patient/%ff", 400), ("GET", "Patient?family=%ff", 400),
            ("GET", "Patient?" + "a=1&" * 300, 400), ("DELETE", "Patient", 405), ("TRACE", "Patient", 405),
            ("OPTIONS", "Patient/a", 405), ("PUT", "metadata", 405), ("GET", "", 405),
        ],
    )  # fmt: skip
    def test_an_address_or_method_that_is_not_there_is_told_so(
        self, client: Client, method: str, address: str, status: int
    ) -> None:
        answer = call(client, method, address)
        assert answer.status == status
        assert answer.issue["severity"] == "error"
        assert ("allow" in answer.headers) == (status == 405)

    @pytest.mark.parametrize("address", ["Patient", "Nothing", "Patient/a\nb", "metadata"])
    def test_every_answer_is_guarded(self, client: Client, address: str) -> None:
        headers = call(client, "GET", address).headers
        assert headers["cache-control"] == "no-store"
        assert headers["x-content-type-options"] == "nosniff"


class TestABundle:
    @pytest.mark.parametrize("kind", ["batch", "transaction"])
    def test_with_one_wrong_entry(self, client: Client, kind: str) -> None:
        """Of a transaction nothing is kept, of a batch the others; each says which entry."""
        right = {"resourceType": "Patient"}
        wrong = {"resourceType": "Patient", "gender": "F"}
        entries = [
            {"request": {"method": "POST", "url": "Patient"}, "resource": each}
            for each in (right, wrong, right)
        ]
        reply = client.ask("POST", "", {"resourceType": "Bundle", "type": kind, "entry": entries})
        if kind == "transaction":
            (issue,) = told(reply, 400)["issue"]
            assert issue["expression"] == ["Bundle.entry[1].resource.Patient.gender"]
            assert kept(client) == 0
        else:
            answers = told(reply, 200)["entry"]
            assert [one["response"]["status"] for one in answers] == ["201", "400", "201"]
            assert answers[1]["response"]["outcome"]["issue"][0]["expression"] == ["Patient.gender"]
            assert kept(client) == 2
