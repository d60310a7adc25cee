"""Create and update: a new version of a resource, or the first."""

from __future__ import annotations

from typing import NamedTuple

from vardforlopp.access import Action, Actor, Subject
from vardforlopp.fhir.json_patch import NotApplied, patched
from vardforlopp.fhir.search.query import Query
from vardforlopp.services.doors import Door, subject_of
from vardforlopp.services.drafts import Draft, Rules, read_draft
from vardforlopp.services.outcomes import Cause, Kept, Refused, refused
from vardforlopp.services.ports import Entry, Head, Key, Method, Scope, Unit, Version
from vardforlopp.services.searching import within_reach


class Condition(NamedTuple):
    """What must hold of the current version: its number (`If-Match`)."""

    version: int


def create(unit: Unit, draft: Draft, *, new_id: str, actor: Actor, at: int, rules: Rules) -> Kept | Refused:
    """Keep a resource under an id that nobody has."""
    door = Door(unit, actor, Action.CREATE, at=at)
    entry = draft.entry(Key(draft.type, new_id), 1, at=at, rules=rules)
    subject = Subject(*entry.key, entry.patients)
    if (no := door.enter(subject)) is not None:
        return no
    return _kept(unit, door, subject, entry, None)


def create_unless(
    unit: Unit, draft: Draft, *, new_id: str, query: Query, actor: Actor, at: int, rules: Rules
) -> Kept | Refused:
    """Conditional create: what already meets the query is told instead of kept twice."""
    found = those_that_meet(unit, query, actor=actor, at=at)
    if isinstance(found, Refused):
        return found
    if not found:
        return create(unit, draft, new_id=new_id, actor=actor, at=at, rules=rules)
    # What is told is what is there, so it is a reading of it.
    door = Door(unit, actor, Action.READ, at=at)
    subject = subject_of(found[0].key, found[0])
    if (no := door.enter(subject)) is not None:
        return no
    version = unit.read(found[0].key)
    assert version is not None, "what is indexed is there"
    door.done(subject, version=version.version)
    return Kept(version, created=False, changed=False)


def update(
    unit: Unit,
    draft: Draft,
    *,
    key: Key,
    actor: Actor,
    at: int,
    rules: Rules,
    condition: Condition | None = None,
) -> Kept | Refused:
    """Keep a new version under a known id, or the first under an id that the client chose."""
    door = Door(unit, actor, Action.UPDATE, at=at)
    head = unit.lock([key]).get(key)
    entry = draft.entry(key, head.version + 1 if head is not None else 1, at=at, rules=rules)
    after = Subject(*key, entry.patients)
    before = after if head is None else subject_of(key, head)
    # Both whose it was and whose it becomes: nobody moves a resource out of sight or into another's record.
    for subject in dict.fromkeys((before, after)):
        if (no := door.enter(subject)) is not None:
            return no
    if draft.id != key.id:
        what = "the id within the resource is not that of the address"
        return door.failed(
            before,
            refused("invalid", "invalid", what, f"Write `{key.id}` in both.", where=f"{key.type}.id"),
        )
    if (late := moved_on(head, condition)) is not None:
        return door.failed(before, late)
    both = tuple(sorted({*before.patients, *after.patients}))
    return _kept(unit, door, after._replace(patients=both), entry, head)


def update_where(
    unit: Unit, draft: Draft, *, new_id: str, query: Query, actor: Actor, at: int, rules: Rules
) -> Kept | Refused:
    """Conditional update: the one that meets the query, or a new one when none does."""
    found = those_that_meet(unit, query, actor=actor, at=at)
    if isinstance(found, Refused):
        return found
    if not found and draft.id is None:
        return create(unit, draft, new_id=new_id, actor=actor, at=at, rules=rules)
    id_ = found[0].id if found else draft.id
    assert id_ is not None
    named = draft if draft.id is not None else draft.named(id_)
    return update(unit, named, key=Key(draft.type, id_), actor=actor, at=at, rules=rules)


def patch(
    unit: Unit,
    key: Key,
    *,
    changes: bytes,
    actor: Actor,
    at: int,
    rules: Rules,
    condition: Condition | None = None,
) -> Kept | Refused:
    """Keep a new version that is the current one with some of it changed (RFC 6902)."""
    door = Door(unit, actor, Action.UPDATE, at=at)
    head = unit.lock([key]).get(key)
    subject = subject_of(key, head)
    if (no := door.enter(subject)) is not None:
        return no
    found = unit.read(key) if head is not None else None
    if found is None or found.body is None:
        what = f"there is no {key.type}/{key.id} to change"
        return door.failed(subject, refused("not-found", "not-found", what, "Create it first."))
    try:
        text = patched(found.body, changes)
    except NotApplied as wrong:
        cause: Cause = "conflict" if wrong.test else "invalid"
        return door.failed(subject, refused(cause, "processing", wrong.what, wrong.do))
    draft = read_draft(text, rules=rules, type_=key.type)
    if isinstance(draft, Refused):
        return door.failed(subject, draft)
    return update(unit, draft, key=key, actor=actor, at=at, rules=rules, condition=condition)


def moved_on(head: Head | None, condition: Condition | None) -> Refused | None:
    """The refusal of a change to what is no longer current."""
    if condition is None or (head is not None and head.version == condition.version):
        return None
    now = "it is not there" if head is None else f"it is at version {head.version}"
    what = f"version {condition.version} was to be changed, and {now}"
    return refused("precondition", "conflict", what, "Read it again, and change what is current.")


def _kept(unit: Unit, door: Door, subject: Subject, entry: Entry, head: Head | None) -> Kept:
    known = {entry.key: head} if head is not None else {}
    seq = unit.append([entry], known, at=door.at, actor=door.actor.id)[0]
    door.done(subject, version=entry.version)
    created = head is None or head.deleted
    method = Method.CREATED if created else Method.UPDATED
    version = Version(
        seq, *entry.key, entry.version, door.at, door.actor.id, method, entry.patients, entry.body
    )
    return Kept(version, created)


def those_that_meet(unit: Unit, query: Query, *, actor: Actor, at: int) -> tuple[Head, ...] | Refused:
    """The one resource that meets a condition, or none; who may not search is not told which."""
    door = Door(unit, actor, Action.SEARCH, at=at)
    subject = Subject(query.type)
    if (no := door.enter(subject)) is not None:
        return no
    assert door.decision is not None
    scope = Scope(at, door.decision.within)
    reached = within_reach(query, door)
    if isinstance(reached, Refused):
        return reached
    unit.lock((), conditions=[query.asked])
    found = unit.page(reached, count=2, scope=scope).heads
    if len(found) > 1:
        what = f"more than one {query.type} meets the condition"
        several = refused("precondition", "multiple-matches", what, "Ask for something that only one has.")
        return door.failed(subject, several)
    return found
