"""The resource log: versions appended, read and listed, with the index of the current ones.

Everything is done on a connection that the caller opened, so that what belongs together is one
transaction. Expected refusals are values: `append` says which resource had moved on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any, TypeVar
from zlib import crc32

from sqlalchemy import ColumnElement, Connection, Table, bindparam, delete, select, text, update

from vardforlopp.services.ports import Entry, Head, Key, Method, MovedOn, Version
from vardforlopp.store import tables
from vardforlopp.store.comparing import TABLES
from vardforlopp.store.driver import ask, say
from vardforlopp.store.rows import add, add_numbered, add_whole

#: Which advisory locks are ours, of all that others take in the same database: those of what is written, and
#: of the records that follow from it. Who holds one of the second asks for none of the first any more.
RESOURCES, RECORDS = 0x7661_7264, 0x7661_7265
#: How many keys are asked for at once: far within what either database takes as parameters.
_AT_ONCE = 400


def heads(connection: Connection, keys: Iterable[Key]) -> dict[Key, Head]:
    """The current versions of those that exist or existed."""
    found: dict[Key, Head] = {}
    for type_, ids in by_type(set(keys)).items():
        for row in ask(connection, _HEADS, values=(type_, ids)):
            head = head_of(row)
            found[head.key] = head
    return found


_HEADS = f"SELECT {', '.join(Head._fields)} FROM head WHERE type = ? AND id ?*"


def by_type(keys: Iterable[Key]) -> dict[str, list[str]]:
    """The ids of each type: SQLite goes through the whole table for pairs, not for ids of a type."""
    found: dict[str, list[str]] = {}
    for type_, id_ in sorted(keys):
        found.setdefault(type_, []).append(id_)
    return found


def head_of(row: Sequence[Any]) -> Head:
    """The first columns of a row as a head."""
    rid, type_, id_, seq, version, at, deleted, patients = row[: len(Head._fields)]
    return Head(rid, type_, id_, seq, version, at, bool(deleted), tuple(patients.split()))


def hold(connection: Connection, names: Iterable[str], *, of: int = RESOURCES) -> None:
    """Wait until nobody else holds any of the names, and hold them until the transaction ends.

    Where something is asked next, it waits. What does not exist yet cannot be locked as a row. SQLite has one
    writer, who holds everything.
    """
    if connection.dialect.name == "postgresql":
        say(connection, _HOLD, values=(of, sorted(set(map(_place, names)))))


def try_to_hold(connection: Connection, name: str, *, of: int) -> bool:
    """Hold a name until the transaction ends, unless somebody else does."""
    if connection.dialect.name != "postgresql":
        return True
    return bool(connection.execute(_TRY, {"of": of, "number": _place(name)}).scalar_one())


def _place(name: str) -> int:
    return crc32(name.encode()) % _PLACES


#: PostgreSQL's table of locks has 6,400 places for all, by default. So a name is folded onto one of these:
#: who holds thousands leaves places, and who waits for another name's place without need waits for little.
_PLACES = 2048
_TRY = text("SELECT pg_try_advisory_xact_lock(:of, CAST(:number AS integer))")
_HOLD = "SELECT pg_advisory_xact_lock(?, n) FROM unnest(CAST(? AS integer[])) AS n"


def append(
    connection: Connection, entries: Sequence[Entry], *, known: Mapping[Key, Head], actor: str
) -> list[int]:
    """Append versions and make them current. Returns their places in the log.

    `known` is what `heads` said of their keys, held. Raises: MovedOn.
    """
    if not entries:
        return []
    written = [
        {
            "type": entry.key.type,
            "id": entry.key.id,
            "version": entry.stamp.version,
            "at": entry.stamp.at,
            "actor": actor,
            "method": _method(entry, known.get(entry.key)),
            "digest": None if entry.body is None else sha256(entry.body).digest(),
            "patients": " ".join(entry.patients),
        }
        for entry in entries
    ]
    places = add_numbered(connection, tables.log, rows=written)
    bodies = [
        {"seq": place, "bytes": entry.body}
        for place, entry in zip(places, entries, strict=True)
        if entry.body is not None
    ]
    add(connection, tables.body, rows=bodies)
    rids = _make_current(connection, entries, places, known)
    named = list(zip(rids, entries, strict=True))
    _take_out(connection, [known[entry.key] for entry in entries if entry.key in known])
    put_in(connection, [(rid, entry) for rid, entry in named if entry.body is not None])
    return places


def _method(entry: Entry, before: Head | None) -> int:
    if entry.body is None:
        return Method.DELETED
    return Method.CREATED if before is None or before.deleted else Method.UPDATED


def _make_current(
    connection: Connection,
    entries: Sequence[Entry],
    places: Sequence[int],
    known: Mapping[Key, Head],
) -> list[int]:
    """The rows of `head`, each of its resource's number, which is given back."""
    new, changed, rids = [], [], []
    for place, entry in zip(places, entries, strict=True):
        before = known.get(entry.key)
        state = {
            "seq": place,
            "version": entry.stamp.version,
            "at": entry.stamp.at,
            "deleted": entry.body is None,
            "patients": " ".join(entry.patients),
        }
        if before is None:
            new.append({"rid": place, "type": entry.key.type, "id": entry.key.id, **state})
        else:
            changed.append({"held": before.rid, "last": before.version, **state})
        rids.append(place if before is None else before.rid)
    add(connection, tables.head, rows=new)
    if changed and connection.execute(_RENEW, changed).rowcount != len(changed):
        raise MovedOn
    return rids


