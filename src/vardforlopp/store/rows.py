"""Rows added, or put in the place of those with the same key.

The statements are written once, and the driver is given the values as they are: no column of ours needs
anything done to them. With each resource some ten of them are said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Dialect, Table

from vardforlopp.store.driver import ask, say, say_of_each

#: A row's names and values.
Row = Mapping[str, Any]
#: How many rows PostgreSQL is sent in one statement: all of them are added, or none.
ONE_STATEMENT = 64


def add(connection: Connection, table: Table, *, rows: Sequence[Row]) -> None:
    """Add rows that all name the same columns."""
    _add_named(connection, table, rows, "")


def add_whole(connection: Connection, table: Table, *, rows: Sequence[tuple[Any, ...]]) -> None:
    """Add rows that have a value for every column, in the order of the table's."""
    _add(connection, table, tuple(column.name for column in table.c), rows, "")


def put_if_new(connection: Connection, table: Table, *, rows: Sequence[Row]) -> None:
    """Keep those rows of whose key there is none yet."""
    _add_named(connection, table, rows, " ON CONFLICT DO NOTHING")


def put(connection: Connection, table: Table, *, row: Row) -> None:
    """Keep a row, in the place of the one with its key if there is one."""
    _add_named(connection, table, [row], _instead(connection.dialect, table, tuple(row)))


def add_numbered(connection: Connection, table: Table, *, rows: Sequence[Row]) -> list[int]:
    """Add rows of a table that numbers them (`seq`), in their order, and tell the numbers."""
    if len(rows) == 1:
        statement = _adding(connection.dialect, table, tuple(rows[0])) + " RETURNING seq"
        return [int(ask(connection, statement, values=tuple(rows[0].values()))[0][0])]
    numbers = _next(connection, table, len(rows))
    add(connection, table, rows=[{"seq": number, **row} for number, row in zip(numbers, rows, strict=True)])
    return numbers


def _next(connection: Connection, table: Table, count: int) -> list[int]:
    """So many numbers that nobody else gets."""
    if connection.dialect.name == "sqlite":  # whose one writer this is
        found = ask(connection, "SELECT seq FROM sqlite_sequence WHERE name = ?", values=(table.name,))
        last = found[0][0] if found else 0
        return list(range(last + 1, last + 1 + count))
    return sorted(number for (number,) in ask(connection, _NEXT, values=(table.name, count)))


_NEXT = "SELECT nextval(pg_get_serial_sequence(CAST(? AS text), 'seq')) FROM generate_series(1, ?)"


def _add_named(connection: Connection, table: Table, rows: Sequence[Row], conflict: str) -> None:
    if rows:
        _add(connection, table, tuple(rows[0]), [tuple(row.values()) for row in rows], conflict)


def _add(
    connection: Connection,
    table: Table,
    names: tuple[str, ...],
    rows: Sequence[tuple[Any, ...]],
    conflict: str,
) -> None:
    if connection.dialect.name == "sqlite":
        say_of_each(connection, _adding(connection.dialect, table, names) + conflict, rows=rows)
        return
    for start in range(0, len(rows), ONE_STATEMENT):
        part = rows[start : start + ONE_STATEMENT]
        statement = _adding(connection.dialect, table, names, len(part)) + conflict
        say(connection, statement, values=[value for row in part for value in row])


@cache
def _adding(dialect: Dialect, table: Table, names: tuple[str, ...], rows: int = 1) -> str:
    quoted = dialect.identifier_preparer
    places = ", ".join("?" * len(names))
    columns = ", ".join(quoted.format_column(table.c[name]) for name in names)
    return f"INSERT INTO {quoted.format_table(table)} ({columns}) VALUES " + ", ".join([f"({places})"] * rows)


@cache
def _instead(dialect: Dialect, table: Table, names: tuple[str, ...]) -> str:
    quoted = dialect.identifier_preparer
    keys = ", ".join(map(quoted.format_column, table.primary_key))
    others = (quoted.format_column(table.c[name]) for name in names if not table.c[name].primary_key)
    return f" ON CONFLICT ({keys}) DO UPDATE SET " + ", ".join(f"{each} = excluded.{each}" for each in others)
