"""Who follows the log: transactions' numbers, seals of the log of acts, subscriptions and exports.

Rows that are there already get the number 0: whatever wrote them has ended.

Revision ID: 0004
Revises: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

Number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Text = sa.String().with_variant(sa.String(collation="C"), "postgresql")
_XACT = "pg_current_xact_id()::text::bigint"


def upgrade() -> None:
    """Make the tables, and number the transactions from now on."""
    numbered = op.get_bind().dialect.name == "postgresql"
    for table in ("log", "audit"):
        op.add_column(table, sa.Column("xact", sa.BigInteger(), server_default="0", nullable=False))
        if numbered:
            op.execute(f"ALTER TABLE {table} ALTER COLUMN xact SET DEFAULT {_XACT}")
            op.create_index(f"ix_{table}_xact_seq", table, ["xact", "seq"])
    op.create_table(
        "follower",
        sa.Column("name", Text, nullable=False),
        sa.Column("xact", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_follower"),
    )
    op.create_table(
        "seal",
        sa.Column("number", Number, autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("members", sa.LargeBinary(), nullable=False),
        sa.Column("previous", sa.LargeBinary(32), nullable=False),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_seal"),
    )
    op.create_table(
        "subscription",
        sa.Column("id", Text, nullable=False),
        sa.Column("owner", Text, nullable=False),
        sa.Column("criteria", Text, nullable=False),
        sa.Column("endpoint", Text, nullable=False),
        sa.Column("payload", sa.Boolean(), nullable=False),
        sa.Column("ends", sa.BigInteger(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=False),
        sa.Column("held_until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_subscription"),
    )
    op.create_table(
        "delivery",
        sa.Column("number", Number, autoincrement=True, nullable=False),
        sa.Column("subscription", Text, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("name", Text, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_delivery"),
        sa.ForeignKeyConstraint(["seq"], ["log.seq"], name="fk_delivery_seq_log"),
        sa.UniqueConstraint("subscription", "seq", name="uq_delivery_subscription_seq"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "export",
        sa.Column("id", Text, nullable=False),
        sa.Column("actor", Text, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column(
            "xact",
            sa.BigInteger(),
            server_default=sa.text(_XACT if numbered else "0"),
            nullable=False,
        ),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("request", Text, nullable=False),
        sa.Column("patients", sa.Boolean(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=True),
        sa.Column("types", Text, nullable=False),
        sa.Column("type", Text, nullable=False),
        sa.Column("rid", sa.BigInteger(), nullable=False),
        sa.Column("ends", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_export"),
    )
    op.create_table(
        "export_part",
        sa.Column("export", Text, nullable=False),
        sa.Column("type", Text, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("after", sa.BigInteger(), nullable=False),
        sa.Column("upto", sa.BigInteger(), nullable=False),
        sa.Column("resources", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("export", "type", "number", name="pk_export_part"),
        sa.ForeignKeyConstraint(["export"], ["export.id"], name="fk_export_part_export_export"),
    )
