"""Rows added, or put in the place of those with the same key, in the words that each database has for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Dialect, Insert, Table
from sqlalchemy.dialects import postgresql, sqlite

#: A row's names and values.
Row = Mapping[str, Any]


#: How many rows PostgreSQL is sent in one statement: all of them are added, or none.
ONE_STATEMENT = 64


def add(connection: Connection, table: Table, *, rows: Sequence[Row]) -> None:
    """Add rows that all name the same columns.

    The statement is written once, and the driver is given the values as they are: no column of ours needs
    anything done to them. It is what a resource's rows are written with, so it must be quick.
    """
    if not rows:
        return
    names = tuple(rows[0])
    if connection.dialect.name == "sqlite":
        statement = _adding(connection.dialect, table, names)
        connection.exec_driver_sql(statement, [tuple(row.values()) for row in rows])
        return
    for start in range(0, len(rows), ONE_STATEMENT):
        part = rows[start : start + ONE_STATEMENT]
        values = tuple(value for row in part for value in row.values())
        connection.exec_driver_sql(_adding(connection.dialect, table, names, len(part)), values)


def add_one(connection: Connection, table: Table, *, row: Row) -> int:
    """Add a row, and tell the number that it was given."""
    statement = _adding(connection.dialect, table, tuple(row)) + " RETURNING seq"
    return int(connection.exec_driver_sql(statement, tuple(row.values())).scalar_one())


@cache
def _adding(dialect: Dialect, table: Table, names: tuple[str, ...], rows: int = 1) -> str:
    quoted = dialect.identifier_preparer
    places = ", ".join(["?" if dialect.name == "sqlite" else "%s"] * len(names))
    columns = ", ".join(quoted.format_column(table.c[name]) for name in names)
    return f"INSERT INTO {quoted.format_table(table)} ({columns}) VALUES " + ", ".join([f"({places})"] * rows)


def put(connection: Connection, table: Table, *, row: Row) -> None:
    """Keep a row, in the place of the one with its key if there is one."""
    connection.execute(_putting(connection.dialect.name, table, tuple(row)), row)


@cache
def _putting(dialect: str, table: Table, names: tuple[str, ...]) -> Any:
    found = _insert(dialect, table)
    others = {name: found.excluded[name] for name in names if not table.c[name].primary_key}
    return found.on_conflict_do_update(index_elements=list(table.primary_key), set_=others)


def put_if_new(connection: Connection, table: Table, *, rows: Sequence[Row]) -> None:
    """Keep those rows of whose key there is none yet."""
    if rows:
        connection.execute(_insert(connection.dialect.name, table).on_conflict_do_nothing(), list(rows))


def _insert(dialect: str, table: Table) -> Any:
    made: Insert = postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
    return made
