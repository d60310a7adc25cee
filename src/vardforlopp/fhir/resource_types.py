"""The resource types of FHIR R4, and what this program does with each."""

from __future__ import annotations

from typing import Any

#: A FHIR resource, or any part of one, as parsed JSON.
Json = dict[str, Any]

#: Types whose content gives facts, acts, mentions, or says who the record is about.
READ = frozenset({
    "AllergyIntolerance", "Appointment", "CarePlan", "CareTeam", "Communication", "Condition", "Consent",
    "DiagnosticReport", "DocumentReference", "Encounter", "EpisodeOfCare", "FamilyMemberHistory", "Goal",
    "ImagingStudy", "Immunization", "MedicationAdministration", "MedicationDispense", "MedicationRequest",
    "MedicationStatement", "Observation", "Patient", "Procedure", "QuestionnaireResponse",
    "ServiceRequest", "Task",
})  # fmt: skip

#: Types that other resources point at: names, places, drugs, and who did what.
SUPPORTING = frozenset({
    "HealthcareService", "Location", "Medication", "Organization", "Practitioner", "PractitionerRole",
    "Provenance", "RelatedPerson",
})  # fmt: skip

_OTHER = """
Account ActivityDefinition AdverseEvent AppointmentResponse AuditEvent Basic Binary
BiologicallyDerivedProduct BodyStructure Bundle CapabilityStatement CatalogEntry ChargeItem
ChargeItemDefinition Claim ClaimResponse ClinicalImpression CodeSystem CommunicationRequest
CompartmentDefinition Composition ConceptMap Contract Coverage CoverageEligibilityRequest
CoverageEligibilityResponse DetectedIssue Device DeviceDefinition DeviceMetric DeviceRequest
DeviceUseStatement DocumentManifest EffectEvidenceSynthesis Endpoint EnrollmentRequest
EnrollmentResponse EventDefinition Evidence EvidenceVariable ExampleScenario
ExplanationOfBenefit Flag GraphDefinition Group GuidanceResponse ImmunizationEvaluation
ImmunizationRecommendation ImplementationGuide InsurancePlan Invoice Library Linkage List Measure
MeasureReport Media MedicationKnowledge MedicinalProduct MedicinalProductAuthorization
MedicinalProductContraindication MedicinalProductIndication MedicinalProductIngredient
MedicinalProductInteraction MedicinalProductManufactured MedicinalProductPackaged
MedicinalProductPharmaceutical MedicinalProductUndesirableEffect MessageDefinition MessageHeader
MolecularSequence NamingSystem NutritionOrder ObservationDefinition OperationDefinition
OperationOutcome OrganizationAffiliation Parameters PaymentNotice PaymentReconciliation Person
PlanDefinition Questionnaire RequestGroup ResearchDefinition ResearchElementDefinition
ResearchStudy ResearchSubject RiskAssessment RiskEvidenceSynthesis Schedule SearchParameter Slot
Specimen SpecimenDefinition StructureDefinition StructureMap Subscription Substance
SubstanceNucleicAcid SubstancePolymer SubstanceProtein SubstanceReferenceInformation
SubstanceSourceMaterial SubstanceSpecification SupplyDelivery SupplyRequest TerminologyCapabilities
TestReport TestScript ValueSet VerificationResult VisionPrescription
"""

#: Every resource type of R4.
KNOWN = READ | SUPPORTING | frozenset(_OTHER.split())

#: Element whose codes say what a resource is; a form is told by its questionnaire, not by a code.
CODED = {
    **dict.fromkeys(
        ("AllergyIntolerance", "Condition", "DiagnosticReport", "Observation", "Procedure",
         "ServiceRequest", "Task"),
        "code",
    ),
    **dict.fromkeys(("DocumentReference", "Encounter", "EpisodeOfCare"), "type"),
    **dict.fromkeys(("CarePlan", "CareTeam", "Consent"), "category"),
    **dict.fromkeys(
        ("MedicationAdministration", "MedicationDispense", "MedicationRequest", "MedicationStatement"),
        "medication",
    ),
    "Appointment": "serviceType",
    "Communication": "topic",
    "FamilyMemberHistory": "condition.code",
    "Goal": "description",
    "ImagingStudy": "procedureCode",
    "Immunization": "vaccineCode",
}  # fmt: skip

#: Element that names the person a resource is about, where it is not `subject`.
SUBJECT = {
    "AllergyIntolerance": "patient",
    "Consent": "patient",
    "EpisodeOfCare": "patient",
    "FamilyMemberHistory": "patient",
    "Immunization": "patient",
    "Task": "for",
}
