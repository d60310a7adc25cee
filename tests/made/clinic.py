"""A server that follows pathways, one person in it, and what is asked of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import orjson
from sqlalchemy import select

from made.serving import BASE, Client, served
from vardforlopp.adapters.incoming import incoming_rules
from vardforlopp.app.followed import at_once
from vardforlopp.fhir.names import CATEGORY_SYSTEM, EXTENSION, canonical
from vardforlopp.kernel.civil import parse_time
from vardforlopp.services.in_force import InForce
from vardforlopp.services.sweeping import EVERYBODY, sweep
from vardforlopp.store import known
from vardforlopp.store.database import Database
from vardforlopp.store.units import SqlStore

Json = dict[str, Any]
BEGIN = parse_time("2026-03-02T10:00:00+01:00").lo


@dataclass
class Clinic:
    """A server that follows pathways; its clock stands still until it is told to go on."""

    database: Database
    by: InForce
    now: int = BEGIN

    def client(self) -> Client:
        store = SqlStore(self.database, after=at_once(self.by, lambda: self.now))
        made = served(self.database, store=store)
        rules = incoming_rules(BASE, in_force=self.by)
        server = replace(made.server, rules=rules, in_force=self.by)
        return Client(server, clock=iter(lambda: self.now, None))

    def wait(self, span: int) -> None:
        self.now += span
        sweep(SqlStore(self.database), self.by, now=self.now, most=EVERYBODY)


def anna(**more: Any) -> Json:
    return {"resourceType": "Patient", "id": "anna", "birthDate": "1950-02-03", "gender": "female", **more}


def stay(**more: Any) -> Json:
    return {
        "resourceType": "CarePlan", "id": "stay", "status": "active", "intent": "plan",
        "category": [{"coding": [{"system": CATEGORY_SYSTEM, "code": "enrolment"}]}],
        "instantiatesCanonical": [canonical("hjartsvikt", "1.0.0")],
        "subject": {"reference": "Patient/anna"}, "period": {"start": "2026-02-20"},
        "author": {"display": "Vårdcentralen Norr"}, "created": "2026-02-20",
        "extension": [{"url": f"{EXTENSION}followed-from", "valueDate": "2026-02-20"}],
        **more,
    }  # fmt: skip


def today() -> Json:
    """A stay that begins now."""
    followed = {"url": f"{EXTENSION}followed-from", "valueDate": "2026-03-02"}
    entry = {"url": f"{EXTENSION}entry", "valueCode": "IN4"}
    return stay(period={"start": "2026-03-02"}, created="2026-03-02", extension=[followed, entry])


def ecg() -> Json:
    """One that was taken on the day when the stay begins."""
    return {
        "resourceType": "Procedure", "id": "ecg", "status": "completed",
        "subject": {"reference": "Patient/anna"},
        "code": {"coding": [{"system": "http://snomed.info/sct", "code": "29303009"}]},
        "performedDateTime": "2026-03-02",
    }  # fmt: skip


def put(client: Client, resource: Json) -> None:
    """Kept: anew, or as the next version."""
    reply = client.ask("PUT", f"{resource['resourceType']}/{resource['id']}", resource)
    assert reply.status in (200, 201), reply.body


def states(clinic: Clinic) -> dict[str, str]:
    """How each step stands."""
    with SqlStore(clinic.database).reading() as view:
        return {
            step: state for row in view.courses("anna") for step, _, state, *_ in orjson.loads(row.states)
        }


def facts(clinic: Clinic) -> list[Json]:
    """All that is kept of anybody."""
    with clinic.database.reading() as connection:
        return [dict(row) for row in connection.execute(select(known.fact)).mappings()]


def worklist(client: Client, query: str = "") -> list[Json]:
    entries = client.get(f"$worklist{query}").get("entry", ())
    return [one["resource"] for one in entries if one["search"]["mode"] == "match"]


def state_of(task: Json) -> str:
    return str(next(one["valueCode"] for one in task["extension"] if one["url"] == f"{EXTENSION}state"))
