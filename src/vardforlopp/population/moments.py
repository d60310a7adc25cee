"""Moments and windows of the questions asked, all nodes of one depth at a time."""

from __future__ import annotations

from duckdb import DuckDBPyConnection

from vardforlopp.population.calendar import MOMENT
from vardforlopp.population.questions import Depths

#: What a moment, or a window, may be.
NONE, UNSURE, KNOWN = 0, 1, 2

SCHEMA = f"""
-- `fact` is the one it rests on, if it is one fact's.
CREATE OR REPLACE TEMP TABLE moment (q INTEGER, node INTEGER, state INTEGER, m {MOMENT}, fact INTEGER);
-- `state` NONE = empty, UNSURE = cannot be told; lo and hi are days, or instants, both inclusive.
CREATE OR REPLACE TEMP TABLE bounds (
    q INTEGER, node INTEGER, state INTEGER, by_instant BOOLEAN, lo BIGINT, hi BIGINT);
"""

#: Whether a fact lies in a window, or only may: its own interval is not inside.
LOOKING = """
CREATE OR REPLACE MACRO lies_inside(state, by_instant, first, final, lo, hi, day, last_day) AS
    state = 2 AND final >= first
    AND CASE WHEN by_instant THEN lo ELSE day END >= first
    AND CASE WHEN by_instant THEN hi ELSE last_day END <= final;
CREATE OR REPLACE MACRO only_overlaps(state, by_instant, first, final, lo, hi, day, last_day) AS
    state = 2 AND final >= first
    AND CASE WHEN by_instant THEN hi ELSE last_day END >= first
    AND CASE WHEN by_instant THEN lo ELSE day END <= final
    AND NOT lies_inside(state, by_instant, first, final, lo, hi, day, last_day);
"""

_NAMED = """
INSERT INTO moment (q, node, state, m, fact)
SELECT q, node,
       CASE WHEN CASE word WHEN 'now' THEN t WHEN 'entry' THEN entry ELSE trigger END IS NULL THEN 0
           ELSE 2 END,
       CASE word WHEN 'now' THEN t WHEN 'entry' THEN entry ELSE trigger END,
       CASE WHEN word NOT IN ('now', 'entry') THEN trigger_fact END
FROM needed JOIN moment_node USING (node)
WHERE needed.op = 'named' AND depth = getvariable('depth');
"""

#: The first (last) fact that has begun and is not over before the entry, or inside a window.
_FIRST_LAST = """
INSERT INTO moment (q, node, state, m, fact)
WITH place AS (
    SELECT needed.*, moment_node.selector, win, bounds.state AS edges, by_instant,
           bounds.lo AS first, bounds.hi AS final
    FROM needed JOIN moment_node USING (node)
    LEFT JOIN bounds ON bounds.q = needed.q AND bounds.node = win
    WHERE needed.op IN ('first', 'last') AND depth = getvariable('depth')),
candidate AS (
    SELECT place.q, place.node, op, seen.*,
           CASE WHEN win IS NULL THEN entry IS NULL OR coalesce(
                    CASE WHEN seen.state THEN until_day ELSE last_day END >= entry.day, true)
                ELSE lies_inside(edges, by_instant, first, final, seen.lo, seen.hi, seen.day, last_day)
           END AS counts,
           win IS NOT NULL AND only_overlaps(
               edges, by_instant, first, final, seen.lo, seen.hi, seen.day, last_day) AS maybe
    FROM place
    JOIN seen ON seen.view = place.view AND seen.selector = place.selector AND seen.lo <= t.instant),
picked AS (
    SELECT q, node, bool_or(maybe) AS maybe,
           CASE WHEN op = 'first' THEN arg_min(fact, place) FILTER (counts)
                ELSE arg_max(fact, place) FILTER (counts) END AS fact
    FROM candidate GROUP BY q, node, op)
SELECT place.q, place.node,
       CASE WHEN picked.fact IS NOT NULL THEN 2
            WHEN win IS NOT NULL AND (edges = 1 OR coalesce(maybe, false)) THEN 1
            WHEN silent_why(silence, 1) IS NULL THEN 0 ELSE 1 END,
       CASE WHEN picked.fact IS NOT NULL THEN moment_of(fact.day, fact.lo, fact.hi) END, picked.fact
FROM place
LEFT JOIN picked USING (q, node)
LEFT JOIN fact ON fact.fact = picked.fact
LEFT JOIN silence ON silence.view = place.view AND silence.day = t.day
    AND silence.selector = place.selector AND NOT strict;
"""

