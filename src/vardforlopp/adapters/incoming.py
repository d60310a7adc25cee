"""What incoming resources are held to: R4 and HL7 Sweden's identifiers, by the packaged tables."""

from __future__ import annotations

from functools import cache

from vardforlopp.adapters.content_files import packaged_text
from vardforlopp.adapters.r4_schema import r4_validator
from vardforlopp.definitions.load import read_systems
from vardforlopp.fhir.own_rules import OwnRules
from vardforlopp.fhir.swedish_identifiers import SwedishIdentifiers
from vardforlopp.kernel.codes import SystemTable
from vardforlopp.services.drafts import Rules
from vardforlopp.services.in_force import InForce

_SYSTEMS = "systems.yaml"


def incoming_rules(base: str, *, in_force: InForce | None = None) -> Rules:
    """The rules of a server under an address, and of what is followed there."""
    own = None if in_force is None else OwnRules(in_force.definitions.pathways)
    return Rules(r4_validator(), base, swedish_identifiers(), own)


@cache
def swedish_identifiers() -> SwedishIdentifiers:
    """The rules of Swedish identifiers; one for the whole process."""
    return SwedishIdentifiers(SystemTable(read_systems({_SYSTEMS: packaged_text(_SYSTEMS)})))
