"""Nobody refers to what was created just now, but what comes with it: so nobody is looked for."""

from __future__ import annotations

from typing import Any

from made.derived import anew, following, in_force, rows
from made.serving import NOW, Client, served, told
from vardforlopp.services.sweeping import EVERYBODY, sweep
from vardforlopp.store.database import Database
from vardforlopp.store.units import SqlStore

Json = dict[str, Any]
TABLET = "urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0"
AFTER = NOW + 3_600_000_000
BETA_BLOCKER, ACE_INHIBITOR = "C07AB02", "C09AA02"


def tablet(atc: str, **more: Any) -> Json:
    coding = {"system": "http://www.whocc.no/atc", "code": atc}
    return {"resourceType": "Medication", **more, "code": {"coding": [coding]}}


def test_who_comes_with_it_is_read_with_it_and_follows_it_from_then_on(database: Database) -> None:
    client: Client = served(database, store=following(database, lambda: AFTER))
    client.ask("PUT", "Patient/anna", {"resourceType": "Patient", "id": "anna", "birthDate": "1950-02-03"})
    order = {
        "resourceType": "MedicationRequest", "id": "recept", "status": "active", "intent": "order",
        "subject": {"reference": "Patient/anna"}, "authoredOn": "2026-03-01",
        "medicationReference": {"reference": TABLET},
    }  # fmt: skip
    entries = [
        {"request": {"method": "PUT", "url": "MedicationRequest/recept"}, "resource": order},
        {
            "fullUrl": TABLET,
            "request": {"method": "POST", "url": "Medication"},
            "resource": tablet(BETA_BLOCKER),
        },
    ]
    told(client.ask("POST", "", {"resourceType": "Bundle", "type": "transaction", "entry": entries}), 200)
    (name,) = client.found("Medication")
    first = as_derived(database)
    assert first["fact"], "the drug is known by its code"
    told(client.ask("PUT", name, tablet(ACE_INHIBITOR, id=name.partition("/")[2])), 200)
    second = as_derived(database)
    assert second["fact"] != first["fact"], "who refers to it by now follows it"


def as_derived(database: Database) -> dict[str, list[Any]]:
    """What is derived when all was looked at, and is the same derived anew."""
    sweep(SqlStore(database), in_force(), now=AFTER, most=EVERYBODY)
    found = rows(database)
    anew(database, now=AFTER)
    assert rows(database) == found
    return found
