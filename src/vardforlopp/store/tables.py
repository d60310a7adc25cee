"""The tables. An instant is a BIGINT of microseconds since 1970 in UTC, a day a proleptic ordinal.

- `log`: every version of every resource, in the order of writing; never changed.
- `body`: the bytes of a version, apart from the log, so that what must be destroyed can be, while the
  log keeps its digest and goes on telling that it was there.
- `head`: the current version of each resource; `rid` is the `seq` of its first.
- `about`: the patients that each current resource is about: what a patient's record is found by. `patients`
  in `log` and `head` are the same ids, in order, with blanks between.
- `audit`: who did what, about whom, when, where, and how it went; only added to.
- `bookmark`: where a search by POST goes on; kept for an hour.
- `xact` in `log` and `audit`: the number of the transaction that wrote the row (PostgreSQL; SQLite has one
  writer, and 0). Whoever follows goes by it: see `following`.
- `follower`: how far each who follows has come. `seal`: the log of acts, sealed in batches.
- `subscription`, `delivery`: whom to tell what. `export`, `export_part`: what may be fetched.
- `index_*`: what is searched of current versions, a table a kind of value. Derived, so no foreign keys.
- `origin`: under which address all this was written, once.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    UniqueConstraint,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.expression import FunctionElement

#: SQLite numbers rows by itself only where the column is exactly INTEGER.
Number = BigInteger().with_variant(Integer, "sqlite")

#: Compared by its characters' numbers everywhere, so that both databases sort alike and prefixes are found.
Text = String().with_variant(String(collation="C"), "postgresql")


class _Transaction(FunctionElement[int]):
    """The number of the transaction that writes a row; 0 where there is one writer."""

    inherit_cache = True


@compiles(_Transaction)
def _numbered(element: _Transaction, compiler: Any, **kw: object) -> str:
    return "pg_current_xact_id()::text::bigint" if compiler.dialect.name == "postgresql" else "0"


def _xact() -> Column[int]:
    return Column("xact", BigInteger, server_default=_Transaction(), nullable=False)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

log = Table(
    "log",
    metadata,
    Column("seq", Number, primary_key=True, autoincrement=True),
    Column("type", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("actor", Text, nullable=False),
    Column("method", SmallInteger, nullable=False),  # see log.Method
    Column("digest", LargeBinary(32)),  # SHA-256 of the body; none of a deletion
    Column("patients", Text, nullable=False),
    _xact(),
    UniqueConstraint("type", "id", "version"),
    Index("ix_log_type_seq", "type", "seq"),
    Index("ix_log_at", "at"),
    Index("ix_log_xact_seq", "xact", "seq").ddl_if(dialect="postgresql"),
    sqlite_autoincrement=True,
)

body = Table(
    "body",
    metadata,
    Column("seq", Number, ForeignKey(log.c.seq), primary_key=True, autoincrement=False),
    Column("bytes", LargeBinary, nullable=False),
)

head = Table(
    "head",
    metadata,
    Column("rid", Number, primary_key=True, autoincrement=False),
    Column("type", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("seq", BigInteger, ForeignKey(log.c.seq), nullable=False),
    Column("version", Integer, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("deleted", Boolean, nullable=False),
    Column("patients", Text, nullable=False),
    UniqueConstraint("type", "id"),
    Index("ix_head_type_rid", "type", "rid"),
    Index("ix_head_type_at", "type", "at", "rid"),
)

about = Table(
    "about",
    metadata,
    Column("patient", Text, primary_key=True),
    Column("rid", Number, primary_key=True, autoincrement=False),
    Column("type", Text, nullable=False),
    sqlite_with_rowid=False,
)

follower = Table(
    "follower",
    metadata,
    Column("name", Text, primary_key=True),
    Column("xact", BigInteger, nullable=False),
    Column("seq", BigInteger, nullable=False),
)

seal = Table(
    "seal",
    metadata,
    Column("number", Number, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    Column("members", LargeBinary, nullable=False),  # see audit.seal
    Column("previous", LargeBinary(32), nullable=False),
    Column("digest", LargeBinary(32), nullable=False),
)

subscription = Table(
    "subscription",
    metadata,
    Column("id", Text, primary_key=True),
    Column("owner", Text, nullable=False),
    Column("criteria", Text, nullable=False),
    Column("endpoint", Text, nullable=False),
    Column("payload", Boolean, nullable=False),
    Column("ends", BigInteger),
    Column("failures", Integer, nullable=False),
    Column("next_at", BigInteger, nullable=False),
    Column("held_until", BigInteger, nullable=False),
)

delivery = Table(
    "delivery",
    metadata,
    Column("number", Number, primary_key=True, autoincrement=True),
    Column("subscription", Text, nullable=False),
    Column("seq", BigInteger, ForeignKey(log.c.seq), nullable=False),
    Column("name", Text, nullable=False),
    UniqueConstraint("subscription", "seq"),
    sqlite_autoincrement=True,
)

export = Table(
    "export",
    metadata,
    Column("id", Text, primary_key=True),
    Column("actor", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    _xact(),
    Column("seq", BigInteger, nullable=False),  # the last of the log when it was asked for
    Column("request", Text, nullable=False),
    Column("patients", Boolean, nullable=False),  # only what is about patients
    Column("since", BigInteger),
    Column("types", Text, nullable=False),  # with blanks between
    Column("type", Text, nullable=False),  # the one that is being cut; empty when all are
    Column("rid", BigInteger, nullable=False),  # how far
    Column("ends", BigInteger, nullable=False),
)

export_part = Table(
    "export_part",
    metadata,
    Column("export", Text, ForeignKey(export.c.id), primary_key=True),
    Column("type", Text, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("after", BigInteger, nullable=False),
    Column("upto", BigInteger, nullable=False),
    Column("resources", Integer, nullable=False),
)


def _index(name: str, *columns: Column[object], by: tuple[str, ...]) -> Table:
    """An index table: rows found by value, and those of one resource by its number."""
    return Table(
        f"index_{name}",
        metadata,
        Column("rid", Number, nullable=False),
        Column("parameter", Integer, nullable=False),
        *columns,
        Index(f"ix_{name}_value", "parameter", *by, "rid"),
        Index(f"ix_{name}_rid", "rid", "parameter"),
    )


index_token = _index(
    "token",
    Column("system", Text),
    Column("code", Text),
    Column("text", Text),
    Column("part", SmallInteger),
    by=("code", "system"),
)
index_reference = _index(
    "reference",
    Column("type", Text),
    Column("id", Text),
    Column("url", Text),
    Column("version", Text),
    Column("system", Text),
    Column("value", Text),
    by=("id", "type"),
)
index_date = _index(
    "date",
    Column("lo", BigInteger, nullable=False),
    Column("hi", BigInteger, nullable=False),
    by=("hi", "lo"),  # what is searched by a time is mostly from some day on
)
index_string = _index(
    "string",
    Column("folded", Text, nullable=False),
    Column("exact", Text, nullable=False),
    by=("folded",),
)
index_quantity = _index(
    "quantity",
    Column("lo", Double, nullable=False),
    Column("hi", Double, nullable=False),
    Column("system", Text),
    Column("code", Text),
    Column("unit", Text),
    Column("part", SmallInteger),
    by=("lo", "hi"),
)
index_uri = _index("uri", Column("value", Text, nullable=False), by=("value",))

Index("ix_reference_url", index_reference.c.parameter, index_reference.c.url)
Index("ix_reference_identifier", index_reference.c.parameter, index_reference.c.value)

origin = Table("origin", metadata, Column("base", Text, primary_key=True))

audit = Table(
    "audit",
    metadata,
    Column("seq", Number, primary_key=True, autoincrement=True),
    Column("at", BigInteger, nullable=False),
    Column("actor", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("unit", Text),
    Column("action", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("id", Text),
    Column("patient", Text),
    Column("outcome", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("version", Integer),
    Column("query", Text),
    Column("shown", Integer),
    _xact(),
    Index("ix_audit_patient", "patient", "at"),
    Index("ix_audit_at", "at"),
    Index("ix_audit_xact_seq", "xact", "seq").ddl_if(dialect="postgresql"),
    sqlite_autoincrement=True,
)

bookmark = Table(
    "bookmark",
    metadata,
    Column("id", Text, primary_key=True),
    Column("actor", Text, nullable=False),
    Column("until", BigInteger, nullable=False),
    Column("asked", LargeBinary, nullable=False),
    Index("ix_bookmark_until", "until"),
)
