"""Search in FHIR R4: what is indexed of a resource, and what a query asks for. Knows no database."""
