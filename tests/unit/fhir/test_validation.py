"""Strict FHIR R4: what the standard forbids is found where it stands, and told without its value."""

from __future__ import annotations

import gzip
import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from made.calls import call
from vardforlopp.adapters.r4_schema import r4_validator

RECORDS = Path(__file__).parents[3] / "examples" / "records"
SOUND: dict[str, Any] = {
    "resourceType": "Observation",
    "id": "o1",
    "status": "final",
    "code": {"coding": [{"system": "http://loinc.org", "code": "2823-3"}]},
    "subject": {"reference": "Patient/p1"},
    "effectiveDateTime": "2024-02-29T10:15:00+01:00",
    "valueQuantity": {
        "value": 4.1,
        "unit": "mmol/L",
        "system": "http://unitsofmeasure.org",
        "code": "mmol/L",
    },
    "component": [{"code": {"text": "a part"}, "valueBoolean": False}],
    "contained": [
        {"resourceType": "Patient", "name": [{"given": ["Nils", None], "_given": [None, {"id": "a"}]}]}
    ],
}
#: Where the fault is planted, what stands there instead (None: nothing), and where it is told.
FAULTS: list[tuple[str, Any, str]] = [
    # wrong types
    ("status", 1, "Observation.status"),
    ("code", "2823-3", "Observation.code"),
    ("component", {"code": {"text": "a"}}, "Observation.component"),
    ("valueQuantity.value", "4.1", "Observation.valueQuantity.value"),
    ("component.0.valueBoolean", "nej", "Observation.component[0].valueBoolean"),
    # required elements that are missing
    ("status", None, "Observation.status"),
    ("code", None, "Observation.code"),
    ("component.0.code", None, "Observation.component[0].code"),
    ("contained.0.link", [{"other": {"reference": "Patient/p2"}}], "Observation.contained[0].link[0].type"),
    # two of a choice
    ("valueString", "4.1", "Observation"),
    ("effectiveInstant", "2024-02-29T10:15:00+01:00", "Observation"),
    ("component.0.valueInteger", 1, "Observation.component[0]"),
    # empty lists and objects
    ("note", [], "Observation.note"),
    ("code.coding.0", {}, "Observation.code.coding[0]"),
    ("subject", {"id": "only-an-id"}, "Observation.subject"),
    # elements that do not exist
    ("colour", "red", "Observation"),
    ("code.coding.0.sytem", "http://loinc.org", "Observation.code.coding[0]"),
    # required bindings
    ("status", "finished", "Observation.status"),
    ("contained.0.gender", "kvinna", "Observation.contained[0].gender"),
    # a reference to a type that it may not lead to
    ("subject.reference", "Organization/p1", "Observation.subject.reference"),
    ("subject.reference", "Organization?identifier=urn:x|Patient/1", "Observation.subject.reference"),
    ("subject.reference", "Patients/p1", "Observation.subject.reference"),
    # dates that do not exist, or are not written so
    ("effectiveDateTime", "2026-02-30", "Observation.effectiveDateTime"),
    ("effectiveDateTime", "2023-02-29T10:15:00+01:00", "Observation.effectiveDateTime"),
    ("issued", "2026-03-02T10:15:00", "Observation.issued"),
    ("contained.0.birthDate", "2026-3-2", "Observation.contained[0].birthDate"),
    # a null with nothing beside it, and something within that is no resource
    ("contained.0.name.0._given", None, "Observation.contained[0].name[0].given[1]"),
    ("contained.0.resourceType", "Patientt", "Observation.contained[0].resourceType"),
]  # fmt: skip


def planted(path: str, value: Any) -> dict[str, Any]:
    """The sound resource with one thing changed."""
    spoilt: Any = deepcopy(SOUND)
    *way, last = (int(part) if part.isdigit() else part for part in path.split("."))
    inner = spoilt
    for part in way:
        inner = inner[part]
    if value is None:
        del inner[last]
    else:
        inner[last] = value
    return spoilt


def test_what_is_sound_has_no_faults() -> None:
    """Faults are planted into this."""
    assert r4_validator().faults(SOUND) == []


@pytest.mark.parametrize(
    "said",
    [
        "Group/g", "Patient/p1/_history/2", "Patient?identifier=urn:x|1", "#", "urn:uuid:1",
        "https://journal.invalid/fhir/Organization/p1",
    ],
)  # fmt: skip
def test_a_reference_may_lead_to_what_r4_allows_and_to_what_others_have(said: str) -> None:
    """What stands at another's address, or under a name, cannot be known by how it is written."""
    assert r4_validator().faults(planted("subject.reference", said)) == []


def test_what_is_only_kept_may_refer_to_anything() -> None:
    """Nothing here follows it, and generators write insurers that are none."""
    device = {"resourceType": "DeviceMetric", "type": {"text": "x"}, "category": "setting"}
    assert r4_validator().faults({**device, "parent": {"reference": "Patient/p1"}}) == []


@pytest.mark.parametrize(("path", "value", "where"), FAULTS)
def test_a_planted_fault_is_found_in_its_place(path: str, value: Any, where: str) -> None:
    """One fault, told where it stands."""
    told = r4_validator().faults(planted(path, value))

    assert [fault.path for fault in told] == [where]


@pytest.mark.parametrize(("path", "value", "where"), FAULTS)
def test_a_fault_is_told_without_the_value(path: str, value: Any, where: str) -> None:
    """What a patient's record says is not for a log."""
    for fault in r4_validator().faults(planted(path, value)):
        assert not isinstance(value, str) or value not in f"{fault.what} {fault.do}"


@pytest.mark.parametrize(
    "value", [None, [], "Patient", {}, {"resourceType": []}, {"resourceType": "Element"}]
)
def test_what_is_no_resource_is_told(value: object) -> None:
    """Also a type that is no resource."""
    assert [fault.path for fault in r4_validator().faults(value)] == ["resourceType"]


def test_resources_of_bundles_and_parameters_are_looked_at() -> None:
    """Each by the rules of its own type, to any depth."""
    inner = planted("status", "finished")
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": inner}]}
    part = {"name": "a", "part": [{"name": "b", "resource": bundle}]}
    told = r4_validator().faults({"resourceType": "Parameters", "parameter": [part]})

    assert [fault.path for fault in told] == [
        "Parameters.parameter[0].part[0].resource.entry[0].resource.status"
    ]


@pytest.mark.parametrize("path", sorted(RECORDS.glob("*.json*")), ids=lambda path: path.name)
def test_the_examples_and_their_plans_are_sound(path: Path) -> None:
    """What the project ships, and what `plan --format fhir` writes."""
    data = path.read_bytes()
    record = json.loads(gzip.decompress(data) if path.suffix == ".gz" else data)
    done = call("plan", path, "--as-of", "2026-03-04", "--region", "region-exempel", "--format", "fhir")

    assert [str(fault) for fault in r4_validator().faults(record)] == []
    assert [str(fault) for fault in r4_validator().faults(json.loads(done.out))] == []
