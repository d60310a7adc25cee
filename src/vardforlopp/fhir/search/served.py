"""The resource types that the server serves: searchable, with history; the others are kept and read by id."""

from __future__ import annotations

from vardforlopp.fhir.resource_types import READ, SUPPORTING

#: Definitions, results and plans; what is booked; who did what; who is told.
_OWN = frozenset({
    "ActivityDefinition", "CodeSystem", "Library", "Measure", "MeasureReport", "PlanDefinition",
    "Questionnaire", "RequestGroup", "Schedule", "Slot", "Subscription", "ValueSet",
})  # fmt: skip

#: What tells of the log of acts, which is no resource that anybody keeps: `services.acts`.
ACTS = "AuditEvent"
SERVED = tuple(sorted(READ | SUPPORTING | _OWN))
