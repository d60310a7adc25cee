"""Many resources in a store at once, without their bodies: what a search goes through."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, insert, select

from vardforlopp.fhir.search.parameters import parameters_of
from vardforlopp.store import tables
from vardforlopp.store.database import Database

DAY = 86_400_000_000
#: Resources of a patient: one Patient, and values in turn.
RECORD = 20
_OBSERVATION, _PATIENT = parameters_of("Observation"), parameters_of("Patient")


def fill(database: Database, patients: int) -> None:
    """So many patients more, each with a record of one size; and PostgreSQL looks at what is there."""
    with database.writing() as connection:
        first = connection.execute(select(func.coalesce(func.max(tables.head.c.rid), 0))).scalar_one()
        rows: dict[Any, list[dict[str, Any]]] = {}
        for rid in range(first + 1, first + 1 + patients * RECORD):
            _one(rows, rid)
        for table, found in rows.items():
            connection.execute(insert(table), found)
        if not database.is_sqlite:  # it goes on numbering after them
            connection.exec_driver_sql("SELECT setval('log_seq_seq', max(seq)) FROM log")
    database.measure()


def _one(rows: dict[Any, list[dict[str, Any]]], rid: int) -> None:
    number, place = divmod(rid - 1, RECORD)
    type_, id_, whose = "Observation", f"o{rid}", f"p{number}"
    if place == 0:
        type_, id_ = "Patient", whose

    def put(table: Any, **values: Any) -> None:
        rows.setdefault(table, []).append({"rid": rid, **values})

    state = {"type": type_, "id": id_, "version": 1, "at": rid * 1000, "patients": whose}
    rows.setdefault(tables.log, []).append({"seq": rid, "actor": "x", "method": 1, **state})
    put(tables.head, seq=rid, deleted=False, **state)
    put(tables.about, patient=whose, type=type_)
    if type_ == "Patient":
        born = -(number % 30_000) * DAY
        put(tables.index_token, parameter=_PATIENT["identifier"].number, system="pn", code=str(number))
        put(tables.index_token, parameter=_PATIENT["gender"].number, system="g", code="fm"[number % 2])
        put(tables.index_date, parameter=_PATIENT["birthdate"].number, lo=born, hi=born + DAY - 1)
        folded = f"name{number}"
        put(tables.index_string, parameter=_PATIENT["family"].number, folded=folded, exact=folded)
        return
    for name in ("patient", "subject"):
        put(tables.index_reference, parameter=_OBSERVATION[name].number, type="Patient", id=whose)
    on = (rid * 7 % 20_000) * DAY
    put(tables.index_date, parameter=_OBSERVATION["date"].number, lo=on, hi=on + DAY - 1)
    put(tables.index_quantity, parameter=_OBSERVATION["value-quantity"].number, lo=rid % 300, hi=rid % 300)
    for name, code in (
        ("code", f"c{rid % 500}"),
        ("status", "final" if rid % 900 else "amended"),
        ("category", "lab"),
    ):
        put(tables.index_token, parameter=_OBSERVATION[name].number, system="s", code=code, text=code)
