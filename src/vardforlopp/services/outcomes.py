"""How an act went: what was asked for, or why not. A refusal is a value that is told, never an exception."""

from __future__ import annotations

from typing import Literal, NamedTuple

from vardforlopp.services.ports import Version

Cause = Literal[
    "invalid", "forbidden", "not-found", "gone", "conflict", "precondition", "too-costly", "fault"
]


class Issue(NamedTuple):
    """One thing that is wrong: FHIR's word for it, where (a FHIRPath), what, and what to do."""

    code: str
    where: str
    what: str
    do: str


class Refused(NamedTuple):
    """Not done, and why."""

    cause: Cause
    issues: tuple[Issue, ...]


class Kept(NamedTuple):
    """What is current now. `created` = it was not there before."""

    version: Version
    created: bool


class Removed(NamedTuple):
    """It is gone; `version` None = it was not there, which is as good."""

    version: int | None


def refused(cause: Cause, code: str, what: str, do: str, *, where: str = "") -> Refused:
    """A refusal for one reason."""
    return Refused(cause, (Issue(code, where, what, do),))
