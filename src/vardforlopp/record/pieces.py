"""What resources say of a person, before it is put together: it can be kept, added to and taken from."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from vardforlopp.record.facts import Act, Fact
from vardforlopp.record.record import Enrolment, Mention


@dataclass(slots=True)
class Pieces:
    """Facts not yet united to states, recorded stops of states, acts, stays, what the sheet may say.

    `kinds`: the kinds of sources that the mere presence of resources shows. `ahead`: resources dated later
    than they were read (a clock that is fast), each with the instant from which it says more.
    """

    facts: list[Fact] = field(default_factory=list)
    stops: list[Fact] = field(default_factory=list)
    acts: list[Act] = field(default_factory=list)
    enrolments: list[Enrolment] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)
    kinds: set[str] = field(default_factory=set)
    ahead: dict[str, int] = field(default_factory=dict)

    @property
    def says(self) -> tuple[object, ...]:
        """All that is said, kinds apart."""
        return self.facts, self.stops, self.acts, self.enrolments, self.mentions, self.ahead

    def only(self, refs: Collection[str]) -> Pieces:
        """What these resources say, and nothing else."""
        return self._of(lambda ref: ref in refs)

    def _of(self, wanted: Callable[[str], bool]) -> Pieces:
        return Pieces(
            [fact for fact in self.facts if wanted(resource_of(fact.ref))],
            [fact for fact in self.stops if wanted(resource_of(fact.ref))],
            [act for act in self.acts if wanted(act.ref)],
            [stay for stay in self.enrolments if wanted(stay.id)],
            [mention for mention in self.mentions if wanted(mention.ref)],
            set(self.kinds),
            {ref: at for ref, at in self.ahead.items() if wanted(resource_of(ref))},
        )


def resource_of(ref: str) -> str:
    """The resource of a fact: what stands within one is named `Type/id#part`."""
    return ref.partition("#")[0]
