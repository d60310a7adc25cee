"""Assessing in the flow: what is written changes what is known of a patient, and where the patient stands.

A resource is read again alone where it can be (with those that take something from it), a whole record where
it must: a patient never seen, one whose person changed, other definitions. Both give the same rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from typing import NamedTuple, Protocol

from vardforlopp.audit import SOMEBODY
from vardforlopp.fhir.kept_record import Kept, KeptFacts, Stood, kept, packed, record_of_kept, unpacked
from vardforlopp.fhir.stored_record import TOLD
from vardforlopp.kernel.civil import exact
from vardforlopp.record.facts import Fact
from vardforlopp.record.pieces import Pieces, resource_of
from vardforlopp.record.record import Record
from vardforlopp.services.in_force import InForce
from vardforlopp.services.ports import Version
from vardforlopp.services.projected import AT_ONCE, Projections, RecordRow, Sent, Shown, Touched
from vardforlopp.services.rereading import Fault, Nobody, key_of, purely, reread, tasks_told
from vardforlopp.services.standing import looked_at, standing

#: How long after a fault a record is looked at again, in microseconds.
_AFTER_A_FAULT = 3_600_000_000


class Unit(Projections, Sent, Protocol):
    """The transaction in which it is followed."""

    def hold(self, patients: Iterable[str]) -> None:
        """Wait until nobody else follows these patients, and hold them until the transaction ends."""


def reassess(unit: Unit, touched: Sequence[Touched], *, in_force: InForce, now: int) -> None:
    """Bring what is derived up to what was written in this transaction. `now` is an instant."""
    # Held in one order, and after everything else that the transaction holds: two never wait for each other.
    written = sorted({patient for each in touched for patient in each.patients} - {SOMEBODY})
    unit.hold(written)
    waiting = concerned(unit, touched)
    times = Counter(each.ref for each in touched)
    first = {each.ref: each.first for each in touched if each.first is not None and times[each.ref] == 1}
    for patient in written:
        if patient in waiting:
            _Assessing(unit, patient, in_force, now, first).after(waiting[patient])
    # Of what many share (a practitioner, a drug) all are noted, and read one by one when the writer has gone.
    unit.expire(sorted(waiting.keys() - set(written)))


def concerned(unit: Sent, touched: Sequence[Touched]) -> dict[str, set[str]]:
    """Whom resources that were written concern, and which resources (`Type/id`) are to be read again for it:
    themselves, those that take something from them, and the tasks that a Provenance tells of.
    """
    told = [each for each in touched if each.key.type in TOLD]
    found: dict[str, set[str]] = {}
    for each in told:
        for patient in set(each.patients) - {SOMEBODY}:
            found.setdefault(patient, set()).add(each.ref)
    heard_of = {each.ref for each in told if not each.unheard_of}
    for link in unit.followers(heard_of) if heard_of else ():
        found.setdefault(link.patient, set()).add(link.ref)
    provenances = [each.key for each in told if each.key.type == "Provenance"]
    tasks = tasks_told(unit.versions_of(provenances)) if provenances else set()
    for version in unit.versions_of(list(map(key_of, tasks))) if tasks else ():  # of those deleted, too
        for patient in set(version.patients) - {SOMEBODY}:
            found.setdefault(patient, set()).add(f"Task/{version.id}")
    return found


def look(unit: Unit, patient: str, *, in_force: InForce, now: int) -> None:
    """Bring one patient up to now: read the record anew if that must be, and see where the patient stands."""
    unit.hold([patient])
    _Assessing(unit, patient, in_force, now).after(set())


def failed(unit: Unit, patient: str, *, fault: str, now: int) -> None:
    """Write down that it failed, without what it was about: `doctor` tells, and it is tried again later."""
    unit.keep_record(RecordRow(patient, "", b"", now + _AFTER_A_FAULT, fault))


class _Found(NamedTuple):
    """Where a patient stands: what is other than what was shown, all of it, and where the program failed."""

    moved: Mapping[str, Shown]
    stood: Mapping[str, Stood]
    fault: str | None


class _Assessing:
    """One patient, brought up to now: by whichever machine's clock is ahead."""

    def __init__(
        self,
        unit: Unit,
        patient: str,
        in_force: InForce,
        now: int,
        first: Mapping[str, Version] = {},
    ) -> None:
        """`first`: of resources (`Type/id`) of which there is no version before it."""
        self.unit = unit
        self.patient = patient
        self.in_force = in_force
        self.now = now
        self.first = first
        self.every = {each.pathway.id for each in in_force.compiled}

    def after(self, refs: set[str]) -> None:
        """After these resources (`Type/id`) were written; none = only time has passed."""
        row = self.unit.known_of(self.patient)
        try:
            if row is None or row.stamp != self.in_force.stamp or f"Patient/{self.patient}" in refs:
                self._whole()
            else:
                self._part(row, refs)
        except Nobody:
            self.unit.forget(self.patient)
        except Fault as fault:
            failed(self.unit, self.patient, fault=str(fault), now=self.now)

    def _whole(self) -> None:
        """Read the record anew."""
        versions = self.unit.versions_about(self.patient, types=TOLD)
        self._not_before(version.at for version in versions)
        read = reread(self.unit, self.patient, versions=versions, reader=self.in_force.reader, now=self.now)
        known = purely(lambda: kept(read.person, read.pieces))
        facts = purely(lambda: list(KeptFacts(known.facts, known.stops, self.in_force.reader).everything()))
        found = self._looked_at(known, self._record(known), self.every)
        self.unit.forget(self.patient)
        self.unit.keep_links(self.patient, None, links=read.links)
        self.unit.add_facts(self.patient, (fact for series in facts for fact in series))
        self._keep(known, found)

    def _part(self, row: RecordRow, refs: set[str]) -> None:
        """Read some resources again, and look at the pathways that they concern, or whose time has come."""
        known = purely(lambda: unpacked(row.packed))
        self._not_before([known.at])
        late = {resource_of(ref) for ref, at in known.ahead.items() if at <= self.now}
        refs = refs | late
        before, after = self._said(known, refs)
        same = before.says == after.says and after.kinds <= known.kinds
        looked = self.every if late or row.due_at == AT_ONCE else self._due(known)
        if same and not looked:
            return  # most of what is written says nothing that a pathway asks for
        changed = known if same else purely(lambda: known.changed(refs, before, after))
        record = self._record(changed)
        if same:
            self._keep(changed, self._looked_at(changed, record, looked))
            return
        selectors, refact = self._refact(before, after, record)
        found = self._looked_at(changed, record, looked | self._concerned(known, changed, selectors))
        refact()  # nothing is written before all is seen: a fault of ours leaves what stood there
        self._keep(changed, found)

    def _refact(
        self, before: Pieces, after: Pieces, record: Record
    ) -> tuple[frozenset[str], Callable[[], None]]:
        """The selectors whose facts have changed, and the act that puts them in the place of those before."""
        moved = {fact.selector for fact in _facts(before, after)}
        plain = moved & self.in_force.reader.as_they_are
        worked = self.in_force.concerned(moved - plain)
        facts = purely(lambda: [fact for name in sorted(worked) for fact in record.facts[name]])

        def refact() -> None:
            if plain and before.facts:
                self.unit.drop_facts(self.patient, plain, refs={fact.ref for fact in before.facts})
            if worked:
                self.unit.drop_facts(self.patient, worked, refs=None)
            those = [one for one in after.facts if one.selector in plain]
            self.unit.add_facts(self.patient, [*those, *facts])

        return worked | plain, refact

    def _said(self, known: Kept, refs: set[str]) -> tuple[Pieces, Pieces]:
        """What some resources said, and what they say now."""
        if not refs:
            return Pieces(), Pieces()
        new = refs & self.first.keys()
        versions = [self.first[ref] for ref in sorted(new)]
        if others := refs - new:
            versions += self.unit.versions_of(list(map(key_of, others)))
        self._not_before(version.at for version in versions)
        read = reread(
            self.unit,
            self.patient,
            versions=versions,
            reader=self.in_force.reader,
            now=self.now,
            person=known.person,
        )
        self.unit.keep_links(self.patient, others, links=read.links)
        return known.of(refs), read.pieces

    def _not_before(self, instants: Iterable[int]) -> None:
        """Machines' clocks differ: nobody is looked at as if what another has written were still to come."""
        self.now = max([self.now, *instants])

    def _due(self, known: Kept) -> set[str]:
        """The pathways in which time has come to look again."""
        stood = known.stood
        late = {name for name, each in stood.items() if each.due_at is not None and each.due_at <= self.now}
        return (late & self.every) | (self.every - stood.keys())

    def _concerned(self, before: Kept, after: Kept, selectors: Collection[str]) -> set[str]:
        """The pathways that a change concerns: all, if acts, stays or the meaning of silence changed."""
        reader = self.in_force.reader
        if (before.acts, before.enrolments) != (after.acts, after.enrolments):
            return self.every
        if before.sources_shown(reader) != after.sources_shown(reader):
            return self.every
        return {each.pathway.id for each in self.in_force.compiled if not each.used.isdisjoint(selectors)}

    def _record(self, known: Kept) -> Record:
        heard = self.unit.heartbeats() if self.in_force.feeds is not None else {}
        sources = self.in_force.sources(heard)
        return purely(lambda: record_of_kept(known, self.in_force.reader, sources=sources))

    def _looked_at(self, known: Kept, record: Record, looked: Collection[str]) -> _Found:
        """Where the patient stands in the pathways that are `looked` at, and stood in the others."""
        now = exact(self.now)
        seen = looked_at(record, self.in_force, now=now)
        stood = {name: found for name, found in known.stood.items() if name in self.every}
        moved: dict[str, Shown] = {}
        fault = None
        for compiled in self.in_force.compiled:
            name = compiled.pathway.id
            if name not in looked:
                continue
            try:
                found = purely(lambda one=compiled: standing(one, seen, now=now))  # type: ignore[misc]
            except Fault as failure:  # the others are seen all the same
                fault = f"{name}: {failure}"
                stood.pop(name, None)
                continue
            digest = sha256(repr(found.shown).encode()).hexdigest()[:16]
            if name not in stood or stood[name].digest != digest:
                moved[name] = found.shown
            stood[name] = Stood(digest, found.due_at)
        return _Found(moved, stood, fault)

    def _keep(self, known: Kept, found: _Found) -> None:
        """Keep what is known, and where the patient stands."""
        if found.moved:
            self.unit.keep_shown(self.patient, found.moved)
        changes = [each.due_at for each in found.stood.values()]
        again = self.now + _AFTER_A_FAULT if found.fault is not None else None
        due = [at for at in (*changes, *known.ahead.values(), again) if at is not None]
        row = packed(replace(known, stood=found.stood, at=self.now))
        stamp = self.in_force.stamp
        self.unit.keep_record(RecordRow(self.patient, stamp, row, min(due, default=None), found.fault))


def _facts(*those: Pieces) -> Iterator[Fact]:
    return (fact for each in those for fact in (*each.facts, *each.stops))
