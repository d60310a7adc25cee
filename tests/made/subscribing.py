"""Subscriptions without a worker: the steps that it does, one after the other."""

from __future__ import annotations

from typing import Any, cast

from made.receiving import SECRET, Receiver
from made.serving import BASE, SYSTEM, Client
from vardforlopp.access import Actor
from vardforlopp.adapters.hooks import Receivers
from vardforlopp.adapters.incoming import incoming_rules
from vardforlopp.kernel.civil import HOUR
from vardforlopp.services.delivering import Send, deliver
from vardforlopp.services.subscribing import Hooks, Owner, end_subscriptions, match
from vardforlopp.store.units import SqlStore

RECEIVERS = Receivers(demo=True)
OWNERS = {SYSTEM.id: Owner(SYSTEM, SECRET), "mute": Owner(Actor("mute", "system"), None)}


def hooks(*, receivers: Receivers = RECEIVERS, owners: dict[str, Owner] = OWNERS) -> Hooks:
    """What subscriptions rest on."""
    return Hooks(incoming_rules(BASE), owners.get, receivers.refused)


def wanted(
    receiver: Receiver | str, criteria: str = "Observation?code=8867-4", **channel: Any
) -> dict[str, Any]:
    """A Subscription as somebody asks for it, with the resource in each call."""
    endpoint = receiver if isinstance(receiver, str) else receiver.endpoint
    return {
        "resourceType": "Subscription", "status": "requested", "reason": "test", "criteria": criteria,
        "channel": {"type": "rest-hook", "endpoint": endpoint, "payload": "application/fhir+json", **channel},
    }  # fmt: skip


def pulse(patient: str = "anna", code: str = "8867-4") -> dict[str, Any]:
    """An observation of somebody."""
    return {
        "resourceType": "Observation", "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": code}]},
        "subject": {"reference": f"Patient/{patient}"},
    }  # fmt: skip


def work(
    client: Client, *, now: int | None = None, using: Hooks | None = None, send: Send = RECEIVERS.send
) -> int:
    """All that a worker has to do at an instant; how many calls it made."""
    store, at = cast(SqlStore, client.server.store), next(client.clock) if now is None else now
    using = using or hooks()
    end_subscriptions(store, at, hooks=using)
    while match(store, at, hooks=using):
        pass
    made = 0
    while deliver(store, at, hooks=using, send=send):
        made += 1
    return made


def later(client: Client) -> int:
    """An instant so much later that everything which waits is tried again."""
    return next(client.clock) + 2 * HOUR
