"""To whom a thing may be shown: the most closed of all that have a say in it (safety rule S09)."""

from __future__ import annotations

from collections.abc import Iterable

from vardforlopp.definitions.model import Disclosure, Pathway, Step

_FROM_OPEN_TO_CLOSED: tuple[Disclosure, ...] = ("open", "after-informed", "staff-only")


def strictest(disclosures: Iterable[Disclosure]) -> Disclosure:
    """The most closed of some disclosures."""
    return max(disclosures, key=openness, default="open")


def openness(disclosure: Disclosure) -> int:
    """The place of a disclosure on the way from open to closed."""
    return _FROM_OPEN_TO_CLOSED.index(disclosure)


def of_step(pathway: Pathway, step: Step, *, followed: bool = True) -> Disclosure:
    """To whom a step may be shown: a step never opens what its pathway closes.

    What a pathway asks that nobody has decided to follow is a suspicion, and stays with staff.
    """
    if not followed:
        return "staff-only"
    own, whole = step.disclosure, pathway.disclosure
    return own if whole in ("open", own) else strictest((own, whole))
