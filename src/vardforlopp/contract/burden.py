"""What a plan asks of the person in the days ahead: contacts with care, and what the person does."""

from __future__ import annotations

from typing import Final, NamedTuple

from vardforlopp.contract.proposal import Proposal

PATIENT: Final = "patient"


class Burden(NamedTuple):
    """Activities that fall due within the days counted, late ones included, by who does them."""

    contacts: int
    own: int


def burden(proposal: Proposal, *, today: int, days: int) -> Burden:
    """The burden of the days from a civil day on. What has no due day yet is not counted."""
    due = [
        each
        for each in proposal.activities
        if each.window.end is not None and each.window.end < today + days and not each.waits
    ]
    own = sum(each.roles[:1] == (PATIENT,) for each in due)
    return Burden(len(due) - own, own)
