"""Create and update: a new version of a resource, or the first."""

from __future__ import annotations

from vardforlopp.access import Action, Actor, Subject
from vardforlopp.fhir.json_patch import NotApplied, patched
from vardforlopp.fhir.search.query import Query
from vardforlopp.services.conditions import Held, entered
from vardforlopp.services.doors import Door, subject_of
from vardforlopp.services.drafts import Draft, Rules, read_draft
from vardforlopp.services.outcomes import Cause, Kept, Refused, refused
from vardforlopp.services.ports import Entry, Head, Key, Method, Stamp, Unit, Version


def create(unit: Unit, draft: Draft, *, new_id: str, actor: Actor, at: int, rules: Rules) -> Kept | Refused:
    """Keep a resource under an id that nobody has, and nobody can have guessed."""
    door = Door(unit, actor, Action.CREATE, at=at)
    entry = draft.entry(Key(draft.type, new_id), Stamp.after(None, at), rules=rules)
    subject = Subject(*entry.key, entry.patients)
    if (no := door.enter(subject)) is not None:
        return no
    return _append(unit, door, subject, entry._replace(unheard_of=True), None)


def create_unless(
    unit: Unit, draft: Draft, *, new_id: str, query: Query, actor: Actor, at: int, rules: Rules
) -> Kept | Refused:
    """Conditional create: what already meets the query is told instead of kept twice."""
    condition = entered(unit, query, actor=actor, at=at)
    if isinstance(condition, Refused):
        return condition
    Held.at_once(unit, (), conditions=[condition])
    met = condition.the_one()
    if isinstance(met, Refused):
        return met
    if met is not None:
        return keep_what_is(unit, met, actor=actor, at=at)
    return create(unit, draft, new_id=new_id, actor=actor, at=at, rules=rules)


def keep_what_is(unit: Unit, head: Head, *, actor: Actor, at: int) -> Kept | Refused:
    """Tell what is there instead of keeping it twice, so it is a reading of it."""
    door = Door(unit, actor, Action.READ, at=at)
    subject = subject_of(head.key, head)
    if (no := door.enter(subject)) is not None:
        return no
    version = unit.read(head.key)
    assert version is not None, "what is indexed is there"
    door.done(subject, version=version.version)
    return Kept(version, created=False)


def update(
    unit: Unit,
    draft: Draft,
    *,
    key: Key,
    actor: Actor,
    at: int,
    rules: Rules,
    if_match: int | None = None,
) -> Kept | Refused:
    """Keep a new version under a known id, or the first under an id that the client chose."""
    door = Door(unit, actor, Action.UPDATE, at=at)
    head = unit.lock([key]).get(key)
    entry = draft.entry(key, Stamp.after(head, at), rules=rules)
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
    if (late := moved_on(head, if_match)) is not None:
        return door.failed(before, late)
    both = tuple(sorted({*before.patients, *after.patients}))
    return _append(unit, door, after._replace(patients=both), entry, head)


def update_where(
    unit: Unit,
    draft: Draft,
    *,
    new_id: str,
    query: Query,
    actor: Actor,
    at: int,
    rules: Rules,
    if_match: int | None = None,
) -> Kept | Refused:
    """Conditional update: the one that meets the query, or a new one when none does. Raises: MovedOn."""
    condition = entered(unit, query, actor=actor, at=at)
    if isinstance(condition, Refused):
        return condition
    own = Key(draft.type, draft.id or new_id)
    held = Held.at_once(unit, [own], conditions=[condition])
    met = condition.the_one()
    if isinstance(met, Refused):
        return met
    key = own if met is None else met.key
    held.must_have(key)
    named = draft if draft.id is not None else draft.named(key.id)
    return update(unit, named, key=key, actor=actor, at=at, rules=rules, if_match=if_match)


def patch(
    unit: Unit,
    key: Key,
    *,
    changes: bytes,
    actor: Actor,
    at: int,
    rules: Rules,
    if_match: int | None = None,
) -> Kept | Refused:
    """Keep a new version that is the current one with some of it changed (RFC 6902)."""
    door = Door(unit, actor, Action.UPDATE, at=at)
    head = unit.lock([key]).get(key)
    subject = subject_of(key, head)
    if (no := door.enter(subject)) is not None:
        return no
    if (late := moved_on(head, if_match)) is not None:
        return door.failed(subject, late)
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
    return update(unit, draft, key=key, actor=actor, at=at, rules=rules)


def moved_on(head: Head | None, if_match: int | None) -> Refused | None:
    """The refusal of a change to what is no longer current."""
    if if_match is None or (head is not None and head.version == if_match):
        return None
    now = "it is not there" if head is None else f"it is at version {head.version}"
    what = f"version {if_match} was to be changed, and {now}"
    return refused("precondition", "conflict", what, "Read it again, and change what is current.")


def _append(unit: Unit, door: Door, subject: Subject, entry: Entry, head: Head | None) -> Kept:
    known = {entry.key: head} if head is not None else {}
    seq = unit.append([entry], known, actor=door.actor.id)[0]
    door.done(subject, version=entry.stamp.version)
    created = head is None or head.deleted
    method = Method.CREATED if created else Method.UPDATED
    version = Version(seq, *entry.key, *entry.stamp, door.actor.id, method, entry.patients, entry.body)
    return Kept(version, created)
