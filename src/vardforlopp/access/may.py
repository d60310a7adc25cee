"""Whether somebody may do something, with the reason: told to them, and kept in the audit.

So far: systems do what they are let in for, staff work with all patients, a patient reads what is theirs,
and who controls the log of acts reads that. Care relations, consent, blocks and protected data come with the
Swedish access rules.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from vardforlopp.access.actors import Actor


class Action(StrEnum):
    """What can be done to a resource; the words are those of the audit."""

    READ = "read"
    VREAD = "vread"
    HISTORY = "history"
    SEARCH = "search"
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    IMPORT = "import"
    EVERYTHING = "everything"
    VALIDATE = "validate"
    APPLY = "apply"  # see where a person stands
    WORKLIST = "worklist"
    HEARTBEAT = "heartbeat"  # a feeding system is alive
    NOTIFY = "notify"  # tell a subscriber
    EXPORT = "export"  # many records at once, to a system
    BUNDLE = "bundle"  # several acts at once, where it is the whole that cannot be done
    REQUEST = "request"  # what was asked and became no act


#: What tells of suggestions and of what is not yet disclosed (S09).
_STAFFS = frozenset((Action.APPLY, Action.WORKLIST))
READING = frozenset(
    (Action.READ, Action.VREAD, Action.HISTORY, Action.SEARCH, Action.EVERYTHING, Action.NOTIFY)
)
#: Types that are about no person, unless a resource of them names a patient. Of every other type one that
#: names nobody may still be about somebody.
_NOBODYS = """
ActivityDefinition CapabilityStatement CodeSystem CompartmentDefinition ConceptMap Endpoint EventDefinition
GraphDefinition HealthcareService ImplementationGuide InsurancePlan Library Location Measure Medication
MedicationKnowledge NamingSystem ObservationDefinition OperationDefinition Organization
OrganizationAffiliation PlanDefinition Practitioner PractitionerRole Questionnaire Schedule SearchParameter
Slot SpecimenDefinition StructureDefinition StructureMap Substance TerminologyCapabilities ValueSet
"""
NOBODYS = frozenset(_NOBODYS.split())
#: Types that nobody writes from outside: they are written by what happens.
_OWN = frozenset(("AuditEvent",))


class Subject(NamedTuple):
    """What is acted on: a type (`*` = all), a resource of it (None = all), and the patients it is about."""

    type: str
    id: str | None = None
    patients: tuple[str, ...] = ()


class Decision(NamedTuple):
    """Allowed or not; the rule in a word, in a sentence, and what one can do about a no.

    `within`: where several are sought, the one patient whose record is seen beside what is about nobody;
    None = all.
    """

    allowed: bool
    rule: str
    reason: str
    do: str = ""
    within: str | None = None


_SYSTEM = Decision(True, "system", "a connected system does what it is let in for")
_STAFF = Decision(True, "staff", "staff work with the patients of the service")
_CONTROL = Decision(True, "control", "whoever controls the log reads it")
_DEMO = Decision(True, "demo", "invented persons, open to everybody in a demonstration")
_OWN_DATA = Decision(True, "own-data", "a patient reads what is about them")
_SHARED = Decision(True, "shared", "it is about no person")
_UNKNOWN = Decision(False, "nobody", "nobody vouches for you", "Send your client's token.")
_NOT_YOURS = Decision(
    False, "not-own-data", "a patient reads only what is about them", "Ask the care unit for a copy."
)
_READS_ONLY = Decision(
    False, "patient-reads", "a patient does not write in the record here", "Answer in the plan's own form."
)
_FOR_STAFF = Decision(
    False, "for-staff", "it tells what is only suspected, which staff tell first", "Ask the care unit."
)
_SYSTEMS_EXPORT = Decision(
    False,
    "systems-export",
    "only a connected system fetches many records at once",
    "Search for what you need.",
)
_WRITTEN_BY_US = Decision(
    False, "log-is-ours", "the log is written by what happens, not from outside", "Send nothing of this type."
)
_CONTROLS_ONLY = Decision(
    False, "control-only", "whoever controls the log reads no more than that", "Ask with another client."
)
_LOG_IS_FOR_CONTROL = Decision(
    False, "log-for-control", "the log is read by those who control it", "Ask whoever controls the log."
)


def may(actor: Actor, action: Action, subject: Subject) -> Decision:
    """The decision for one act on one subject."""
    if actor.role == "nobody":
        return _UNKNOWN
    if subject.type in _OWN:
        if action not in READING:
            return _WRITTEN_BY_US
        if actor.role not in ("control", "demo"):
            return _LOG_IS_FOR_CONTROL
    if action == Action.EXPORT and actor.role not in ("system", "demo"):
        return _SYSTEMS_EXPORT
    match actor.role:
        case "demo":
            return _DEMO
        case "system":
            return _SYSTEM
        case "control":
            return _CONTROL if subject.type in _OWN else _CONTROLS_ONLY
        case "staff":
            return _STAFF
        case "patient":
            return _of_patient(actor, action, subject)


def _of_patient(actor: Actor, action: Action, subject: Subject) -> Decision:
    """A patient reads what is about them and nobody else, and what is about no person."""
    if action in _STAFFS:
        return _FOR_STAFF
    if action not in READING:
        return _READS_ONLY
    if subject.patients == (actor.patient,) or (action == Action.SEARCH and not subject.patients):
        several = action in (Action.SEARCH, Action.EVERYTHING)
        return _OWN_DATA._replace(within=actor.patient if several else None)
    shared = not subject.patients and subject.id is not None and subject.type in NOBODYS
    return _SHARED if shared else _NOT_YOURS
