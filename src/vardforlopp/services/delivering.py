"""Delivering what a subscription is told of: signed, in the order of the log, again until it has arrived.

At least once: a call that was made and not written down, since the process was killed, is made again under
the same name. Standard Webhooks (https://www.standardwebhooks.com) is the form of names and signatures.
"""

from __future__ import annotations

import hmac
from base64 import b64encode
from collections.abc import Mapping
from contextlib import AbstractContextManager
from hashlib import sha256
from typing import NamedTuple, Protocol

from vardforlopp.access import Action, Subject
from vardforlopp.fhir.subscription import PAYLOAD
from vardforlopp.kernel.civil import HOUR, SECOND
from vardforlopp.services.doors import Door
from vardforlopp.services.ports import Version
from vardforlopp.services.subscribing import SERVER, Followed, Following, Hooks, say

#: How long a call may take, and how long nobody else makes it then: longer, so that two never do at once.
DEADLINE, HELD = 15 * SECOND, 60 * SECOND
#: Waits after the first failure, doubled after each, up to the longest; after so many it is given up.
FIRST_WAIT, LONGEST_WAIT, TRIES = 5 * SECOND, HOUR, 16
_GONE = 410


class Due(NamedTuple):
    """A delivery that somebody has taken on. `number` is its own, `seq` the place of the version."""

    number: int
    subscription: str
    owner: str
    endpoint: str
    payload: bool
    seq: int
    name: str
    failures: int
    held_until: int


class Sent(NamedTuple):
    """What came of a call: the status of the answer, or why there was none; `final`: there will be none."""

    status: int | None
    fault: str = ""
    final: bool = False

    @property
    def arrived(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def says(self) -> str:
        return f"the receiver answered {self.status}" if self.status is not None else self.fault


class Waiting(Followed, Protocol):
    """A view of what waits to be delivered."""

    def is_due(self, now: int) -> bool:
        """Whether anything can be taken on."""


class Delivering(Following, Waiting, Protocol):
    """A transaction of somebody who delivers."""

    def take_on(self, *, now: int, until: int) -> Due | None:
        """The next delivery of a subscription that nobody else is at, held until an instant."""

    def version_at(self, seq: int) -> Version | None:
        """A version by its place in the log."""

    def delivered(self, due: Due, *, now: int) -> None:
        """It need not be told any more."""

    def put_off(self, due: Due, *, to: int) -> None:
        """It failed, and is tried again then."""


class DeliveringStore(Protocol):
    """A store that keeps what is to be delivered."""

    def reading(self) -> AbstractContextManager[Waiting]: ...

    def writing(self) -> AbstractContextManager[Delivering]: ...


class Send(Protocol):
    """How a call is made."""

    def __call__(self, endpoint: str, headers: Mapping[str, str], *, body: bytes) -> Sent: ...


def deliver(store: DeliveringStore, now: int, *, hooks: Hooks, send: Send) -> int:
    """Make one call that is due; how many it was. Several may do this at once."""
    with store.reading() as view:
        if not view.is_due(now):
            return 0
    with store.writing() as unit:
        due = unit.take_on(now=now, until=now + HELD)
        if due is None:
            return 0
        call = _call(unit, due, now, hooks)
        if call is None:
            unit.delivered(due, now=now)
            return 1
    headers, body = call
    sent = send(due.endpoint, headers, body=body)
    with store.writing() as unit:
        _settle(unit, due, sent, now=now, hooks=hooks)
    return 1


def signed(name: str, body: bytes, *, at: int, secret: bytes) -> dict[str, str]:
    """The headers that tell a receiver which call it is, when it was made, and that it is ours."""
    stamp = str(at // SECOND)
    mac = hmac.new(secret, b".".join((name.encode(), stamp.encode(), body)), sha256).digest()
    return {
        "webhook-id": name,
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,{b64encode(mac).decode()}",
    }


def _call(unit: Delivering, due: Due, now: int, hooks: Hooks) -> tuple[Mapping[str, str], bytes] | None:
    """The headers and body of a call, written down as told; None when nothing may be told any more.

    It is written down before it is made: what left the house is never missing in the log of acts.
    """
    owner, version = hooks.owner(due.owner), unit.version_at(due.seq)
    if owner is None or owner.secret is None or version is None or version.body is None:
        return None
    door = Door(unit, owner.actor, Action.NOTIFY, at=now)
    subject = Subject(*version.key, version.patients)
    if door.enter(subject) is not None:
        return None
    door.done(subject, version=version.version)
    body = version.body if due.payload else b""
    headers = signed(due.name, body, at=now, secret=owner.secret)
    return ({**headers, "content-type": PAYLOAD} if due.payload else headers), body


def _settle(unit: Delivering, due: Due, sent: Sent, *, now: int, hooks: Hooks) -> None:
    if sent.arrived:
        unit.delivered(due, now=now)
    elif sent.final or sent.status == _GONE or due.failures + 1 >= TRIES:
        tries = "1 try" if due.failures == 0 else f"{due.failures + 1} tries"
        why = f"given up after {tries}: {sent.says}"
        unit.alone("subscriptions")
        unit.unsubscribe(due.subscription)
        say(unit, due.subscription, status="error", error=why, actor=SERVER, at=now, rules=hooks.rules)
    else:
        unit.put_off(due, to=now + min(FIRST_WAIT << due.failures, LONGEST_WAIT))
