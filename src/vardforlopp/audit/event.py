"""One line of the audit: what was done, where, when, by whom, about whom (HSLF-FS 2016:40, 4 kap. 9 §)."""

from __future__ import annotations

from typing import Literal, NamedTuple

#: `undone`: done, and then not kept, since the whole that it was a part of could not be done; `failed`: the
#: program had a fault.
Outcome = Literal["done", "undone", "refused", "not-found", "conflict", "invalid", "failed"]


#: Somebody whom we do not know. No id is written so: it is nobody's own, and never that of nobody.
SOMEBODY = "?"


class Event(NamedTuple):
    """An act on a resource, or on a type (`id` None). `at` is an instant.

    `query` says what was searched by, by the names of the parameters: never their values, which may be
    a person's. `shown` is how many resources were shown; of who was not known, how often they asked.
    """

    at: int
    actor: str
    role: str
    unit: str | None
    action: str
    type: str
    id: str | None
    patient: str | None
    outcome: Outcome
    rule: str
    version: int | None = None
    query: str | None = None
    shown: int | None = None