#: The date that is a fact's value: of the last one not passed at entry, or of the trigger.
_DATE_IN = """
INSERT INTO moment (q, node, state, m, fact)
WITH place AS (
    SELECT needed.*, selector FROM needed JOIN moment_node USING (node)
    WHERE needed.op = 'date-in' AND depth = getvariable('depth')),
picked AS (
    SELECT place.q, place.node, arg_max(seen.fact, seen.place) AS fact
    FROM place JOIN seen ON seen.view = place.view AND seen.selector = place.selector
    WHERE seen.lo <= t.instant AND date_value IS NOT NULL AND (entry IS NULL OR date_value.day >= entry.day)
    GROUP BY place.q, place.node)
SELECT place.q, place.node,
       CASE WHEN fact.date_value IS NOT NULL THEN 2
           WHEN place.selector IS NULL OR fact.fact IS NOT NULL THEN 1
            WHEN silence.why IS NULL AND NOT silence.open AND silence.sideless_day IS NULL THEN 0 ELSE 1 END,
       fact.date_value, fact.fact
FROM place
LEFT JOIN picked USING (q, node)
LEFT JOIN fact ON fact.fact = CASE WHEN place.selector IS NULL THEN trigger_fact ELSE picked.fact END
LEFT JOIN silence ON silence.view = place.view AND silence.day = t.day
    AND silence.selector = place.selector AND NOT strict;
"""

_STEP = """
INSERT INTO moment (q, node, state, m, fact)
WITH answer AS (
    SELECT needed.q, needed.node, word, unsure, CASE word WHEN 'due' THEN due WHEN 'done' THEN done
           ELSE settled.settled END AS m
    FROM needed JOIN moment_node USING (node)
    LEFT JOIN settled ON settled.stay = needed.stay AND settled.step = moment_node.step
    WHERE needed.op = 'step' AND depth = getvariable('depth'))
SELECT q, node, CASE WHEN m IS NOT NULL THEN 2 WHEN unsure AND word <> 'due' THEN 1 ELSE 0 END, m, NULL
FROM answer;
"""

#: The least of those present; the greatest of all. On one day, the first stands if it is only a day.
_EXTREME = """
INSERT INTO moment (q, node, state, m, fact)
WITH option AS (
    SELECT needed.q, needed.node, needed.op, part.place AS part, state, m, fact
    FROM needed JOIN moment_node USING (node) JOIN part ON part.parent = needed.node
    JOIN moment ON moment.q = needed.q AND moment.node = part.child
    WHERE needed.op IN ('earliest', 'latest') AND needed.depth = getvariable('depth')),
extreme AS (
    SELECT *, min(m.day) OVER all_of AS first_day, max(m.day) OVER all_of AS last_day,
           min(state) OVER all_of AS lowest, max(state) OVER all_of AS highest
    FROM option WINDOW all_of AS (PARTITION BY q, node)),
front AS (
    SELECT *, first_value(m.exact) OVER (PARTITION BY q, node ORDER BY part) AS first_exact
    FROM extreme
    WHERE state = 2 AND m.day = CASE op WHEN 'earliest' THEN first_day ELSE last_day END),
best AS (
    SELECT q, node, m, fact FROM front WHERE m.exact = first_exact
    QUALIFY row_number() OVER (PARTITION BY q, node ORDER BY CASE
        WHEN NOT first_exact THEN 0 WHEN op = 'earliest' THEN m.instant ELSE -m.instant END, part) = 1),
joined AS (
    SELECT q, node, CASE any_value(op) WHEN 'earliest' THEN any_value(highest)
        ELSE any_value(lowest) END AS state
    FROM extreme GROUP BY q, node)
SELECT q, node, state, CASE WHEN state = 2 THEN m END, CASE WHEN state = 2 THEN fact END
FROM joined LEFT JOIN best USING (q, node);
"""

