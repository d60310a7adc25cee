"""Rows into tables, and values as the tables have them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from duckdb import DuckDBPyConnection

from vardforlopp.kernel.civil import Moment


def insert(con: DuckDBPyConnection, rows: Mapping[str, Sequence[Sequence[Any]]]) -> None:
    """Rows by table into the tables, column by column."""
    for table, some in rows.items():
        if some:
            types = [row[1] for row in con.execute(f"DESCRIBE {table}").fetchall()]
            columns = [list(column) for column in zip(*some, strict=True)]
            lists = ", ".join(f"unnest(CAST(? AS {of}[]))" for of in types)
            con.execute(f"INSERT INTO {table} SELECT {lists}", columns)


def moment_of(value: Mapping[str, Any]) -> Moment:
    """What `struct` makes, back as a moment."""
    return Moment(value["day"], value["instant"], value["exact"])


def struct(moment: Moment | None) -> dict[str, Any] | None:
    """A moment as the tables have it."""
    if moment is None:
        return None
    return {"day": moment.day, "instant": moment.at, "exact": moment.exact}
