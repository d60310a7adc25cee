"""Rows put in the place of those with the same key, in the words that each database has for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Insert, Table
from sqlalchemy.dialects import postgresql, sqlite


def put(connection: Connection, table: Table, *, row: Mapping[str, Any]) -> None:
    """Keep a row, in the place of the one with its key if there is one."""
    found = _insert(connection, table)
    others = {name: found.excluded[name] for name in row if not table.c[name].primary_key}
    connection.execute(found.on_conflict_do_update(index_elements=list(table.primary_key), set_=others), row)


def put_if_new(connection: Connection, table: Table, *, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep those rows of whose key there is none yet."""
    if rows:
        connection.execute(_insert(connection, table).on_conflict_do_nothing(), list(rows))


def _insert(connection: Connection, table: Table) -> Any:
    made: Insert = (
        postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)
    )
    return made
