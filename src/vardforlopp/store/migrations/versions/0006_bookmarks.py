"""Where a search by POST goes on, so that what it asks for stands in no address.

Revision ID: 0006
Revises: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0004"

Text = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "bookmark",
        sa.Column("id", Text, nullable=False),
        sa.Column("actor", Text, nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("asked", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_bookmark"),
    )
    op.create_index("ix_bookmark_until", "bookmark", ["until"])
