"""The packaged rules of FHIR R4, ready to validate with. Needs the extra `server`."""

from __future__ import annotations

import gzip
from functools import cache
from pathlib import Path

import orjson

from vardforlopp.fhir.validation import Validator

PACKAGED = Path(__file__).resolve().parents[1] / "fhir" / "r4.schema.json.gz"


@cache
def r4_validator() -> Validator:
    """The validator of FHIR R4; one for the whole process."""
    return Validator(orjson.loads(gzip.decompress(PACKAGED.read_bytes())))
