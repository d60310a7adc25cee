"""The tables of what is derived of the log: they can be dropped, and made again by `rebuild`.

- `record`: what is known of a patient, packed in one row, with when it is to be looked at again.
- `fact`: the same facts, a row each, as the population's questions ask for them.
- `course`, `work`, `suggestion`: where patients stand, what somebody should see to, what the record suggests.
- `once_about`: the patients that a resource was about and is no longer: moved, or deleted.
- `link`: which resource takes a part of what it says from which other.
- `heartbeat`: when each feeding client was last heard of.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Double, Index, Integer, LargeBinary, SmallInteger, Table

from vardforlopp.store.tables import Number, Text, metadata

record = Table(
    "record",
    metadata,
    Column("patient", Text, primary_key=True),
    Column("stamp", Text, nullable=False),
    Column("packed", LargeBinary, nullable=False),
    Column("due_at", BigInteger),
    Column("fault", Text),
    Index("ix_record_due_at", "due_at"),
)

fact = Table(
    "fact",
    metadata,
    Column("seq", Number, primary_key=True, autoincrement=True),
    Column("patient", Text, nullable=False),
    Column("selector", Text, nullable=False),
    Column("lo", BigInteger, nullable=False),
    Column("hi", BigInteger, nullable=False),
    Column("day", Integer, nullable=False),
    Column("last_day", Integer, nullable=False),
    Column("until", BigInteger),
    Column("until_day", Integer),
    Column("known_from", BigInteger, nullable=False),
    Column("known_to", BigInteger),
    Column("value", Text),  # exact, as JSON; see record.packed
    Column("number", Double),
    Column("unit", Text),
    Column("side", Text),
    Column("state", Boolean, nullable=False),
    Column("ref", Text, nullable=False),
    Index("ix_fact_patient", "patient", "selector"),
    Index("ix_fact_selector", "selector", "day"),
)

course = Table(
    "course",
    metadata,
    Column("patient", Text, primary_key=True),
    Column("enrolment", Text, primary_key=True),
    Column("pathway", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("unit", Text),
    Column("started", Integer, nullable=False),
    Column("ended", Integer),
    Column("reason", Text),
    Column("next_change_at", BigInteger),
    Column("states", LargeBinary, nullable=False),
    Index("ix_course_pathway", "pathway", "ended"),
)

work = Table(
    "work",
    metadata,
    Column("patient", Text, primary_key=True),
    Column("enrolment", Text, primary_key=True),
    Column("step", Text, primary_key=True),
    Column("occurrence", Text, primary_key=True),
    Column("pathway", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("rank", SmallInteger, nullable=False),
    Column("due", Integer, nullable=False),  # FAR where there is no time
    Column("unit", Text, nullable=False),  # "" where nobody has it
    Column("owner", Text, nullable=False),
    Column("proposal", Boolean, nullable=False),
    Column("disclosure", Text, nullable=False),
    Index("ix_work_place", "unit", "rank", "due", "patient", "enrolment", "step", "occurrence"),
    Index("ix_work_order", "rank", "due", "patient", "enrolment", "step", "occurrence"),
)

suggestion = Table(
    "suggestion",
    metadata,
    Column("patient", Text, primary_key=True),
    Column("pathway", Text, primary_key=True),
    Column("side", Text, primary_key=True),
    Column("entry", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("certain", Boolean, nullable=False),
    Column("on", Integer, nullable=False),
    Column("disclosure", Text, nullable=False),
)

link = Table(
    "link",
    metadata,
    Column("target", Text, primary_key=True),
    Column("patient", Text, primary_key=True),
    Column("ref", Text, primary_key=True),
    Index("ix_link_patient", "patient", "ref"),
)

once_about = Table(
    "once_about",
    metadata,
    Column("patient", Text, primary_key=True),
    Column("rid", Number, primary_key=True, autoincrement=False),
)

heartbeat = Table(
    "heartbeat",
    metadata,
    Column("client", Text, primary_key=True),
    Column("day", Integer, nullable=False),
)

#: All that is derived of a patient's record. A heartbeat is heard once, and cannot be made again.
OF_PATIENTS = (record, fact, course, work, suggestion, link)
