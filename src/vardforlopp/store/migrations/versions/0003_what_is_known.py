"""What is known of patients and where they stand: derived of the log, and made anew by `rebuild`.

Revision ID: 0003
Revises: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

Number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Text = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the tables, and note whose records are to be read."""
    op.create_table(
        "record",
        sa.Column("patient", Text, nullable=False),
        sa.Column("stamp", Text, nullable=False),
        sa.Column("packed", sa.LargeBinary(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("fault", Text, nullable=True),
        sa.PrimaryKeyConstraint("patient", name="pk_record"),
    )
    op.create_index("ix_record_due_at", "record", ["due_at"])
    op.create_table(
        "fact",
        sa.Column("seq", Number, autoincrement=True, nullable=False),
        sa.Column("patient", Text, nullable=False),
        sa.Column("selector", Text, nullable=False),
        sa.Column("lo", sa.BigInteger(), nullable=False),
        sa.Column("hi", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("last_day", sa.Integer(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.Column("until_day", sa.Integer(), nullable=True),
        sa.Column("known_from", sa.BigInteger(), nullable=False),
        sa.Column("known_to", sa.BigInteger(), nullable=True),
        sa.Column("value", Text, nullable=True),
        sa.Column("number", sa.Double(), nullable=True),
        sa.Column("unit", Text, nullable=True),
        sa.Column("side", Text, nullable=True),
        sa.Column("state", sa.Boolean(), nullable=False),
        sa.Column("ref", Text, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_fact"),
    )
    op.create_index("ix_fact_patient", "fact", ["patient", "selector"])
    op.create_index("ix_fact_selector", "fact", ["selector", "day"])
    op.create_table(
        "course",
        sa.Column("patient", Text, nullable=False),
        sa.Column("enrolment", Text, nullable=False),
        sa.Column("pathway", Text, nullable=False),
        sa.Column("version", Text, nullable=False),
        sa.Column("unit", Text, nullable=True),
        sa.Column("started", sa.Integer(), nullable=False),
        sa.Column("ended", sa.Integer(), nullable=True),
        sa.Column("reason", Text, nullable=True),
        sa.Column("next_change_at", sa.BigInteger(), nullable=True),
        sa.Column("states", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("patient", "enrolment", name="pk_course"),
    )
    op.create_index("ix_course_pathway", "course", ["pathway", "ended"])
    op.create_table(
        "work",
        sa.Column("patient", Text, nullable=False),
        sa.Column("enrolment", Text, nullable=False),
        sa.Column("step", Text, nullable=False),
        sa.Column("occurrence", Text, nullable=False),
        sa.Column("pathway", Text, nullable=False),
        sa.Column("state", Text, nullable=False),
        sa.Column("rank", sa.SmallInteger(), nullable=False),
        sa.Column("due", sa.Integer(), nullable=False),
        sa.Column("unit", Text, nullable=False),
        sa.Column("owner", Text, nullable=False),
        sa.Column("proposal", sa.Boolean(), nullable=False),
        sa.Column("disclosure", Text, nullable=False),
        sa.PrimaryKeyConstraint("patient", "enrolment", "step", "occurrence", name="pk_work"),
    )
    op.create_index("ix_work_order", "work", ["rank", "due", "patient", "enrolment", "step", "occurrence"])
    op.create_index(
        "ix_work_place", "work", ["unit", "rank", "due", "patient", "enrolment", "step", "occurrence"]
    )
    op.create_table(
        "suggestion",
        sa.Column("patient", Text, nullable=False),
        sa.Column("pathway", Text, nullable=False),
        sa.Column("side", Text, nullable=False),
        sa.Column("entry", Text, nullable=False),
        sa.Column("kind", Text, nullable=False),
        sa.Column("certain", sa.Boolean(), nullable=False),
        sa.Column("on", sa.Integer(), nullable=False),
        sa.Column("disclosure", Text, nullable=False),
        sa.PrimaryKeyConstraint("patient", "pathway", "side", "entry", name="pk_suggestion"),
    )
    op.create_table(
        "link",
        sa.Column("target", Text, nullable=False),
        sa.Column("patient", Text, nullable=False),
        sa.Column("ref", Text, nullable=False),
        sa.PrimaryKeyConstraint("target", "patient", "ref", name="pk_link"),
    )
    op.create_index("ix_link_patient", "link", ["patient", "ref"])
    op.create_table(
        "once_about",
        sa.Column("patient", Text, nullable=False),
        sa.Column("rid", Number, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("patient", "rid", name="pk_once_about"),
    )
    op.create_table(
        "heartbeat",
        sa.Column("client", Text, nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("client", name="pk_heartbeat"),
    )
    _note_whose_records_are_to_be_read()


def _note_whose_records_are_to_be_read() -> None:
    """Of what is there already: the next sweep reads it."""
    about = sa.table("about", sa.column("patient", Text))
    record = sa.table("record", *map(sa.column, ("patient", "stamp", "packed", "due_at")))
    nothing = sa.literal(b"", sa.LargeBinary())
    waiting = sa.select(about.c.patient, sa.literal(""), nothing, sa.literal(0)).distinct()
    op.execute(record.insert().from_select(["patient", "stamp", "packed", "due_at"], waiting))
