"""What is the same for all steps of one enrolment, and what goes with a state."""

from __future__ import annotations

from dataclasses import dataclass

from vardforlopp.engine.course import Missing, State
from vardforlopp.engine.evidence import Proof
from vardforlopp.kernel.civil import Moment
from vardforlopp.record.facts import Act, Fact


@dataclass(frozen=True, slots=True)
class Standing:
    """What is the same for all steps of one enrolment at one time.

    `seen_from`, `seen_at`: the day and instant before which nothing is late; `quiet`: nobody acted
    on a step.
    """

    dead: bool
    ended: tuple[Moment, str] | None
    ends_day: int | None  # the end written in the enrolment, passed or ahead
    seen_from: int
    seen_at: int
    acts: dict[str, list[Act]]  # by step id; "*" for the whole pathway
    pauses: tuple[Act, ...]
    care_focus: Act | None
    quiet: bool


# Extra and Occurrence are not frozen, which takes four times as long to make: there are hundreds a person.
# Nothing sets a field of theirs.


@dataclass(slots=True)
class Extra:
    """What goes with a state. `due` None = as the definition has it."""

    missing: tuple[Missing, ...] = ()
    act: Act | None = None
    due: Moment | None = None
    completed: Moment | None = None
    proposal: bool = False
    flags: tuple[str, ...] = ()


PLAIN = Extra()
Judged = tuple[State, Extra]


@dataclass(slots=True)
class Occurrence:
    """One occurrence before it is judged.

    `start`: from when evidence counts; `closes`: when the next occurrence takes over; `shorter`: an
    earlier row of a table could not be told; `first`: no occurrence comes before it.
    """

    nominal: Moment
    opens: Moment
    start: Moment
    closes: Moment | None
    proof: Proof | None
    anchor: Fact | None = None
    trigger: Fact | None = None
    season_end: Moment | None = None
    shorter: bool = False
    first: bool = True
