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
    """One record as known at `known_at`, for one body side.

    Facts of a `sided` selector count only for their own side (S11); facts dated after death
    never count (S10). `seen(selector)` gives the facts that were known, an empty series if none.
    """

    __slots__ = (
        "_acts",
        "_connected",
        "_facts",
        "_selectors",
        "_sided",
        "_sources",
        "patient",
        "seen",
        "side",
        "since",
    )

    def __init__(
        self, record: Record, known_at: int, *, selectors: Mapping[str, Selector], side: Side | None = None
    ) -> None:
        self.patient: Patient = record.patient
        self.side = side
        died = record.patient.died
        last = FOR_EVER if died is None else died.at if died.exact else end_of_day(died.day)
        facts = record.facts
        known = (
            facts.as_known(known_at, last)
            if isinstance(facts, FactIndex)
            else KnownFacts(facts, known_at, last)
        )
        self.seen: Callable[[str], Series] = known.__getitem__
        self._sided: dict[str, Series] = {}
        if side is not None:
            self.seen = self._of_side
        self.since = any(source.since is not None for source in record.sources)
        self._facts = known
        self._acts = [
            act
            for act in record.acts
            if act.known_from <= known_at and (act.known_to is None or known_at < act.known_to)
        ]
        self._sources = record.sources
        self._selectors = selectors
        self._connected: dict[tuple[str, int], bool] = {}

    def _of_side(self, selector: str) -> Series:
        facts = self._facts[selector]
        if not self._is_sided(selector):
            return facts
        found = self._sided.get(selector)
        if found is None:
            side = self.side
            kept = (fact for fact in facts if fact.side == side or fact.side == "both")
            found = self._sided[selector] = Series(kept)
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
        known = self._connected.get((kind, day))
        if known is None:
            of_kind = [source for source in self._sources if source.kind == kind]
            known = bool(of_kind) and all(source.fresh(day) for source in of_kind)
            self._connected[kind, day] = known
        return known

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
        found = [
            act
            for act in self._acts
            if (act.pathway is None or act.pathway == pathway)
            and (act.enrolment is None or enrolment is None or act.enrolment == enrolment)
        ]
        found.sort(key=lambda act: (act.at, act.known_from, act.ref))
        return found

    def dead(self, t: Moment) -> bool:
        """True when the patient had died at `t`."""
        died = self.patient.died
        if died is None:
            return False
        return died.at <= t.at if died.exact else died.day <= t.day
