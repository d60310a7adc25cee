"""What each status means for evidence: performed, ordered, or neither, and why (rule S08)."""

from __future__ import annotations

PERFORMED, ORDERED = 1, 2

_BOTH = PERFORMED | ORDERED
_EVENT = {"completed": PERFORMED}
_REPORT = {"final": PERFORMED, "amended": PERFORMED, "corrected": PERFORMED, "preliminary": PERFORMED}
_ORDER = {"active": ORDERED, "on-hold": ORDERED, "completed": ORDERED}

#: Type -> status -> what it shows. A status that is not here shows nothing.
SHOWS: dict[str, dict[str, int]] = {
    "Appointment": {
        "booked": ORDERED, "arrived": ORDERED, "checked-in": ORDERED, "noshow": ORDERED, "fulfilled": _BOTH,
    },
    "CarePlan": {"active": PERFORMED, "on-hold": PERFORMED, "completed": PERFORMED},
    "CareTeam": {"active": PERFORMED, "suspended": PERFORMED, "inactive": PERFORMED},
    "Communication": _EVENT,
    "Consent": {"active": PERFORMED, "inactive": PERFORMED},
    "DiagnosticReport": {**_REPORT, "partial": PERFORMED, "appended": PERFORMED},
    "DocumentReference": {"current": PERFORMED},
    "Encounter": {
        "planned": ORDERED, "arrived": PERFORMED, "triaged": PERFORMED, "in-progress": PERFORMED,
        "onleave": PERFORMED, "finished": PERFORMED,
    },
    "EpisodeOfCare": {"active": PERFORMED, "onhold": PERFORMED, "finished": PERFORMED},
    "FamilyMemberHistory": {"completed": PERFORMED, "partial": PERFORMED},
    "Goal": {
        "accepted": PERFORMED, "active": PERFORMED, "on-hold": PERFORMED, "completed": PERFORMED,
    },
    "ImagingStudy": {"available": PERFORMED},
    "Immunization": _EVENT,
    "MedicationAdministration": {"completed": PERFORMED, "in-progress": PERFORMED, "stopped": PERFORMED},
    "MedicationDispense": {"completed": PERFORMED, "in-progress": PERFORMED, "stopped": PERFORMED},
    "MedicationRequest": {
        "active": _BOTH, "completed": _BOTH, "stopped": _BOTH, "on-hold": _BOTH,
    },
    "MedicationStatement": {
        "active": PERFORMED, "completed": PERFORMED, "stopped": PERFORMED, "on-hold": PERFORMED,
    },
    "Observation": _REPORT,
    "Procedure": {"completed": PERFORMED, "in-progress": PERFORMED},
    "QuestionnaireResponse": {"completed": PERFORMED, "amended": PERFORMED},
    "ServiceRequest": _ORDER,
    "Task": {
        "requested": ORDERED, "received": ORDERED, "accepted": ORDERED, "ready": ORDERED,
        "in-progress": ORDERED, "on-hold": ORDERED, "completed": _BOTH,
    },
}  # fmt: skip

#: Element that holds the status, where it is not `status`.
ELEMENT = {"Goal": "lifecycleStatus"}

_REASONS = {
    "entered in error": "entered-in-error",
    "cancelled": "cancelled revoked rejected failed stopped abandoned superseded declined",
    "not performed": "not-done not-taken noshow",
    "planned": "planned draft proposed preparation registered intended pending waitlist preliminary",
    "status unknown": "unknown",
}
_REASON_OF = {status: reason for reason, listed in _REASONS.items() for status in listed.split()}
# Statuses of R4 that show nothing and stand in no list above.
_NEITHER = frozenset({"on-hold", "in-progress", "health-unknown", "inactive", "suspended", "ended"})

#: Verification of a diagnosis or an allergy: only these count.
VERIFIED = frozenset({"confirmed"})
UNVERIFIED = {
    "entered-in-error": "entered in error",
    "refuted": "refuted",
    "provisional": "not confirmed",
    "differential": "not confirmed",
    "unconfirmed": "not confirmed",
}

#: Intents of an order that somebody has decided on; a proposal or a plan is neither.
ORDERING = frozenset({"order", "original-order", "reflex-order", "filler-order", "instance-order"})


def reason_of(status: str) -> str | None:
    """Why a status shows nothing; None when FHIR has no such status."""
    if status in _REASON_OF:
        return _REASON_OF[status]
    return "not performed" if status in _NEITHER else None
