"""Nominal dates and openings: of single, triggered and slotted steps of one layer (rules 5 and 8)."""

from __future__ import annotations

from duckdb import DuckDBPyConnection

from vardforlopp.engine.occurrences import LAST_DAY, MOST_OCCURRENCES
from vardforlopp.population.asking import ask
from vardforlopp.population.calendar import MOMENT
from vardforlopp.population.questions import fit

SCHEMA = f"""
-- One occurrence of one step: `q` asks of it now, `c` claims its evidence. `number` is its place in the step;
-- `closes`: when the next one takes over; `first`: none comes before it.
CREATE OR REPLACE TEMP TABLE occurrence (
    o INTEGER, stay INTEGER, def INTEGER, step VARCHAR, number INTEGER, q INTEGER, c INTEGER,
    nominal {MOMENT}, opens {MOMENT}, begins {MOMENT}, closes {MOMENT}, season_end {MOMENT},
    trigger_fact INTEGER, first BOOLEAN);
-- A step without a date (`stopped`: `until` holds), or with a date that rests on what is not known.
CREATE OR REPLACE TEMP TABLE dateless (
    stay INTEGER, def INTEGER, step VARCHAR, number INTEGER, q INTEGER, untold BOOLEAN, stopped BOOLEAN,
    nominal {MOMENT});
CREATE OR REPLACE TEMP TABLE triggered (
    q INTEGER, stay INTEGER, def INTEGER, step VARCHAR, turn INTEGER, m {MOMENT}, fact INTEGER);
"""

#: 29 February means the last of February in a common year.
MACROS = """
CREATE OR REPLACE MACRO day_in(in_year, in_month, on_day) AS ordinal(make_date(in_year, in_month, 1)) - 1
    + least(on_day, day(last_day(make_date(in_year, in_month, 1))));
"""

#: The steps of this layer, in each stay that has them.
_LAYER = """
CREATE OR REPLACE TEMP TABLE due_now AS
SELECT standing.stay, standing.view, standing.now, step.*
FROM standing JOIN step USING (def) WHERE layer = getvariable('layer');
DELETE FROM triggered;
DELETE FROM occurrence;
DELETE FROM dateless;
DELETE FROM question;
DELETE FROM asked;
DELETE FROM told;
DELETE FROM goal;
DELETE FROM moment;
DELETE FROM bounds;
DELETE FROM truth;
DELETE FROM gap;
DELETE FROM claim;
DELETE FROM proof;
DELETE FROM concern;
DELETE FROM word;
"""
_GAPS = "SELECT view, now.day AS day, apart AS node FROM due_now"

#: What triggers `per` steps: facts, chains of them as one; or the occurrences of an earlier step.
_TRIGGERED = """
INSERT INTO triggered (q, stay, def, step, turn, m, fact)
WITH reaching AS (
    SELECT due_now.stay, due_now.def, due_now.step, seen.fact, seen.day, seen.lo, seen.hi, seen.place,
           greatest(seen.day, coalesce(plus(moment_of(seen.day, lo, lo + 1), length).day, seen.day)) AS reach
    FROM due_now JOIN stay USING (stay)
    JOIN seen ON seen.view = due_now.view AND seen.selector = per_selector AND seen.lo <= due_now.now.instant
    LEFT JOIN fitted ON fitted.view = due_now.view AND fitted.day = due_now.now.day AND fitted.node = apart
    WHERE seen.last_day >= entry.day),
linked AS (
    SELECT *, lag(reach) OVER (PARTITION BY stay, step ORDER BY place) AS chained_to FROM reaching),
completed AS (
    SELECT due_now.stay, due_now.def, due_now.step, completion.place, m, fact, per_what, row_number() OVER (
               PARTITION BY due_now.stay, due_now.step, m.day ORDER BY completion.place) AS of_day
    FROM due_now JOIN completion
        ON completion.stay = due_now.stay AND completion.step = per_step AND completion.what = per_what),
found AS (
    SELECT stay, def, step, place, moment_of(day, lo, hi) AS m, fact FROM linked
    WHERE chained_to IS NULL OR day > chained_to
    UNION ALL
    SELECT stay, def, step, CASE per_what WHEN 'done' THEN m.day ELSE place END, m, fact FROM completed
    WHERE per_what = 'due' OR of_day = 1)
SELECT (SELECT count(*) FROM stay) + row_number() OVER () - 1, stay, def, step,
       row_number() OVER (PARTITION BY stay, step ORDER BY place), m, fact
FROM found;
"""

