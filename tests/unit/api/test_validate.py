"""`$validate`: what would be said of a resource, told and kept nowhere but in the log of acts."""

from __future__ import annotations

from typing import Any

import pytest

from made.serving import Client, patient, refusal, told

PERSON = {"resourceType": "Patient", "name": [{"family": "Berg"}]}
WRONG = {"resourceType": "Patient", "birthDate": "1950-13-01", "nmae": []}


def parameters(resource: object = None, **said: str) -> dict[str, Any]:
    listed: list[dict[str, Any]] = [{"name": name, "valueCode": value} for name, value in said.items()]
    if resource is not None:
        listed.append({"name": "resource", "resource": resource})
    return {"resourceType": "Parameters", "parameter": listed}


def issues(client: Client, address: str, body: object) -> list[tuple[str, str]]:
    """The severity and place of each issue of an answer that could be given."""
    outcome = told(client.ask("POST", address, body), 200)
    assert outcome["resourceType"] == "OperationOutcome"
    return [(each["severity"], each.get("expression", ["-"])[0]) for each in outcome["issue"]]


@pytest.mark.parametrize("send", [lambda one: one, parameters], ids=["by itself", "as a parameter"])
def test_a_sound_resource_is_told_so_and_not_kept(client: Client, send: Any) -> None:
    assert issues(client, "Patient/$validate", send(PERSON)) == [("information", "-")]
    assert client.found("Patient") == []


@pytest.mark.parametrize("send", [lambda one: one, parameters], ids=["by itself", "as a parameter"])
def test_every_fault_is_told_with_its_place_and_what_to_do(client: Client, send: Any) -> None:
    assert issues(client, "Patient/$validate", send(WRONG)) == [
        ("error", "Patient"), ("error", "Patient.birthDate"),
    ]  # fmt: skip
    outcome = told(client.ask("POST", "Patient/$validate", send(WRONG)), 200)
    assert all(each["diagnostics"].count(". ") >= 1 for each in outcome["issue"])


@pytest.mark.parametrize(
    "body", [b"{", b"[]", b"\xff", b"null", b"{}", b'{"a":1,"a":2}', {"resourceType": "Nobody"}]
)
def test_what_is_no_resource_is_told_so(client: Client, body: object) -> None:
    assert {severity for severity, _ in issues(client, "Patient/$validate", body)} == {"error"}


def test_a_resource_of_another_type_is_told_so(client: Client) -> None:
    assert issues(client, "Observation/$validate", PERSON) == [("error", "resourceType")]


def test_parameters_can_be_validated_too(client: Client) -> None:
    assert issues(client, "Parameters/$validate", parameters(mode="x")) == [("information", "-")]
    assert issues(client, "Parameters/$validate", parameters(parameters())) == [
        ("error", "Parameters.parameter")
    ]


class TestMode:
    def test_update_asks_for_the_id_of_the_address(self, client: Client) -> None:
        assert issues(client, "Patient/anna/$validate", {**PERSON, "id": "anna"}) == [("information", "-")]
        assert issues(client, "Patient/anna/$validate", PERSON) == [("error", "Patient.id")]
        assert issues(client, "Patient/anna/$validate", {**PERSON, "id": "eva"}) == [("error", "Patient.id")]
        assert issues(client, "Patient/$validate", parameters(PERSON, mode="update")) == [
            ("error", "Patient.id")
        ]

    def test_create_asks_for_none(self, client: Client) -> None:
        assert issues(client, "Patient/$validate", parameters(PERSON, mode="create")) == [
            ("information", "-")
        ]
        assert issues(client, "Patient/$validate?mode=create", PERSON) == [("information", "-")]

    def test_delete_needs_no_resource(self, client: Client) -> None:
        assert issues(client, "Patient/anna/$validate", parameters(mode="delete")) == [("information", "-")]

    def test_without_a_resource_the_kept_one_is_looked_at(self, client: Client) -> None:
        id_ = client.create(PERSON)["id"]
        assert client.get(f"Patient/{id_}/$validate")["issue"][0]["severity"] == "information"
        assert client.ask("GET", "Patient/nobody/$validate").status == 404
        client.ask("DELETE", f"Patient/{id_}")
        assert client.ask("GET", f"Patient/{id_}/$validate").status == 404


@pytest.mark.parametrize(
    ("address", "body", "place"),
    [
        ("Patient/$validate", b"", "resource"),
        ("Patient/$validate", parameters(mode="create"), "resource"),
        ("Patient/$validate", {"resourceType": "Parameters"}, "resource"),
        ("Patient/$validate", {"resourceType": "Parameters", "parameter": {}}, "resource"),
        ("Patient/$validate", parameters() | {"parameter": [5, {"name": "resource"}]}, "resource"),
        ("Patient/$validate", parameters(PERSON, mode="destroy"), "mode"),
        ("Patient/$validate?mode=destroy", PERSON, "mode"),
        ("Patient/$validate", parameters(PERSON, profile="http://hl7.se/fhir/x"), "profile"),
        ("Patient/$validate?profile=http://hl7.org/fhir/StructureDefinition/Observation", PERSON, "profile"),
    ],
)  # fmt: skip
def test_what_cannot_be_looked_at_is_refused(client: Client, address: str, body: object, place: str) -> None:
    assert refusal(client.ask("POST", address, body), 400).startswith(f"{place}: ")
    assert client.audited(action="validate")[0]["outcome"] == "invalid"


def test_the_types_own_profile_is_known(client: Client) -> None:
    own = "http://hl7.org/fhir/StructureDefinition/Patient|4.0.1"
    assert issues(client, f"Patient/$validate?profile={own}", PERSON) == [("information", "-")]


def test_it_is_an_act_of_its_own(client: Client) -> None:
    id_ = client.create(PERSON)["id"]
    client.ask("POST", f"Patient/{id_}/$validate", {**PERSON, "id": id_})
    (line,) = client.audited(action="validate")
    assert (line["type"], line["id"], line["patient"], line["outcome"]) == ("Patient", id_, id_, "done")


def test_a_patient_who_writes_nothing_validates_nothing(client: Client) -> None:
    assert client.as_(patient("anna")).ask("POST", "Patient/$validate", PERSON).status == 403


def test_an_operation_stands_in_a_batch(client: Client) -> None:
    entry = {"request": {"method": "POST", "url": "Patient/$validate"}, "resource": PERSON}
    answer = told(client.ask("POST", "", {"resourceType": "Bundle", "type": "batch", "entry": [entry]}), 200)
    assert answer["entry"][0]["resource"]["resourceType"] == "OperationOutcome"


@pytest.mark.parametrize(
    "address", ["$nothing", "Patient/$nothing", "Patient/1/$nothing", "$validate", "Patient/1/$validate/1"]
)
def test_an_operation_that_is_not_there_is_not_found(client: Client, address: str) -> None:
    refusal(client.ask("POST", address, PERSON), 404)


def test_the_capability_statement_names_the_operations_of_each_type(client: Client) -> None:
    (rest,) = client.get("metadata")["rest"]
    of = {one["type"]: [each["name"] for each in one.get("operation", ())] for one in rest["resource"]}
    assert [type_ for type_, names in of.items() if "validate" not in names] == ["AuditEvent"]
