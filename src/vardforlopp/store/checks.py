"""Whether what a database keeps is whole and agrees with itself; a check says what is wrong, if anything."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from itertools import islice
from typing import NamedTuple

from sqlalchemy import Connection, and_, exists, func, not_, or_, select, text

from vardforlopp.services.ports import Method
from vardforlopp.store import derived, known, tables
from vardforlopp.store.derived import EntryOf

#: Of how many the newest are looked at, and as many spread over the rest, if not all are.
SAMPLE = 1_000
_RESTORE = "Stop the server, keep the files as they are, and restore the last backup."
_log, _body, _head = tables.log, tables.body, tables.head


class Found(NamedTuple):
    """What a check found: its name, what is wrong (None = nothing), and what to do then."""

    name: str
    wrong: str | None
    do: str
    looked_at: str = ""


def integrity(connection: Connection, *, every: bool) -> Found:
    """SQLite's own look at its file. PostgreSQL sees to its pages itself, if it was made with checksums."""
    if connection.dialect.name != "sqlite":
        on = connection.execute(text("SHOW data_checksums")).scalar_one() == "on"
        wrong = None if on else "the pages of the database have no checksums"
        return Found("integrity", wrong, "Stop PostgreSQL, and run pg_checksums --enable.")
    check = "integrity_check" if every else "quick_check"
    told = connection.exec_driver_sql(f"PRAGMA {check}(3)").scalars().all()
    wrong = None if told == ["ok"] else f"SQLite says: {' '.join('; '.join(told).split())}"
    return Found("integrity", wrong, _RESTORE, check)


def references(connection: Connection) -> Found:
    """Every row leads to what it refers to."""
    lost = {
        "bodies of no version": _body.c.seq.not_in(select(_log.c.seq)),
        "heads of no version": _head.c.seq.not_in(select(_log.c.seq)),
        "versions of no head": ~exists().where(_head.c.type == _log.c.type, _head.c.id == _log.c.id),
    }
    wrong = []
    for what, condition in lost.items():
        table = {"b": _body, "h": _head, "v": _log}[what[0]]
        count = connection.execute(select(func.count()).select_from(table).where(condition)).scalar_one()
        wrong += [f"{count} {what}"] if count else []
    return Found("references", ", ".join(wrong) or None, _RESTORE, "all")


def heads(connection: Connection) -> Found:
    """What is current is the last of the log, and versions are numbered without gaps."""
    ends = (
        select(
            _log.c.type,
            _log.c.id,
            func.max(_log.c.version).label("last"),
            func.min(_log.c.seq).label("first"),
            func.count().label("many"),
        )
        .group_by(_log.c.type, _log.c.id)
        .subquery()
    )
    same = and_(_head.c.type == ends.c.type, _head.c.id == ends.c.id)
    joined = _head.join(ends, same).join(_log, _log.c.seq == _head.c.seq)
    apart = or_(
        _head.c.version != ends.c.last,
        _log.c.version != ends.c.last,
        _log.c.type != _head.c.type,
        _log.c.id != _head.c.id,
        _head.c.rid != ends.c.first,
        ends.c.many != ends.c.last,
        _head.c.deleted != (_log.c.method == int(Method.DELETED)),
        _head.c.patients != _log.c.patients,
    )
    count = connection.execute(select(func.count()).select_from(joined).where(apart)).scalar_one()
    wrong = f"of {count} resources the current version is not the last of the log" if count else None
    return Found("current versions", wrong, _RESTORE, "all")


def digests(connection: Connection, *, every: bool) -> Found:
    """The bytes of a version are those that were written."""
    query = select(_log.c.seq, _log.c.digest, _body.c.bytes).join(_body, _body.c.seq == _log.c.seq)
    if not every:
        query = query.where(_log.c.seq.in_(sample(connection)))
    looked, wrong = 0, []
    for row in connection.execution_options(yield_per=SAMPLE).execute(query):
        looked += 1
        if sha256(row.bytes).digest() != row.digest:
            wrong.append(row.seq)
    told = (
        f"the bytes of {len(wrong)} versions are others than were written ({_few(wrong)})" if wrong else None
    )
    return Found("digests", told, _RESTORE, f"{looked} versions")


