"""Subscriptions: who is told of what, in which order, and what becomes of one that cannot be told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from typing import Any, cast

import pytest
from sqlalchemy import update

from made.receiving import SECRET, WRITTEN, Receiver, Refused, receive, receiving
from made.serving import NOW, STAFF, SYSTEM, Client, patient
from made.subscribing import OWNERS, hooks, later, pulse, wanted, work
from vardforlopp.adapters.hooks import Receivers
from vardforlopp.kernel.civil import DAY, HOUR, SECOND
from vardforlopp.services import subscribing
from vardforlopp.services.delivering import TRIES
from vardforlopp.services.subscribing import Owner
from vardforlopp.store import tables
from vardforlopp.store.units import SqlStore


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


def subscribed(client: Client, asked: dict[str, Any], **using: Any) -> dict[str, Any]:
    """A Subscription as it is when the worker has seen it."""
    id_ = client.create(asked)["id"]
    work(client, **using)
    return client.get(f"Subscription/{id_}")


def test_what_is_asked_for_becomes_active(client: Client, receiver: Receiver) -> None:
    found = subscribed(client, wanted(receiver))
    assert found["status"] == "active"
    assert "error" not in found
    assert [line["actor"] for line in client.audited(type="Subscription", action="update")] == ["server"]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (wanted("https://x.example/", "Observation?nothing=1"), "the criteria: nothing:"),
        (wanted("https://x.example/", "Nothing?code=1"), "nobody is told of Nothing here"),
        (wanted("https://x.example/", "AuditEvent?action=R"), "nobody is told of AuditEvent here"),
        (wanted("https://x.example/", "Observation?_include=Observation:subject"), "not how it is shown"),
        (wanted("https://x.example/", type="email"), "the channel email is not had here"),
        (wanted("https://x.example/", header=["Authorization: Bearer x"]), "headers are not sent along"),
        (
            wanted("https://x.example/", payload="application/fhir+xml"),
            "the payload is application/fhir+json",
        ),
        (wanted("ftp://x.example/"), "over https only"),
        (wanted("https://a:b@x.example/"), "a name, a password"),
        (wanted("https://x.example:99999/"), "no address"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_had_says_why(client: Client, asked: dict[str, Any], said: str) -> None:
    found = subscribed(client, asked)
    assert found["status"] == "error"
    assert said in found["error"]


def test_who_has_no_secret_is_not_called(client: Client, receiver: Receiver) -> None:
    for actor in (STAFF, replace(SYSTEM, id="mute")):
        assert "hook_secret" in subscribed(client.as_(actor), wanted(receiver))["error"]


def test_what_is_written_then_is_told_as_it_is(client: Client, receiver: Receiver) -> None:
    client.create(pulse())  # before: not told
    subscribed(client, wanted(receiver))
    told = [client.create(pulse()) for _ in range(3)]
    client.create(pulse(code="other"))
    client.create({"resourceType": "Patient"})
    assert work(client) == 3
    assert receiver.told == [f"Observation/{one['id']}/1" for one in told]
    client.ask("PUT", f"Observation/{told[0]['id']}", told[0])
    assert work(client) == 1
    assert receiver.told[3] == f"Observation/{told[0]['id']}/2"
    headers, body = receiver.calls[0]
    assert body == client.ask("GET", f"Observation/{told[0]['id']}/_history/1").body, "to the byte"
    assert headers["content-type"] == "application/fhir+json"


def test_without_a_payload_nothing_is_in_the_call(client: Client, receiver: Receiver) -> None:
    asked = wanted(receiver)
    del asked["channel"]["payload"]
    subscribed(client, asked)
    client.create(pulse())
    work(client)
    assert [body for _, body in receiver.calls] == [b""]


def test_a_call_can_be_believed_once_and_not_later(client: Client, receiver: Receiver) -> None:
    """What the how-to shows a receiver to do."""
    subscribed(client, wanted(receiver))
    client.create(pulse())
    now = next(client.clock)
    work(client, now=now)
    headers, body = receiver.calls[0]
    seen: set[str] = set()
    at = now / SECOND
    assert receive(headers, body, secret=WRITTEN, now=at, seen=seen)
    assert not receive(headers, body, secret=WRITTEN, now=at + 10, seen=seen), "it was had already"
    for changed, then, secret in (
        (body, at + 301, WRITTEN),
        (body + b" ", at, WRITTEN),
        (body, at, "whsec_b3RoZXIgc2VjcmV0IG90aGVyIHNlY3JldA=="),
    ):
        with pytest.raises(Refused):
            receive(headers, changed, secret=secret, now=then, seen=set())
    stamp = {"webhook-timestamp": str(int(at) + 200)}
    with pytest.raises(Refused):
        receive({**headers, **stamp}, body, secret=WRITTEN, now=at + 200, seen=set())


def test_every_call_stands_in_the_log_of_acts(client: Client, receiver: Receiver) -> None:
    subscribed(client, wanted(receiver))
    told = client.create(pulse("erik"))
    work(client)
    [line] = client.audited(action="notify")
    assert (line["actor"], line["id"], line["patient"], line["version"], line["outcome"]) == (
        SYSTEM.id, told["id"], "erik", 1, "done",
    )  # fmt: skip


def test_a_subscriber_is_told_only_what_they_may_see(client: Client, receiver: Receiver) -> None:
    anna = hooks(owners={SYSTEM.id: Owner(patient("anna"), SECRET)})
    subscribed(client, wanted(receiver), using=anna)
    hers = client.create(pulse("anna"))
    client.create(pulse("erik"))
    both = pulse("anna") | {"performer": [{"reference": "Patient/erik"}]}
    client.create(both)
    work(client, using=anna)
    assert receiver.told == [f"Observation/{hers['id']}/1"]


def test_a_subscriber_finds_out_nothing_by_what_they_may_not_see(client: Client, receiver: Receiver) -> None:
    """Chains go only through what the owner sees."""
    anna = hooks(owners={SYSTEM.id: Owner(patient("anna"), SECRET)})
    stay = {"resourceType": "Encounter", "status": "finished", "class": {"code": "IMP"}}
    for of in ("anna", "erik"):
        client.ask("PUT", f"Encounter/{of}", {**stay, "id": of, "subject": {"reference": f"Patient/{of}"}})
    subscribed(client, wanted(receiver, "Observation?encounter.status=finished"), using=anna)
    for of in ("erik", "anna"):
        client.create(pulse("anna") | {"encounter": {"reference": f"Encounter/{of}"}})
    work(client, using=anna)
    assert len(receiver.calls) == 1


def test_a_change_that_came_before_the_worker_looked_is_told_once(
    client: Client, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subscribing, "BATCH", 1)
    subscribed(client, wanted(receiver))
    one = client.create(pulse())
    client.ask("PUT", f"Observation/{one['id']}", one)
    work(client)
    assert receiver.told == [f"Observation/{one['id']}/2"]


def test_who_may_no_longer_see_is_not_told_what_waits(client: Client, receiver: Receiver) -> None:
    subscribed(client, wanted(receiver))
    client.create(pulse("erik"))
    receiver.answers = 500
    work(client)
    receiver.answers = 200
    work(client, now=later(client), using=hooks(owners={SYSTEM.id: Owner(patient("anna"), SECRET)}))
    work(client, now=later(client), using=hooks(owners={}))
    assert len(receiver.calls) == 1
    assert [line["outcome"] for line in client.audited(action="notify")] == ["done", "refused"]


def test_who_is_no_client_any_more_is_told_nothing(client: Client, receiver: Receiver) -> None:
    id_ = subscribed(client, wanted(receiver))["id"]
    client.create(pulse())
    work(client, using=hooks(owners={}))
    assert receiver.calls == []
    assert client.get(f"Subscription/{id_}")["error"] == "who wrote it is no client"


def test_one_whose_search_is_not_had_any_more_says_so(client: Client, receiver: Receiver) -> None:
    """After an upgrade, say; it keeps nobody else waiting."""
    id_ = subscribed(client, wanted(receiver))["id"]
    with cast(SqlStore, client.server.store).database.writing() as connection:
        connection.execute(update(tables.subscription).values(criteria="Observation?once=1"))
    subscribed(client, wanted(receiver))
    client.create(pulse())
    assert work(client) == 1
    found = client.get(f"Subscription/{id_}")
    assert found["status"] == "error"
    assert "once" in found["error"]


def test_an_address_that_may_not_be_called_is_given_up_at_once(client: Client) -> None:
    """Which address a name has is looked up when it is called."""
    strict = Receivers()
    id_ = subscribed(client, wanted("https://localhost:9/"), using=hooks(receivers=strict))["id"]
    client.create(pulse())
    work(client, using=hooks(receivers=strict), send=strict.send)
    found = client.get(f"Subscription/{id_}")
    assert found["status"] == "error"
    assert found["error"].startswith("given up after 1 try: the receiver's address is none")


def test_a_receiver_that_was_down_is_told_in_order(client: Client) -> None:
    with receiving() as receiver:
        subscribed(client, wanted(receiver))
    told = [client.create(pulse()) for _ in range(3)]
    assert work(client) == 1, "the others wait behind the first"
    assert work(client) == 0, "it is not tried again at once"
    with receiving(receiver.port) as back:
        assert work(client, now=later(client)) == 3
    assert back.told == [f"Observation/{one['id']}/1" for one in told]


def test_waits_grow_until_it_is_given_up_and_told(client: Client, receiver: Receiver) -> None:
    id_ = subscribed(client, wanted(receiver))["id"]
    client.create(pulse())
    receiver.answers = 503
    now = NOW + HOUR
    waits = []
    for _ in range(TRIES):
        before = now
        while not work(client, now=now):
            now += 5 * SECOND
        waits.append((now - before) // SECOND)
    assert waits[1:11] == [5 * 2**n for n in range(10)]
    assert waits[11:] == [3600] * 5
    assert len(set(receiver.names)) == 1, "the same call, under the same name"
    found = client.get(f"Subscription/{id_}")
    assert found["status"] == "error"
    assert found["error"] == "given up after 16 tries: the receiver answered 503"
    client.create(pulse())
    assert work(client, now=now + DAY) == 0
    receiver.answers = 200
    client.ask("PUT", f"Subscription/{id_}", {**found, "status": "requested"})
    work(client, now=now + DAY)
    found = client.get(f"Subscription/{id_}")
    assert found["status"] == "active"
    assert "error" not in found
    client.create(pulse())
    assert work(client, now=now + DAY) == 1


def test_a_receiver_that_is_gone_is_not_called_again(client: Client, receiver: Receiver) -> None:
    id_ = subscribed(client, wanted(receiver))["id"]
    client.create(pulse())
    receiver.answers = 410
    work(client)
    assert client.get(f"Subscription/{id_}")["status"] == "error"
    assert work(client, now=later(client)) == 0


def test_where_a_receiver_points_is_not_followed(client: Client, receiver: Receiver) -> None:
    subscribed(client, wanted(receiver))
    client.create(pulse())
    receiver.answers = 302
    work(client)
    assert len(receiver.calls) == 1


def test_one_that_is_slow_or_down_keeps_nobody_else_waiting(client: Client, receiver: Receiver) -> None:
    subscribed(client, wanted("http://127.0.0.1:1/"))
    subscribed(client, wanted(receiver))
    client.create(pulse())
    client.create(pulse())
    work(client)
    assert len(receiver.calls) == 2


@pytest.mark.parametrize("ended", ["off", "deleted", "end"])
def test_one_that_has_ended_is_told_nothing(client: Client, receiver: Receiver, ended: str) -> None:
    asked = wanted(receiver)
    if ended == "end":
        asked["end"] = "2026-03-02T11:00:00+01:00"
    found = subscribed(client, asked)
    address, now = f"Subscription/{found['id']}", NOW + 2 * HOUR
    client.create(pulse())
    if ended == "off":
        client.ask("PUT", address, {**found, "status": "off"})
    elif ended == "deleted":
        client.ask("DELETE", address)
    while work(replace(client, clock=count(now)), now=now):
        pass
    client.create(pulse())
    assert work(client, now=now) == 0
    if ended == "end":
        assert client.get(address)["status"] == "off"
        assert receiver.calls == []


def test_who_changes_a_subscription_is_whose_it_is_then(client: Client, receiver: Receiver) -> None:
    """Nobody has somebody else's data sent to an address of their own."""
    mine = subscribed(client, wanted(receiver))
    other = replace(SYSTEM, id="other")
    owners = {**OWNERS, "other": Owner(patient("erik"), SECRET)}
    client.as_(other).ask("PUT", f"Subscription/{mine['id']}", {**mine, "status": "requested"})
    client.create(pulse("anna"))
    hers = client.create(pulse("erik"))
    work(client, using=hooks(owners=owners))
    assert receiver.told == [f"Observation/{hers['id']}/1"]


