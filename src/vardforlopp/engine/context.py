"""What a closure may look at: one enrolment of one patient, and what is already settled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from vardforlopp.engine.course import ChoiceState
from vardforlopp.engine.view import View
from vardforlopp.kernel.civil import Moment
from vardforlopp.record.facts import Act, Fact


class Unsure:
    """A moment that is missing, though it may exist: it rests on an open source."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "UNSURE"


UNSURE: Final = Unsure()
When = Moment | Unsure | None


class Settled:
    """What later layers may ask of a step: when it was done, skipped, is due."""

    __slots__ = ("blocked", "done", "dones", "due", "dues", "na", "settled", "unsure")

    def __init__(self) -> None:
        self.done: Moment | None = None  # first completion
        self.settled: Moment | None = None  # first completion or skip
        self.due: Moment | None = None  # of the open occurrence
        self.dones: list[tuple[Moment, Fact | None]] = []
        self.dues: list[Moment] = []
        self.unsure = False  # an occurrence is unknown or unseen
        self.na = False  # every occurrence is not applicable
        self.blocked = False  # skipped, and nothing else is open


class Ctx:
    """One enrolment seen at one time. Only `steps` and `choices` are filled, layer by layer."""

    __slots__ = (
        "choices", "decisions", "entry", "entry_id", "now", "seen", "steps", "trigger", "trigger_at", "view",
    )  # fmt: skip

    def __init__(
        self, view: View, now: Moment, *, entry: Moment | None, entry_id: str | None, acts: list[Act]
    ) -> None:
        self.view = view
        self.seen = view.seen  # every closure looks here: one attribute less on the way
        self.now = now
        self.entry = entry
        self.entry_id = entry_id
        self.steps: dict[str, Settled] = {}
        self.choices: dict[str, ChoiceState] = {}
        self.trigger: Fact | None = None
        self.trigger_at: Moment | None = None
        self.decisions: dict[str, list[Act]] = {}
        for act in acts:
            if act.kind == "decision" and act.step is not None:
                self.decisions.setdefault(act.step, []).append(act)

    def at_trigger(self, fact: Fact | None, at: Moment) -> Ctx:
        """The same enrolment, asked about one occurrence's trigger."""
        other = Ctx(self.view, self.now, entry=self.entry, entry_id=self.entry_id, acts=[])
        other.steps, other.choices, other.decisions = self.steps, self.choices, self.decisions
        other.trigger, other.trigger_at = fact, at
        return other

    def latest_decision(self, name: str, t: Moment) -> Act | None:
        """The latest decision of `name` that was taken at or before `t`."""
        latest = None
        for act in self.decisions.get(name, ()):
            if act.at <= t.at:
                latest = act
        return latest


TruthOf = Callable[[Ctx, Moment], int]
WhenOf = Callable[[Ctx, Moment], When]
