"""Booked times: what is booked is told as booked, never asked about. Only these are exact days (S07)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from vardforlopp.contract.person import PersonPlan
from vardforlopp.definitions.catalogue import Selector, leaves
from vardforlopp.definitions.criteria import (
    ActiveLeaf,
    DecidedLeaf,
    Evidence,
    EvidenceNode,
    FactLeaf,
    TimesLeaf,
)
from vardforlopp.definitions.formats import NBSP
from vardforlopp.definitions.model import Step
from vardforlopp.engine.course import StepState
from vardforlopp.kernel.civil import iso_instant
from vardforlopp.present.voice import Voice
from vardforlopp.record.record import Mention


class Bookings(NamedTuple):
    """The booked times from now on, the first one first, and the selectors that say what each is for."""

    coming: tuple[Mention, ...]
    selectors: Mapping[str, Selector]

    def of(self, state: StepState, step: Step) -> Mention | None:
        """The first booked time at which the step is done, if it is kept; not before the step opens."""
        opens = 0 if state.opens is None else state.opens.day
        kept = (each for each in self.coming if (each.day or 0) >= opens)
        return next((each for each in kept if self._does(each, step.done)), None)

    def first(self, asked: Sequence[tuple[StepState, Step]]) -> Mention | None:
        """The first booked time of any of some steps."""
        found = {booked for state, step in asked if (booked := self.of(state, step)) is not None}
        return next((each for each in self.coming if each in found), None)

    def _does(self, booked: Mention, evidence: Evidence) -> bool:
        """Whether a visit for what is booked is all the evidence that is asked for."""
        match evidence:
            case FactLeaf(selector, where=None) | ActiveLeaf(selector) | TimesLeaf(1, selector):
                parts = leaves(selector, self.selectors)
                return any(part.where is None and part.id in booked.selectors for part in parts)
            case EvidenceNode("all", of):
                return all(self._does(booked, part) for part in of)
            case EvidenceNode("any", of):
                return any(self._does(booked, part) for part in of)
            case EvidenceNode(of=of, n=n):
                return sum(self._does(booked, part) for part in of) >= n
            case FactLeaf() | TimesLeaf() | DecidedLeaf():
                return False


def bookings_of(person: PersonPlan, voice: Voice) -> Bookings:
    """The booked times of a person; the dead have none (S10)."""
    found = [] if person.dead else [each for each in person.record.mentions if _is_coming(each, person)]
    ordered = sorted(found, key=lambda each: (each.day or 0, each.at or 0, each.ref))
    return Bookings(tuple(ordered), voice.definitions.catalogue.selectors)


def _is_coming(mention: Mention, person: PersonPlan) -> bool:
    if mention.kind != "appointment":
        return False
    if mention.at is not None:
        return mention.at >= person.as_of.at
    return (mention.day or 0) > person.as_of.day


def booked_time(mention: Mention, voice: Voice) -> str:
    """`bokat 24 mars 2026 kl. 14.00`: the day, and the clock where one is written."""
    if mention.day is None:
        return ""
    day = voice.say("sheet.when.booked", day=voice.day(mention.day))
    if mention.at is None:
        return day
    clock = iso_instant(mention.at)[11:16]
    if voice.lang == "sv":
        clock = clock.replace(":", ".")
    return f"{day} {voice.say('clock', time=clock).replace(' ', NBSP)}"


def booked_first(
    asked: Sequence[tuple[StepState, Step]], bookings: Bookings, *, goal: str, voice: Voice
) -> str:
    """The booked time of some steps, then their goal; the goal alone when nothing is booked."""
    booked = bookings.first(asked)
    if booked is None:
        return goal
    timed = any(
        state.state != "before-start" and (state.due is not None or state.waits_for) for state, _ in asked
    )
    return f"{booked_time(booked, voice)}; {goal}" if timed and goal else booked_time(booked, voice)