_RENEW = (
    update(tables.head)
    .where(tables.head.c.rid == bindparam("held"), tables.head.c.version == bindparam("last"))
    .values({name: bindparam(name) for name in ("seq", "version", "at", "deleted", "patients")})
)


def _take_out(connection: Connection, before: Sequence[Head]) -> None:
    """What was indexed of some resources, and whom they were about."""
    for part in parts([head.rid for head in before]):
        for table in TABLES.values():
            connection.execute(delete(table).where(table.c.rid.in_(part)))
    about = [{"whose": patient, "held": head.rid} for head in before for patient in head.patients]
    if about:
        connection.execute(_FORGET, about)


_FORGET = delete(tables.about).where(
    tables.about.c.patient == bindparam("whose"), tables.about.c.rid == bindparam("held")
)


def put_in(connection: Connection, named: Sequence[tuple[int, Entry]]) -> None:
    """What is searched of some resources, and whom they are about."""
    for table, values in index_rows(named).items():
        add_whole(connection, table, rows=values)


def index_rows(named: Sequence[tuple[int, Entry]]) -> dict[Table, list[tuple[Any, ...]]]:
    """What stands in the index of some resources, and whom they are about: whole rows by table."""
    by_table: dict[Table, list[tuple[Any, ...]]] = {}
    for rid, entry in named:
        for kind, rows in entry.rows.items():
            by_table.setdefault(TABLES[kind], []).extend([(rid, *row) for row in rows])
        for patient in entry.patients:
            by_table.setdefault(tables.about, []).append((patient, rid, entry.key.type))
    return by_table


def read(connection: Connection, key: Key, *, version: int | None = None) -> Version | None:
    """A version of a resource, the current one unless another is asked for; None when there is none."""
    rows = (
        ask(connection, _CURRENT, values=key)
        if version is None
        else ask(connection, _NUMBER, values=(*key, version))
    )
    return _version(rows[0]) if rows else None


def at_place(connection: Connection, seq: int) -> Version | None:
    """A version by its place in the log."""
    row = connection.execute(_VERSIONS.where(tables.log.c.seq == seq)).first()
    return None if row is None else _version(row)


def bodies(connection: Connection, seqs: Sequence[int]) -> dict[int, bytes]:
    """The bytes of versions by their place in the log."""
    found: dict[int, bytes] = {}
    for part in parts(seqs):
        query = select(tables.body.c.seq, tables.body.c.bytes).where(tables.body.c.seq.in_(part))
        found.update((row.seq, bytes(row.bytes)) for row in connection.execute(query))
    return found


def history(
    connection: Connection,
    *,
    type_: str | None = None,
    id_: str | None = None,
    since: int | None = None,
    before: int | None = None,
    count: int,
) -> list[Version]:
    """Versions, the newest first: of one resource, of a type, or of all.

    `since` is an instant; `before` a place in the log: the page after one that ended there.
    """
    query = _VERSIONS.order_by(tables.log.c.seq.desc()).limit(count)
    if type_ is not None:
        query = query.where(tables.log.c.type == type_)
    if id_ is not None:
        query = query.where(tables.log.c.id == id_)
    if since is not None:
        query = query.where(tables.log.c.at >= since)
    if before is not None:
        query = query.where(tables.log.c.seq < before)
    return [_version(row) for row in connection.execute(query)]


def versions(connection: Connection, chosen: ColumnElement[bool]) -> list[Version]:
    """The versions that meet a condition on the log, in the order of writing."""
    return list(map(_version, connection.execute(_VERSIONS.where(chosen).order_by(tables.log.c.seq))))


def versions_of(connection: Connection, type_: str, *, ids: Sequence[str]) -> list[Version]:
    """All versions of some resources of a type, in the order of writing."""
    return list(map(_version, connection.execute(_ALL_OF, {"kind": type_, "ids": ids})))


_VERSIONS = select(
    *(tables.log.c[name] for name in ("seq", "type", "id", "version", "at", "actor", "method", "patients")),
    tables.body.c.bytes,
).outerjoin(tables.body, tables.body.c.seq == tables.log.c.seq)


_ONE = (
    "SELECT log.seq, log.type, log.id, log.version, log.at, log.actor, log.method, log.patients, body.bytes"
    " FROM log LEFT JOIN body ON body.seq = log.seq"
)
_CURRENT = f"{_ONE} JOIN head ON head.seq = log.seq WHERE head.type = ? AND head.id = ?"
_NUMBER = f"{_ONE} WHERE log.type = ? AND log.id = ? AND log.version = ?"
_ALL_OF = _VERSIONS.where(
    tables.log.c.type == bindparam("kind"), tables.log.c.id.in_(bindparam("ids", expanding=True))
).order_by(tables.log.c.seq)


def _version(row: Sequence[Any]) -> Version:
    seq, type_, id_, version, at, actor, method, patients, body = row
    whole = None if body is None else bytes(body)
    return Version(seq, type_, id_, version, at, actor, Method(method), tuple(patients.split()), whole)


_One = TypeVar("_One")


def parts(values: Sequence[_One]) -> Iterator[Sequence[_One]]:
    """Values in as many parts as a statement's parameters must be cut into."""
    for start in range(0, len(values), _AT_ONCE):
        yield values[start : start + _AT_ONCE]
