"""Steps without an occurrence, and occurrences whose time cannot be told: what state they are in."""

from __future__ import annotations

from duckdb import DuckDBPyConnection

from vardforlopp.population.calendar import MOMENT
from vardforlopp.population.spoken import say

#: Steps that have no row yet: their anchor or trigger is not there, or `until` holds.
_MISSING = f"""
INSERT INTO dateless (stay, def, step, number, q, untold, stopped, nominal)
SELECT due_now.stay, due_now.def, due_now.step, 0, due_now.stay, false,
       CASE kind WHEN 'single' THEN false
                 WHEN 'per' THEN EXISTS (FROM dated
                     WHERE dated.stay = due_now.stay AND dated.step = due_now.step)
                 ELSE coalesce(anchored.state = 2, false) END, NULL
FROM due_now LEFT JOIN (SELECT stay, step, state FROM anchored) AS anchored USING (stay, step)
WHERE NOT EXISTS (FROM judged_now WHERE judged_now.stay = due_now.stay AND judged_now.step = due_now.step)
  AND NOT EXISTS (FROM dateless WHERE dateless.stay = due_now.stay AND dateless.step = due_now.step);
CREATE OR REPLACE TEMP TABLE plain AS
SELECT *, CAST(-row_number() OVER () AS INTEGER) AS o FROM dateless;
CREATE OR REPLACE TEMP TABLE speaking AS
SELECT o, stay, step, NULL::{MOMENT} AS nominal, NULL::{MOMENT} AS owned_from, NULL::{MOMENT} AS owned_to,
       NULL::{MOMENT} AS closes
FROM plain WHERE NOT untold;
"""

_JUDGED = """
CREATE OR REPLACE TEMP TABLE waiting AS
WITH anchors AS (
    SELECT due_now.stay, due_now.step, bool_and(coalesce(na, false)) AS na
    FROM due_now JOIN anchor_step USING (def, step)
    LEFT JOIN settled ON settled.stay = due_now.stay AND settled.step = needs
    WHERE rests_on_steps GROUP BY due_now.stay, due_now.step),
weighed AS (
    SELECT plain.*, standing_guard, attested, skipped, focus, preventive,
           coalesce(truth.truth, 2) AS guard_truth, coalesce(anchors.na, false) AS na,
           dead OR (ended IS NOT NULL AND NOT maintenance) AS ended
    FROM plain JOIN due_now USING (stay, step) JOIN standing USING (stay)
    LEFT JOIN word USING (o) LEFT JOIN anchors USING (stay, step)
    LEFT JOIN truth ON truth.q = plain.stay AND truth.node = standing_guard)
SELECT *, CASE
    WHEN attested IS NOT NULL THEN 'attested' WHEN skipped IS NOT NULL THEN 'skipped'
    WHEN stopped OR guard_truth = 0 OR na THEN 'not-applicable'
    WHEN preventive AND focus IS NOT NULL THEN 'refrained'
    WHEN ended THEN 'ended' WHEN untold THEN 'unknown' ELSE 'waiting' END AS state,
    CAST(-o AS INTEGER) + (SELECT count(*) FROM state) AS s
FROM weighed;
INSERT INTO state (s, stay, def, step, number, state, nominal, opens, due, completed, facts, act,
    proposal)
SELECT s, waiting.stay, waiting.def, waiting.step, number, CASE state
    WHEN 'refrained' THEN 'skipped' ELSE state END,
       nominal, NULL, NULL, CASE WHEN state = 'attested' THEN civil(coalesce(act.done_day, act.day)) END, [],
       CASE state WHEN 'attested' THEN attested WHEN 'skipped' THEN skipped
           WHEN 'refrained' THEN focus END, false
FROM waiting LEFT JOIN act ON act.act = attested;
INSERT INTO lack (s, what, id, why, since)
SELECT s, what, id, why, since FROM waiting JOIN gap ON gap.q = waiting.stay AND gap.root = standing_guard
WHERE guard_truth = 1 AND state IN ('waiting', 'unknown')
UNION
SELECT s, coalesce(what, 'parameter'), coalesce(id, waiting.step), coalesce(why, 'undetermined'), since
FROM waiting JOIN stay USING (stay) JOIN view ON view.view = stay.view LEFT JOIN patient_gap USING (person)
WHERE state = 'unknown';
"""


def judge_dateless(con: DuckDBPyConnection) -> None:
    """`state` and `lack` of what has no date; after the occurrences of the layer."""
    con.execute(_MISSING)
    say(con)
    con.execute(_JUDGED)
