"""What incoming resources are held to: R4 and HL7 Sweden's identifiers, by the packaged tables."""

from __future__ import annotations

from functools import cache

from vardforlopp.adapters.content_files import packaged_text
from vardforlopp.adapters.r4_schema import r4_validator
from vardforlopp.definitions.load import read_systems
from vardforlopp.fhir.swedish_identifiers import SwedishIdentifiers
from vardforlopp.kernel.codes import SystemTable
from vardforlopp.services.drafts import Rules

_SYSTEMS = "systems.yaml"


def incoming_rules(base: str) -> Rules:
    """The rules of a server under an address."""
    return Rules(r4_validator(), base, swedish_identifiers())


@cache
def swedish_identifiers() -> SwedishIdentifiers:
    """The rules of Swedish identifiers; one for the whole process."""
    return SwedishIdentifiers(SystemTable(read_systems({_SYSTEMS: packaged_text(_SYSTEMS)})))
