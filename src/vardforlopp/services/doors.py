"""What every act does at its door: decide, and write down how it went."""

from __future__ import annotations

from collections.abc import Iterable

from vardforlopp.access import Action, Actor, Decision, Subject, may
from vardforlopp.audit import Event, Outcome
from vardforlopp.services.outcomes import Refused, refused
from vardforlopp.services.ports import Head, Key, Reading

_OUTCOMES: dict[str, Outcome] = {
    "forbidden": "refused",
    "not-found": "not-found",
    "gone": "not-found",
    "conflict": "conflict",
    "precondition": "conflict",
    "fault": "failed",
}


def subject_of(key: Key, head: Head | None) -> Subject:
    """A resource, there or not, as what an act is about."""
    return Subject(key.type, key.id, head.patients if head is not None else ())


class Door:
    """One act of one actor, at one instant, in one transaction.

    `enter` asks whether it may be, before anything is told of what is inside; whoever goes in tells how it
    went with `done`, `shown` or `failed`, once.
    """

    def __init__(self, unit: Reading, actor: Actor, action: Action, *, at: int) -> None:
        self._unit = unit
        self.actor = actor
        self.action = action
        self.at = at
        self.decision: Decision | None = None

    def enter(self, subject: Subject, *, times: int | None = None) -> Refused | None:
        """None when it may be; else the refusal, written down already: once, also if it was asked `times`."""
        decision = self.decision = may(self.actor, self.action, subject)
        if decision.allowed:
            return None
        why = refused("forbidden", "forbidden", decision.reason, decision.do)
        self._write(subject, _OUTCOMES[why.cause], count=times)
        return why

    def hides(self, subject: Subject) -> bool:
        """Whether who is refused would be told that it is missing, were it not there: so it is told."""
        return may(self.actor, self.action, subject._replace(patients=())).allowed

    def done(self, subject: Subject, *, version: int | None = None) -> None:
        """It was done."""
        self._write(subject, "done", version=version)

    def shows(self, key: Key, patients: tuple[str, ...]) -> bool:
        """Whether a resource among several may be shown to the actor."""
        return may(self.actor, Action.READ, Subject(key.type, key.id, patients)).allowed

    def searches(self, type_: str) -> bool:
        """Whether the actor may search a type at all."""
        return may(self.actor, Action.SEARCH, Subject(type_)).allowed

    def shown(self, subject: Subject, of: Iterable[tuple[str, ...]], *, query: str | None = None) -> None:
        """Several resources were shown, each `of` some patients: a line for each person, else one."""
        counted: dict[str | None, int] = {}
        for patients in of:
            for patient in patients or (None,):
                counted[patient] = counted.get(patient, 0) + 1
        named = {patient: subject._replace(patients=(patient,)) for patient in counted if patient is not None}
        if not named:
            self._write(subject, "done", query=query, count=counted.get(None, 0))
        for patient, about in named.items():
            self._write(about, "done", query=query, count=counted[patient])

    def failed(self, subject: Subject, why: Refused) -> Refused:
        """It was not done; `why` is given back."""
        self._write(subject, _OUTCOMES.get(why.cause, "invalid"))
        return why

    def _write(
        self,
        subject: Subject,
        outcome: Outcome,
        *,
        version: int | None = None,
        query: str | None = None,
        count: int | None = None,
    ) -> None:
        who, rule = self.actor, self.decision.rule if self.decision is not None else "-"
        self._unit.record([
            Event(
                self.at, who.id, who.role, who.unit, str(self.action), subject.type, subject.id, patient,
                outcome, rule, version, query, count,
            )
            for patient in subject.patients or (None,)
        ])  # fmt: skip
