"""Extract from a generated whole-life record what an entry of a pathway may speak of.

    python scripts/extract_record.py WHOLE.json.gz EXTRACT.ndjson.gz

For `tests/spec/records`: the expected suggestions stand on these extracts. What stays is chosen here by
type and code, from the words of the fact sheets, and never by what our own reader finds: an extract
must hold what the program may have overlooked. One resource a line, with references by type and id.
"""

from __future__ import annotations

import argparse
import gzip
from pathlib import Path
from typing import Any

import orjson

Json = dict[str, Any]

#: Findings that an entry may speak of; of the rest of the conditions, the disorders stay.
FINDINGS = {
    "84229001",  # fatigue
    "49727002",  # cough
    "248595008",  # sputum
    "386661006",  # fever
    "57676002",  # joint pain
    "399211009",  # history of myocardial infarction
}
OBSERVATIONS = {
    "75325-1",  # symptom
    "33762-6",  # NT-proBNP
    "71425-3",  # NT-proBNP, by immunoassay
    "10230-1",  # ejection fraction
    "19926-5",  # FEV1/FVC
    "72166-2",  # tobacco smoking status
    "72106-8",  # MMSE
    "38265-5",  # T-score
    "32693-4",  # lactate
}
PROCEDURES = {
    "127783003",  # spirometry
    "312681000",  # bone density scan
    "40701008",  # echocardiography
    "433236007",  # transthoracic echocardiography
    "29303009",  # ECG
}
DRUGS = ("alendron", "methotrexat", "adalimumab", "predniso", "donepezil", "galantamin", "memantin")
#: What each type keeps.
ELEMENTS = {
    "Patient": ("gender", "birthDate", "deceasedDateTime"),
    "Condition": (
        "clinicalStatus", "verificationStatus", "code", "subject", "encounter", "onsetDateTime",
        "abatementDateTime",
    ),
    "Encounter": ("status", "class", "type", "subject", "period", "reasonCode"),
    "Observation": (
        "status", "category", "code", "subject", "effectiveDateTime", "issued", "valueQuantity",
        "valueCodeableConcept", "component",
    ),
    "Procedure": ("status", "code", "subject", "performedPeriod", "performedDateTime"),
    "MedicationRequest": (
        "status", "intent", "medicationCodeableConcept", "subject", "authoredOn", "dosageInstruction",
    ),
    "Immunization": ("status", "vaccineCode", "patient", "occurrenceDateTime"),
}  # fmt: skip


def code_of(resource: Json) -> str:
    """The first code of what a resource is about."""
    concept = resource.get("code") or resource.get("medicationCodeableConcept") or {}
    return str((concept.get("coding") or [{}])[0].get("code"))


def spoken_of(resource: Json) -> bool:
    """True for what an entry may speak of."""
    kind, code = resource["resourceType"], code_of(resource)
    display = str((resource.get("code") or {}).get("text") or resource.get("code")).lower()
    if kind == "Condition":
        return code in FINDINGS or "(disorder)" in display
    if kind == "MedicationRequest":
        return any(drug in str(resource["medicationCodeableConcept"]).lower() for drug in DRUGS)
    if kind == "Observation":
        return code in OBSERVATIONS
    return kind in ("Patient", "Encounter") or (kind == "Procedure" and code in PROCEDURES)


def extract(resources: list[Json]) -> list[Json]:
    """What is spoken of, and the last of each type: that a kind of facts occurs says that it is carried."""
    last = {resource["resourceType"]: resource["id"] for resource in resources}
    return [
        {"resourceType": kind, "id": one["id"], **{key: one[key] for key in ELEMENTS[kind] if key in one}}
        for one in resources
        if (kind := one["resourceType"]) in ELEMENTS and (spoken_of(one) or last[kind] == one["id"])
    ]


def main() -> None:
    """Extract from one record."""
    arguments = argparse.ArgumentParser(description="Extract what an entry of a pathway may speak of.")
    arguments.add_argument("whole", type=Path)
    arguments.add_argument("extract", type=Path)
    given = arguments.parse_args()
    entries = orjson.loads(gzip.decompress(given.whole.read_bytes()))["entry"]
    kept = extract([entry["resource"] for entry in entries])
    names = {entry["fullUrl"]: _short(entry["resource"]) for entry in entries}
    lines = b"".join(orjson.dumps(_renamed(one, names)) + b"\n" for one in kept)
    given.extract.write_bytes(gzip.compress(lines, 9, mtime=0))
    print(f"{given.extract.name}: {len(kept)} resources, {given.extract.stat().st_size} bytes")


def _short(resource: Json) -> str:
    return f"{resource['resourceType']}/{resource['id'][:8]}"


def _renamed(resource: Json, names: dict[str, str]) -> Json:
    """Short ids, and references that lead to them."""
    found = {**resource, "id": resource["id"][:8]}
    for key in ("subject", "patient", "encounter"):
        if key in found:
            found[key] = {"reference": names[found[key]["reference"]]}
    return found


if __name__ == "__main__":
    main()
