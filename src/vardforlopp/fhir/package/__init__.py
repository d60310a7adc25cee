"""Definitions as a FHIR R4 package: what another vendor's care support can follow."""
