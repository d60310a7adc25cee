"""Records as relations, and what each view of them sees: one person, one body side, one time of knowing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from duckdb import DuckDBPyConnection

from vardforlopp.definitions.catalogue import Selector
from vardforlopp.engine.carried import carried
from vardforlopp.kernel.civil import end_of_day
from vardforlopp.record.facts import Day, Fact, Span, Word
from vardforlopp.record.record import Record
from vardforlopp.record.states import END

_FOR_EVER = 1 << 62

SCHEMA = """
CREATE OR REPLACE TEMP TABLE person (
    person VARCHAR, birth_lo INTEGER, birth_hi INTEGER, sex VARCHAR,
    died_day INTEGER, died_at BIGINT, died_exact BOOLEAN, last BIGINT);
CREATE OR REPLACE TEMP TABLE fact (
    person VARCHAR, selector VARCHAR, lo BIGINT, hi BIGINT, day INTEGER, last_day INTEGER,
    known_from BIGINT, known_to BIGINT, ref VARCHAR, side VARCHAR, state BOOLEAN, until BIGINT,
    until_day INTEGER, kind VARCHAR, least DOUBLE, most DOUBLE, least_open BOOLEAN, most_open BOOLEAN,
    said VARCHAR, value_day INTEGER, value_at BIGINT, unit VARCHAR, ref_low DOUBLE, ref_high DOUBLE,
    usable BOOLEAN);
CREATE OR REPLACE TEMP TABLE source (
    person VARCHAR, kind VARCHAR, connected BOOLEAN, last_seen INTEGER, limit_days INTEGER, since INTEGER,
    own_codes BOOLEAN);
CREATE OR REPLACE TEMP TABLE act (
    person VARCHAR, kind VARCHAR, day INTEGER, instant BIGINT, known_from BIGINT, known_to BIGINT, ref VARCHAR,
    pathway VARCHAR, enrolment VARCHAR, step VARCHAR, occurrence INTEGER, value VARCHAR, done_day INTEGER,
    until_day INTEGER);
-- Whom is asked about: a person on one side of the body (NULL = both), in one pathway and enrolment.
CREATE OR REPLACE TEMP TABLE view (
    view INTEGER, person VARCHAR, side VARCHAR, pathway VARCHAR, enrolment VARCHAR);
CREATE OR REPLACE TEMP TABLE selector (selector VARCHAR, open BOOLEAN, sided BOOLEAN);
-- Whom a criterion asks that finds nothing: the kinds of source that would carry the selector's facts.
CREATE OR REPLACE TEMP TABLE carrier (selector VARCHAR, kind VARCHAR, coded BOOLEAN);
"""

_SEEN = """
CREATE OR REPLACE TEMP TABLE known AS
SELECT view.view, view.side AS asked_side, selector.sided, fact.* EXCLUDE (person)
FROM view
JOIN person USING (person)
JOIN fact USING (person)
JOIN selector USING (selector)
WHERE fact.known_from <= getvariable('known_at') AND (fact.known_to IS NULL OR getvariable('known_at') < fact.known_to)
  AND fact.lo <= person.last;
-- The one order of facts is their place; of a sided selector only the facts of the side count.
CREATE OR REPLACE TEMP TABLE seen AS
SELECT * EXCLUDE (asked_side, sided, known_from, known_to),
       row_number() OVER (PARTITION BY view, selector ORDER BY lo, hi, known_from, ref) AS place
FROM known
WHERE NOT sided OR asked_side IS NULL OR side IN (asked_side, 'both');
CREATE OR REPLACE TEMP TABLE said AS
SELECT view.view, act.* EXCLUDE (person, pathway, enrolment)
FROM view JOIN act USING (person)
WHERE act.known_from <= getvariable('known_at') AND (act.known_to IS NULL OR getvariable('known_at') < act.known_to)
  AND (act.pathway IS NULL OR act.pathway = view.pathway)
  AND (act.enrolment IS NULL OR view.enrolment IS NULL OR act.enrolment = view.enrolment);
