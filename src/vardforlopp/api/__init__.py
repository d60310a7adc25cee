"""FHIR R4 over HTTP: one file an interaction or operation. http://hl7.org/fhir/R4/http.html"""
