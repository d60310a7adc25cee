"""The criteria of measured values: value, held, rise and fall."""

from __future__ import annotations

#: Of the values in the window, the one that `pick` names, and how it is tested.
VALUE = """
INSERT INTO truth (q, node, truth, why)
WITH place AS (
    SELECT needed.q, needed.node, criterion.pick, coalesce(bounds.state, 2) AS edges
    FROM needed JOIN criterion USING (node)
    LEFT JOIN bounds ON bounds.q = needed.q AND bounds.node = win
    WHERE needed.op = 'value' AND held IS NULL),
candidate AS (
    SELECT looked.* FROM looked JOIN place USING (q, node)),
best AS (
    SELECT q, node, least(passes, CASE WHEN inside THEN 2 ELSE 1 END) AS truth, undecided
    FROM candidate WHERE pick = 'any'
    QUALIFY row_number() OVER (
        PARTITION BY q, node ORDER BY least(passes, CASE
            WHEN inside THEN 2 ELSE 1 END) DESC, NOT inside, place
    ) = 1),
picked AS (
    SELECT * FROM candidate WHERE usable AND pick <> 'any'
    QUALIFY row_number() OVER (
        PARTITION BY q, node ORDER BY CASE pick WHEN 'highest' THEN -size WHEN 'lowest' THEN size ELSE 0 END,
        CASE WHEN pick = 'latest' THEN -place ELSE place END) = 1),
rivalled AS (
    SELECT picked.q, picked.node, bool_or(CASE WHEN picked.pick = 'highest'
        THEN other.most IS NULL OR picked.least IS NULL OR other.most > picked.least
        ELSE other.least IS NULL OR picked.most IS NULL OR other.least < picked.most END) AS by_another
    FROM picked JOIN candidate AS other USING (q, node)
    WHERE picked.pick IN ('highest', 'lowest') AND other.place <> picked.place
      AND other.kind IS NOT NULL AND other.kind <> 'number'
    GROUP BY picked.q, picked.node),
answer AS (
    SELECT q, node, CASE WHEN edges = 1 THEN 1 WHEN place.pick = 'any' THEN coalesce(best.truth, 1)
               WHEN picked.place IS NULL OR picked.overlapping OR coalesce(by_another, false) THEN 1
               ELSE passes END AS truth,
           CASE WHEN edges = 1 THEN 'valueless' WHEN place.pick = 'any' THEN coalesce(best.undecided,
               'valueless')
                ELSE coalesce(picked.undecided, 'valueless') END AS why
    FROM place LEFT JOIN best USING (q, node) LEFT JOIN picked USING (q, node)
        LEFT JOIN rivalled USING (q, node))
SELECT q, node, truth, CASE WHEN truth = 1 THEN why END FROM answer;
"""

#: The latest value that early, and every later one, pass.
HELD = """
INSERT INTO truth (q, node, truth, why)
WITH place AS (
    SELECT needed.q, needed.node, t, coalesce(bounds.state, 2) AS edges, plus(t, length) AS since
    FROM needed JOIN criterion USING (node)
    LEFT JOIN bounds ON bounds.q = needed.q AND bounds.node = win
    LEFT JOIN told ON told.q = needed.q AND told.node = held
    WHERE needed.op = 'value' AND held IS NOT NULL),
candidate AS (
    SELECT place.q, place.node, place.since, looked.place, passes, inside, overlapping, inside
        AND usable AS counts,
           CASE WHEN since.exact THEN looked.lo <= since.instant ELSE looked.day <= since.day END AS early
    FROM place JOIN looked USING (q, node)),
stretch AS (
    SELECT *, max(place) FILTER (counts AND early) OVER (PARTITION BY q, node) AS from_place FROM candidate),
judged AS (
    SELECT q, node,
           min(passes) FILTER (counts AND since IS NOT NULL AND place >= coalesce(from_place, 0)) AS lowest,
           bool_and(from_place IS NOT NULL) AS from_the_start,
           coalesce(bool_or(overlapping AND passes <> 2), false) AS uncertain
    FROM stretch GROUP BY q, node),
answer AS (
    SELECT q, node, CASE WHEN edges = 1 THEN 1 WHEN from_the_start AND NOT uncertain THEN coalesce(lowest, 1)
               ELSE least(coalesce(lowest, 1), 1) END AS truth,
           CASE WHEN edges = 1 OR NOT coalesce(from_the_start, false) THEN 'no-data' ELSE 'nothing' END AS why
    FROM place LEFT JOIN judged USING (q, node))
SELECT q, node, truth, CASE WHEN truth = 1 THEN why END FROM answer;
"""

