"""FHIR R4, read into a record: pure."""
