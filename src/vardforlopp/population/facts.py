"""Records as relations, and what each view of them sees: one person, one body side, one time of knowing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from duckdb import DuckDBPyConnection

from vardforlopp.definitions.catalogue import Selector
from vardforlopp.engine.carried import carried
from vardforlopp.engine.view import FOR_EVER
from vardforlopp.kernel.civil import civil, end_of_day, exact
from vardforlopp.population.calendar import MOMENT
from vardforlopp.population.tables import insert, struct
from vardforlopp.record.facts import Day, Fact, Span, Word
from vardforlopp.record.record import Record
from vardforlopp.record.states import END

_RATIO = "STRUCT(num HUGEINT, den HUGEINT)"
_LARGEST = 1 << 62

SCHEMA = f"""
-- `last`: nothing that begins later counts, for then the person was dead (S10).
CREATE OR REPLACE TEMP TABLE person (
    person INTEGER, birth_lo INTEGER, birth_hi INTEGER, sex VARCHAR, died {MOMENT}, last BIGINT);
-- `least` and `most` limit a value's size, a number's both; `exactly` is a number without rounding.
CREATE OR REPLACE TEMP TABLE fact (
    fact INTEGER, person INTEGER, selector VARCHAR, lo BIGINT, hi BIGINT, day INTEGER, last_day INTEGER,
    known_from BIGINT, known_to BIGINT, ref VARCHAR, side VARCHAR, state BOOLEAN, until BIGINT,
    until_day INTEGER, kind VARCHAR, least DOUBLE, most DOUBLE, least_open BOOLEAN, most_open BOOLEAN,
    exactly {_RATIO}, said VARCHAR, date_value {MOMENT}, unit VARCHAR, ref_low {_RATIO}, ref_high {_RATIO},
    unusable BOOLEAN);
CREATE OR REPLACE TEMP TABLE source (
    person INTEGER, kind VARCHAR, connected BOOLEAN, last_seen INTEGER, limit_days INTEGER, since INTEGER,
    own_codes BOOLEAN);
CREATE OR REPLACE TEMP TABLE act (
    act INTEGER, person INTEGER, kind VARCHAR, day INTEGER, instant BIGINT, known_from BIGINT,
    known_to BIGINT, ref VARCHAR, pathway VARCHAR, enrolment VARCHAR, step VARCHAR, occurrence INTEGER,
    value VARCHAR, done_day INTEGER, until_day INTEGER);
-- What is looked at: a person, for one side of the body (NULL = all of it), as known at an instant.
CREATE OR REPLACE TEMP TABLE view (view INTEGER, person INTEGER, side VARCHAR, known_at BIGINT);
CREATE OR REPLACE TEMP TABLE selector (selector VARCHAR, open BOOLEAN, sided BOOLEAN, state BOOLEAN);
-- Which kinds of source would carry a selector's facts. A criterion that finds nothing asks only some of
-- them; that a step is late is said only where all (`strict`) would tell.
CREATE OR REPLACE TEMP TABLE carrier (
    selector VARCHAR, strict BOOLEAN, place INTEGER, kind VARCHAR, coded BOOLEAN);
-- Whether the absence of a selector on a day is an answer; `why` not, NULL where it is one.
CREATE OR REPLACE TEMP TABLE silence (
    view INTEGER, day INTEGER, selector VARCHAR, strict BOOLEAN, open BOOLEAN, sideless_day INTEGER,
    why VARCHAR, since INTEGER);
"""

_SEEN = """
CREATE OR REPLACE TEMP TABLE known AS
SELECT view.view, view.side AS asked_side, selector.sided, fact.* EXCLUDE (person, known_to)
FROM view JOIN person USING (person) JOIN fact USING (person) JOIN selector USING (selector)
WHERE fact.known_from <= known_at AND (fact.known_to IS NULL OR known_at < fact.known_to)
  AND fact.lo <= person.last;
