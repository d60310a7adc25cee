"""fhirpy, a client that we have not written, does its work with the server."""

from __future__ import annotations

import asyncio
from json import loads
from typing import Any

import aiohttp
import pytest
from fhirpy import AsyncFHIRClient
from fhirpy.base.exceptions import OperationOutcome, ResourceNotFound

from made.processes import FROM_OUTSIDE

pytestmark = FROM_OUTSIDE

PULSE = {"system": "http://loinc.org", "code": "8867-4"}


def test_fhirpy_goes_through_the_scenario(base: str) -> None:
    asyncio.run(scenario(AsyncFHIRClient(base, authorization="Bearer none")))


async def scenario(client: Any) -> None:
    patient = await created(client)
    await searched_and_paged(client, patient)
    await patched(client, patient)
    await refused(client)
    await transaction(client, patient)
    await history(client, patient)
    await everything(client, patient)
    await applied(client, patient)
    await exported(client)
    await deleted(client)


async def created(client: Any) -> Any:
    patient = client.resource("Patient", name=[{"family": "Testsson", "given": ["Åsa"]}], gender="female")
    await patient.save()
    assert patient.id
    assert patient["meta"]["versionId"] == "1"
    again = await client.reference("Patient", patient.id).to_resource()
    assert again.serialize() == patient.serialize()
    return patient


async def searched_and_paged(client: Any, patient: Any) -> None:
    for number in range(7):
        await client.resource(
            "Observation", status="final", code={"coding": [PULSE]}, subject=patient.to_reference(),
            effectiveDateTime=f"2026-03-0{number + 1}", valueQuantity={"value": 60 + number, "unit": "/min"},
        ).save()  # fmt: skip
    found = client.resources("Observation").search(patient=patient.id, code="http://loinc.org|8867-4")
    assert await found.count() == 7
    assert len(await found.limit(3).fetch()) == 3
    assert len(await found.limit(3).fetch_all()) == 7
    late = await found.search(date__ge="2026-03-05").sort("-date").fetch()
    assert [one["valueQuantity"]["value"] for one in late] == [66, 65, 64]
    with_person = await found.include("Observation", "subject").limit(1).fetch_raw()
    assert {entry["resource"]["resourceType"] for entry in with_person["entry"]} == {"Observation", "Patient"}


async def patched(client: Any, patient: Any) -> None:
    """fhirpy's own way is a merge patch, which R4 does not have: it is told so; a JSON Patch is done."""
    with pytest.raises(OperationOutcome) as told:
        await client.execute(f"Patient/{patient.id}", method="patch", data={"active": True})
    assert "RFC 6902" in str(told.value)
    operations = [{"op": "add", "path": "/active", "value": True}]
    found = await client.execute(f"Patient/{patient.id}", method="patch", data=operations)
    assert found["active"] is True
    assert found["meta"]["versionId"] == "2"


async def refused(client: Any) -> None:
    with pytest.raises(ResourceNotFound):
        await client.reference("Patient", "nobody").to_resource()
    with pytest.raises(OperationOutcome) as told:
        await client.resource("Patient", birthDate="1950-13-01").save()
    assert told.value.resource["issue"][0]["expression"] == ["Patient.birthDate"]


async def transaction(client: Any, patient: Any) -> None:
    urn = "urn:uuid:5a3c0c3e-6f6b-4b5e-9d0c-0b2a2ad2b7a1"
    visit = {
        "resourceType": "Encounter", "status": "finished", "subject": {"reference": f"Patient/{patient.id}"},
        "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"},
    }  # fmt: skip
    seen = {
        "resourceType": "Condition", "subject": {"reference": f"Patient/{patient.id}"},
        "encounter": {"reference": urn},
    }  # fmt: skip
    answer = await client.execute(
        "", method="post",
        data={
            "resourceType": "Bundle", "type": "transaction",
            "entry": [
                {"request": {"method": "POST", "url": "Condition"}, "resource": seen},
                {"fullUrl": urn, "request": {"method": "POST", "url": "Encounter"}, "resource": visit},
            ],
        },
    )  # fmt: skip
    assert [entry["response"]["status"] for entry in answer["entry"]] == ["201", "201"]
    condition = await client.resources("Condition").search(patient=patient.id).get()
    (encounter,) = await client.resources("Encounter").search(patient=patient.id).fetch_all()
    assert condition["encounter"]["reference"] == f"Encounter/{encounter.id}"


async def history(client: Any, patient: Any) -> None:
    found = await client.execute(f"Patient/{patient.id}/_history", method="get")
    assert [entry["resource"]["meta"]["versionId"] for entry in found["entry"]] == ["2", "1"]


async def everything(client: Any, patient: Any) -> None:
    found = await client.execute(f"Patient/{patient.id}/$everything", method="get")
    types = [entry["resource"]["resourceType"] for entry in found["entry"]]
    assert types[0] == "Patient"
    assert (types.count("Observation"), types.count("Condition"), types.count("Encounter")) == (7, 1, 1)


async def applied(client: Any, patient: Any) -> None:
    """What $apply gives is sent back as it came, but active: from then on the pathway is followed."""

    async def plan() -> Any:
        asked = {"subject": f"Patient/{patient.id}"}
        return await client.execute("PlanDefinition/hjartsvikt/$apply", method="get", params=asked)

    draft = await plan()
    assert (draft["status"], draft["subject"]) == ("draft", {"reference": f"Patient/{patient.id}"})
    assert draft["activity"]
    await client.resource("CarePlan", **{**draft, "status": "active"}).save()
    followed = await plan()
    assert (followed["id"], followed["status"]) == (draft["id"], "active")


async def exported(client: Any) -> None:
    """fhirpy keeps the headers of an answer to itself: aiohttp, on which it stands, asks with its own."""
    ours = {**client._build_request_headers(), "prefer": "respond-async"}
    async with aiohttp.ClientSession(headers=ours) as session:
        async with session.get(f"{client.url}/$export", params={"_type": "Patient,Observation"}) as begun:
            assert begun.status == 202
            where = begun.headers["content-location"]
        for _ in range(300):
            told, status = await client._do_request("get", where, returning_status=True)
            if status == 200:
                break
            await asyncio.sleep(0.1)
        lines = {}
        for part in told["output"]:
            async with session.get(part["url"]) as found:
                lines[part["type"]] = [loads(line) for line in (await found.text()).splitlines()]
    assert {name: len(found) for name, found in lines.items()} == {"Patient": 1, "Observation": 7}


async def deleted(client: Any) -> None:
    seen = await client.resources("Condition").first()
    await seen.delete()
    with pytest.raises(ResourceNotFound):
        await seen.to_reference().to_resource()
