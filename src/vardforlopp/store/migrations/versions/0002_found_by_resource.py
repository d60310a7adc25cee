"""Indexes by resource and parameter, records by patient and type, and the address that all is written under.

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

Number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Text = sa.String().with_variant(sa.String(collation="C"), "postgresql")

KINDS = ("token", "reference", "date", "string", "quantity", "uri")
#: What SQLite is told of how many rows one value of an index leads to: rows, then rows a value of the first
#: column, of the first two, and so on. It is that of a million resources and never measured anew, so that a
#: plan is the same on an empty database as on a full one.
ROWS = (
    ("head", "sqlite_autoindex_head_1", "1000000 20000 1"),
    ("head", "ix_head_type_rid", "1000000 20000 1"),
    ("head", "ix_head_type_at", "1000000 20000 2 1"),
    ("log", "sqlite_autoindex_log_1", "1500000 30000 2 1"),
    ("log", "ix_log_type_seq", "1500000 30000 1"),
    ("log", "ix_log_at", "1500000 100"),
    ("about", "about", "1200000 500 1"),
    ("index_token", "ix_token_value", "4000000 20000 100 90 1"),
    ("index_token", "ix_token_rid", "4000000 5 1"),
    ("index_reference", "ix_reference_value", "3000000 20000 100 90 1"),
    ("index_reference", "ix_reference_url", "3000000 20000 100"),
    ("index_reference", "ix_reference_identifier", "3000000 20000 100"),
    ("index_reference", "ix_reference_rid", "3000000 4 1"),
    ("index_date", "ix_date_value", "1500000 20000 50 40 1"),
    ("index_date", "ix_date_rid", "1500000 2 1"),
    ("index_string", "ix_string_value", "200000 20000 50 1"),
    ("index_string", "ix_string_rid", "200000 4 1"),
    ("index_quantity", "ix_quantity_value", "500000 20000 100 90 1"),
    ("index_quantity", "ix_quantity_rid", "500000 2 1"),
    ("index_uri", "ix_uri_value", "200000 20000 1000 1"),
    ("index_uri", "ix_uri_rid", "200000 2 1"),
)


def upgrade() -> None:
    """Change the indexes, and fill `about` anew."""
    op.create_table(
        "origin", sa.Column("base", Text, nullable=False), sa.PrimaryKeyConstraint("base", name="pk_origin")
    )
    _by_type()
    for kind in KINDS:
        op.drop_index(f"ix_{kind}_rid", f"index_{kind}")
        op.create_index(f"ix_{kind}_rid", f"index_{kind}", ["rid", "parameter"])
    op.drop_index("ix_date_value", "index_date")
    op.create_index("ix_date_value", "index_date", ["parameter", "hi", "lo", "rid"])
    if op.get_bind().dialect.name == "sqlite":
        _tell_sqlite()


def _by_type() -> None:
    """`about` with the type of each resource."""
    op.drop_index("ix_about_rid", "about")
    op.rename_table("about", "about_before")
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint("pk_about", "about_before")
    op.create_table(
        "about",
        sa.Column("patient", Text, nullable=False),
        sa.Column("rid", Number, autoincrement=False, nullable=False),
        sa.Column("type", Text, nullable=False),
        sa.PrimaryKeyConstraint("patient", "rid", name="pk_about"),
        sqlite_with_rowid=False,
    )
    op.execute(
        "INSERT INTO about (patient, type, rid) SELECT about_before.patient, head.type, head.rid "
        "FROM about_before JOIN head ON head.rid = about_before.rid"
    )
    op.drop_table("about_before")


def _tell_sqlite() -> None:
    op.execute("ANALYZE head")  # makes the table that the next lines fill
    op.execute("DELETE FROM sqlite_stat1")
    told = sa.table("sqlite_stat1", sa.column("tbl"), sa.column("idx"), sa.column("stat"))
    op.bulk_insert(told, [{"tbl": table, "idx": index, "stat": stat} for table, index, stat in ROWS])
    op.execute("ANALYZE sqlite_schema")  # and this reads them
