"""Validate: what would be said of a resource, without keeping anything."""

from __future__ import annotations

from typing import Literal, NamedTuple

from vardforlopp.access import Action, Actor, Subject
from vardforlopp.services.doors import Door, subject_of
from vardforlopp.services.drafts import Rules, read_draft, remarks
from vardforlopp.services.outcomes import Issue, Refused, refused
from vardforlopp.services.ports import Key, Reading

#: What the resource is meant for; `profile`: nothing, it is only to be looked at.
Mode = Literal["create", "update", "delete", "profile"]


class Checked(NamedTuple):
    """What is wrong with a resource, so that it would be refused; and what is only told."""

    errors: tuple[Issue, ...] = ()
    warnings: tuple[Issue, ...] = ()


def validate(
    unit: Reading,
    text: bytes | None,
    *,
    type_: str,
    id_: str | None,
    mode: Mode,
    actor: Actor,
    at: int,
    rules: Rules,
) -> Checked | Refused:
    """Whether a resource would be taken; without one, how the one that is kept under the id stands."""
    door = Door(unit, actor, Action.VALIDATE, at=at)
    key = Key(type_, id_) if id_ is not None else None
    head = unit.heads([key]).get(key) if key is not None else None
    subject = subject_of(key, head) if key is not None else Subject(type_)
    if (no := door.enter(subject)) is not None:
        return no
    if mode != "delete" and text is None:
        kept = unit.read(key) if key is not None else None
        if kept is None or kept.body is None:
            what = "there is nothing to validate"
            return door.failed(subject, refused("not-found", "not-found", what, "Send the resource."))
        text = kept.body
    found = Checked() if text is None else _checked(text, type_, id_, mode=mode, rules=rules)
    door.done(subject)
    return found


def _checked(text: bytes, type_: str, id_: str | None, *, mode: Mode, rules: Rules) -> Checked:
    draft = read_draft(text, rules=rules, type_=type_)
    if isinstance(draft, Refused):
        return Checked(draft.issues)
    told = remarks(draft.parsed, rules=rules)
    if mode != "update" or (draft.id is not None and draft.id == (id_ or draft.id)):
        return Checked(warnings=told)
    if draft.id is None:
        what, do = "what is to be updated has no id", "Write it as in its address."
    else:
        what, do = "the id within the resource is not that of the address", "Write the same in both."
    return Checked((Issue("invalid", f"{type_}.id", what, do),), told)
