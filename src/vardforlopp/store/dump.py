"""A backup that either database takes: the log, the bodies, the log of acts, as lines of JSON.

The first line names the form, the schema, the tables and their columns; then a line a row; the last line says
how many rows there are of each table, and the SHA-256 of all lines before it. Bytes are `{"text": ...}` where
they are UTF-8, as the bodies are, else `{"hex": ...}`. What follows from the log is made again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Connection, LargeBinary, MetaData, Table, func, insert, inspect, select, text

from vardforlopp.store import migrations, tables
from vardforlopp.store.derived import DERIVED

FORM = "vardforlopp-backup/1"
#: Rows that are read, written and told of together.
AT_ONCE = 1_000


class Head(NamedTuple):
    """The first line: the schema, and the columns of each table in the order of loading."""

    schema: str
    at: str
    columns: dict[str, list[str]]


class NotWhole(Exception):
    """The lines are no backup of ours, or not all of it, or not as they were written."""


def kept() -> list[Table]:
    """The tables of what does not follow from others, parents first."""
    return [table for table in tables.metadata.sorted_tables if table.name not in DERIVED]


def rows(connection: Connection) -> dict[str, int]:
    """How many rows each of them has, in this view."""
    return {
        table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
        for table in kept()
    }


def lines(connection: Connection, *, schema: str, at: str) -> Iterator[list[bytes]]:
    """The lines of a backup of one view, some at a time: the first line, the rows of each table, the last."""
    columns = {str(table.name): [str(column.name) for column in table.c] for table in kept()}
    digest, counts = sha256(), dict.fromkeys(columns, 0)
    head = orjson.dumps({"form": FORM, "schema": schema, "at": at, "tables": columns}) + b"\n"
    digest.update(head)
    yield [head]
    for table in kept():
        query = select(table).order_by(*table.primary_key.columns)
        for part in connection.execution_options(yield_per=AT_ONCE).execute(query).partitions():
            written = [_line(str(table.name), row) for row in part]
            counts[table.name] += len(written)
            for each in written:
                digest.update(each)
            yield written
    yield [orjson.dumps({"rows": counts, "sha256": digest.hexdigest()}) + b"\n"]


def _line(name: str, row: Iterable[Any]) -> bytes:
    return orjson.dumps([name, *map(_written, row)]) + b"\n"


def _written(value: Any) -> Any:
    if not isinstance(value, bytes | memoryview):
        return value
    found = bytes(value)
    try:
        return {"text": found.decode("utf-8")}
    except UnicodeDecodeError:
        return {"hex": found.hex()}


def _read(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return value["text"].encode() if "text" in value else bytes.fromhex(value["hex"])


def checked(found: Iterable[bytes]) -> tuple[Head, int]:
    """The first line, and how many rows follow, of lines that are whole and as they were written.

    Raises: NotWhole.
    """
    digest, counts, last = sha256(), 0, b""
    head: Head | None = None
    for line in found:
        if last:
            digest.update(last)
            counts += 1
        if head is None:
            head = head_of(line)
        last = line
    if head is None:
        raise NotWhole("there is nothing in it")
    end = _end(last)
    if end.get("sha256") != digest.hexdigest() or sum(end["rows"].values()) != counts - 1:
        raise NotWhole("it is not what was written")
    return head, counts - 1


def head_of(line: bytes) -> Head:
    """What the first line says. Raises: NotWhole."""
    try:
        found = orjson.loads(line)
        assert found["form"] == FORM
        return Head(found["schema"], found["at"], found["tables"])
    except (orjson.JSONDecodeError, TypeError, KeyError, AssertionError):
        raise NotWhole("it is no backup of this program") from None


def _end(line: bytes) -> dict[str, Any]:
    try:
        found = orjson.loads(line)
        assert isinstance(found, dict)
        assert "rows" in found
        return found
    except (orjson.JSONDecodeError, AssertionError):
        raise NotWhole("its end is missing") from None


def has_content(connection: Connection) -> bool:
    """Whether any version or act is kept in a database."""
    there = set(inspect(connection).get_table_names())
    return any(
        connection.execute(select(table.c.seq).limit(1)).first() is not None
        for table in (tables.log, tables.audit)
        if table.name in there
    )


def prepare(connection: Connection, schema: str) -> None:
    """The empty tables of a schema, whatever empty tables of ours there are."""
    for name in (*reversed([table.name for table in tables.metadata.sorted_tables]), "alembic_version"):
        connection.execute(text(f"DROP TABLE IF EXISTS {name}"))
    migrations.bring(connection, to=schema)


def load(connection: Connection, head: Head, *, found: Iterable[bytes]) -> Iterator[int]:
    """Put the rows into the tables of their schema; tells how many rows are done, each time some are."""
    shape = MetaData()
    shape.reflect(connection, only=list(head.columns))
    waiting: list[dict[str, Any]] = []
    name, done = "", 0
    for line in found:
        row = orjson.loads(line)
        if not isinstance(row, list):
            continue  # the first line, and the last
        if waiting and (row[0] != name or len(waiting) == AT_ONCE):
            connection.execute(insert(shape.tables[name]), waiting)
            done += len(waiting)
            waiting = []
            yield done
        name = row[0]
        waiting.append(dict(zip(head.columns[name], map(_read, row[1:]), strict=True)))
    if waiting:
        connection.execute(insert(shape.tables[name]), waiting)
        yield done + len(waiting)
    _go_on_counting(connection, shape)


def _go_on_counting(connection: Connection, shape: MetaData) -> None:
    """What comes next is numbered after what was loaded; SQLite sees to it by itself."""
    if connection.dialect.name != "postgresql":
        return
    for table in shape.tables.values():
        for column in table.primary_key.columns:
            if isinstance(column.type, LargeBinary):
                continue
            sequence = connection.execute(
                text("SELECT pg_get_serial_sequence(:t, :c)"), {"t": table.name, "c": column.name}
            ).scalar()
            last = connection.execute(select(func.max(column))).scalar() if sequence else None
            if last is not None:
                connection.execute(text("SELECT setval(:s, :n)"), {"s": sequence, "n": last})