"""


def create_facts(con: DuckDBPyConnection, records: Mapping[str, Record], selectors: Mapping[str, Selector]) -> None:
    """The tables of facts, sources and acts of some persons, by id, and of the catalogue's selectors."""
    con.execute(SCHEMA)
    insert(con, "person", [_person(name, record) for name, record in records.items()])
    facts = [_fact(name, fact) for name, record in records.items() for of in record.facts.values() for fact in of]
    insert(con, "fact", facts)
    insert(con, "source", [row for name, record in records.items() for row in _sources(name, record)])
    insert(con, "act", [row for name, record in records.items() for row in _acts(name, record)])
    names = [name for selector in selectors for name in (selector, selector + END)]
    known = {name: carried(name, selectors) for name in names}
    insert(con, "selector", [(name, found.open, selectors[name.removesuffix(END)].sided) for name, found in known.items()])
    insert(con, "carrier", [(name, *carrier) for name, found in known.items() for carrier in found.known])


def look(con: DuckDBPyConnection, views: Iterable[Sequence[Any]], *, known_at: int) -> None:
    """Fix what is asked about: the views, and what each of them sees as known at an instant."""
    insert(con, "view", list(views))
    con.execute("SET VARIABLE known_at = CAST(? AS BIGINT)", [known_at])
    con.execute(_SEEN)


def insert(con: DuckDBPyConnection, table: str, rows: Sequence[Sequence[Any]]) -> None:
    """Rows into a table, whole."""
    for start in range(0, len(rows), 500):
        some = rows[start : start + 500]
        row = "(" + ", ".join("?" * len(some[0])) + ")"
        con.execute(f"INSERT INTO {table} VALUES {', '.join([row] * len(some))}", [x for one in some for x in one])


def _person(name: str, record: Record) -> Sequence[Any]:
    patient, died = record.patient, record.patient.died
    last = _FOR_EVER if died is None else died.at if died.exact else end_of_day(died.day)
    ended = (None, None, None) if died is None else (died.day, died.at, died.exact)
    sex = None if patient.sex == "unknown" else patient.sex
    return name, patient.birth_lo, patient.birth_hi, sex, *ended, last


def _fact(name: str, fact: Fact) -> Sequence[Any]:
    value = fact.value
    kind = least = most = said = day = at = None
    least_open = most_open = False
    if isinstance(value, Span):
        kind, least_open, most_open = "span", value.lo_open, value.hi_open
        least = None if value.lo is None else float(value.lo)
        most = None if value.hi is None else float(value.hi)
    elif isinstance(value, Word):
        kind, said = "word", value.word
    elif isinstance(value, Day):
        kind, day, at = "day", value.day, value.at
    elif value is not None:
        kind, least, most, said = "number", float(value), float(value), str(value)
    return (
        name, fact.selector, fact.lo, fact.hi, fact.day, fact.last_day, fact.known_from, fact.known_to, fact.ref,
        fact.side, fact.state, fact.until, fact.until_day, kind, least, most, least_open, most_open, said, day, at,
        fact.unit, None if fact.ref_low is None else float(fact.ref_low),
        None if fact.ref_high is None else float(fact.ref_high), value is not None or fact.unusable is not None,
    )  # fmt: skip


def _sources(name: str, record: Record) -> Iterable[Sequence[Any]]:
    for one in record.sources:
        yield (
            name, one.kind, one.connected, one.last_seen, one.limit_days, one.since, bool(one.own_codes)
        )  # fmt: skip


def _acts(name: str, record: Record) -> Iterable[Sequence[Any]]:
    for one in record.acts:
        yield (
            name, one.kind, one.day, one.at, one.known_from, one.known_to, one.ref, one.pathway, one.enrolment,
            one.step, one.occurrence, one.value, one.done_day, one.until_day,
        )  # fmt: skip
