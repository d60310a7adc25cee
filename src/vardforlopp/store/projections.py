"""What is derived of the log: kept, read, and put in the place of what stood there before."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from fractions import Fraction
from typing import Any

import orjson
from sqlalchemy import (
    Connection,
    and_,
    bindparam,
    delete,
    func,
    literal,
    select,
    tuple_,
    union,
    union_all,
)

from vardforlopp.fhir.search.parameters import parameters_of
from vardforlopp.record.facts import Fact
from vardforlopp.record.packed import written
from vardforlopp.services.ports import Key, Version
from vardforlopp.services.projected import (
    AT_ONCE,
    FAR,
    LONGEST_UNIT,
    STATES,
    CourseRow,
    Link,
    RecordRow,
    Shown,
    WorkRow,
    rank_of,
)
from vardforlopp.services.working import Place
from vardforlopp.store import known, log, tables
from vardforlopp.store.driver import ask, say
from vardforlopp.store.log import parts
from vardforlopp.store.rows import add, put, put_if_new

_TOLD_OF = parameters_of("Provenance")["target"].number
_RECORD = f"SELECT {', '.join(RecordRow._fields)} FROM record WHERE patient = ?"
#: Statements that are made once: with each resource that is written they are said again.
_GONE = [
    delete(table).where(
        table.c.patient == bindparam("whose"), table.c.pathway.in_(bindparam("along", expanding=True))
    )
    for table in (known.course, known.work, known.suggestion)
]
_FORGOTTEN = [delete(table).where(table.c.patient == bindparam("whose")) for table in known.OF_PATIENTS]
_FOLLOWERS = f"SELECT {', '.join(Link._fields)} FROM link WHERE target ?*"
_UNLINKED = delete(known.link).where(known.link.c.patient == bindparam("whose"))
_LINKS_GONE = _UNLINKED.where(known.link.c.ref.in_(bindparam("refs", expanding=True)))


class SqlProjections:
    """The derived rows on one connection; see `services.projected`."""

    connection: Connection

    # --- of a patient ---------------------------------------------------------------------------

    def known_of(self, patient: str) -> RecordRow | None:
        rows = ask(self.connection, _RECORD, values=(patient,))
        return RecordRow(*rows[0]) if rows else None

    def keep_record(self, row: RecordRow) -> None:
        put(self.connection, known.record, row=row._asdict())

    def drop_facts(self, patient: str, selectors: Collection[str], *, refs: Collection[str] | None) -> None:
        table = known.fact
        gone = and_(table.c.patient == patient, table.c.selector.in_(sorted(selectors)))
        for part in [None] if refs is None else parts(sorted(refs)):
            self.connection.execute(
                delete(table).where(gone if part is None else and_(gone, table.c.ref.in_(part)))
            )

    def add_facts(self, patient: str, facts: Iterable[Fact]) -> None:
        add(self.connection, known.fact, rows=[_fact(patient, one) for one in facts])

    def keep_shown(self, patient: str, shown: Mapping[str, Shown]) -> None:
        # All of them go before any comes: an enrolment may have moved from one pathway to another.
        for part in parts(sorted(shown)):
            for gone in _GONE:
                self.connection.execute(gone, {"whose": patient, "along": part})
        found = shown.values()
        add(self.connection, known.course, rows=[row._asdict() for one in found for row in one.courses])
        add(self.connection, known.work, rows=[_work(row) for one in found for row in one.work])
        suggested = [row._asdict() for one in found for row in one.suggestions]
        add(self.connection, known.suggestion, rows=suggested)

    def courses(self, patient: str) -> list[CourseRow]:
        query = select(known.course).where(known.course.c.patient == patient)
        rows = self.connection.execute(query.order_by(known.course.c.enrolment)).mappings()
        return [CourseRow(**row) for row in rows]

    def forget(self, patient: str) -> None:
        for gone in _FORGOTTEN:
            self.connection.execute(gone, {"whose": patient})

    def drop_derived(self) -> None:
        for table in known.OF_PATIENTS:
            self.connection.execute(delete(table))
        everybody = union(select(tables.about.c.patient), select(known.once_about.c.patient))
        self.expire(self.connection.execute(everybody).scalars())

    def hold(self, patients: Iterable[str]) -> None:
        log.hold(self.connection, patients, of=log.RECORDS)

    # --- who is to be looked at -------------------------------------------------------------------

    def expire(self, patients: Iterable[str]) -> None:
        for part in parts(sorted(set(patients))):
            put_if_new(self.connection, known.record, rows=[never_read(patient) for patient in part])
            again = known.record.update().where(known.record.c.patient.in_(part))
            self.connection.execute(again.values(stamp="", due_at=AT_ONCE))

    def due(self, now: int, *, count: int) -> list[str]:
        waiting = select(known.record.c.patient).where(known.record.c.due_at <= now)
        first = waiting.order_by(known.record.c.due_at, known.record.c.patient).limit(count)
        return list(self.connection.execute(first).scalars())

    def waiting(self, now: int) -> int:
        query = select(func.count()).select_from(known.record).where(known.record.c.due_at <= now)
        return int(self.connection.execute(query).scalar_one())

    def claim(self, patient: str) -> bool:
        return log.try_to_hold(self.connection, patient, of=log.RECORDS)

    def wake(self) -> None:
        if self.connection.dialect.name == "postgresql":  # it goes through all, once, however long that takes
            say(self.connection, "SET LOCAL statement_timeout = 0", values=())
        self.connection.execute(known.record.update().values(due_at=AT_ONCE))

    def expire_others(self, stamp: str) -> None:
        others = known.record.update().where(known.record.c.stamp != stamp)
        self.connection.execute(others.values(due_at=AT_ONCE))

    def work(
        self, *, unit: str | None, states: Collection[str], after: Place | None, count: int
    ) -> list[WorkRow]:
        table = known.work
        query = select(*(table.c[name] for name in WorkRow._fields)).order_by(*_PLACE)
        if unit is not None:
            query = query.where(table.c.unit == unit[:LONGEST_UNIT])
        if after is not None:
            query = query.where(tuple_(*_PLACE) > tuple_(*map(literal, after)))
        if len(states) == len(STATES):
            rows = self.connection.execute(query.limit(count)).all()
        else:  # one rank after the other: each stands together in the index, in order
            rows = []
            for rank in sorted(
                rank_of(state, proposal=of_ours) for state in states for of_ours in (False, True)
            ):
                left = count - len(rows)
                if left and (after is None or after[0] <= rank):
                    rows += self.connection.execute(query.where(table.c.rank == rank).limit(left)).all()
        return [WorkRow(*row)._replace(unit=row.unit or None, due=_day(row.due)) for row in rows]

    # --- who takes what from whom -------------------------------------------------------------------

    def followers(self, targets: Collection[str]) -> list[Link]:
        return [Link(*row) for row in ask(self.connection, _FOLLOWERS, values=(sorted(targets),))]

    def keep_links(self, patient: str, refs: Collection[str] | None, *, links: Iterable[Link]) -> None:
        if refs is None:
            self.connection.execute(_UNLINKED, {"whose": patient})
        for part in parts(sorted(refs or ())):
            self.connection.execute(_LINKS_GONE, {"whose": patient, "refs": part})
        add(self.connection, known.link, rows=[one._asdict() for one in links])

    # --- who feeds us ---------------------------------------------------------------------------------

    def heartbeats(self) -> Mapping[str, int]:
        return {row.client: row.day for row in self.connection.execute(select(known.heartbeat))}

    def heard(self, client: str, day: int) -> None:
        put(self.connection, known.heartbeat, row={"client": client, "day": day})

    # --- what it is derived of ------------------------------------------------------------------------

    def no_longer_about(self, gone: Iterable[tuple[str, int]]) -> None:
        """Resources, by number, that were about a patient, and are no longer."""
        rows = [{"patient": patient, "rid": rid} for patient, rid in gone]
        put_if_new(self.connection, known.once_about, rows=rows)

    def about_again(self, back: Iterable[tuple[str, int]]) -> None:
        """Resources, by number, that are about a patient who may have been told so before."""
        for patient, rid in back:
            same = and_(known.once_about.c.patient == patient, known.once_about.c.rid == rid)
            self.connection.execute(delete(known.once_about).where(same))

    def versions_of(self, keys: Collection[Key]) -> list[Version]:
        found: list[Version] = []
        for type_, ids in log.by_type(keys).items():
            for part in parts(ids):
                found += log.versions_of(self.connection, type_, ids=part)
        return found

    def versions_about(self, patient: str, *, types: Collection[str]) -> list[Version]:
        rids = union_all(
            *(
                select(table.c.rid).where(table.c.patient == patient)
                for table in (tables.about, known.once_about)
            )
        )
        named = (
            select(tables.head.c.type, tables.head.c.id)
            .where(tables.head.c.rid.in_(rids), tables.head.c.type.in_(sorted(types)))
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


def never_read(patient: str) -> dict[str, Any]:
    """The row of a patient whose record is to be read."""
    return RecordRow(patient, "", b"", AT_ONCE)._asdict()


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


def _day(due: int) -> int | None:
    return None if due == FAR else due


def _work(row: WorkRow) -> dict[str, Any]:
    return {**row._asdict(), "unit": row.unit or "", "due": row.place}


_PLACE = tuple(known.work.c[name] for name in ("rank", "due", "patient", "enrolment", "step", "occurrence"))
