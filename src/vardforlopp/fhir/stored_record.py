"""What stored versions of resources say of a person, and which resources say a part of it for others.

A record in a store differs from a file: every version is there with the instant of its writing, a resource
may have been deleted, and one resource can be read again alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from itertools import pairwise
from typing import Any, NamedTuple

from vardforlopp.fhir.bundle import Collected, Version
from vardforlopp.fhir.patient import Person
from vardforlopp.fhir.reader import Reader
from vardforlopp.fhir.reading import type_and_id
from vardforlopp.fhir.resource_types import READ, SUPPORTING, Json
from vardforlopp.fhir.whole_record import pieces_of, read_all
from vardforlopp.record.pieces import Pieces

#: Elements whose references a reader follows: what stands there is said by the resource that it leads to.
_FOLLOWED = {
    "Appointment": ("participant",),
    "CareTeam": ("participant", "managingOrganization"),
    "Encounter": ("diagnosis",),
    "EpisodeOfCare": ("diagnosis",),
    "MedicationAdministration": ("medicationReference",),
    "MedicationDispense": ("medicationReference",),
    "MedicationRequest": ("medicationReference",),
    "MedicationStatement": ("medicationReference",),
    "PractitionerRole": ("practitioner", "organization"),
    "Provenance": ("agent",),
    "Task": ("focus", "requester", "owner"),
}
#: Types of which nothing is read and that nobody follows say nothing of a person.
TOLD = READ | SUPPORTING
#: References are followed this far: from a team to a role to the practitioner in it.
STEPS = 2


class Stored(NamedTuple):
    """A version of a resource: `at` is the instant of its writing; `resource` None = it was deleted then."""

    type: str
    id: str
    at: int
    resource: Json | None

    @property
    def ref(self) -> str:
        return f"{self.type}/{self.id}"


def followed(resource: Json) -> set[str]:
    """`Type/id` of what a reader takes something from, where it is known to this store or not."""
    found: set[str] = set()
    waiting: list[Any] = [resource.get(name) for name in _FOLLOWED.get(resource["resourceType"], ())]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            text = each.get("reference")
            if isinstance(text, str) and not text.startswith(("#", "urn:")):
                kind, own = type_and_id(text)
                if kind != "Patient":
                    found.add(f"{kind}/{own}")
            waiting += each.values()
        elif isinstance(each, list):
            waiting += each
    return found


def tasks_of(provenance: Json) -> set[str]:
    """The tasks that a Provenance tells who did."""
    named = (type_and_id(one.get("reference") or "") for one in provenance.get("target", ()))
    return {f"{kind}/{own}" for kind, own in named if kind == "Task"}


def read_stored(
    versions: Iterable[Stored], reader: Reader, *, name: str, now: int, person: Person | None = None
) -> tuple[Person, Pieces]:
    """The person of some stored resources and what these say, by all their versions.

    The versions of one resource stand in the order of their writing; the person's own are among them, unless
    the `person` is known. Raises `InputError` where there is no Patient.
    """
    found = _collected(versions)
    if person is not None:
        own = person.patient.ref.partition("/")[2]
        found.groups["Patient"][own] = {"resourceType": "Patient", "id": own}  # what references lead to
    person, reading = read_all(found, reader, name=name, now=now, person=person)
    return person, pieces_of(reading)


def _collected(versions: Iterable[Stored]) -> Collected:
    by_key: defaultdict[tuple[str, str], list[Stored]] = defaultdict(list)
    for version in versions:
        by_key[version.type, version.id].append(version)
    found = Collected()
    for (kind, own), written in sorted(by_key.items()):
        newest = written[-1]
        if newest.resource is not None:
            found.groups[kind][own] = newest.resource
            if len(written) > 1:
                found.known_since[kind, own] = newest.at
        for number, (older, after) in enumerate(pairwise(written)):
            if older.resource is not None:
                since = older.at if number else None
                found.more.append(Version(kind, own, older.resource, since, after.at))
    return found
