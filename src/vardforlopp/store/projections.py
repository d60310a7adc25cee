"""What is derived of the log: kept, read, and put in the place of what stood there before."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from fractions import Fraction
from typing import Any

import orjson
from sqlalchemy import Connection, Table, and_, bindparam, delete, insert, select, tuple_

from vardforlopp.fhir.search.parameters import parameters_of
from vardforlopp.record.facts import Fact
from vardforlopp.record.packed import written
from vardforlopp.services.ports import Key, Version
from vardforlopp.services.projected import (
    AT_ONCE,
    CourseRow,
    Link,
    RecordRow,
    Shown,
    SuggestionRow,
    WorkRow,
)
from vardforlopp.store import derived, log, tables
from vardforlopp.store.log import parts
from vardforlopp.store.rows import put, put_if_new

#: After every civil day.
FAR = 1 << 30
_TOLD_OF = parameters_of("Provenance")["target"].number
_RECORD = select(derived.record).where(derived.record.c.patient == bindparam("wanted"))
_SHOWN: tuple[Table, ...] = (derived.course, derived.work, derived.suggestion)


class SqlProjections:
    """The derived rows on one connection; see `services.projected`."""

    connection: Connection

    # --- of a patient ---------------------------------------------------------------------------

    def known_of(self, patient: str) -> RecordRow | None:
        row = self.connection.execute(_RECORD, {"wanted": patient}).first()
        if row is None:
            return None
        return RecordRow(patient, row.stamp, bytes(row.packed), row.due_at, row.fault)

    def keep_record(self, row: RecordRow) -> None:
        put(self.connection, derived.record, row._asdict())

    def drop_facts(self, patient: str, selectors: Collection[str], *, refs: Collection[str] | None) -> None:
        table = derived.fact
        gone = and_(table.c.patient == patient, table.c.selector.in_(sorted(selectors)))
        for part in [None] if refs is None else parts(sorted(refs)):
            self.connection.execute(
                delete(table).where(gone if part is None else and_(gone, table.c.ref.in_(part)))
            )

    def add_facts(self, patient: str, facts: Iterable[Fact]) -> None:
        rows = [_fact(patient, one) for one in facts]
        if rows:
            self.connection.execute(insert(derived.fact), rows)

    def keep_shown(self, patient: str, pathway: str, shown: Shown) -> None:
        for table in _SHOWN:
            same = and_(table.c.patient == patient, table.c.pathway == pathway)
            self.connection.execute(delete(table).where(same))
        rows = (
            [row._asdict() for row in shown.courses],
            [_work(row) for row in shown.work],
            [row._asdict() for row in shown.suggestions],
        )
        for table, found in zip(_SHOWN, rows, strict=True):
            if found:
                self.connection.execute(insert(table), found)

    def courses(self, patient: str) -> list[CourseRow]:
        query = select(derived.course).where(derived.course.c.patient == patient)
        rows = self.connection.execute(query.order_by(derived.course.c.enrolment)).mappings()
        return [CourseRow(**row) for row in rows]

    def suggestions(self, patient: str) -> list[SuggestionRow]:
        table = derived.suggestion
        query = select(table).where(table.c.patient == patient)
        rows = self.connection.execute(
            query.order_by(table.c.pathway, table.c.side, table.c.entry)
        ).mappings()
        return [SuggestionRow(**row) for row in rows]

    def forget(self, patient: str) -> None:
        for table in derived.DERIVED:
            self.connection.execute(delete(table).where(table.c.patient == patient))

    def drop_derived(self) -> None:
        for table in derived.DERIVED:
            self.connection.execute(delete(table))
        everybody = select(tables.about.c.patient).distinct()
        self.expire(self.connection.execute(everybody).scalars())

    def hold(self, patients: Iterable[str]) -> None:
        log.hold(self.connection, [f"record {patient}" for patient in patients])

    # --- who is to be looked at -------------------------------------------------------------------

    def expire(self, patients: Iterable[str]) -> None:
        for part in parts(sorted(set(patients))):
            fresh = [RecordRow(patient, "", b"", AT_ONCE)._asdict() for patient in part]
            put_if_new(self.connection, derived.record, fresh)
            again = derived.record.update().where(derived.record.c.patient.in_(part))
            self.connection.execute(again.values(stamp="", due_at=AT_ONCE))

    def due(self, now: int, *, count: int) -> list[str]:
        waiting = select(derived.record.c.patient).where(derived.record.c.due_at <= now)
        first = waiting.order_by(derived.record.c.due_at, derived.record.c.patient).limit(count)
        return list(self.connection.execute(first).scalars())

    def claim(self, patient: str) -> bool:
        return log.try_to_hold(self.connection, f"record {patient}")

    def wake(self) -> None:
        self.connection.execute(derived.record.update().values(due_at=AT_ONCE))

    def expire_others(self, stamp: str) -> None:
        others = derived.record.update().where(derived.record.c.stamp != stamp)
        self.connection.execute(others.values(due_at=AT_ONCE))

    # --- who takes what from whom -------------------------------------------------------------------

    def followers(self, targets: Collection[str]) -> list[Link]:
        found = []
        for part in parts(sorted(targets)):
            asked = derived.link.c.target.in_(part)
            found += [Link(*row) for row in self.connection.execute(select(derived.link).where(asked))]
        return found

    def keep_links(self, patient: str, refs: Collection[str] | None, links: Iterable[Link]) -> None:
        gone = delete(derived.link).where(derived.link.c.patient == patient)
        if refs is not None:
            gone = gone.where(derived.link.c.ref.in_(sorted(refs)))
        self.connection.execute(gone)
        rows = [one._asdict() for one in links]
        if rows:
            self.connection.execute(insert(derived.link), rows)

    # --- who feeds us ---------------------------------------------------------------------------------

    def heartbeats(self) -> Mapping[str, int]:
        return {row.client: row.day for row in self.connection.execute(select(derived.heartbeat))}

    def heard(self, client: str, day: int) -> None:
        put(self.connection, derived.heartbeat, {"client": client, "day": day})

    # --- what it is derived of ------------------------------------------------------------------------

    def versions_of(self, keys: Collection[Key]) -> list[Version]:
        found: list[Version] = []
        for part in parts(sorted(keys)):
            found += log.versions(self.connection, tuple_(tables.log.c.type, tables.log.c.id).in_(part))
        return found

    def versions_about(self, patient: str, *, types: Collection[str]) -> list[Version]:
        named = (
            select(tables.head.c.type, tables.head.c.id)
            .join(tables.about, tables.about.c.rid == tables.head.c.rid)
            .where(tables.about.c.patient == patient, tables.head.c.type.in_(sorted(types)))
            .subquery()
        )
        same = and_(tables.log.c.type == named.c.type, tables.log.c.id == named.c.id)
        return log.versions(self.connection, same)

    def newest(self, keys: Collection[Key]) -> list[Version]:
        heads = log.heads(self.connection, keys)
        seqs = [head.seq for head in heads.values() if not head.deleted]
        found: list[Version] = []
        for part in parts(seqs):
            found += log.versions(self.connection, tables.log.c.seq.in_(part))
        return found

    def telling(self, tasks: Collection[Key]) -> list[tuple[str, str]]:
        row, head = tables.index_reference, tables.head
        query = (
            select(head.c.id, row.c.id)
            .join(head, head.c.rid == row.c.rid)
            .where(row.c.parameter == _TOLD_OF, row.c.type == "Task", row.c.id.in_([key.id for key in tasks]))
        )
        return [(f"Provenance/{one}", f"Task/{other}") for one, other in self.connection.execute(query)]


def _fact(patient: str, fact: Fact) -> dict[str, Any]:
    value = fact.value
    return {
        "patient": patient,
        "selector": fact.selector,
        "lo": fact.lo,
        "hi": fact.hi,
        "day": fact.day,
        "last_day": fact.last_day,
        "until": fact.until,
        "until_day": fact.until_day,
        "known_from": fact.known_from,
        "known_to": fact.known_to,
        "value": None if value is None else orjson.dumps(written(value)).decode(),
        "number": float(value) if isinstance(value, Fraction) else None,
        "unit": fact.unit,
        "side": fact.side,
        "state": fact.state,
        "ref": fact.ref,
    }


def _work(row: WorkRow) -> dict[str, Any]:
    return {**row._asdict(), "unit": row.unit or "", "due": FAR if row.due is None else row.due}
