"""What is derived of the log, to be compared: in one form, whatever order it was written in."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

from sqlalchemy import select

from vardforlopp.adapters.in_force import read_in_force
from vardforlopp.fhir.kept_record import KeptFacts, unpacked
from vardforlopp.services.assessing import reassess
from vardforlopp.services.in_force import InForce
from vardforlopp.services.sweeping import EVERYBODY, sweep
from vardforlopp.store import known
from vardforlopp.store.database import Database
from vardforlopp.store.units import SqlStore, SqlUnit


@cache
def in_force() -> InForce:
    """The definitions of the program, with the invented region's settings."""
    return read_in_force(region="region-exempel", program="test")


def following(database: Database, now: Any, *, by: InForce | None = None) -> SqlStore:
    """A store in which what is written is followed at once; `now()` tells the instant."""

    def after(unit: SqlUnit) -> None:
        reassess(unit, unit.touched, in_force=by or in_force(), now=now())

    return SqlStore(database, after=after)


def rows(database: Database) -> dict[str, list[Any]]:
    """Every derived row by table, in order; a record's row unpacked, but for when it was looked at."""
    found: dict[str, list[Any]] = {}
    with database.reading() as connection:
        for table in known.OF_PATIENTS:
            columns = [column for column in table.c if column.name not in ("seq", "packed")]
            told = [tuple(row) for row in connection.execute(select(*columns))]
            found[table.name] = sorted(told, key=repr)
        for row in connection.execute(select(known.record).order_by(known.record.c.patient)):
            kept = replace(unpacked(row.packed), at=0) if row.stamp else None
            found[f"record of {row.patient}"] = [kept]
    return found


def anew(database: Database, *, now: int, by: InForce | None = None) -> None:
    """Drop all that is derived, and make it again."""
    store = SqlStore(database)
    with store.writing() as unit:
        unit.drop_derived()
    sweep(store, by or in_force(), now=now, most=EVERYBODY)


def facts_of(database: Database, patient: str) -> dict[str, list[Any]]:
    """The facts of a patient by selector."""
    with SqlStore(database).reading() as unit:
        row = unit.known_of(patient)
    assert row is not None
    kept = unpacked(row.packed)
    series = KeptFacts(kept.facts, kept.stops, in_force().reader).everything()
    return {found[0].selector: list(found) for found in series}
