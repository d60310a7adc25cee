"""What people said of an occurrence: attested, deviated, declined, paused."""

from __future__ import annotations

from typing import NamedTuple

from vardforlopp.engine.deadlines import later_by_days
from vardforlopp.engine.program import StepProgram
from vardforlopp.engine.standing import Extra, Judged, Standing
from vardforlopp.kernel.civil import Moment, civil
from vardforlopp.record.facts import Act


class Own(NamedTuple):
    """What an occurrence owns: from `start` (None = from ever) to `end` (None = open)."""

    nominal: Moment
    start: Moment | None
    end: Moment | None

    def holds(self, day: int) -> bool:
        """True when a day falls within."""
        return (self.start is None or day >= self.start.day) and (self.end is None or day < self.end.day)

    def lasts_after(self, day: int) -> bool:
        """True when the occurrence is not over on a day."""
        return self.end is None or day < self.end.day


def acts_of(step: StepProgram, standing: Standing, own: Own | None, now: Moment) -> list[Act]:
    """Acts on this occurrence (None: on a step without one).

    An act that names no occurrence concerns the one that owns its day; a decline holds for all
    that are not over then, until its re-offer.
    """
    found = []
    for act in (*standing.acts.get(step.id, ()), *standing.acts.get("*", ())):
        if act.at > now.at or (act.step is None and act.kind not in ("decline", "deviation")):
            continue
        if own is None:
            concerned = act.occurrence is None
        elif act.occurrence is not None:
            concerned = act.occurrence == own.nominal.day
        elif act.kind == "decline":
            concerned = own.lasts_after(act.day)
        else:
            concerned = own.holds(act.day if act.done_day is None else act.done_day)
        if concerned:
            found.append(act)
    return found


def said(acts: list[Act], now: Moment, closes: Moment | None) -> Judged | None:
    """Attested or skipped, if a person has said so."""
    attested = next((act for act in reversed(acts) if act.kind in ("attestation", "credit")), None)
    if attested is not None:
        done = attested.done_day if attested.done_day is not None else attested.day
        return "attested", Extra(act=attested, completed=civil(done))
    skip = skip_of(acts, now, closes)
    return None if skip is None else ("skipped", Extra(act=skip))


def skip_of(acts: list[Act], now: Moment, closes: Moment | None) -> Act | None:
    """The deviation or decline by which an occurrence is skipped at t; a word on the step itself wins."""
    skips = [act for act in acts if act.kind == "deviation" or _declined(act, now, closes)]
    own = [act for act in skips if act.step is not None]
    return own[-1] if own else (skips[-1] if skips else None)


def _declined(act: Act, now: Moment, closes: Moment | None) -> bool:
    """True when a decline holds: until its re-offer, and for good if the occurrence was over by then."""
    if act.kind != "decline":
        return False
    return (
        act.until_day is None
        or now.day < act.until_day
        or (closes is not None and closes.day <= act.until_day)
    )


def paused(step: StepProgram, opens: Moment, due: Moment, pauses: tuple[Act, ...], now: Moment) -> Moment:
    """The due date, moved by the paused days of the window; never maintenance.

    A day counts once, and a pause that runs on keeps moving the date: nothing is late meanwhile.
    """
    if step.maintenance or step.by_instant:
        return due
    moved = due
    while True:
        days = _paused_days(pauses, opens.day, moved.day, now.day)
        if due.day + days == moved.day:
            return moved
        moved = later_by_days(due, days)


def _paused_days(pauses: tuple[Act, ...], first: int, last: int, today: int) -> int:
    """Days within first..last that lie in some pause; an open pause runs until today."""
    days, reached_day = 0, first - 1
    for act in pauses:  # in order of their first day
        begin = max(act.day, reached_day + 1)
        end = min(act.until_day if act.until_day is not None else today, last)
        if end >= begin:
            days += end - begin + 1
            reached_day = end
    return days


def re_offered(acts: list[Act], due: Moment, now: Moment) -> Moment:
    """A declined step is asked for anew on the day of its re-offer, never late before it (S19)."""
    days = [act.until_day for act in acts if act.kind == "decline" and act.until_day is not None]
    latest = max((day for day in days if day <= now.day), default=0)
    return civil(latest) if due.day < latest else due
