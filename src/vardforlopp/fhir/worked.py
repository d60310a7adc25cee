"""A step that somebody should see to, as a Task: made of what is kept, and never kept itself."""

from __future__ import annotations

from typing import Any, Protocol

from vardforlopp.definitions.catalogue import Definitions
from vardforlopp.fhir.names import EXTENSION, INPUT_SYSTEM, canonical, made_id
from vardforlopp.fhir.plan_steps import STEP_SYSTEM, extension
from vardforlopp.fhir.resource_types import Json
from vardforlopp.fhir.written_times import date_text

_LANG = "sv"


class Row(Protocol):
    """What is told of a step; days are civil days."""

    @property
    def patient(self) -> str: ...
    @property
    def enrolment(self) -> str: ...
    @property
    def pathway(self) -> str: ...
    @property
    def step(self) -> str: ...
    @property
    def occurrence(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def due(self) -> int | None: ...
    @property
    def unit(self) -> str | None: ...
    @property
    def owner(self) -> str: ...
    @property
    def proposal(self) -> bool: ...
    @property
    def disclosure(self) -> str: ...


def task_of(row: Row, *, in_force: Definitions) -> Json:
    """A Task for staff: whose, in which stay, which step, by when, in which state."""
    step = in_force.pathways[row.pathway].steps.get(row.step) if row.pathway in in_force.pathways else None
    task: dict[str, Any] = {
        "resourceType": "Task",
        "id": made_id(f"work:{row.patient}:{row.enrolment}:{row.step}:{row.occurrence}"),
        "extension": [
            extension("state", "valueCode", row.state),
            extension("disclosure", "valueCode", row.disclosure),
            *([extension("proposal", "valueBoolean", True)] if row.proposal else []),
        ],
        "instantiatesCanonical": canonical(row.pathway, None),
        "status": "requested",
        "intent": "proposal" if row.proposal else "plan",
        "code": {"coding": [{"system": STEP_SYSTEM, "code": row.step}]},
        "focus": {"reference": row.enrolment},
        "for": {"reference": f"Patient/{row.patient}"},
        "performerType": [{"coding": [{"system": f"{EXTENSION}role", "code": row.owner}]}],
        "input": [
            {
                "type": {"coding": [{"system": INPUT_SYSTEM, "code": "occurrence"}]},
                "valueString": row.occurrence,
            }
        ],
    }
    if step is not None:
        task["description"] = step.title[_LANG]
    if row.due is not None:
        task["restriction"] = {"period": {"end": date_text(row.due)}}
    if row.unit is not None:
        task["owner"] = {"display": row.unit}
    return task