def index(connection: Connection, entry_of: EntryOf, *, every: bool) -> Found:
    """What is searched is what would be indexed now."""
    rids = None
    if not every:
        chosen = select(_head.c.rid).where(_head.c.seq.in_(sample(connection)))
        rids = list(connection.execute(chosen).scalars())
    looked, wrong = 0, []
    for part in derived.current(connection, rids):
        looked += len(part)
        wrong += derived.that_differ(connection, part, entry_of=entry_of)
    told = f"{len(wrong)} resources are not found by what they say ({_few(wrong)})" if wrong else None
    do = "Run vardforlopp rebuild, which makes the index anew."
    return Found("search index", told, do, f"{looked} resources")


def clock(connection: Connection, now: int) -> Found:
    """Time has not gone back since something was kept, and a database elsewhere has the same time."""
    latest = max(
        connection.execute(select(func.coalesce(func.max(table.c.at), 0))).scalar_one()
        for table in (tables.log, tables.audit)
    )
    theirs = now
    if connection.dialect.name == "postgresql":
        asked = text("SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS bigint)")
        theirs = connection.execute(asked).scalar_one()
    wrong = None
    if latest > now + _SLACK:
        wrong = f"something was kept {(latest - now) // 1_000_000} seconds from now"
    elif abs(theirs - now) > _SLACK:
        wrong = f"the database's clock is {(theirs - now) // 1_000_000} seconds from this machine's"
    return Found("clock", wrong, "Set the clocks by NTP, on this machine and the database's.")


_SLACK = 5_000_000


def sample(connection: Connection) -> list[int]:
    """Places in the log: the newest, and as many spread over the rest."""
    last = connection.execute(select(func.coalesce(func.max(_log.c.seq), 0))).scalar_one()
    newest = range(max(1, last - SAMPLE + 1), last + 1)
    spread = islice(range(1, max(1, last - SAMPLE + 1), max(1, (last - SAMPLE) // SAMPLE)), SAMPLE)
    return [*spread, *newest]


def all_of(connection: Connection, entry_of: EntryOf, *, now: int, every: bool) -> Iterator[Found]:
    """Every check, one after another."""
    yield integrity(connection, every=every)
    yield references(connection)
    yield heads(connection)
    yield digests(connection, every=every)
    yield index(connection, entry_of, every=every)
    yield clock(connection, now)
    yield patients(connection)


def patients(connection: Connection) -> Found:
    """Every patient was read, and looked at without a fault of the program."""
    is_known = exists().where(known.record.c.patient == _head.c.id)
    there = and_(_head.c.type == "Patient", not_(_head.c.deleted), not_(is_known))
    unread = connection.execute(select(func.count()).select_from(_head).where(there)).scalar_one()
    somebody = connection.execute(select(known.record.c.patient).limit(1)).first()
    if unread and somebody is not None:  # else it is a database of which nobody follows anybody
        do = "Run vardforlopp rebuild --facts. Whoever is unread after it has a record that cannot be read."
        return Found("patients", f"{unread} patients were never read", do, "all")
    failed = select(known.record.c.fault).where(known.record.c.fault.is_not(None)).distinct().limit(3)
    faults = connection.execute(failed).scalars().all()
    wrong = f"the program failed: {', '.join(map(str, faults))}" if faults else None
    return Found("patients", wrong, "Tell us these places; each is tried again an hour later.", "all")


def _few(numbers: list[int]) -> str:
    shown = ", ".join(map(str, numbers[:3]))
    return f"numbers {shown} and so on" if len(numbers) > 3 else f"numbers {shown}"
