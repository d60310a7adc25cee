"""What later layers may ask of a step (`settled`, `completion`) and of a choice (`branch`)."""

from __future__ import annotations

from duckdb import DuckDBPyConnection

#: Of moments in order, the first completion; and of completions and skips, the first settlement. On one day
#: a first completion known to the day stands, and a later settlement known to the day takes its place.
_SETTLED = """
CREATE OR REPLACE TEMP TABLE fresh AS
SELECT state.* FROM state JOIN due_now USING (stay, step);
INSERT INTO completion (stay, step, what, place, m, fact)
SELECT stay, step, 'done', number, completed, facts[-1] FROM fresh WHERE completed IS NOT NULL
UNION ALL
SELECT stay, step, 'due', number, due, NULL FROM fresh
WHERE due IS NOT NULL AND state NOT IN ('before-start', 'not-applicable');
INSERT INTO settled (stay, step, done, settled, due, unsure, na, blocked)
WITH moment AS (
    SELECT stay, step, 'done' AS what, number * 2 AS turn, completed AS m FROM fresh
        WHERE completed IS NOT NULL
    UNION ALL
    SELECT stay, step, 'settled', number * 2, completed FROM fresh WHERE completed IS NOT NULL
    UNION ALL
    SELECT fresh.stay, step_of, 'settled', number * 2 + 1, exact_at(instant)
    FROM (SELECT stay, step AS step_of, number, act FROM fresh) AS fresh JOIN act USING (act)
    WHERE kind IN ('deviation', 'decline', 'care-focus')),
front AS (
    SELECT *, first_value(m.exact) OVER in_order AS first_exact,
           max(turn) FILTER (NOT m.exact) OVER of_day AS last_civil, max(turn) OVER of_day AS last_turn
    FROM (SELECT *, min(m.day) OVER (PARTITION BY stay, step, what) AS first_day FROM moment)
    WHERE m.day = first_day
    WINDOW of_day AS (PARTITION BY stay, step, what),
           in_order AS (PARTITION BY stay, step, what ORDER BY turn)),
best AS (
    SELECT stay, step, what, m FROM front
    WHERE CASE WHEN what = 'done' THEN m.exact = first_exact
               WHEN last_civil = last_turn THEN turn = last_turn
               ELSE turn > coalesce(last_civil, -1) END
    QUALIFY row_number() OVER (PARTITION BY stay, step, what ORDER BY
        CASE WHEN m.exact THEN m.instant ELSE turn END, turn) = 1),
open_state AS (
    SELECT stay, step, due FROM fresh
    WHERE due IS NOT NULL AND state IN ('waiting', 'unknown', 'upcoming', 'due', 'unseen', 'overdue')
    QUALIFY row_number() OVER (PARTITION BY stay, step ORDER BY number) = 1),
whole AS (
    SELECT stay, step, bool_or(state IN ('unknown', 'unseen')) AS unsure,
           bool_and(state = 'not-applicable') AS na,
           bool_or(state = 'skipped')
           AND bool_and(state NOT IN ('waiting', 'unknown', 'upcoming', 'due', 'unseen',
               'overdue')) AS blocked
    FROM fresh GROUP BY stay, step)
SELECT stay, step, done.m, first_settled.m, open_state.due, unsure, na, blocked
FROM whole
LEFT JOIN (SELECT stay, step, m FROM best WHERE what = 'done') AS done USING (stay, step)
LEFT JOIN (SELECT stay, step, m FROM best WHERE what = 'settled') AS first_settled USING (stay, step)
LEFT JOIN open_state USING (stay, step);
"""

#: The latest decision wins; else the first option that holds while all before it do not (rule 9).
_CHOSEN = """
CREATE OR REPLACE TEMP TABLE chosen AS
WITH here AS (
    SELECT standing.stay, standing.now, choice.*, CASE WHEN anchor IS NULL THEN true
               ELSE coalesce(moment.state = 2 AND reached(moment.m, now), false) END AS come
    FROM standing JOIN choice USING (def)
    LEFT JOIN moment ON moment.q = standing.stay AND moment.node = anchor
    WHERE layer = getvariable('layer')),
decision AS (
    SELECT here.stay, choice, nullif(arg_max(coalesce(value, ''), said.place), '') AS decided
    FROM here JOIN said ON said.stay = here.stay AND said.kind = 'decision' AND said.step = choice
        AND said.instant <= now.instant
    GROUP BY here.stay, choice),
judged AS (
    SELECT here.stay, choice, option, option.place, holds, truth.truth FROM here
        JOIN option USING (def, choice)
    JOIN truth ON truth.q = here.stay AND truth.node = holds),
first AS (
    SELECT * FROM judged WHERE truth > 0
    QUALIFY row_number() OVER (PARTITION BY stay, choice ORDER BY place) = 1)
SELECT here.stay, here.choice, decided, first.holds AS unsure_node,
       come, first.truth,
       CASE WHEN NOT come OR optioned.choice IS NULL OR first.truth = 1 THEN NULL
            WHEN first.truth = 2 THEN option ELSE otherwise END AS computed
FROM here LEFT JOIN decision USING (stay, choice) LEFT JOIN first USING (stay, choice)
LEFT JOIN (SELECT DISTINCT def, choice FROM option) AS optioned USING (def, choice);
INSERT INTO branch (stay, choice, taken, computed, decided)
SELECT stay, choice, coalesce(decided, computed), computed, decided FROM chosen;
INSERT INTO branch_gap (stay, choice, what, id, why, since)
SELECT stay, choice, CASE WHEN come THEN 'decision' ELSE 'moment' END, choice, 'no-data', NULL
FROM chosen
WHERE (coalesce(decided, computed) IS NULL AND truth IS NULL) OR (NOT come AND decided IS NULL)
UNION
SELECT chosen.stay, choice, what, id, why, since FROM chosen
    JOIN gap ON gap.q = stay AND gap.root = unsure_node
WHERE coalesce(decided, computed) IS NULL AND come AND truth = 1;
"""


def settle(con: DuckDBPyConnection) -> None:
    """What this layer has settled."""
    con.execute(_SETTLED)
    con.execute(_CHOSEN)
