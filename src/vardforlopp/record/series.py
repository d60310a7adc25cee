"""The facts of one selector in the one order, with what makes looking fast."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter

from vardforlopp.record.facts import Fact, order


class Series(tuple[Fact, ...]):
    """A tuple of facts that also knows its times; made once, at import.

    `los` are the facts' first instants, `days` their first civil days (both ascending);
    `plain` is true when every fact is an event whose civil day is certain.
    """

    los: list[int]
    days: list[int]
    plain: bool

    def __new__(cls, facts: Iterable[Fact]) -> Series:
        """The facts, which must already stand in the one order."""
        self = super().__new__(cls, facts)
        self.los = [fact.lo for fact in self]
        self.days = [fact.day for fact in self]
        self.plain = True
        for fact in self:
            if fact.state or fact.day != fact.last_day:
                self.plain = False
                break
        return self

    def until(self, at: int) -> Sequence[Fact]:
        """The facts that had begun at instant `at`."""
        los = self.los
        if not los or los[-1] <= at:
            return self
        return self[: bisect_right(los, at)]


NO_FACTS = Series(())


class FactIndex(dict[str, Series]):
    """All facts of a record by selector; a selector without facts gives an empty series."""

    def __init__(self, facts: Sequence[Fact]) -> None:
        by_selector: defaultdict[str, list[Fact]] = defaultdict(list)
        for fact in facts:
            by_selector[fact.selector].append(fact)
        super().__init__((name, in_order(by_selector[name])) for name in sorted(by_selector))
        self._lasting = set(map(attrgetter("known_to"), facts)) <= {None}
        self._known_by = max(map(attrgetter("known_from"), facts), default=-(1 << 62))
        self._latest = max(map(attrgetter("lo"), facts), default=-(1 << 62))
        self._asked: tuple[int, int] | None = None
        self._answer: dict[str, Series] = self

    def __missing__(self, selector: str) -> Series:
        """No facts; nothing is stored."""
        return NO_FACTS

    def as_known(self, known_at: int, last: int) -> dict[str, Series]:
        """The facts that were known at an instant and had begun at `last` (death, else for ever).

        The answer is kept for the next pathway's same question.
        """
        if self._lasting and self._known_by <= known_at and self._latest <= last:
            return self
        if self._asked != (known_at, last):
            self._asked, self._answer = (known_at, last), KnownFacts(self, known_at, last)
        return self._answer


class KnownFacts(dict[str, Series]):
    """Facts as they were known at an instant, selector by selector when asked for."""

    def __init__(self, facts: Mapping[str, tuple[Fact, ...]], known_at: int, last: int) -> None:
        super().__init__()
        self._facts = facts
        self._known_at = known_at
        self._last = last

    def __missing__(self, selector: str) -> Series:
        """The series of a selector, made once."""
        known_at, last = self._known_at, self._last
        facts = self._facts.get(selector, ())
        kept = [
            fact
            for fact in facts
            if fact.known_from <= known_at
            and (fact.known_to is None or known_at < fact.known_to)
            and fact.lo <= last
        ]
        whole = isinstance(facts, Series) and len(kept) == len(facts)
        found = self[selector] = facts if whole and isinstance(facts, Series) else Series(kept)
        return found


def in_order(facts: list[Fact]) -> Series:
    """Facts in whatever order as a series."""
    return Series(sorted(facts, key=order) if len(facts) > 1 else facts)