-- The one order of facts (rule 3) is their place; of a sided selector only the facts of the side count.
CREATE OR REPLACE TEMP TABLE seen AS
SELECT * EXCLUDE (asked_side, sided, side, known_from, ref),
       row_number() OVER (PARTITION BY view, selector ORDER BY lo, hi, known_from, ref) AS place
FROM known WHERE NOT sided OR asked_side IS NULL OR side IN (asked_side, 'both');
-- The latest fact of a sided selector that names no side: until then absence means nothing (S11).
CREATE OR REPLACE TEMP TABLE sideless AS
SELECT view, selector, max(last_day) AS last_day FROM known
WHERE sided AND asked_side IS NOT NULL AND side IS NULL GROUP BY view, selector;
"""

_SILENCE = """
DELETE FROM silence;
INSERT INTO silence (view, day, selector, strict, open, sideless_day, why, since)
WITH heard AS (
    SELECT view, day, kind,
           bool_and(connected AND coalesce(day >= since, true)
                    AND coalesce(day <= last_seen + limit_days, true)) AS fresh,
           bool_and(own_codes) AS own_codes,
           min(last_seen) FILTER (connected AND (day < since OR day > last_seen + limit_days)) AS silent_since
    FROM (SELECT DISTINCT view, day FROM listened) JOIN view USING (view) JOIN source USING (person)
    GROUP BY view, day, kind),
first_silent AS (
    SELECT listened.view, listened.day, listened.selector, listened.strict, place,
           coalesce(fresh, false) AS fresh, silent_since
    FROM listened JOIN carrier ON carrier.selector = listened.selector AND carrier.strict = listened.strict
    LEFT JOIN heard
        ON heard.view = listened.view AND heard.day = listened.day AND heard.kind = carrier.kind
    WHERE NOT (coalesce(fresh, false) AND (coded OR own_codes))
    QUALIFY row_number() OVER (
        PARTITION BY listened.view, listened.day, listened.selector, listened.strict ORDER BY place) = 1)
SELECT listened.*, selector.open, sideless.last_day AS sideless_day,
       CASE WHEN place IS NULL THEN NULL WHEN fresh THEN 'no-code'
            WHEN silent_since IS NULL THEN 'not-connected' ELSE 'silent' END AS why,
       CASE WHEN NOT fresh THEN silent_since END AS since
FROM listened JOIN selector USING (selector)
LEFT JOIN first_silent USING (view, day, selector, strict)
LEFT JOIN sideless USING (view, selector);
"""

#: Columns of `silence`: why absence on a day is no answer, from a day of the stay on; NULL where it is one.
SILENT = """
CREATE OR REPLACE MACRO silent_what(silent, since_day) AS
    CASE WHEN coalesce(silent.sideless_day >= since_day, false) THEN 'side' ELSE 'selector' END;
CREATE OR REPLACE MACRO silent_why(silent, since_day) AS
    CASE WHEN coalesce(silent.sideless_day >= since_day, false) THEN 'no-data'
         WHEN silent.open THEN 'open' ELSE silent.why END;
CREATE OR REPLACE MACRO silent_since(silent, since_day) AS
    CASE WHEN NOT coalesce(silent.sideless_day >= since_day, false) AND NOT silent.open
         THEN silent.since END;
