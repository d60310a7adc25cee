"""Whole processes, as a person starts them: `--help`, and `plan` of one record.

The crowded records are unlike any person's: they show that time grows with the size of a record,
not with its square.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

from measure import WHOLE_RECORD, children_time, row
from measure import timed as timed_here

timed = partial(timed_here, processor=children_time)
PROGRAM = [sys.executable, "-m", "vardforlopp"]


def run(*arguments: str) -> None:
    """One process, from start to end."""
    subprocess.run([*PROGRAM, *arguments], check=True, capture_output=True)


def crowded(number: int) -> str:
    """A Bundle with as many values of one day, and as many drugs with a start each, for one person."""
    subject = {"reference": "Patient/p"}
    found: list[dict[str, object]] = [{"resourceType": "Patient", "id": "p", "birthDate": "1950-01-01"}]
    for n in range(number):
        value = {"value": n, "unit": "ng/L", "system": "http://unitsofmeasure.org", "code": "ng/L"}
        loinc = {"coding": [{"system": "http://loinc.org", "code": "33762-6"}]}
        atc = {"coding": [{"system": "http://www.whocc.no/atc", "code": "C07AB07"}]}
        found += [
            {
                "resourceType": "Observation", "id": f"o{n}", "status": "final", "subject": subject,
                "code": loinc, "effectiveDateTime": "2024-01-01", "valueQuantity": value,
            },
            {
                "resourceType": "MedicationRequest", "id": f"m{n}", "status": "active", "intent": "order",
                "subject": subject, "medicationCodeableConcept": atc,
                "authoredOn": f"{1980 + n % 40}-{n % 12 + 1:02}-{n % 28 + 1:02}",
            },
        ]  # fmt: skip
    return json.dumps(
        {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": each} for each in found]}
    )


if __name__ == "__main__":
    row("python -c pass", timed(lambda: subprocess.run([sys.executable, "-c", "pass"], check=True), runs=10))
    row("vardforlopp --help", timed(lambda: run("--help"), runs=10), 180)
    planned = timed(lambda: run("plan", str(WHOLE_RECORD), "--as-of", "2026-03-01"), runs=5)
    row(f"vardforlopp plan {WHOLE_RECORD.name}", planned, 700)
    with tempfile.TemporaryDirectory() as folder:
        for number in (2000, 8000):
            path = Path(folder) / f"crowded-{number}.json"
            path.write_text(crowded(number), "utf-8")
            took = timed(lambda path=path: run("plan", str(path), "--as-of", "2026-03-01"), runs=3)
            row(f"  plan of a crowded record, {2 * number} resources", took)
