"""How a search's work grows with what is stored: by what databases count, never by time.

SQLite counts the steps of its machine; PostgreSQL the rows and pages that each part of a plan has touched.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection, event

from made.databases import KIND
from made.many import RECORD, fill
from vardforlopp.fhir.search.query import read_query
from vardforlopp.services.ports import Scope
from vardforlopp.store import search
from vardforlopp.store.database import Database
from vardforlopp.store.log import heads

#: Patients. PostgreSQL goes through a small table sooner than it opens an index.
FEW, MANY = (150, 600) if KIND == "sqlite" else (250, 1000)
#: Searches that one index answers, or one patient's record: what others have is nothing to them.
STEADY = [
    "Observation?patient=p7",
    "Observation?patient=p7&_sort=-date",
    "Observation?patient=p7&date=ge1970-01-02",
    "Observation?date=ge1970-01-02&patient=p7",
    "Observation?status=final&category=lab&patient=Patient/p7&_sort=date",
    "Observation?patient=p7&status:not=amended",
    "Observation?patient=p7&code:missing=true",
    "Observation?patient=p7&value-quantity=gt1",
    "Observation?patient=p7,p8&_sort=-_lastUpdated",
    "Observation?patient.identifier=pn|7",
    "Observation?patient.family:exact=name7",
    "Observation?_id=o145&code=c1",
    "Observation?patient=p7&_has:Provenance:target:agent=Practitioner/x",
    "Patient?identifier=pn|7",
    "Patient?identifier=pn|7&gender=f&_has:Observation:patient:status=final",
    "Patient?family:exact=name7&_sort=birthdate",
    "Patient?_id=p7&_has:Observation:patient:date=ge1970-01-02",
    "Patient?_id=p7,p8,p9&_revinclude=Observation:patient",
    "Observation?patient=p7,p8&_include=Observation:patient&_revinclude:iterate=Observation:subject",
]
#: Those that may touch each resource of a type once, or each value of a parameter.
LINEAR = [
    "Observation?_sort=-date",
    "Observation?_sort=date,-_lastUpdated,code",
    "Observation?date=ge1990",
    "Observation?date=le1990",
    "Observation?date=ne1990-01-01",
    "Observation?date=1990-01-01",
    "Observation?status=final",
    "Observation?status:not=final",
    "Observation?code:missing=true",
    "Observation?code:missing=false&_sort=code",
    "Observation?code:text=c1&_sort=date",
    "Observation?code=s|",
    "Observation?value-quantity=lt200&_sort=-date",
    "Observation?code-value-quantity=c1$gt5",
    "Observation?patient.birthdate=le1970",
    "Observation?patient.gender:not=f",
    "Observation?patient.family:contains=name&_sort=-date",
    "Patient?_has:Observation:patient:code=c1",
    "Patient?_has:Observation:patient:status:not=final",
    "Patient?_has:Observation:patient:date=ge1990&_sort=family",
    "Patient?family:missing=true",
    "Patient?gender:not=m&birthdate=lt1970&_sort=-birthdate",
]
#: What a patient may ask: their own record is all there is.
OWN = [
    "",
    "code=c1",
    "date=ge1970-01-02",
    "_sort=-date",
    "status=final",
    "status:not=final",
    "code:missing=true",
]


def asked(connection: Connection, address: str, *, within: str | None) -> None:
    """How many meet a search, its first page with what comes along, and the page after the first of them."""
    type_, _, text = address.partition("?")
    pairs = [(name, value) for name, _, value in (pair.partition("=") for pair in text.split("&") if pair)]
    query = read_query(type_, pairs, base="http://here.example/fhir")
    assert not query.refused, query.refused
    scope = Scope(0, within)
    search.total(connection, query, scope=scope)
    page = search.page(connection, query, count=RECORD, scope=scope)
    search.included(connection, page.heads, includes=query.includes, scope=scope)
    heads(connection, [head.key for head in page.heads])
    after = search.page(connection, query, count=1, scope=scope).after
    if after is not None:
        search.page(connection, query, count=RECORD, scope=scope, after=after)


def steps(database: Database, address: str, *, within: str | None = None) -> int:
    """The steps of SQLite's machine, in tens."""
    counted = 0

    def count() -> int:
        nonlocal counted
        counted += 1
        return 0

    with database.reading() as connection:
        raw: Any = connection.connection.dbapi_connection
        raw.set_progress_handler(count, 10)
        asked(connection, address, within=within)
        raw.set_progress_handler(None, 0)
    return counted


def touched(database: Database, address: str, *, within: str | None = None) -> int:
    """The rows and pages that PostgreSQL touches."""
    statements: list[tuple[str, Any]] = []

    def take(_c: Any, _cursor: Any, statement: str, values: Any, _x: Any, _many: bool) -> None:
        statements.append((statement, values))

    with database.reading() as connection:
        event.listen(database.engine, "before_cursor_execute", take)
        asked(connection, address, within=within)
        event.remove(database.engine, "before_cursor_execute", take)
        explain = "EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) "
        plans: list[Any] = [
            connection.exec_driver_sql(explain + one, values).scalar() for one, values in statements
        ]
    return sum(_rows(plan[0]["Plan"]) + plan[0]["Plan"]["Shared Hit Blocks"] for plan in plans)


def _rows(node: dict[str, Any]) -> int:
    own = sum(
        node.get(name, 0) for name in ("Actual Rows", "Rows Removed by Filter", "Rows Removed by Join Filter")
    )
    return int(own * node["Actual Loops"]) + sum(map(_rows, node.get("Plans", ())))


@pytest.fixture
def work(database: Database) -> Callable[..., int]:
    return lambda address, **said: (steps if database.is_sqlite else touched)(database, address, **said)


def test_work_grows_no_faster_than_what_is_stored(database: Database, work: Callable[..., int]) -> None:
    fill(database, FEW)
    before = {address: work(address) for address in STEADY + LINEAR}
    own = {text: work(f"Observation?{text}", within="p7") for text in OWN}
    fill(database, MANY - FEW)
    times = MANY // FEW
    found = {address: work(address) / before[address] for address in before}
    wrong = [f"{address}: {found[address]:.1f}" for address in LINEAR if found[address] > times * 2]
    wrong += [f"{address}: {found[address]:.1f}" for address in STEADY if found[address] > 2]
    for text, once in own.items():
        grown = work(f"Observation?{text}", within="p7") / once
        wrong += [f"a patient's own {text}: {grown:.1f}"] if grown > 2 else []
    assert not wrong, "\n".join(wrong)
