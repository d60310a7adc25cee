"""Which stays in a pathway a person's plan follows: stored, asked for, or suggested by the record."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from vardforlopp.engine.course import YES, Instance, Suggestion
from vardforlopp.kernel.civil import Moment, civil, iso
from vardforlopp.record.facts import Side
from vardforlopp.record.record import Enrolment, Record


class Wanted(NamedTuple):
    """An enrolment asked for: the pathway, and the day from which it is followed (None = today)."""

    pathway: str
    followed_from: int | None = None


def enrolment_id(how: str, pathway: str, *, started: Moment, side: Side | None) -> str:
    """The id of an enrolment that no resource stores; the same whenever it is computed."""
    return ":".join(filter(None, (how, pathway, iso(started.day), side)))


def enrolments(
    pathway: str,
    record: Record,
    *,
    suggestions: Sequence[Suggestion],
    as_of: Moment,
    wanted: Sequence[Wanted] = (),
) -> tuple[Enrolment, ...]:
    """The stays to assess: stored ones first; what is asked for; what the record itself shows.

    A stored, running enrolment of the same side wins over the other two, and one asked for wins
    over a suggestion. What is only possible, or only an opportunity, is not assessed.
    """
    stored = _begun(pathway, record, as_of)
    running = {each.side for each in stored if each.ended is None or each.ended[0] > as_of.day}
    certain: dict[Side | None, Suggestion] = {}
    for each in sorted(suggestions, key=_first_entry):
        if each.truth == YES and each.kind != "opportunity" and not running & {None, each.side}:
            certain.setdefault(each.side, each)
    asked = next((each for each in wanted if each.pathway == pathway), None)
    if asked is None:
        made = [_suggested(each, as_of) for each in certain.values()]
    elif certain:
        made = [_asked_for(asked, each, as_of=as_of) for each in certain.values()]
    else:
        made = [] if running else [_asked_for(asked, None, as_of=as_of)]
    return stored + tuple(made)


def enrolments_of_the_dead(
    pathway: str, record: Record, *, shown: Sequence[Instance], as_of: Moment
) -> tuple[Enrolment, ...]:
    """The stays whose history stays readable; nothing new is suggested or begun (S10)."""
    stored = _begun(pathway, record, as_of)
    if stored or not shown:
        return stored
    last = max(shown, key=lambda each: (each.started.at, each.entry))
    return (
        Enrolment(
            id=enrolment_id("shown", pathway, started=last.started, side=last.side),
            pathway=pathway,
            version=None,
            entry=last.entry,
            started=last.started,
            followed_from=last.started.day,
            side=last.side,
            explicit=False,
        ),
    )


def _begun(pathway: str, record: Record, as_of: Moment) -> tuple[Enrolment, ...]:
    return tuple(
        each for each in record.enrolments if each.pathway == pathway and each.started.day <= as_of.day
    )


def _first_entry(suggestion: Suggestion) -> tuple[int, str]:
    return suggestion.on.at, suggestion.entry


def _suggested(suggestion: Suggestion, as_of: Moment) -> Enrolment:
    return Enrolment(
        id=enrolment_id("suggested", suggestion.pathway, started=suggestion.on, side=suggestion.side),
        pathway=suggestion.pathway,
        version=suggestion.version,
        entry=suggestion.entry,
        started=suggestion.on,
        followed_from=as_of.day,
        side=suggestion.side,
        explicit=False,
    )


def _asked_for(asked: Wanted, shown: Suggestion | None, *, as_of: Moment) -> Enrolment:
    day = as_of.day if asked.followed_from is None else asked.followed_from
    started = civil(day) if shown is None else shown.on
    return Enrolment(
        id=enrolment_id(
            "enrolled", asked.pathway, started=started, side=None if shown is None else shown.side
        ),
        pathway=asked.pathway,
        version=None if shown is None else shown.version,
        entry=None if shown is None else shown.entry,
        started=started,
        followed_from=day,
        side=None if shown is None else shown.side,
    )
