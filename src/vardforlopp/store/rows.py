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
    _add(connection, table, rows, "")


def put_if_new(connection: Connection, table: Table, *, rows: Sequence[Row]) -> None:
    """Keep those rows of whose key there is none yet."""
    _add(connection, table, rows, " ON CONFLICT DO NOTHING")


def put(connection: Connection, table: Table, *, row: Row) -> None:
    """Keep a row, in the place of the one with its key if there is one."""
    _add(connection, table, [row], _instead(connection.dialect, table, tuple(row)))


def add_one(connection: Connection, table: Table, *, row: Row) -> int:
    """Add a row, and tell the number that it was given."""
    statement = _adding(connection.dialect, table, tuple(row)) + " RETURNING seq"
    return int(ask(connection, statement, values=tuple(row.values()))[0][0])


def _add(connection: Connection, table: Table, rows: Sequence[Row], conflict: str) -> None:
    if not rows:
        return
    names = tuple(rows[0])
    if connection.dialect.name == "sqlite":
        statement = _adding(connection.dialect, table, names) + conflict
        say_of_each(connection, statement, rows=[tuple(row.values()) for row in rows])
        return
    for start in range(0, len(rows), ONE_STATEMENT):
        part = rows[start : start + ONE_STATEMENT]
        statement = _adding(connection.dialect, table, names, len(part)) + conflict
        say(connection, statement, values=[value for row in part for value in row.values()])


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
