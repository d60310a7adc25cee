"""What names a patient whom we do not know is somebody's: never nobody's, and no patient's own."""

from __future__ import annotations

from typing import Any

import pytest

from made.serving import BASE, Client, patient

ELSEWHERE = [
    {"reference": "https://other.example/fhir/Patient/7"},
    {"reference": "https://other.example/fhir/Patient/7/_history/2"},
    {"reference": "Patient/anna#x"},
    {"reference": "Patient?identifier=urn:x|7"},
    {"reference": "urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0", "type": "Patient"},
    {"type": "Patient", "identifier": {"system": "urn:x", "value": "7"}},
]


def schedule(actor: Any, **more: Any) -> dict[str, Any]:
    """A Schedule, which is nobody's as a rule."""
    return {"resourceType": "Schedule", "actor": [actor], **more}


@pytest.mark.parametrize("reference", ELSEWHERE)
def test_a_patient_sees_nothing_that_names_somebody(client: Client, reference: dict[str, Any]) -> None:
    kept = client.create(schedule(reference))
    both = {"resourceType": "Observation", "status": "final", "code": {"text": "x"}}
    both |= {"subject": {"reference": "Patient/anna"}, "performer": [reference]}
    of_both = client.create(both)
    anna = client.as_(patient("anna"))
    assert anna.found("Schedule") == []
    assert anna.ask("GET", f"Schedule/{kept['id']}").status == 404
    assert anna.found("Observation") == []
    assert anna.ask("GET", f"Observation/{of_both['id']}").status == 403
    assert client.audited(action="create", type="Schedule", patient="?")
    assert {line["patient"] for line in client.audited(action="create", type="Observation")} == {"anna", "?"}


def test_one_that_is_contained_is_somebody(client: Client) -> None:
    contained = [{"resourceType": "Patient", "id": "p", "name": [{"family": "Berg"}]}]
    client.create(schedule({"reference": "#p"}, contained=contained))
    assert client.as_(patient("anna")).found("Schedule") == []


def test_what_names_no_patient_is_nobodys(client: Client) -> None:
    for number, text in enumerate(
        ("Practitioner/7", "https://other.example/fhir/Practitioner/7", "https://a.example/Patientia/7")
    ):
        client.create(schedule({"reference": text}, comment=str(number)))
    assert len(client.as_(patient("anna")).found("Schedule")) == 3


def test_our_own_address_names_whom_it_names(client: Client) -> None:
    resource = {"resourceType": "Observation", "status": "final", "code": {"text": "x"}}
    client.create(resource | {"subject": {"reference": f"{BASE}/Patient/anna", "type": "Patient"}})
    assert len(client.as_(patient("anna")).found("Observation")) == 1
