"""HL7 Sweden's identifiers at the door: what is refused, and what is only told. Invented persons only."""

from __future__ import annotations

from typing import Any

import pytest

from made.serving import Client, refusal, told

SE = "http://electronichealth.se/identifier"
PERSON, COORDINATION, RESERVE = (
    f"{SE}/personnummer",
    f"{SE}/samordningsnummer",
    f"{SE}/nationelltReservnummer",
)
HSA, HSA_OF_INERA, ORGANISATION = (
    "urn:oid:1.2.752.29.4.19",
    "urn:oid:1.2.752.129.2.1.4.1",
    "urn:oid:2.5.4.97",
)


def resource(type_: str, *identifiers: tuple[str, str | None]) -> dict[str, Any]:
    written = [
        {"system": system} | ({"value": value} if value is not None else {}) for system, value in identifiers
    ]
    return {"resourceType": type_, "identifier": written}


SOUND = [
    ("Patient", (PERSON, "196101182803")),
    ("Patient", (COORDINATION, "196109732393")),
    ("Patient", (RESERVE, "98240301AA06")),
    ("Patient", (PERSON, "196101182803"), (RESERVE, "98240301AA06"), ("urn:oid:1.2.752.97.3.1.3", "x")),
    ("Patient", ("http://example.org/mrn", "196101182804")),
    ("Practitioner", (HSA, "SE2321000016-1003")),
    ("Practitioner", (HSA, "SE2321000016-1003"), (HSA_OF_INERA, "SE2321000016-1003")),
    ("PractitionerRole", (HSA, "SE162321000016-1003")),
    ("Organization", (HSA, "SE2321000131-P000000123456"), (ORGANISATION, "2321000131")),
    ("Observation", (PERSON, "no type that is a person or a place")),
]


@pytest.mark.parametrize("sent", SOUND, ids=str)
def test_what_is_written_as_it_is_exchanged_is_taken(client: Client, sent: Any) -> None:
    found = resource(*sent)
    if found["resourceType"] == "Observation":
        found |= {"status": "final", "code": {"text": "x"}}
    client.create(found)


WRONG = [
    (("Patient", (PERSON, "196101182804")), 0, "the check digit does not fit"),
    (("Patient", (PERSON, "196113182803")), 0, "its date does not exist"),
    (("Patient", (PERSON, "196109732393")), 0, "it is a samordningsnummer"),
    (("Patient", (COORDINATION, "196101182803")), 0, "it is a personnummer"),
    (("Patient", (PERSON, "6101182803")), 0, "the century is missing"),
    (("Patient", (PERSON, "19610118-2803")), 0, "it is not written as it is exchanged"),
    (("Patient", (PERSON, "Anna")), 0, "it is not written as one"),
    (("Patient", ("urn:oid:1.2.752.129.2.1.3.1", "196101182804")), 0, "the check digit does not fit"),
    (("Patient", (RESERVE, "98241301AA06")), 0, "its date does not exist"),
    (("Patient", (RESERVE, "98240301aa06")), 0, "it is not written as it is exchanged"),
    (("Patient", ("urn:x", "1"), (PERSON, "196101182804")), 1, "the check digit does not fit"),
    (("Practitioner", (HSA, "2321000016-1003")), 0, "it is not written as one"),
    (("Practitioner", (PERSON, "196101182804")), 0, "the check digit does not fit"),
    (("PractitionerRole", (HSA_OF_INERA, "SE123-1")), 0, "it is not written as one"),
    (("Organization", (ORGANISATION, "2321000132")), 0, "the check digit does not fit"),
    (("Organization", (ORGANISATION, "232100-0131")), 0, "it is not written as it is exchanged"),
]


@pytest.mark.parametrize(("sent", "number", "what"), WRONG, ids=str)
def test_what_is_no_such_number_is_refused_without_being_repeated(
    client: Client, sent: Any, number: int, what: str
) -> None:
    reply = client.ask("POST", sent[0], resource(*sent))
    said = refusal(reply, 400)
    assert said.startswith(f"{sent[0]}.identifier[{number}].value: ")
    assert what in said
    assert sent[number + 1][1] not in reply.body.decode()
    assert client.found(sent[0]) == []


@pytest.mark.parametrize(
    ("type_", "first", "second"),
    [
        ("Patient", (PERSON, "196101182803"), (PERSON, "195009072553")),
        ("Practitioner", (HSA, "SE2321000016-1003"), (HSA, "SE2321000016-1004")),
        ("Organization", (ORGANISATION, "2321000131"), (ORGANISATION, "2321000131")),
    ],
)
def test_there_is_one_of_each_kind(client: Client, type_: str, first: Any, second: Any) -> None:
    said = refusal(client.ask("POST", type_, resource(type_, first, second)), 400)
    assert said.startswith(f"{type_}.identifier[1]: There is more than one ")


REMARKS = [
    (("Patient", ("urn:oid:1.2.752.129.2.1.3.1", "196101182803")), "Patient.identifier[0].system"),
    (("Patient", (PERSON, None)), "Patient.identifier[0].value"),
    (("Practitioner", (HSA_OF_INERA, "SE2321000016-1003")), "Practitioner.identifier[0].system"),
    (("Practitioner", (HSA, "se2321000016-1003")), "Practitioner.identifier[0].value"),
    (("Organization", (HSA, "SE2321000017-1003")), "Organization.identifier[0].value"),
]


class TestARemark:
    @pytest.mark.parametrize(("sent", "place"), REMARKS, ids=str)
    def test_is_told_to_who_asks_for_it_and_keeps_nothing_out(
        self, client: Client, sent: Any, place: str
    ) -> None:
        reply = client.ask("POST", sent[0], resource(*sent), prefer="return=OperationOutcome")
        assert [(one["severity"], one.get("expression")) for one in told(reply, 201)["issue"]] == [
            ("information", None), ("warning", [place]),
        ]  # fmt: skip
        reply = client.ask("POST", f"{sent[0]}/$validate", resource(*sent))
        assert [(one["severity"], one["expression"]) for one in told(reply, 200)["issue"]] == [
            ("warning", [place])
        ]

    @pytest.mark.parametrize("sent", SOUND[:-1], ids=str)
    def test_is_not_made_of_what_is_as_it_should_be(self, client: Client, sent: Any) -> None:
        issues = told(client.ask("POST", f"{sent[0]}/$validate", resource(*sent)), 200)["issue"]
        named = [one.get("expression") for one in issues if one["severity"] != "information"]
        assert named == (
            [["Practitioner.identifier[1].system"]] if len(sent) == 3 and sent[0] == "Practitioner" else []
        )


def test_a_wrong_number_is_an_error_of_validate(client: Client) -> None:
    (sent, _, _) = WRONG[0]
    (issue,) = told(client.ask("POST", "Patient/$validate", resource(*sent)), 200)["issue"]
    assert (issue["severity"], issue["expression"]) == ("error", ["Patient.identifier[0].value"])