#: The picked value against one before it in the order. The difference is exact, and rounded once.
CHANGE = """
INSERT INTO truth (q, node, truth, why)
WITH place AS (
    SELECT needed.q, needed.node, criterion.op, percent, selector, base_selector,
           coalesce(own.state, 2) <> 1 AND coalesce(base.state, 2) <> 1 AS edges_known,
           test.op AS compare_op, told.number AS edge
    FROM needed JOIN criterion USING (node)
    LEFT JOIN bounds AS own ON own.q = needed.q AND own.node = win
    LEFT JOIN bounds AS base ON base.q = needed.q AND base.node = base_win
    JOIN test ON test.node = criterion.test
    LEFT JOIN told ON told.q = needed.q AND told.node = test.lo
    WHERE criterion.op IN ('rise', 'fall')),
candidate AS (
    SELECT looked.* FROM looked JOIN place USING (q, node) WHERE usable AND inside AND edges_known),
picked AS (
    SELECT * FROM candidate WHERE part = 'own'
    QUALIFY row_number() OVER (
        PARTITION BY q, node ORDER BY CASE pick WHEN 'highest' THEN -size WHEN 'lowest' THEN size ELSE 0 END,
        CASE WHEN pick = 'latest' THEN -place ELSE place END) = 1),
base AS (
    SELECT candidate.* FROM candidate JOIN picked USING (q, node) JOIN place USING (q, node)
    WHERE candidate.part = 'base'
      AND CASE WHEN base_selector = selector THEN candidate.place < picked.place
               ELSE (candidate.lo, candidate.hi) <= (picked.lo, picked.hi) END
    QUALIFY row_number() OVER (
        PARTITION BY candidate.q, candidate.node ORDER BY CASE candidate.pick
            WHEN 'highest' THEN -candidate.size WHEN 'lowest' THEN candidate.size ELSE 0 END,
        CASE WHEN candidate.pick = 'latest' THEN -candidate.place ELSE candidate.place END) = 1),
changed AS (
    SELECT place.*, picked.place AS picked_place, base.place AS base_place, picked.undecided,
           CASE place.op WHEN 'rise' THEN 1 ELSE -1 END
           * (picked.exactly.num * base.exactly.den - base.exactly.num * picked.exactly.den) AS num,
           picked.exactly.den * base.exactly.den AS den, base.exactly AS from_value
    FROM place LEFT JOIN picked USING (q, node) LEFT JOIN base USING (q, node)),
sized AS (
    SELECT *, CASE WHEN percent THEN coalesce(
            TRY(CAST(num * 100 * from_value.den AS DOUBLE) / CAST(den * abs(from_value.num) AS DOUBLE)),
            CAST(num AS DOUBLE) * 100 * from_value.den / den / abs(from_value.num))
        ELSE CAST(num AS DOUBLE) / CAST(den AS DOUBLE) END AS size
    FROM changed),
answer AS (
    SELECT q, node, CASE WHEN num IS NULL OR (percent AND from_value.num = 0) THEN 1
        ELSE number_test('compare', compare_op, size, edge, NULL) END AS truth,
        CASE WHEN picked_place IS NULL THEN 'valueless' WHEN base_place IS NULL THEN 'no-base'
             ELSE undecided END AS why
    FROM sized)
SELECT q, node, truth, CASE WHEN truth = 1 THEN why END FROM answer;
"""
