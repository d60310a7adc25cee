"""What is missing where a criterion cannot be told: the leaves that keep it unknown, each with its why."""

from __future__ import annotations

from duckdb import DuckDBPyConnection

#: Of what is not known of the patient, on which a table by age or sex rests.
PATIENT_GAPS = """
CREATE OR REPLACE TEMP VIEW patient_gap AS
SELECT person, 'birth-date' AS what, 'patient' AS id, CAST(NULL AS INTEGER) AS since,
       CASE WHEN birth_lo IS NULL THEN 'no-data' ELSE 'imprecise' END AS why
FROM person WHERE birth_lo IS NULL OR birth_lo <> birth_hi
UNION ALL
SELECT person, 'sex', 'patient', NULL, 'no-data' FROM person WHERE sex IS NULL;
"""

SCHEMA = """
CREATE OR REPLACE TEMP TABLE branch_gap (
    stay INTEGER, choice VARCHAR, what VARCHAR, id VARCHAR, why VARCHAR, since INTEGER);
-- What is missing for each criterion asked that is unknown (`root`), each named once.
CREATE OR REPLACE TEMP TABLE gap (
    q INTEGER, root INTEGER, what VARCHAR, id VARCHAR, why VARCHAR, since INTEGER);
"""

_GAPS = """
INSERT INTO gap (q, root, what, id, why, since)
WITH RECURSIVE unsure AS (
    SELECT asked.q, root, root AS node FROM asked JOIN truth ON truth.q = asked.q AND truth.node = root
    WHERE truth = 1
    UNION
    SELECT unsure.q, unsure.root, part.child FROM unsure JOIN part ON part.parent = unsure.node
    JOIN truth ON truth.q = unsure.q AND truth.node = part.child WHERE truth = 1),
leaf AS (
    SELECT unsure.q, root, unsure.node, truth.why, criterion.*, needed.stay, view, t, entry, person
    FROM unsure JOIN truth USING (q, node) JOIN criterion USING (node) JOIN needed USING (q, node)
    JOIN view USING (view)
    WHERE truth.why IS NOT NULL),
-- No value at all: the last one lies outside the window, or none could be used.
valueless AS (
    SELECT leaf.q, leaf.root, leaf.selector, arg_max(seen.day, place) FILTER (seen.kind IS NOT NULL) AS since,
           count(seen.fact) AS visible
    FROM leaf LEFT JOIN seen
        ON seen.view = leaf.view AND seen.selector = leaf.selector AND seen.lo <= leaf.t.instant
    WHERE leaf.why = 'valueless' GROUP BY leaf.q, leaf.root, leaf.selector)
SELECT q, root, 'selector' AS what, CASE why WHEN 'no-base' THEN base_selector ELSE selector END AS id,
       why, CAST(NULL AS INTEGER) AS since
FROM leaf LEFT JOIN test ON test.node = leaf.test
WHERE why IN ('undetermined', 'imprecise', 'unusable', 'no-data', 'no-base')
   OR (why = 'no-reference' AND (leaf.op <> 'value' OR test.kind NOT IN ('compare', 'between')
       OR NOT EXISTS (FROM patient_gap WHERE patient_gap.person = leaf.person)))
UNION
SELECT q, root, what, id, patient_gap.why, since
FROM leaf JOIN test ON test.node = leaf.test JOIN patient_gap USING (person)
WHERE leaf.why = 'no-reference' AND leaf.op = 'value' AND test.kind IN ('compare', 'between')
UNION
SELECT q, root, what, id, patient_gap.why, since
FROM leaf JOIN patient_gap USING (person) WHERE leaf.why = 'sex' AND what = 'sex'
UNION
SELECT q, root, 'birth-date', 'patient', CASE WHEN birth_lo IS NULL THEN 'no-data' ELSE 'imprecise' END, NULL
FROM leaf JOIN person USING (person) WHERE leaf.why = 'birth'
UNION
SELECT q, root, silent_what(silence, coalesce(entry.day, 1)), leaf.selector,
       silent_why(silence, coalesce(entry.day, 1)), silent_since(silence, coalesce(entry.day, 1))
FROM leaf JOIN silence ON silence.view = leaf.view AND silence.day = t.day
    AND silence.selector = leaf.selector AND NOT strict
WHERE leaf.why = 'absent'
UNION
SELECT q, root, 'selector', selector, CASE WHEN since IS NOT NULL THEN 'stale'
    WHEN visible > 0 THEN 'unusable'
       ELSE 'no-data' END, since
FROM valueless
UNION
SELECT q, root, CASE WHEN rests_on.selector IS NULL THEN 'moment' ELSE 'selector' END,
       coalesce(rests_on.selector, 'moment'), 'open', NULL
FROM leaf LEFT JOIN rests_on USING (node) WHERE leaf.why = 'reached'
UNION
SELECT q, root, CASE why WHEN 'done' THEN 'step' WHEN 'decided' THEN 'decision' ELSE 'choice' END, name,
       CASE why WHEN 'decided' THEN 'no-data' ELSE 'undetermined' END, NULL
FROM leaf WHERE why IN ('done', 'decided', 'branch')
UNION
SELECT q, root, what, id, branch_gap.why, since
FROM leaf JOIN branch_gap ON branch_gap.stay = leaf.stay AND choice = leaf.name WHERE leaf.why = 'branch';
"""


def name_gaps(con: DuckDBPyConnection) -> None:
    """`gap`: what is missing for each criterion asked that is unknown, each named once."""
    con.execute(_GAPS)
