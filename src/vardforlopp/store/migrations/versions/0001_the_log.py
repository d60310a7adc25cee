"""The first schema: the log, its bodies, what is current, the search index, and the log of acts.

Revision ID: 0001
Revises:
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

Number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Text = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "about",
        sa.Column("patient", Text, nullable=False),
        sa.Column("rid", Number, nullable=False),
        sa.PrimaryKeyConstraint("patient", "rid", name="pk_about"),
    )
    op.create_index("ix_about_rid", "about", ["rid"])
    op.create_table(
        "audit",
        sa.Column("seq", Number, autoincrement=True, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor", Text, nullable=False),
        sa.Column("role", Text, nullable=False),
        sa.Column("unit", Text, nullable=True),
        sa.Column("action", Text, nullable=False),
        sa.Column("type", Text, nullable=False),
        sa.Column("id", Text, nullable=True),
        sa.Column("patient", Text, nullable=True),
        sa.Column("outcome", Text, nullable=False),
        sa.Column("rule", Text, nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("query", Text, nullable=True),
        sa.Column("shown", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("seq", name="pk_audit"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_audit_at", "audit", ["at"])
    op.create_index("ix_audit_patient", "audit", ["patient", "at"])
    op.create_table(
        "index_date",
        sa.Column("rid", Number, nullable=False),
        sa.Column("parameter", sa.Integer(), nullable=False),
        sa.Column("lo", sa.BigInteger(), nullable=False),
        sa.Column("hi", sa.BigInteger(), nullable=False),
    )
    op.create_index("ix_date_rid", "index_date", ["rid"])
    op.create_index("ix_date_value", "index_date", ["parameter", "lo", "hi", "rid"])
    op.create_table(
        "index_quantity",
        sa.Column("rid", Number, nullable=False),
        sa.Column("parameter", sa.Integer(), nullable=False),
        sa.Column("lo", sa.Double(), nullable=False),
        sa.Column("hi", sa.Double(), nullable=False),
        sa.Column("system", Text, nullable=True),
        sa.Column("code", Text, nullable=True),
        sa.Column("unit", Text, nullable=True),
        sa.Column("part", sa.SmallInteger(), nullable=True),
    )
    op.create_index("ix_quantity_rid", "index_quantity", ["rid"])
    op.create_index("ix_quantity_value", "index_quantity", ["parameter", "lo", "hi", "rid"])
    op.create_table(
        "index_reference",
        sa.Column("rid", Number, nullable=False),
        sa.Column("parameter", sa.Integer(), nullable=False),
        sa.Column("type", Text, nullable=True),
        sa.Column("id", Text, nullable=True),
        sa.Column("url", Text, nullable=True),
        sa.Column("version", Text, nullable=True),
        sa.Column("system", Text, nullable=True),
        sa.Column("value", Text, nullable=True),
    )
    op.create_index("ix_reference_identifier", "index_reference", ["parameter", "value"])
    op.create_index("ix_reference_rid", "index_reference", ["rid"])
    op.create_index("ix_reference_url", "index_reference", ["parameter", "url"])
    op.create_index("ix_reference_value", "index_reference", ["parameter", "id", "type", "rid"])
    op.create_table(
        "index_string",
        sa.Column("rid", Number, nullable=False),
        sa.Column("parameter", sa.Integer(), nullable=False),
        sa.Column("folded", Text, nullable=False),
        sa.Column("exact", Text, nullable=False),
    )
    op.create_index("ix_string_rid", "index_string", ["rid"])
    op.create_index("ix_string_value", "index_string", ["parameter", "folded", "rid"])
    op.create_table(
        "index_token",
        sa.Column("rid", Number, nullable=False),
        sa.Column("parameter", sa.Integer(), nullable=False),
        sa.Column("system", Text, nullable=True),
        sa.Column("code", Text, nullable=True),
        sa.Column("text", Text, nullable=True),
        sa.Column("part", sa.SmallInteger(), nullable=True),
    )
    op.create_index("ix_token_rid", "index_token", ["rid"])
    op.create_index("ix_token_value", "index_token", ["parameter", "code", "system", "rid"])
    op.create_table(
        "index_uri",
        sa.Column("rid", Number, nullable=False),
        sa.Column("parameter", sa.Integer(), nullable=False),
        sa.Column("value", Text, nullable=False),
    )
    op.create_index("ix_uri_rid", "index_uri", ["rid"])
    op.create_index("ix_uri_value", "index_uri", ["parameter", "value", "rid"])
    op.create_table(
        "log",
        sa.Column("seq", Number, autoincrement=True, nullable=False),
        sa.Column("type", Text, nullable=False),
        sa.Column("id", Text, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor", Text, nullable=False),
        sa.Column("method", sa.SmallInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=True),
        sa.Column("patients", Text, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_log"),
        sa.UniqueConstraint("type", "id", "version", name="uq_log_type_id_version"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_log_at", "log", ["at"])
    op.create_index("ix_log_type_seq", "log", ["type", "seq"])
    op.create_table(
        "body",
        sa.Column("seq", Number, autoincrement=False, nullable=False),
        sa.Column("bytes", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["seq"], ["log.seq"], name="fk_body_seq_log"),
        sa.PrimaryKeyConstraint("seq", name="pk_body"),
    )
    op.create_table(
        "head",
        sa.Column("rid", Number, autoincrement=False, nullable=False),
        sa.Column("type", Text, nullable=False),
        sa.Column("id", Text, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("patients", Text, nullable=False),
        sa.ForeignKeyConstraint(["seq"], ["log.seq"], name="fk_head_seq_log"),
        sa.PrimaryKeyConstraint("rid", name="pk_head"),
        sa.UniqueConstraint("type", "id", name="uq_head_type_id"),
    )
    op.create_index("ix_head_type_at", "head", ["type", "at", "rid"])
    op.create_index("ix_head_type_rid", "head", ["type", "rid"])
