"""FHIR R4 in and out: records from what others send, plans in what others read."""

from vardforlopp.fhir.reader import FACT_SYSTEM, Reader
from vardforlopp.fhir.whole_record import read_record, record_of

__all__ = ["FACT_SYSTEM", "Reader", "read_record", "record_of"]
