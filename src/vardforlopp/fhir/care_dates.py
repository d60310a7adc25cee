"""Which dates of a resource say when the care was, as against when it was written down.

A type that is not here lasts (a diagnosis, an allergy, a consent) or has no such date: no stretch of time
leaves it out.
"""

from __future__ import annotations

from vardforlopp.fhir.search.parameters import parameters_of

#: The search parameters that look there, by type.
_OF_CARE = {
    "Appointment": ("date",),
    "CarePlan": ("date",),
    "CareTeam": ("date",),
    "Communication": ("received", "sent"),
    "DiagnosticReport": ("date",),
    "DocumentReference": ("date", "period"),
    "Encounter": ("date",),
    "EpisodeOfCare": ("date",),
    "ImagingStudy": ("started",),
    "Immunization": ("date",),
    "MeasureReport": ("period",),
    "MedicationAdministration": ("effective-time",),
    "MedicationDispense": ("whenhandedover", "whenprepared"),
    "MedicationRequest": ("authoredon",),
    "MedicationStatement": ("effective",),
    "Observation": ("date",),
    "Procedure": ("date",),
    "QuestionnaireResponse": ("authored",),
    "RequestGroup": ("authored",),
    "ServiceRequest": ("authored", "occurrence"),
    "Task": ("authored-on", "period"),
}

#: The same by their numbers in the index.
CARE_DATES = tuple(
    sorted(parameters_of(type_)[name].number for type_, names in _OF_CARE.items() for name in names)
)
