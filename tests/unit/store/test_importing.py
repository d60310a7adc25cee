"""Import: all of a file kept once, what is wrong told by its place, and nothing doubled by doing it again."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from made.serving import NOW, SYSTEM, Client, patient
from vardforlopp.access import Actor
from vardforlopp.fhir.resources_in import resources_in
from vardforlopp.services.importing import Imported, import_
from vardforlopp.services.outcomes import Refused
from vardforlopp.services.preparing import known_of, prepared

IMPORT = Actor("import", "system")
ANNA = "urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0"
PERSON = {"resourceType": "Patient", "id": "0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0", "meta": {}, "active": True}

EVENT = {
    "resourceType": "AuditEvent", "id": "e", "type": {"code": "rest"}, "recorded": "2026-03-02T10:00:00Z",
    "agent": [{"requestor": True}], "source": {"observer": {"display": "x"}},
}  # fmt: skip


def pulse(**more: Any) -> dict[str, Any]:
    code, subject = {"text": "puls"}, {"reference": ANNA}
    return {"resourceType": "Observation", "status": "final", "code": code, "subject": subject, **more}


def bundle(*resources: Any) -> bytes:
    entries = [
        {"fullUrl": ANNA, "resource": each} if each is PERSON else {"resource": each} for each in resources
    ]
    return orjson.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries})


def imported(client: Client, data: bytes, actor: Any = SYSTEM) -> Imported | Refused:
    sent = list(resources_in(data, name="fil.json"))
    ready = prepared(sent, known=known_of(sent), rules=client.server.rules)
    with client.server.store.writing() as unit:
        return import_(unit, ready, actor=actor, at=NOW)


def test_all_of_a_bundle_is_kept_and_refers_to_where_it_is_found(client: Client) -> None:
    assert imported(client, bundle(PERSON, pulse(id="o"))) == Imported(2, 0, ())
    assert client.get("Observation/o")["subject"] == {"reference": f"Patient/{PERSON['id']}"}
    assert client.found(f"Observation?patient={PERSON['id']}") == ["Observation/o"]


def test_what_is_there_already_is_left_alone(client: Client) -> None:
    data = bundle(PERSON, pulse(id="o"), pulse(valueString="utan id"))
    imported(client, data)
    assert imported(client, data) == Imported(0, 3, ())
    assert imported(client, bundle(PERSON, pulse(id="o", valueString="ny"))) == Imported(1, 1, ())
    assert client.get("Observation/o")["meta"]["versionId"] == "2"


def test_what_somebody_else_has_changed_or_deleted_since_is_left_alone(client: Client) -> None:
    data = bundle(PERSON, pulse(id="o"), pulse(id="gone"))
    imported(client, data, IMPORT)
    client.ask("PUT", "Observation/o", pulse(id="o", valueString="rättat"))
    client.ask("DELETE", "Observation/gone")
    assert imported(client, data, IMPORT) == Imported(0, 1, (), 2)
    assert client.get("Observation/o")["valueString"] == "rättat"
    assert client.ask("GET", "Observation/gone").status == 410


def test_what_is_wrong_is_told_by_its_place_and_the_rest_is_kept(client: Client) -> None:
    found = imported(client, bundle(PERSON, pulse(status="x"), 5, {"resourceType": "Nothing"}))
    assert isinstance(found, Imported)
    assert (found.kept, [fault.where for fault in found.faults]) == (
        1, ["fil.json, entry 1", "fil.json, entry 2", "fil.json, entry 3"],
    )  # fmt: skip
    assert found.faults[0].issues[0].where == "Observation.status"


@pytest.mark.parametrize("number", ["1.50", "1.5", "1e2", "12345678901234567890.12", "0.10"])
@pytest.mark.parametrize("form", ["bundle", "lines", "one"])
def test_digits_are_kept_however_they_were_written(client: Client, number: str, form: str) -> None:
    one = orjson.dumps(pulse(id="o", valueQuantity={"value": 7})).replace(
        b'"value":7', b'"value": ' + number.encode()
    )
    data = {
        "bundle": b'{"resourceType":"Bundle","type":"collection","entry":[{"resource":' + one + b"}]}",
        "lines": one + b"\n" + orjson.dumps(PERSON) + b"\n",
        "one": one,
    }[form]
    imported(client, data)
    assert number.encode() in client.ask("GET", "Observation/o").body


def test_each_resource_has_its_line_in_the_log_of_acts(client: Client) -> None:
    """What of a person was written can be told from the log, and what was not."""
    imported(client, bundle(PERSON, pulse(id="o"), pulse(status="x")))
    lines = client.audited(action="import")
    told = [tuple(line[name] for name in ("type", "id", "version", "patient", "outcome")) for line in lines]
    assert told == [
        ("Observation", None, None, None, "invalid"),
        ("Patient", PERSON["id"], 1, PERSON["id"], "done"),
        ("Observation", "o", 1, PERSON["id"], "done"),
    ]  # fmt: skip


def test_the_log_of_acts_is_not_imported(client: Client) -> None:
    """And the rest of the file is."""
    found = imported(client, bundle(PERSON, EVENT))
    assert isinstance(found, Imported)
    assert (found.kept, [fault.where for fault in found.faults]) == (1, ["fil.json, entry 1"])
    assert client.as_(Actor("kontroll", "control")).ask("GET", "AuditEvent/e").status == 404
    assert client.audited(type="AuditEvent", action="import")[0]["outcome"] == "refused"


def test_a_resource_that_a_file_has_twice_is_kept_once(client: Client) -> None:
    """Of two that differ the first is, and the other is told, however often the file is imported."""
    data = bundle(pulse(id="o"), pulse(id="o"), pulse(id="o", valueString="annat"))
    for kept, same in ((1, 1), (0, 2)):
        found = imported(client, data)
        assert isinstance(found, Imported)
        assert (found.kept, found.same, [each.where for each in found.faults]) == (
            kept, same, ["fil.json, entry 2"],
        )  # fmt: skip
    assert "valueString" not in client.get("Observation/o")


def test_a_patient_imports_nothing(client: Client) -> None:
    assert isinstance(imported(client, bundle(PERSON), patient(str(PERSON["id"]))), Refused)
    assert client.found("Patient") == []


def test_types_that_are_only_kept_are_counted_apart(client: Client) -> None:
    device = {"resourceType": "Device", "id": "pacemaker"}
    assert imported(client, bundle(PERSON, device)) == Imported(2, 0, (), aside=1)


def test_a_line_that_is_cut_refuses_itself_alone(client: Client) -> None:
    lines = [orjson.dumps(pulse(id=name)) for name in "abc"]
    found = imported(client, b"\n".join([lines[0], lines[1][:40], b"", lines[2]]))
    assert (found.kept, [fault.where for fault in found.faults]) == (2, ["fil.json:2"])