def test_what_changes_while_it_waits_is_told_as_it_was(client: Client, receiver: Receiver) -> None:
    """And then as it became; a change that came before the worker looked is told once."""
    subscribed(client, wanted(receiver))
    one = client.create(pulse())
    receiver.answers = 500
    work(client)
    client.ask("PUT", f"Observation/{one['id']}", one)
    client.ask("PUT", f"Observation/{one['id']}", one)
    receiver.answers = 200
    work(client, now=later(client))
    assert receiver.told[1:] == [f"Observation/{one['id']}/{version}" for version in (1, 3)]


@pytest.mark.parametrize(
    ("endpoint", "demo", "networks", "called"),
    [
        ("https://127.0.0.1:9/", False, (), False),
        ("http://127.0.0.1:9/", False, (), False),
        ("http://127.0.0.1:9/", True, (), True),
        ("https://10.1.2.3:9/", False, (), False),
        ("https://10.1.2.3:9/", True, (), False),
        ("https://169.254.169.254/", False, (), False),
        ("https://[::1]:9/", False, (), False),
        ("https://[::ffff:127.0.0.1]:9/", False, (), False),
        ("https://[::ffff:10.0.0.1]:9/", False, (), False),
        ("https://0.0.0.0:9/", False, (), False),
        ("https://2130706433:9/", False, (), False),
        ("https://localhost:9/", False, (), False),
        ("https://127.0.0.1:9/", False, ("127.0.0.0/8",), True),
        ("http://93.184.216.34:9/", True, (), False),
    ],
)
def test_only_addresses_that_may_be_called_are(
    endpoint: str, demo: bool, networks: tuple[str, ...], called: bool
) -> None:
    fault = Receivers(networks, demo=demo).send(endpoint, {}, body=b"").fault
    assert ("was not reached" in fault) == called, fault
