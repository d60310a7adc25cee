"""The names that are our own in FHIR: systems, codes and extensions. One place; see the table in
`docs/reference/acts.md`.
"""

from __future__ import annotations

from typing import get_args
from uuid import NAMESPACE_URL, uuid5

from vardforlopp.record.facts import ActKind

ACT_SYSTEM = "urn:x-vardforlopp:act"
CATEGORY_SYSTEM = "urn:x-vardforlopp:category"
INPUT_SYSTEM = "urn:x-vardforlopp:input"
PATHWAY = "urn:x-vardforlopp:pathway:"
EXTENSION = "urn:x-vardforlopp:extension:"

ACTS = frozenset(get_args(ActKind))

ENROLMENT, SUGGESTION, COHERENT_PLAN = "enrolment", "suggestion", "coherent-plan"
WHAT_MATTERS, IF_WORSE = "what-matters", "if-worse"


_ID_LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.")


def own_id(ref: str) -> str:
    """The id to write for `Type/id`; one made of the whole, where FHIR would not take it as an id."""
    own = ref.rpartition("/")[2]
    return own if own and len(own) <= 64 and _ID_LETTERS.issuperset(own) else made_id(ref)


def made_id(name: str) -> str:
    """The id of what only we name: of the whole name, never of the reference that it ends in."""
    return str(uuid5(NAMESPACE_URL, name))


def canonical(pathway: str, version: str | None) -> str:
    """The canonical name of a pathway, with its version if one is given."""
    return f"{PATHWAY}{pathway}|{version}" if version else f"{PATHWAY}{pathway}"


def pathway_of(canonicals: object) -> tuple[str, str | None] | None:
    """(pathway, version) out of `instantiatesCanonical`; None when it is none of ours."""
    for name in canonicals if isinstance(canonicals, list) else [canonicals]:
        if isinstance(name, str) and name.startswith(PATHWAY):
            pathway, _, version = name.removeprefix(PATHWAY).partition("|")
            return pathway, version or None
    return None


def category(code: str) -> dict[str, object]:
    """A CarePlan category of ours."""
    return {"coding": [{"system": CATEGORY_SYSTEM, "code": code}]}
