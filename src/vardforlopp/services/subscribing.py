"""Subscriptions: who wants to be told of what, and which changes are of that kind.

Whoever follows the log does both, in the order of the log: a Subscription that somebody wrote becomes active
(or tells why not) before what was written after it is looked at. What is to be delivered is kept in the same
transaction as how far the log was followed, so that nothing is lost and nothing doubled.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from hashlib import sha256
from typing import Any, NamedTuple, Protocol

import orjson

from vardforlopp.access import Action, Actor, Subject, may
from vardforlopp.fhir.search.query import Ids
from vardforlopp.fhir.subscription import Wanted, read_criteria, read_subscription
from vardforlopp.services.drafts import Rules, read_draft
from vardforlopp.services.keeping import update
from vardforlopp.services.outcomes import Refused
from vardforlopp.services.ports import Head, Key, Method, Reading, Scope, Unit, Version

#: The server itself, as the one who writes how a subscription stands.
SERVER = Actor("server", "system")
#: Changes that are looked at in one transaction.
BATCH = 500


class Owner(NamedTuple):
    """Whose a subscription is, and what calls to them are signed with."""

    actor: Actor
    secret: bytes | None


class Change(NamedTuple):
    """A version in the log, as somebody who follows sees it."""

    xact: int
    seq: int
    key: Key
    method: Method
    actor: str


class Subscribed(NamedTuple):
    """An active subscription."""

    id: str
    owner: str
    wanted: Wanted


class Told(NamedTuple):
    """A version that a subscription is to be told of; `name` is the same however often it is told."""

    subscription: str
    seq: int
    name: str


class Followed(Reading, Protocol):
    """A view of the log as it is followed."""

    def changes(self, name: str, count: int) -> list[Change]:
        """What somebody who follows has not seen, in an order in which nothing comes late."""

    def subscribed(self) -> list[Subscribed]:
        """The active subscriptions."""


class Following(Unit, Followed, Protocol):
    """A transaction of somebody who follows; there is one at a time."""

    def alone(self, name: str) -> None:
        """Wait until nobody else does what has this name."""

    def seen(self, name: str, change: Change) -> None:
        """Somebody has seen all up to a change."""

    def subscribe(self, one: Subscribed, *, at: int) -> None:
        """Make a subscription active, in place of what it was."""

    def unsubscribe(self, id_: str) -> None:
        """Make it inactive; what was still to be told is left."""

    def tell(self, told: Sequence[Told]) -> None:
        """What is to be delivered, each once."""


class FollowedStore(Protocol):
    """A store whose log can be followed."""

    def reading(self) -> AbstractContextManager[Followed]: ...

    def writing(self) -> AbstractContextManager[Following]: ...


class Hooks(NamedTuple):
    """What subscriptions rest on: how resources are kept, who somebody is, which addresses are called.

    `refused` says of an address why it is not called; None for one that is.
    """

    rules: Rules
    owner: Callable[[str], Owner | None]
    refused: Callable[[str], str | None]


_ME = "subscriptions"


def match(store: FollowedStore, now: int, *, hooks: Hooks) -> int:
    """Look at what was written since; how many versions it was."""
    with store.reading() as view:
        if not view.changes(_ME, 1):
            return 0
    with store.writing() as unit:
        unit.alone(_ME)
        changes = _together(unit.changes(_ME, BATCH))
        if changes and _is_asked(changes[0]):
            _answer(unit, changes[0], now, hooks)
        elif changes:
            _collect(unit, changes, now, hooks)
        if changes:
            unit.seen(_ME, changes[-1])
    return len(changes)


def end_subscriptions(store: FollowedStore, now: int, *, hooks: Hooks) -> int:
    """End those that cannot go on; how many it was."""
    with store.reading() as view:
        if not any(_over(one, now, hooks) for one in view.subscribed()):
            return 0
    with store.writing() as unit:
        unit.alone(_ME)
        ended = [(one, over) for one in unit.subscribed() if (over := _over(one, now, hooks))]
        for one, (status, error) in ended:
            unit.unsubscribe(one.id)
            say(unit, one.id, status=status, error=error, actor=SERVER, at=now, rules=hooks.rules)
    return len(ended)


def _over(one: Subscribed, now: int, hooks: Hooks) -> tuple[str, str | None] | None:
    """How a subscription ends and why, if it does: its time has come, or what it rests on is gone."""
    if one.wanted.ends is not None and one.wanted.ends <= now:
        return "off", None
    if hooks.owner(one.owner) is None:
        return "error", "who wrote it is no client"
    query = read_criteria(one.wanted.criteria, base=hooks.rules.base)
    return ("error", query) if isinstance(query, str) else None


def say(
    unit: Following, id_: str, *, status: str, actor: Actor, at: int, rules: Rules, error: str | None = None
) -> None:
    """Write in a Subscription how it stands; if somebody has just changed it, that is answered instead."""
    version = unit.read(Key("Subscription", id_))
    if version is None or version.body is None:
        return
    resource = orjson.loads(version.body)
    told = {name: value for name, value in resource.items() if name != "error"}
    told |= {"status": status} | ({} if error is None else {"error": error})
    draft = read_draft(orjson.dumps(told), rules=rules)
    if isinstance(draft, Refused):  # it was valid once, by rules of an earlier version
        return
    update(unit, draft, key=version.key, actor=actor, at=at, rules=rules, if_match=version.version)


def _together(changes: Sequence[Change]) -> Sequence[Change]:
    """Those that are looked at together: a Subscription by itself, others up to the next one."""
    if changes and _is_asked(changes[0]):
        return changes[:1]
    return changes[: next((n for n, change in enumerate(changes) if _is_asked(change)), len(changes))]


def _is_asked(change: Change) -> bool:
    return change.key.type == "Subscription" and change.actor != SERVER.id


def _answer(unit: Following, change: Change, now: int, hooks: Hooks) -> None:
    """A Subscription as somebody wrote it: active from here on, or not and why."""
    version = unit.read(change.key)
    if version is not None and version.seq != change.seq:
        return  # it was changed again, and that comes later
    id_ = change.key.id
    if version is None or version.body is None:
        unit.unsubscribe(id_)
        return
    resource = orjson.loads(version.body)
    if resource["status"] not in ("requested", "active"):
        unit.unsubscribe(id_)
        return
    wanted = _wanted(resource, version, hooks)
    unit.unsubscribe(id_)
    if isinstance(wanted, str):
        say(unit, id_, status="error", error=wanted, actor=SERVER, at=now, rules=hooks.rules)
    elif wanted.ends is not None and wanted.ends <= now:
        say(unit, id_, status="off", actor=SERVER, at=now, rules=hooks.rules)
    else:
        unit.subscribe(Subscribed(id_, version.actor, wanted), at=now)
        say(unit, id_, status="active", actor=SERVER, at=now, rules=hooks.rules)


def _wanted(resource: dict[str, Any], version: Version, hooks: Hooks) -> Wanted | str:
    wanted = read_subscription(resource, base=hooks.rules.base)
    if isinstance(wanted, str):
        return wanted
    owner = hooks.owner(version.actor)
    if owner is None or owner.secret is None:
        return "who wrote it has no hook_secret in the file of clients, so that calls could not be signed"
    decision = may(owner.actor, Action.SEARCH, Subject(wanted.criteria.partition("?")[0]))
    if not decision.allowed:
        return decision.reason
    return hooks.refused(wanted.endpoint) or wanted


def _collect(unit: Following, changes: Iterable[Change], now: int, hooks: Hooks) -> None:
    """Keep what of some changes is to be told to whom."""
    last = {change.key: change.seq for change in changes if change.method != Method.DELETED}
    told: list[Told] = []
    for one in unit.subscribed():
        owner = hooks.owner(one.owner)
        if owner is not None:
            told += [
                Told(one.id, head.seq, _name(one, head))
                for head in _met(unit, one, owner.actor, last, now=now, hooks=hooks)
            ]
    unit.tell(told)


def _met(
    unit: Following, one: Subscribed, actor: Actor, last: dict[Key, int], *, now: int, hooks: Hooks
) -> list[Head]:
    """Which of some resources meet a subscription as they are now, within what its owner may see.

    One that was changed again meanwhile is not told of here: its next change is in the log.
    """
    query = read_criteria(one.wanted.criteria, base=hooks.rules.base)
    if isinstance(query, str):  # it could be read when it became active; `end_subscriptions` tells of it
        return []
    ids = [key.id for key in last if key.type == query.type]
    decision = may(actor, Action.SEARCH, Subject(query.type))
    if not ids or not decision.allowed:
        return []
    among = replace(query, tests=(*query.tests, Ids(tuple(ids))))
    heads = unit.page(among, count=len(ids), scope=Scope(now, decision.within)).heads
    return [head for head in heads if head.seq == last[head.key]]


def _name(one: Subscribed, head: Head) -> str:
    """The same for the same version, also where a database was restored and numbers come again."""
    text = f"{one.id} {head.type}/{head.id}/{head.version} {head.at}"
    return f"msg_{sha256(text.encode()).hexdigest()[:32]}"
