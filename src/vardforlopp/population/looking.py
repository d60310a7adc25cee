"""The facts that a criterion looks at: inside its window or only overlapping it, and how each is tested."""

from __future__ import annotations

#: Comparing in three values. Sizes are doubles: exact fractions, each rounded once, keep their order.
COMPARING = """
CREATE OR REPLACE MACRO compared(op, least, most, least_open, most_open, edge) AS CASE
    WHEN edge IS NULL THEN 1
    WHEN op IN ('<', '<=') THEN CASE
        WHEN coalesce(most < edge OR (most = edge AND (op = '<=' OR most_open)), false) THEN 2
        WHEN coalesce(least > edge OR (least = edge AND (op = '<' OR least_open)), false) THEN 0 ELSE 1 END
    ELSE CASE
        WHEN coalesce(least > edge OR (least = edge AND (op = '>=' OR least_open)), false) THEN 2
        WHEN coalesce(most < edge OR (most = edge AND (op = '>' OR most_open)), false) THEN 0 ELSE 1 END END;
CREATE OR REPLACE MACRO number_test(kind, op, n, low, high) AS
    CASE WHEN kind = 'between'
         THEN CASE WHEN low IS NULL OR high IS NULL THEN 1 WHEN n BETWEEN low AND high THEN 2 ELSE 0 END
         ELSE compared(op, n, n, false, false, low) END;
-- A product of two exact numbers, rounded once.
CREATE OR REPLACE MACRO times_ratio(num, den, ratio) AS
    CAST(num * ratio.num AS DOUBLE) / CAST(den * ratio.den AS DOUBLE);
-- A fact's value against a test: `goal` is the patient's own, `low` and `high` what was told.
CREATE OR REPLACE MACRO tested(fact, test, low, high, goal_size, goal_unit) AS CASE
    WHEN test.kind IS NULL THEN 2
    WHEN test.kind = 'word' THEN CASE
        WHEN fact.said IS NULL THEN 1 WHEN list_contains(test.words, fact.said) THEN 2 ELSE 0 END
    WHEN test.kind = 'between' THEN CASE WHEN low IS NULL OR high IS NULL THEN 1 ELSE least(
        compared('>=', fact.least, fact.most, fact.least_open, fact.most_open, low),
        compared('<=', fact.least, fact.most, fact.least_open, fact.most_open, high)) END
    ELSE compared(test.op, fact.least, fact.most, fact.least_open, fact.most_open, CASE test.kind
        WHEN 'compare' THEN low
        WHEN 'ref-high' THEN times_ratio(test.num, test.den, fact.ref_high)
        WHEN 'ref-low' THEN times_ratio(test.num, test.den, fact.ref_low)
        ELSE CASE WHEN goal_unit IS NOT DISTINCT FROM fact.unit THEN goal_size END END) END;
"""

#: The patient's own goal for a test, as it stands at t; without a size where it is no plain number.
GOAL = """
INSERT INTO goal
SELECT needed.q, needed.node, CASE WHEN seen.kind = 'number' THEN seen.least END AS size, seen.unit
FROM needed JOIN test USING (node)
JOIN seen ON seen.view = needed.view AND seen.selector = test.own AND seen.lo <= t.instant
    AND seen.kind IS NOT NULL
WHERE test.kind = 'own'
QUALIFY row_number() OVER (PARTITION BY needed.q, needed.node ORDER BY seen.place DESC) = 1;
"""

LOOKED = """
CREATE OR REPLACE TEMP TABLE looked AS
WITH criterion_of AS (
    SELECT needed.q, needed.view, needed.node, t, needed.op, selector, win, pick, test AS test_node,
        'own' AS part
    FROM needed JOIN criterion USING (node) WHERE needed.op IN ('has', 'value', 'count', 'rise', 'fall')
    UNION ALL
    SELECT needed.q, needed.view, needed.node, t, needed.op, base_selector, base_win, base_pick, NULL, 'base'
    FROM needed JOIN criterion USING (node) WHERE needed.op IN ('rise', 'fall')),
placed AS (
    SELECT criterion_of.* EXCLUDE (view, selector), seen.* EXCLUDE (view, selector),
           CASE WHEN win IS NULL THEN last_day <= t.day
                ELSE lies_inside(
                    bounds.state, by_instant, bounds.lo, bounds.hi, seen.lo, seen.hi, seen.day, last_day)
           END AS inside,
           CASE WHEN win IS NULL THEN last_day > t.day
                ELSE only_overlaps(
                    bounds.state, by_instant, bounds.lo, bounds.hi, seen.lo, seen.hi, seen.day, last_day)
           END AS overlapping
    FROM criterion_of
    LEFT JOIN bounds ON bounds.q = criterion_of.q AND bounds.node = win
    JOIN seen ON seen.view = criterion_of.view AND seen.selector = criterion_of.selector
        AND seen.lo <= t.instant)
SELECT placed.* EXCLUDE (test_node, t), placed.kind IS NOT NULL OR unusable AS usable,
       coalesce(placed.least, placed.most, 0) AS size,
       CASE WHEN placed.op IN ('rise', 'fall') THEN 2
            ELSE tested(placed, test, low.number, high.number, goal.size, goal.unit) END AS passes,
       CASE WHEN unusable THEN 'unusable'
            WHEN day <> last_day OR placed.kind = 'span' THEN 'imprecise' ELSE 'no-reference' END AS undecided
FROM placed
LEFT JOIN test ON test.node = placed.test_node
LEFT JOIN told AS low ON low.q = placed.q AND low.node = test.lo
LEFT JOIN told AS high ON high.q = placed.q AND high.node = test.hi
LEFT JOIN goal ON goal.q = placed.q AND goal.node = test.node
WHERE inside OR overlapping;
"""
