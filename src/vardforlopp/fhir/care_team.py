"""CareTeam: whom the person turns to."""

from __future__ import annotations

from vardforlopp.fhir.bundle import Group
from vardforlopp.fhir.concepts import codings_of, words_of
from vardforlopp.fhir.occurrence import Spell, add, each, period
from vardforlopp.fhir.people import contact_of, name_of, phone_of
from vardforlopp.fhir.reading import Reading
from vardforlopp.fhir.resource_types import Json


def read(group: Group, reading: Reading) -> None:
    """Contacts, and facts for those who ask, out of all care teams of a record."""
    each("CareTeam", group, reading, _one)


def _one(resource: Json, ref: str, shown: int, reading: Reading) -> None:
    start, end = period(resource.get("period") or {}, ref, "period", reading)
    if resource["status"] == "active":
        for participant in resource.get("participant") or ():
            _contact(participant, resource, ref, reading)
    if start is not None:
        found = reading.reader.tables["CareTeam"].matches(codings_of(resource, "category", "reasonCode"))
        add(found, Spell(start, end), "CareTeam", ref, resource=resource, reading=reading)


def _contact(participant: Json, team: Json, ref: str, reading: Reading) -> None:
    member = participant.get("member")
    if not member or reading.is_me(member):
        return
    reading.check(member, ref, "participant.member", team)
    contact = contact_of(member, reading, team)
    unit = contact_of(participant.get("onBehalfOf"), reading, team)
    managing = next(iter(team.get("managingOrganization") or ()), None)
    home = reading.follow(managing, team) or {}
    roles = participant.get("role") or ()
    role = next((words for one in roles if (words := words_of(one))), contact.role)
    reading.mention(
        "contact",
        contact.name or role,
        ref,
        role=role,
        phone=contact.phone or unit.phone or phone_of(home) or phone_of(team),
        unit=contact.unit or unit.name or name_of(home),
    )
