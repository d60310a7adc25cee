"""The facts of one selector in the one order, with what makes looking fast."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence

from vardforlopp.record.facts import Fact, order


class Series(tuple[Fact, ...]):
    """A tuple of facts that also knows its times; made once, at import.

    `los` are the facts' first instants, `days` their first civil days (both ascending);
    `plain` is true when every fact is an event whose civil day is certain; `known_by` is the
    instant from which all are known and `lasting` true when none was ever retracted.
    """

    los: tuple[int, ...]
    days: tuple[int, ...]
    plain: bool
    known_by: int
    lasting: bool

    def __new__(cls, facts: Iterable[Fact]) -> Series:
        """The facts, which must already stand in the one order."""
        self = super().__new__(cls, facts)
        if not self:
            self.los = self.days = ()
            self.plain, self.lasting, self.known_by = True, True, -(1 << 62)
            return self
        columns = dict(zip(Fact._fields, zip(*self, strict=True), strict=True))
        self.los, self.days = columns["lo"], columns["day"]
        self.plain = columns["day"] == columns["last_day"] and not any(columns["state"])
        self.lasting = not any(known_to is not None for known_to in columns["known_to"])
        self.known_by = max(columns["known_from"])
        return self

    def until(self, at: int) -> Sequence[Fact]:
        """The facts that had begun at instant `at`."""
        los = self.los
        if not los or los[-1] <= at:
            return self
        return self[: bisect_right(los, at)]


NO_FACTS = Series(())


def in_order(facts: list[Fact]) -> Series:
    """Facts in whatever order as a series."""
    return Series(sorted(facts, key=order) if len(facts) > 1 else facts)