#: What is asked of each step now: of each of its triggers where it has them.
_ASKED = """
INSERT INTO question (q, stay, t, trigger, trigger_fact) SELECT stay, stay, now, NULL, NULL FROM standing;
INSERT INTO question (q, stay, t, trigger, trigger_fact)
SELECT q, stay, now, m, fact FROM triggered JOIN stay USING (stay);
INSERT INTO asked (q, root)
WITH of_step AS (
    SELECT coalesce(q, due_now.stay) AS q, due_now.* FROM due_now LEFT JOIN triggered USING (stay, step)
    WHERE kind <> 'per' OR triggered.q IS NOT NULL)
SELECT DISTINCT q, unnest([anchor, CASE WHEN NOT opens_varying THEN opens END, within, before, every, first,
                           until_when, until_moment, tree, guard])
FROM of_step
UNION
SELECT stay, standing_guard FROM due_now
UNION
SELECT stay, unnest([anchor, holds])
FROM standing JOIN choice USING (def) LEFT JOIN option USING (def, choice)
WHERE layer = getvariable('layer');
DELETE FROM asked WHERE root IS NULL;
"""

_ANCHORED = """
CREATE OR REPLACE TEMP TABLE anchored AS
SELECT due_now.*, moment.m, moment.state FROM due_now
LEFT JOIN moment ON moment.q = due_now.stay AND moment.node = anchor
WHERE kind <> 'per';
"""
_OFFSETS = """
SELECT view, m.day AS day, slot.length AS node FROM anchored JOIN slot USING (def, step) WHERE state = 2
"""

_LISTED = """
CREATE OR REPLACE TEMP TABLE listed AS
SELECT anchored.stay, anchored.def, anchored.step, plus(m, fitted.length) AS nominal
FROM anchored JOIN slot USING (def, step)
LEFT JOIN fitted ON fitted.view = anchored.view AND fitted.day = m.day AND fitted.node = slot.length
WHERE state = 2;
"""

#: The slots of an interval. How many have come lies between two numbers; all of those are reckoned.
_REPEATED = f"""
CREATE OR REPLACE TEMP TABLE reckoned AS
WITH spread AS (
    SELECT *, CASE WHEN by_clock(slot_every)
              THEN [now.instant - m.instant, now.instant - m.instant]
              ELSE [now.day - m.day - abs(slot_every.more) - 2,
                  now.day - m.day + abs(slot_every.more) + 2] END AS gone,
           slot_every.amount * CASE slot_every.unit WHEN 'minutes' THEN 60000000 WHEN 'hours' THEN 3600000000
               WHEN 'days' THEN 1 WHEN 'working days' THEN 1 WHEN 'weeks' THEN 7 WHEN 'months' THEN 28
               ELSE 365 END AS shortest,
           slot_every.amount * CASE slot_every.unit WHEN 'minutes' THEN 60000000 WHEN 'hours' THEN 3600000000
               WHEN 'days' THEN 1 WHEN 'working days' THEN 8 WHEN 'weeks' THEN 7 WHEN 'months' THEN 31
               ELSE 366 END AS longest
    FROM anchored WHERE state = 2 AND slot_every IS NOT NULL),
repeated AS (
    SELECT *, unnest(range(
        greatest(1, gone[1] // longest - {MOST_OCCURRENCES} - 1), greatest(0, gone[2]) // shortest + 4)) AS k
    FROM spread),
every_one AS (
    SELECT stay, step, now, k, plus(m, {{'amount': CAST(slot_every.amount * k AS INTEGER),
                                     'unit': slot_every.unit, 'more': slot_every.more}}) AS nominal
    FROM repeated)
SELECT *, coalesce(max(k) FILTER (reached(nominal, now) AND nominal.day < {LAST_DAY})
                   OVER (PARTITION BY stay, step), 0) AS passed
FROM every_one;
"""

#: The seasons that end after the anchor, and how many of them are to come.
_SEASONS = """
CREATE OR REPLACE TEMP TABLE season_ahead AS
WITH seasonal AS (
    SELECT stay, step, now, m, unnest(range(greatest(year(as_date(m.day)) - 1, 1),
        greatest(year(as_date(m.day)), year(as_date(now.day))) + 4)) AS year, season
    FROM anchored WHERE state = 2 AND season IS NOT NULL),
bounded AS (
    SELECT stay, step, now, m, day_in(year, season[1], season[2]) AS first,
           day_in(year + CASE WHEN (season[3], season[4]) < (season[1], season[2]) THEN 1 ELSE 0 END,
                  season[3], season[4]) AS last
    FROM seasonal)
SELECT *, count(*) FILTER (first > now.day) OVER (PARTITION BY stay, step ORDER BY first) AS ahead
FROM bounded WHERE last >= m.day;
"""