_SHIFTED = """
INSERT INTO moment (q, node, state, m, fact)
WITH moved AS (
    SELECT needed.q, needed.node, state, plus(m, length) AS m, fact
    FROM needed JOIN moment_node USING (node)
    JOIN moment ON moment.q = needed.q AND moment.node = base
    LEFT JOIN told ON told.q = needed.q AND told.node = shift
    WHERE needed.op = 'shifted' AND needed.depth = getvariable('depth'))
SELECT q, node, CASE WHEN state = 2 AND m IS NULL THEN 1 ELSE state END, m, fact FROM moved;
"""

#: A window at t: both ends inclusive and cut at t.
_WINDOWS = """
INSERT INTO bounds (q, node, state, by_instant, lo, hi)
WITH edge AS (
    SELECT needed.q, needed.node, t, by_instant, back, starts, ends, time_window.length AS long,
           one.state AS start_state, one.m AS start, other.state AS end_state,
           CASE WHEN ends IS NULL THEN t ELSE other.m END AS final, coalesce(back.length,
               told.length) AS length
    FROM needed JOIN time_window USING (node)
    LEFT JOIN moment AS one ON one.q = needed.q AND one.node = starts
    LEFT JOIN moment AS other ON other.q = needed.q AND other.node = ends
    LEFT JOIN told ON told.q = needed.q AND told.node = time_window.length
    LEFT JOIN told AS back ON back.q = needed.q AND back.node = time_window.back
    WHERE needed.depth = getvariable('depth')),
measured AS (
    SELECT *, plus(CASE WHEN back IS NOT NULL THEN t
        WHEN starts IS NOT NULL THEN start ELSE final END, length)
              AS far
    FROM edge),
between_them AS (
    SELECT q, node, t, by_instant,
           CASE WHEN start_state = 0 OR end_state = 0 THEN 0 WHEN start_state = 1 OR end_state = 1 THEN 1
                WHEN (back IS NOT NULL OR long IS NOT NULL) AND far IS NULL THEN 1 ELSE 2 END AS state,
           CASE WHEN back IS NOT NULL OR (long IS NOT NULL AND starts IS NULL) THEN far
               ELSE start END AS first,
           CASE WHEN back IS NOT NULL THEN t WHEN long IS NOT NULL AND starts IS NOT NULL THEN far
                ELSE final END AS final
    FROM measured)
SELECT q, node, state, by_instant,
       CASE WHEN by_instant THEN coalesce(first.instant, -4611686018427387904)
           ELSE coalesce(first.day, 1) END,
       CASE WHEN by_instant
            THEN least(CASE WHEN final.exact THEN final.instant ELSE end_of(final.day) END, t.instant)
            ELSE least(final.day, t.day) END
FROM between_them;
"""


#: By the heads that each answers; a window's edges are moments of lesser depth.
_BY_HEAD = (
    (("named",), _NAMED),
    (("first", "last"), _FIRST_LAST),
    (("date-in",), _DATE_IN),
    (("step",), _STEP),
    (("earliest", "latest"), _EXTREME),
    (("shifted",), _SHIFTED),
    (("window",), _WINDOWS),
)


def answer_moments(con: DuckDBPyConnection, depths: Depths) -> None:
    """Every moment and window under what is asked; each depth rests on those below it."""
    heads = {head for some, _ in _BY_HEAD for head in some}
    for depth in sorted(set[int]().union(*(depths.get(head, set()) for head in heads))):
        con.execute("SET VARIABLE depth = CAST(? AS INTEGER)", [depth])
        for some, query in _BY_HEAD:
            if any(depth in depths.get(head, ()) for head in some):
                con.execute(query)
