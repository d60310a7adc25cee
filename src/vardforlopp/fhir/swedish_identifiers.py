"""HL7 Sweden's rules of who and what a resource is: identifiers of persons, care units, staff, organisations.

From the base profiles (`hl7se.fhir.base` 1.1.0): which kinds a type has, and that it has one of each at most.
A number must also be one: twelve digits and their check digit, as they are exchanged, so that equal numbers
are equal texts. Systems that are not Swedish are nobody's business here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from vardforlopp.fhir.validation import Fault
from vardforlopp.kernel.codes import SystemTable
from vardforlopp.kernel.identifiers import (
    HsaId,
    IdentifierError,
    OrganisationNumber,
    Personnummer,
    Reservnummer,
    Samordningsnummer,
)

Json = dict[str, Any]
_Number = Personnummer | Samordningsnummer | Reservnummer | HsaId | OrganisationNumber


class _Kind(NamedTuple):
    """A kind of identifier: what reads it, how it is exchanged, and what to do about a second one."""

    of: type[_Number]
    written: str
    second: str


_LINKED = "Keep the one in use, and refer to the other record by Patient.link."
_ONE = "Keep the one in use."
_KINDS = {
    kind.of.key: kind
    for kind in (
        _Kind(Personnummer, "Write its twelve digits without a separator.", _LINKED),
        _Kind(Samordningsnummer, "Write its twelve digits without a separator.", _LINKED),
        _Kind(Reservnummer, "Write its twelve characters in upper case without a separator.", _LINKED),
        _Kind(HsaId, "Write it in upper case.", _ONE),
        _Kind(OrganisationNumber, "Write its ten digits without a separator.", _ONE),
    )
}
#: Of which kinds a type has one at most.
_ONE_OF = {
    "Patient": ("personnummer", "samordningsnummer", "reservnummer"),
    "Practitioner": ("hsa-id",),
    "PractitionerRole": ("hsa-id",),
    "Organization": ("hsa-id", "organisationsnummer"),
}


class SwedishIdentifiers:
    """The rules, with the names of the systems out of the one table."""

    def __init__(self, systems: SystemTable) -> None:
        self._systems = systems

    def faults(self, resource: Json) -> list[Fault]:
        """What is wrong: a number that is none, is another kind's, or stands beside another of its kind."""
        seen: set[str] = set()
        found = []
        for path, key, identifier in self._known(resource):
            fault = _fault(f"{path}.value", _KINDS[key], identifier.get("value"))
            if fault is not None:
                found.append(fault)
            uri = self._systems.uri(key)
            if identifier["system"] == uri and key in _ONE_OF[resource["resourceType"]]:
                if uri in seen:
                    found.append(Fault(path, f"there is more than one {key}", _KINDS[key].second))
                seen.add(uri)
        return found

    def remarks(self, resource: Json) -> list[Fault]:
        """What is taken as it is, and had better be otherwise."""
        found = []
        for path, key, identifier in self._known(resource):
            uri = self._systems.uri(key)
            if identifier["system"] != uri:
                what = f"HL7 Sweden's base profiles have another name for the system of a {key}"
                found.append(Fault(f"{path}.system", what, f"Write {uri}."))
            if "value" not in identifier:
                found.append(Fault(f"{path}.value", f"there is a {key} without its value", "Write it."))
            elif key == HsaId.key:
                found += _of_hsa_id(f"{path}.value", identifier["value"])
        return found

    def _known(self, resource: Json) -> Iterator[tuple[str, str, Json]]:
        """The place, kind and content of each identifier of a kind that is known, in a sound resource."""
        type_ = resource.get("resourceType", "")
        if type_ not in _ONE_OF:
            return
        for number, identifier in enumerate(resource.get("identifier", ())):
            key = self._systems.canonical(identifier.get("system", ""))
            if key in _KINDS:
                yield f"{type_}.identifier[{number}]", key, identifier


def _fault(path: str, kind: _Kind, value: str | None) -> Fault | None:
    if value is None:
        return None
    try:
        found = kind.of.parse(value)
    except IdentifierError as error:
        return Fault(path, f"{kind.of.key}: {error.what}", error.do)
    if str(found) != value and kind.of is not HsaId:
        return Fault(path, f"{kind.of.key}: it is not written as it is exchanged", kind.written)
    return None


def _of_hsa_id(path: str, value: str) -> Iterator[Fault]:
    found = HsaId.parse(value)
    if str(found) != value:
        yield Fault(path, "hsa-id: it is not in upper case", _KINDS[HsaId.key].written)
    if found.organisation is None:
        what = "hsa-id: the number of the organisation that gave it is none"
        yield Fault(path, what, "Read it again at its source.")