#: All nominal dates, whatever they come from, with their numbers.
_DATED = f"""
CREATE OR REPLACE TEMP TABLE dated AS
WITH candidate AS (
    SELECT stay, step, stay AS q, m AS nominal, NULL::{MOMENT} AS season_end, 0 AS turn, NULL::INTEGER AS fact
    FROM anchored WHERE kind = 'single' AND state = 2
    UNION ALL
    SELECT stay, step, stay, nominal, NULL, 0, NULL FROM listed
    QUALIFY bool_and(nominal IS NOT NULL) OVER (PARTITION BY stay, step)
    UNION ALL
    SELECT stay, step, stay, nominal, NULL, k, NULL FROM reckoned
    WHERE k BETWEEN greatest(1, passed - {MOST_OCCURRENCES}) AND passed + 2
    UNION ALL
    SELECT stay, step, stay, civil(first), civil(last), 0, NULL FROM season_ahead WHERE ahead <= 2
    UNION ALL
    SELECT due_now.stay, due_now.step, triggered.q,
           CASE WHEN anchor_is_trigger THEN triggered.m ELSE moment.m END, NULL, turn, triggered.fact
    FROM due_now JOIN triggered USING (stay, step)
    LEFT JOIN moment ON moment.q = triggered.q AND moment.node = anchor
    WHERE anchor_is_trigger OR moment.state = 2),
-- `times` counts slots before those over are left out, and triggers after.
limited AS (
    SELECT candidate.*, due_now.def, due_now.kind, times, state = 2 AND before(moment.m, nominal) AS is_over,
           row_number() OVER by_time AS turn_of_all
    FROM candidate JOIN due_now USING (stay, step)
    LEFT JOIN moment ON moment.q = candidate.q AND moment.node = until_moment
    WINDOW by_time AS (PARTITION BY candidate.stay, candidate.step ORDER BY nominal.day, nominal.instant,
        turn)),
kept AS (
    SELECT *, row_number() OVER (PARTITION BY stay, step ORDER BY turn_of_all) AS number FROM limited
    WHERE kind = 'single' OR NOT coalesce(is_over, false))
SELECT * EXCLUDE (times, is_over, turn, turn_of_all) FROM kept
WHERE times IS NULL OR kind = 'single'
   OR CASE kind WHEN 'per' THEN number ELSE turn_of_all END <= times;
"""

_NOMINALS = """
SELECT view, nominal.day AS day, opens AS node FROM dated JOIN due_now USING (stay, step) WHERE opens_varying
"""

#: When each opens. A parameter by age is asked at the moment it is added to.
_OPENED = """
CREATE OR REPLACE TEMP TABLE opened AS
SELECT dated.*, due_now.view, due_now.now,
       plus(nominal, CASE WHEN opens_varying THEN fitted.length ELSE told.length END) AS opens
FROM dated JOIN due_now USING (stay, step)
LEFT JOIN told ON told.q = dated.q AND told.node = due_now.opens
LEFT JOIN fitted ON fitted.view = due_now.view AND fitted.day = nominal.day AND fitted.node = due_now.opens;
"""
_OPENINGS = """
SELECT opened.view, opened.opens.day AS day, fresh AS node FROM opened JOIN due_now USING (stay, step)
WHERE opened.opens IS NOT NULL
"""

#: From when its evidence counts, and what closes it. Slots are followed up to the first that has not opened.
_OCCURRING = """
CREATE OR REPLACE TEMP TABLE followed AS
WITH begun AS (
    SELECT opened.*, coalesce(plus(opened.opens, length), opened.opens) AS begins
    FROM opened JOIN due_now USING (stay, step)
    LEFT JOIN fitted
        ON fitted.view = opened.view AND fitted.day = opened.opens.day AND fitted.node = fresh)
SELECT *, CASE WHEN kind <> 'single' THEN lead(opens) OVER in_order END AS closes,
       coalesce(bool_and(opens IS NOT NULL AND reached(opens, now)) OVER (
           PARTITION BY stay, step ORDER BY number ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), true)
       AS follows
FROM begun WINDOW in_order AS (PARTITION BY stay, step ORDER BY number);
DELETE FROM followed WHERE kind = 'slots' AND NOT follows;
INSERT INTO occurrence (o, stay, def, step, number, q, c, nominal, opens, begins, closes,
    season_end, trigger_fact, first)
SELECT CAST(row_number() OVER () AS INTEGER) - 1, stay, def, step, number, q,
       CAST(row_number() OVER () AS INTEGER) - 1, nominal, opens, begins, closes, season_end, fact, number = 1
FROM followed WHERE opens IS NOT NULL;
INSERT INTO dateless (stay, def, step, number, q, untold, stopped, nominal)
SELECT stay, def, step, number, q, true, false, nominal FROM followed WHERE opens IS NULL
UNION
SELECT stay, def, step, 1, stay, true, false, NULL FROM listed WHERE nominal IS NULL;
"""


def date_steps(con: DuckDBPyConnection) -> None:
    """`occurrence` and `dateless` of this layer's steps, but for the rolling ones."""
    con.execute(_LAYER)
    fit(con, _GAPS)
    con.execute(_TRIGGERED)
    con.execute(_ASKED)
    ask(con)
    con.execute(_ANCHORED)
    fit(con, _OFFSETS)
    con.execute(_LISTED)
    con.execute(_REPEATED)
    con.execute(_SEASONS)
    con.execute(_DATED)
    fit(con, _NOMINALS)
    con.execute(_OPENED)
    fit(con, _OPENINGS)
    con.execute(_OCCURRING)
