"""Questions: nodes asked of a stay at a time; and what every answer begins with, settings and silence."""

from __future__ import annotations

from duckdb import DuckDBPyConnection

from vardforlopp.population.calendar import LENGTH, MOMENT
from vardforlopp.population.facts import listen

#: At which depths the nodes of each kind stand: criteria, moments and evidence by their head.
Depths = dict[str, set[int]]

SCHEMA = f"""
-- In what a question is asked: one enrolment at one time; or, without an entry, the ways in and out of a
-- pathway. `now` is the time that the whole answer is about.
CREATE OR REPLACE TEMP TABLE stay (
    stay INTEGER, view INTEGER, def INTEGER, pathway VARCHAR, enrolment VARCHAR, entry_id VARCHAR,
    entry {MOMENT}, now {MOMENT});
-- What people said in a stay, in order of time.
CREATE OR REPLACE TEMP TABLE said (
    stay INTEGER, place INTEGER, act INTEGER, kind VARCHAR, day INTEGER, instant BIGINT, step VARCHAR,
    occurrence INTEGER, value VARCHAR, done_day INTEGER, until_day INTEGER);
-- A question: a stay at a time, of one occurrence's trigger if there is one.
CREATE OR REPLACE TEMP TABLE question (
    q INTEGER, stay INTEGER, t {MOMENT}, trigger {MOMENT}, trigger_fact INTEGER);
CREATE OR REPLACE TEMP TABLE asked (q INTEGER, root INTEGER);
CREATE OR REPLACE TEMP TABLE told (q INTEGER, node INTEGER, number DOUBLE, length {LENGTH});
-- What later layers may ask of a step, and of a choice.
CREATE OR REPLACE TEMP TABLE settled (
    stay INTEGER, step VARCHAR, done {MOMENT}, settled {MOMENT}, due {MOMENT}, unsure BOOLEAN, na BOOLEAN,
    blocked BOOLEAN);
CREATE OR REPLACE TEMP TABLE completion (
    stay INTEGER, step VARCHAR, what VARCHAR, place INTEGER, m {MOMENT}, fact INTEGER);
CREATE OR REPLACE TEMP TABLE branch (
    stay INTEGER, choice VARCHAR, taken VARCHAR, computed VARCHAR, decided VARCHAR);

CREATE OR REPLACE MACRO in_years(from_age, below_age, years) AS
    coalesce(years >= from_age, true) AND coalesce(years < below_age, true);
"""

#: What people said in each stay: the acts on its pathway, of the enrolment or of none, as known then.
SAID = """
INSERT INTO said (stay, place, act, kind, day, instant, step, occurrence, value, done_day,
    until_day)
SELECT stay.stay, row_number() OVER (PARTITION BY stay.stay ORDER BY instant, act.known_from, act.ref),
    act.act,
       act.kind, act.day, instant, act.step, occurrence, act.value, done_day, until_day
FROM stay JOIN view USING (view) JOIN act USING (person)
WHERE act.known_from <= view.known_at AND (act.known_to IS NULL OR view.known_at < act.known_to)
  AND (act.pathway IS NULL OR act.pathway = stay.pathway)
  AND (act.enrolment IS NULL OR stay.enrolment IS NULL OR act.enrolment = stay.enrolment);
"""

_NEEDED = """
CREATE OR REPLACE TEMP TABLE needed AS
WITH RECURSIVE under AS (
    SELECT DISTINCT root, root AS node FROM asked WHERE root IS NOT NULL
    UNION
    SELECT under.root, part.child FROM under JOIN part ON part.parent = under.node),
once AS (SELECT DISTINCT q, node FROM asked JOIN under USING (root))
SELECT q, node, depth, kind, op, stay, t, trigger, trigger_fact, view, entry, entry_id
FROM once JOIN node USING (node) JOIN question USING (q) JOIN stay USING (stay);
"""

#: What is the same for all, and what a table's first row that fits the patient on a day says; nothing
#: where that cannot be told.
_FIXED = """
CREATE OR REPLACE TEMP TABLE fitted AS
SELECT wanted.*, number, length FROM wanted JOIN setting USING (node) WHERE place = 0 AND fixed;
CREATE OR REPLACE TEMP TABLE tables AS
SELECT wanted.* FROM wanted JOIN setting USING (node) WHERE place = 0 AND NOT fixed;
"""
_FITTED = """
INSERT INTO fitted (view, day, node, number, length)
WITH fitting AS (
    SELECT wanted.*, setting.place, setting.number, setting.length,
           CASE WHEN setting.sex IS NOT NULL AND person.sex IS NULL THEN NULL
                WHEN setting.sex <> person.sex THEN false
                WHEN (age_from IS NOT NULL OR age_below IS NOT NULL)
                    AND (birth_lo IS NULL OR birth_hi IS NULL)
                THEN NULL
                WHEN in_years(age_from, age_below, years_lived(birth_lo, day))
                     <> in_years(age_from, age_below, years_lived(birth_hi, day)) THEN NULL
                WHEN NOT in_years(age_from, age_below, years_lived(birth_lo, day)) THEN false
                WHEN months IS NOT NULL THEN list_contains(months, CAST(month(as_date(day)) AS INTEGER))
                ELSE true END AS fits
    FROM tables AS wanted JOIN setting USING (node) JOIN view USING (view) JOIN person USING (person))
SELECT view, day, node, number, length FROM fitting WHERE fits IS DISTINCT FROM false
QUALIFY row_number() OVER (PARTITION BY view, day, node ORDER BY place) = 1 AND fits;
"""

_SETTINGS = "SELECT view, t.day AS day, node FROM needed WHERE kind = 'setting'"
_TOLD = """
INSERT INTO told (q, node, number, length)
SELECT q, node, number, length FROM needed JOIN fitted USING (view, node) WHERE fitted.day = t.day;
"""

_SILENT = """
SELECT view, t.day AS day, selector, false AS strict FROM needed JOIN absence_of USING (node)
"""


def begin(con: DuckDBPyConnection) -> Depths:
    """What is needed to answer what is asked, and the settings; at which depths each kind of node stands."""
    con.execute(_NEEDED)
    fit(con, _SETTINGS)
    con.execute(_TOLD)
    depths: Depths = {}
    for kind, op, depth in con.execute("SELECT DISTINCT kind, op, depth FROM needed").fetchall():
        depths.setdefault(op or kind, set()).add(depth)
    if depths.keys() & {"has", "active", "count", "first", "last", "date-in"}:
        listen(con, _SILENT)
    return depths


def fit(con: DuckDBPyConnection, wanted: str) -> None:
    """`fitted`: what each setting is for each row that a query wants; the query gives view, day, node."""
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE wanted AS SELECT DISTINCT * FROM ({wanted}) WHERE node IS NOT NULL"
    )
    con.execute(_FIXED)
    if con.execute("SELECT count(*) FROM tables").fetchone() != (0,):
        con.execute(_FITTED)
