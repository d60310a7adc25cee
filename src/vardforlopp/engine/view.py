"""Facts as they were known at one time, indexed by selector: what closures look at."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from vardforlopp.definitions.catalogue import Selector
from vardforlopp.kernel.civil import Moment, end_of_day
from vardforlopp.record.facts import Act, Side
from vardforlopp.record.record import Patient, Record
from vardforlopp.record.series import FactIndex, KnownFacts, Series
from vardforlopp.record.states import END

FOR_EVER = 1 << 62


def meta_of(selector: str, selectors: Mapping[str, Selector]) -> Selector | None:
    """The catalogue's entry for a selector, or for the state whose end it is."""
    return selectors.get(selector) or selectors.get(selector.removesuffix(END))


class View:
    """One record as known at `known_at`, for the whole body or (`of_side`) one side of it.

    Made once a person and shared by all pathways. Facts of a `sided` selector count only for their own
    side (S11); facts dated after death never count (S10). `seen(selector)` gives the facts that were known,
    an empty series if none.
    """

    __slots__ = (
        "_acts",
        "_facts",
        "_selectors",
        "_sided",
        "_sides",
        "_sources",
        "closed",
        "known_at",
        "patient",
        "record",
        "seen",
        "side",
        "since",
        "told",
    )

    def __init__(self, record: Record, known_at: int, *, selectors: Mapping[str, Selector]) -> None:
        self.record = record
        self.known_at = known_at
        self.patient: Patient = record.patient
        self.side: Side | None = None
        died = record.patient.died
        last = FOR_EVER if died is None else died.at if died.exact else end_of_day(died.day)
        facts = record.facts
        known = (
            facts.as_known(known_at, last)
            if isinstance(facts, FactIndex)
            else KnownFacts(facts, known_at, last)
        )
        self.seen: Callable[[str], Series] = known.__getitem__
        self.since = any(source.since is not None for source in record.sources)
        self._facts = known
        self._acts = [
            act
            for act in record.acts
            if act.known_from <= known_at and (act.known_to is None or known_at < act.known_to)
        ]
        self._acts.sort(key=lambda act: (act.at, act.known_from, act.ref))
        self._sources = record.sources
        self._selectors = selectors
        # What `carried` finds out of sources, selectors and days, kept for the next that asks.
        self.closed: dict[tuple[str, int], bool] = {}
        self.told: dict[tuple[tuple[str, bool], int], bool] = {}
        self._sided: dict[str, Series] = {}
        self._sides: dict[Side, View] = {}

    def of_side(self, side: Side | None) -> View:
        """The same record, seen for one side of the body; None = for the whole."""
        if side is None:
            return self
        found = self._sides.get(side)
        if found is None:
            found = self._sides[side] = View(self.record, self.known_at, selectors=self._selectors)
            found.side, found.seen, found.closed, found.told = side, found._of_side, self.closed, self.told
        return found

    def _of_side(self, selector: str) -> Series:
        found = self._sided.get(selector)
        if found is None:
            found = self._facts[selector]
            if self._is_sided(selector):
                found = Series(fact for fact in found if fact.side == self.side or fact.side == "both")
            self._sided[selector] = found
        return found

    def _is_sided(self, selector: str) -> bool:
        meta = meta_of(selector, self._selectors)
        return meta is not None and meta.sided

    def without_side(self, selector: str, since: int = 1) -> bool:
        """True when a sided selector has facts from `since` (a day) on that name no side: a gap."""
        if self.side is None or not self._is_sided(selector):
            return False
        return any(fact.side is None and fact.last_day >= since for fact in self._facts[selector])

    def connected(self, kind: str, day: int) -> bool:
        """True when the kind has a source and all its sources are connected and fresh on `day`."""
        of_kind = [source for source in self._sources if source.kind == kind]
        return bool(of_kind) and all(source.fresh(day) for source in of_kind)

    def sends_own_codes(self, kind: str) -> bool:
        """True when every source of a kind sends our own names for what no known code means."""
        return all(source.own_codes for source in self._sources if source.kind == kind)

    def declared_off(self, kind: str, day: int) -> bool:
        """True when a source of a kind is declared and does not carry the day; our own acts need none."""
        return any(source.kind == kind and not source.fresh(day) for source in self._sources)

    def silent_since(self, kind: str, day: int) -> int | None:
        """When the connected source of a kind was last seen, if it has since gone stale."""
        stale = [
            source.last_seen
            for source in self._sources
            if source.kind == kind
            and source.connected
            and source.last_seen is not None
            and not source.fresh(day)
        ]
        return min(stale, default=None)

    def seen_from(self, kinds: tuple[str, ...]) -> int:
        """The first day from which every source of some kinds has been connected; 1 = always."""
        days = [source.since for source in self._sources if source.since is not None and source.kind in kinds]
        return max(days, default=1)

    def source_edges(self) -> list[int]:
        """Days on which a source goes stale or begins: truth may change there."""
        edges = []
        for source in self._sources:
            if source.since is not None:
                edges.append(source.since)
            if source.last_seen is not None and source.limit_days is not None:
                edges.append(source.last_seen + source.limit_days + 1)
        return edges

    def acts(self, pathway: str, enrolment: str | None) -> list[Act]:
        """The acts on a pathway (of one enrolment, or of all) that were known, in order of time."""
        return [
            act
            for act in self._acts
            if (act.pathway is None or act.pathway == pathway)
            and (act.enrolment is None or enrolment is None or act.enrolment == enrolment)
        ]

    def dead(self, t: Moment) -> bool:
        """True when the patient had died at `t`."""
        died = self.patient.died
        if died is None:
            return False
        return died.at <= t.at if died.exact else died.day <= t.day
