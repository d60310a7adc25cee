"""The facts that a criterion looks at: inside its window or only overlapping it, and how each is tested."""

from __future__ import annotations

#: Comparing in three values. Sizes are doubles, each fraction rounded once: no two change places, but two
#: that differ by less than a double can tell (in the 16th figure) are the same here and not in exact numbers.
#: Crosswise it would be exact, but with a reference limit the product of three, which HUGEINT need not hold.
COMPARING = """
CREATE OR REPLACE MACRO compared(op, least, most, least_open, most_open, edge) AS CASE
    WHEN edge IS NULL THEN 1
    WHEN op IN ('<', '<=') THEN CASE
        WHEN coalesce(most < edge OR (most = edge AND (op = '<=' OR most_open)), false) THEN 2
        WHEN coalesce(least > edge OR (least = edge AND (op = '<' OR least_open)), false) THEN 0 ELSE 1 END
    ELSE CASE
        WHEN coalesce(least > edge OR (least = edge AND (op = '>=' OR least_open)), false) THEN 2
        WHEN coalesce(most < edge OR (most = edge AND (op = '>' OR most_open)), false) THEN 0 ELSE 1 END END;
CREATE OR REPLACE MACRO number_test(kind, op, n, low, high) AS CASE
    WHEN low IS NULL OR (kind = 'between' AND high IS NULL) THEN 1
    WHEN CASE WHEN kind = 'between' THEN n BETWEEN low AND high
              WHEN op = '<' THEN n < low WHEN op = '<=' THEN n <= low
              WHEN op = '>' THEN n > low ELSE n >= low END THEN 2 ELSE 0 END;
-- A product of two exact numbers, whole until it is divided; rounded once while both sides are below 2^53.
CREATE OR REPLACE MACRO times_ratio(num, den, ratio) AS
    CAST(num * ratio.num AS DOUBLE) / CAST(den * ratio.den AS DOUBLE);
-- What a fact's value is compared with; of `between` the lower end. `goal` is the patient's own.
CREATE OR REPLACE MACRO edge_of(fact, test, low, goal_size, goal_unit) AS CASE test.kind
    WHEN 'ref-high' THEN times_ratio(test.num, test.den, fact.ref_high)
    WHEN 'ref-low' THEN times_ratio(test.num, test.den, fact.ref_low)
    WHEN 'own' THEN CASE WHEN goal_unit IS NOT DISTINCT FROM fact.unit THEN goal_size END
    ELSE low END;
CREATE OR REPLACE MACRO tested(fact, test, edge, high) AS CASE
    WHEN test.kind IS NULL THEN 2
    WHEN test.kind = 'word' THEN CASE
        WHEN fact.said IS NULL THEN 1 WHEN list_contains(test.words, fact.said) THEN 2 ELSE 0 END
    WHEN test.kind = 'between' AND (edge IS NULL OR high IS NULL) THEN 1
    ELSE least(
        compared(CASE test.kind WHEN 'between' THEN '>=' ELSE test.op END,
                 fact.least, fact.most, fact.least_open, fact.most_open, edge),
        CASE test.kind WHEN 'between'
             THEN compared('<=', fact.least, fact.most, fact.least_open, fact.most_open, high)
             ELSE 2 END) END;
"""

#: The patient's own goal for a test, as it stands at t; without a size where it is no plain number.
GOAL = """
INSERT INTO goal (q, node, size, unit)
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
        AND seen.lo <= t.instant),
edged AS (
    SELECT placed.*, test, high.number AS high,
           edge_of(placed, test, low.number, goal.size, goal.unit) AS edge
    FROM placed
    LEFT JOIN test ON test.node = placed.test_node
    LEFT JOIN told AS low ON low.q = placed.q AND low.node = test.lo
    LEFT JOIN told AS high ON high.q = placed.q AND high.node = test.hi
    LEFT JOIN goal ON goal.q = placed.q AND goal.node = test.node
    WHERE inside OR overlapping)
SELECT * EXCLUDE (test_node, t, test, edge, high), kind IS NOT NULL OR unusable AS usable,
       coalesce(least, most, 0) AS size,
       CASE WHEN op IN ('rise', 'fall') THEN 2 ELSE tested(edged, test, edge, high) END AS passes,
       CASE WHEN unusable THEN 'unusable'
            WHEN day <> last_day OR kind = 'span' THEN 'imprecise' ELSE 'no-reference' END AS undecided
FROM edged;
"""