"""


def create_facts(
    con: DuckDBPyConnection, records: Sequence[Record], *, selectors: Mapping[str, Selector], refs: list[str]
) -> None:
    """The tables of facts, sources and acts of some persons, and of the catalogue's selectors.

    A person is a record's place in `records`; the refs of facts and acts are put in `refs`, at the place
    that is their id.
    """
    con.execute(SCHEMA)
    con.execute(SILENT)
    insert(con, {"person": [_person(n, record) for n, record in enumerate(records)]})
    facts = [(n, fact) for n, record in enumerate(records) for of in record.facts.values() for fact in of]
    insert(con, {"fact": [_fact(len(refs) + i, n, fact) for i, (n, fact) in enumerate(facts)]})
    refs += [fact.ref for _, fact in facts]
    acts = [(n, act) for n, record in enumerate(records) for act in record.acts]
    rows = [
        (
            len(refs) + i, n, one.kind, one.day, one.at, one.known_from, one.known_to, one.ref, one.pathway,
            one.enrolment, one.step, one.occurrence, one.value, one.done_day, one.until_day,
        )
        for i, (n, one) in enumerate(acts)
    ]  # fmt: skip
    insert(con, {"act": rows})
    refs += [act.ref for _, act in acts]
    insert(con, {"source": [row for n, record in enumerate(records) for row in _sources(n, record)]})
    _create_selectors(con, selectors)


def _create_selectors(con: DuckDBPyConnection, selectors: Mapping[str, Selector]) -> None:
    known = {name: carried(name, selectors) for selector in selectors for name in (selector, selector + END)}
    rows = [
        (
            name,
            found.open,
            selectors[name.removesuffix(END)].sided,
            name in selectors and selectors[name].state,
        )
        for name, found in known.items()
    ]
    carriers = [
        (name, strict, place, *carrier)
        for name, found in known.items()
        for strict, listed in ((True, found.carriers), (False, found.known))
        for place, carrier in enumerate(listed)
    ]
    insert(con, {"selector": rows, "carrier": carriers})


def look(con: DuckDBPyConnection, views: Iterable[Sequence[Any]]) -> None:
    """Fix what is looked at, and what each view sees."""
    insert(con, {"view": list(views)})
    con.execute(_SEEN)


def listen(con: DuckDBPyConnection, wanted: str) -> None:
    """`silence`: whether the absence of a selector on a day is an answer, for each row that a query wants.

    The query gives view, day, selector, strict.
    """
    con.execute(f"CREATE OR REPLACE TEMP TABLE listened AS SELECT DISTINCT * FROM ({wanted})")
    con.execute(_SILENCE)


def _person(number: int, record: Record) -> Sequence[Any]:
    patient, died = record.patient, record.patient.died
    last = FOR_EVER if died is None else died.at if died.exact else end_of_day(died.day)
    sex = None if patient.sex == "unknown" else patient.sex
    return number, patient.birth_lo, patient.birth_hi, sex, struct(died), last


def _fact(number: int, person: int, fact: Fact) -> Sequence[Any]:
    value = fact.value
    kind = least = most = date = exactly = None
    said: str | None = None
    least_open = most_open = False
    match value:
        case Span(lo, hi, least_open, most_open):
            kind, least, most = "span", _size(lo), _size(hi)
        case Word(said):
            kind = "word"
        case Day(day, at):
            kind, date = "day", struct(civil(day) if at is None else exact(at))
        case Fraction():
            kind, least, most, said, exactly = "number", _size(value), _size(value), str(value), _ratio(value)
    return (
        number, person, fact.selector, fact.lo, fact.hi, fact.day, fact.last_day, fact.known_from,
        fact.known_to, fact.ref, fact.side, fact.state, fact.until, fact.until_day, kind, least, most,
        least_open, most_open, exactly, said, date, fact.unit, _ratio(fact.ref_low), _ratio(fact.ref_high),
        fact.unusable is not None,
    )  # fmt: skip


def _size(number: Fraction | None) -> float | None:
    return None if number is None else float(number)


def _ratio(number: Fraction | None) -> dict[str, int] | None:
    """A number without rounding; None where numerator or denominator is out of all measure."""
    if number is None or max(abs(number.numerator), number.denominator) > _LARGEST:
        return None
    return {"num": number.numerator, "den": number.denominator}


def _sources(number: int, record: Record) -> Iterable[Sequence[Any]]:
    for one in record.sources:
        yield (
            number, one.kind, one.connected, one.last_seen, one.limit_days, one.since, bool(one.own_codes),
        )  # fmt: skip
