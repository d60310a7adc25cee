"""fhirclient, the SMART client for Python, does its work with the server; its models take all answers."""

from __future__ import annotations

from json import loads
from time import sleep
from typing import Any

import pytest
from fhirclient.client import FHIRClient
from fhirclient.models.bundle import Bundle, BundleEntry, BundleEntryRequest
from fhirclient.models.careplan import CarePlan
from fhirclient.models.codeableconcept import CodeableConcept
from fhirclient.models.coding import Coding
from fhirclient.models.condition import Condition
from fhirclient.models.fhirreference import FHIRReference
from fhirclient.models.humanname import HumanName
from fhirclient.models.observation import Observation
from fhirclient.models.operationoutcome import OperationOutcome
from fhirclient.models.patient import Patient
from fhirclient.models.quantity import Quantity
from fhirclient.server import FHIRNotFoundException

from made.processes import FROM_OUTSIDE

pytestmark = FROM_OUTSIDE


def test_fhirclient_goes_through_the_scenario(base: str) -> None:
    smart = FHIRClient(settings={"app_id": "test", "api_base": base})
    assert smart.prepare(), "it has read the CapabilityStatement, and needs no sign-in"
    says = smart.server.capabilityStatement.rest[0]
    assert {"Patient", "Observation"} <= {one.type for one in says.resource}
    patient = created(smart.server)
    searched_and_paged(smart.server, patient)
    patched(smart.server, patient)
    refused(smart.server)
    transaction(smart.server, patient)
    history(smart.server, patient)
    everything(smart.server, patient)
    applied(smart.server, patient)
    exported(smart.server)
    deleted(smart.server)
    smart.server.session.close()


def created(server: Any) -> Patient:
    patient = Patient({"gender": "male"})
    patient.name = [HumanName({"family": "Testsson", "given": ["Björn"]})]
    told = Patient(patient.create(server))
    assert (told.meta.versionId, told.name[0].family) == ("1", "Testsson")
    again = Patient.read(told.id, server)
    assert again.as_json() == told.as_json()
    return again


def searched_and_paged(server: Any, patient: Patient) -> None:
    for number in range(7):
        pulse = Observation({"status": "final", "code": {"text": "puls"}})
        pulse.code = CodeableConcept({"coding": [{"system": "http://loinc.org", "code": "8867-4"}]})
        pulse.subject = FHIRReference({"reference": f"Patient/{patient.id}"})
        pulse.valueQuantity = Quantity({"value": 60 + number, "unit": "/min"})
        pulse.create(server)
    found = Observation.where({"patient": patient.id, "code": "http://loinc.org|8867-4", "_count": "3"})
    assert [len(page.entry) for page in found.perform_iter(server)] == [3, 3, 1]
    every = list(found.perform_resources_iter(server))
    assert sorted(one.valueQuantity.value for one in every) == [*range(60, 67)]
    assert len({one.id for one in every}) == 7
    assert isinstance(every[0].code.coding[0], Coding)


def patched(server: Any, patient: Patient) -> None:
    """It has no patch of its own, so it updates; then the patch goes by its session."""
    patient.active = True
    assert patient.update(server)["meta"]["versionId"] == "2"
    reply = server.session.request(
        "PATCH",
        f"{server.base_uri}Patient/{patient.id}",
        json=[{"op": "replace", "path": "/active", "value": False}],
        headers={"content-type": "application/json-patch+json"},
    )
    assert Patient(reply.json()).active is False


def refused(server: Any) -> None:
    with pytest.raises(FHIRNotFoundException) as told:
        Patient.read("nobody", server)
    assert OperationOutcome(told.value.response.json()).issue[0].code == "not-found"


def transaction(server: Any, patient: Patient) -> None:
    """Both are kept, or none: the second entry is wrong the first time."""
    for clinical, status in (("nonsense", 400), (None, 200)):
        sent = Bundle({"type": "transaction"})
        sent.entry = [entry(patient, "första"), entry(patient, "andra")]
        body = sent.as_json()
        if clinical is not None:
            body["entry"][1]["resource"]["onsetString"] = 5
        reply = server.session.post(
            server.base_uri, json=body, headers={"content-type": "application/fhir+json"}
        )
        assert reply.status_code == status, reply.text
    assert [one.response.status for one in Bundle(reply.json()).entry] == ["201", "201"]
    found = Condition.where({"patient": patient.id}).perform_resources_iter(server)
    assert [one.code.text for one in found] == ["första", "andra"]


def entry(patient: Patient, text: str) -> BundleEntry:
    seen = Condition({"subject": {"reference": f"Patient/{patient.id}"}, "code": {"text": text}})
    made = BundleEntry({"resource": seen.as_json()})
    made.request = BundleEntryRequest({"method": "POST", "url": "Condition"})
    return made


def history(server: Any, patient: Patient) -> None:
    found = Bundle.read_from(f"Patient/{patient.id}/_history", server)
    assert [one.resource.meta.versionId for one in found.entry] == ["3", "2", "1"]
    assert Patient.read_from(f"Patient/{patient.id}/_history/1", server).active is None


def everything(server: Any, patient: Patient) -> None:
    types = []
    path: str | None = f"Patient/{patient.id}/$everything?_count=4"
    while path is not None:
        page = Bundle.read_from(path, server)
        types += [one.resource.resource_type for one in page.entry]
        following = [one.url for one in page.link if one.relation == "next"]
        path = following[0] if following else None
    assert types == ["Patient", *["Observation"] * 7, *["Condition"] * 2]


def applied(server: Any, patient: Patient) -> None:
    """Its models take the plan whole; sent back as active it is followed."""
    path = f"PlanDefinition/hjartsvikt/$apply?subject=Patient/{patient.id}"
    draft = CarePlan.read_from(path, server)
    assert (draft.status, draft.subject.reference) == ("draft", f"Patient/{patient.id}")
    assert draft.activity
    draft.status = "active"
    assert draft.update(server)["meta"]["versionId"] == "1"
    assert CarePlan.read_from(path, server).status == "active"


def exported(server: Any) -> None:
    begun = server.session.get(f"{server.base_uri}Patient/$export", headers={"prefer": "respond-async"})
    assert begun.status_code == 202
    for _ in range(300):
        told = server.session.get(begun.headers["content-location"])
        if told.status_code == 200:
            break
        sleep(0.1)
    lines = {one["type"]: server.session.get(one["url"]).text.splitlines() for one in told.json()["output"]}
    assert {name: len(found) for name, found in lines.items()} == {
        "CarePlan": 1, "Condition": 2, "Observation": 7, "Patient": 1,
    }  # fmt: skip
    assert all(Observation(loads(line)).valueQuantity.value >= 60 for line in lines["Observation"])


def deleted(server: Any) -> None:
    (first, *_) = Condition.where({}).perform_resources_iter(server)
    first.delete(server)
    assert len(list(Condition.where({}).perform_resources_iter(server))) == 1
