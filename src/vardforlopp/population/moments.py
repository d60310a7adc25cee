"""Settings, moments and windows of the questions asked, all nodes of one depth at a time."""

from __future__ import annotations

from duckdb import DuckDBPyConnection

#: What a moment may be.
NONE, UNSURE, KNOWN = 0, 1, 2

SCHEMA = """
-- One question: a node, asked of a view at a time; `root` is what is asked.
CREATE OR REPLACE TEMP TABLE asked (
    q INTEGER, view INTEGER, root INTEGER, t_day INTEGER, t_at BIGINT,
    entry_day INTEGER, entry_at BIGINT, entry_exact BOOLEAN, entry_id VARCHAR,
    trigger_day INTEGER, trigger_at BIGINT, trigger_exact BOOLEAN,
    trigger_is_day BOOLEAN, trigger_value_day INTEGER, trigger_value_at BIGINT);
CREATE OR REPLACE TEMP TABLE told (q INTEGER, node INTEGER, number DOUBLE, amount INTEGER, unit VARCHAR, more INTEGER);
CREATE OR REPLACE TEMP TABLE moment (
    q INTEGER, node INTEGER, state INTEGER, day INTEGER, instant BIGINT, exact BOOLEAN, selector VARCHAR, place INTEGER);
-- `state` NONE = empty, UNSURE = cannot be told; lo and hi are days, or instants, both inclusive.
CREATE OR REPLACE TEMP TABLE bounds (
    q INTEGER, node INTEGER, state INTEGER, by_instant BOOLEAN, lo BIGINT, hi BIGINT);
-- What later layers may ask of a step, and of a choice.
CREATE OR REPLACE TEMP TABLE settled (
    view INTEGER, step VARCHAR, what VARCHAR, day INTEGER, instant BIGINT, exact BOOLEAN, unsure BOOLEAN);
"""

_NEEDED = """
CREATE OR REPLACE TEMP TABLE needed AS
WITH RECURSIVE under AS (
    SELECT DISTINCT root, root AS node FROM asked
    UNION
    SELECT under.root, part.child FROM under JOIN part ON part.parent = under.node)
SELECT asked.q, asked.view, node.node, node.depth, asked.* EXCLUDE (q, view)
FROM asked JOIN under USING (root) JOIN node USING (node);
-- Where absence on the day asked about means absence, and where facts name no side.
CREATE OR REPLACE TEMP TABLE closed AS
SELECT q, selector.selector, NOT selector.open AND coalesce(bool_and(
           source.person IS NOT NULL AND source.connected AND (source.since IS NULL OR t_day >= source.since)
           AND (source.last_seen IS NULL OR source.limit_days IS NULL
                OR t_day <= source.last_seen + source.limit_days)
           AND (carrier.coded OR source.own_codes)), true) AS closed
FROM asked JOIN view USING (view) CROSS JOIN selector
LEFT JOIN carrier ON carrier.selector = selector.selector
LEFT JOIN source ON source.person = view.person AND source.kind = carrier.kind
GROUP BY q, selector.selector, selector.open;
INSERT INTO told
SELECT q, node, number, amount, unit, more FROM (
    SELECT needed.q, needed.node, setting.place,
           CASE WHEN setting.sex IS NOT NULL AND person.sex IS NULL THEN NULL
                WHEN setting.sex <> person.sex THEN false
                WHEN (setting.age_from IS NOT NULL OR setting.age_below IS NOT NULL)
                     AND (person.birth_lo IS NULL OR person.birth_hi IS NULL) THEN NULL
                WHEN in_years(setting.age_from, setting.age_below, years_lived(person.birth_lo, t_day))
                     <> in_years(setting.age_from, setting.age_below, years_lived(person.birth_hi, t_day)) THEN NULL
                WHEN NOT in_years(setting.age_from, setting.age_below, years_lived(person.birth_lo, t_day)) THEN false
                WHEN setting.months IS NOT NULL THEN list_contains(setting.months, CAST(month(as_date(t_day)) AS INTEGER))
                ELSE true END AS fits,
           setting.number, setting.amount, setting.unit, setting.more
    FROM needed JOIN setting USING (node) JOIN view USING (view) JOIN person USING (person))
WHERE fits IS DISTINCT FROM false
QUALIFY row_number() OVER (PARTITION BY q, node ORDER BY place) = 1 AND fits;
"""

MACROS = """
CREATE OR REPLACE MACRO in_years(least, below, years) AS
    coalesce(years >= least, true) AND coalesce(years < below, true);
CREATE OR REPLACE MACRO inside_calendar(o) AS least(greatest(o, 1), 3652058);
-- A moment plus a duration: a civil day, but for minutes and hours.
CREATE OR REPLACE MACRO by_clock(unit) AS unit IN ('minutes', 'hours');
CREATE OR REPLACE MACRO day_plus(o, amount, unit, more) AS inside_calendar(more + CASE unit
    WHEN 'days' THEN o + amount
    WHEN 'weeks' THEN o + 7 * amount
    WHEN 'months' THEN months_later(o, amount)
    WHEN 'years' THEN months_later(o, 12 * amount)
    WHEN 'working days' THEN nth_working_day(o, amount) END);
CREATE OR REPLACE MACRO instant_plus(instant, amount, unit) AS
    instant + amount * CASE unit WHEN 'minutes' THEN 60000000 ELSE 3600000000 END;
-- The same moment, if nothing is added to a civil day.
CREATE OR REPLACE MACRO stays(exact, amount, unit, more) AS
    amount = 0 AND more = 0 AND unit = 'days' AND NOT exact;
"""

_PLAIN = """
INSERT INTO moment
SELECT q, node,
       CASE word WHEN 'now' THEN 2 WHEN 'entry' THEN CASE WHEN entry_day IS NULL THEN 0 ELSE 2 END
                 ELSE CASE WHEN trigger_day IS NULL THEN 0 ELSE 2 END END,
       CASE word WHEN 'now' THEN t_day WHEN 'entry' THEN entry_day ELSE trigger_day END,
       CASE word WHEN 'now' THEN t_at WHEN 'entry' THEN entry_at ELSE trigger_at END,
       CASE word WHEN 'now' THEN true WHEN 'entry' THEN entry_exact ELSE trigger_exact END, NULL, NULL
FROM needed JOIN moment_node USING (node)
WHERE op = 'named' AND depth = getvariable('depth');

-- The first (last) fact that has begun and is not over before the entry, or inside a window.
INSERT INTO moment
WITH question AS (
    SELECT needed.*, moment_node.op, moment_node.selector, moment_node.win,
           bounds.state AS edges, bounds.by_instant, bounds.lo, bounds.hi
    FROM needed JOIN moment_node USING (node)
    LEFT JOIN bounds ON bounds.q = needed.q AND bounds.node = moment_node.win
    WHERE op IN ('first', 'last') AND depth = getvariable('depth')),
candidate AS (
    SELECT question.q, question.node, question.op, seen.place, seen.day, seen.lo, seen.hi,
           CASE WHEN win IS NULL THEN entry_day IS NULL OR coalesce(
                    CASE WHEN seen.state THEN seen.until_day ELSE seen.last_day END >= entry_day, true)
                ELSE lies_inside(edges, by_instant, question.lo, question.hi, seen.lo, seen.hi, seen.day, seen.last_day)
           END AS counts,
           win IS NOT NULL
           AND only_overlaps(edges, by_instant, question.lo, question.hi, seen.lo, seen.hi, seen.day, seen.last_day) AS maybe
    FROM question JOIN seen ON seen.view = question.view AND seen.selector = question.selector AND seen.lo <= t_at),
picked AS (
    SELECT q, node, CASE WHEN op = 'first' THEN min(place) FILTER (counts) ELSE max(place) FILTER (counts) END AS place,
           bool_or(maybe) AS maybe
    FROM candidate GROUP BY q, node, op)
SELECT question.q, question.node,
       CASE WHEN seen.place IS NOT NULL THEN 2
            WHEN win IS NOT NULL AND (edges = 1 OR coalesce(picked.maybe, false)) THEN 1
            WHEN closed.closed AND NOT sideless(question.view, question.selector, 1) THEN 0 ELSE 1 END,
       seen.day, seen.lo, seen.lo = seen.hi, question.selector, seen.place
FROM question
LEFT JOIN picked USING (q, node)
LEFT JOIN seen ON seen.view = question.view AND seen.selector = question.selector AND seen.place = picked.place
LEFT JOIN closed ON closed.q = question.q AND closed.selector = question.selector;

-- The date that is a fact's value: the last one not passed at entry, or the trigger's.
INSERT INTO moment
WITH question AS (
    SELECT needed.*, moment_node.selector FROM needed JOIN moment_node USING (node)
    WHERE op = 'date-in' AND depth = getvariable('depth')),
picked AS (
    SELECT question.q, question.node, max(seen.place) AS place
    FROM question JOIN seen ON seen.view = question.view AND seen.selector = question.selector
    WHERE seen.lo <= t_at AND seen.kind = 'day' AND (entry_day IS NULL OR seen.value_day >= entry_day)
    GROUP BY question.q, question.node)
SELECT question.q, question.node,
       CASE WHEN question.selector IS NULL THEN CASE WHEN trigger_is_day THEN 2 ELSE 1 END
            WHEN seen.place IS NOT NULL THEN 2 WHEN closed.closed THEN 0 ELSE 1 END,
       CASE WHEN question.selector IS NULL THEN trigger_value_day ELSE seen.value_day END,
       CASE WHEN question.selector IS NULL THEN coalesce(trigger_value_at, start_of(trigger_value_day))
            ELSE coalesce(seen.value_at, start_of(seen.value_day)) END,
       CASE WHEN question.selector IS NULL THEN trigger_value_at IS NOT NULL ELSE seen.value_at IS NOT NULL END,
       question.selector, seen.place
FROM question
LEFT JOIN picked USING (q, node)
LEFT JOIN seen ON seen.view = question.view AND seen.selector = question.selector AND seen.place = picked.place
LEFT JOIN closed ON closed.q = question.q AND closed.selector = question.selector;

INSERT INTO moment
SELECT needed.q, needed.node,
       CASE WHEN settled.day IS NOT NULL THEN 2 WHEN settled.unsure AND word <> 'due' THEN 1 ELSE 0 END,
       settled.day, settled.instant, settled.exact, NULL, NULL
FROM needed JOIN moment_node USING (node)
LEFT JOIN settled ON settled.view = needed.view AND settled.step = moment_node.step AND settled.what = word
WHERE op = 'step' AND depth = getvariable('depth');

-- The least of those present; the greatest of all. On one day, the first that is only a day stands.
INSERT INTO moment
WITH option AS (
    SELECT needed.q, needed.node, moment_node.op, part.place AS part,
           moment.state, moment.day, moment.instant, moment.exact, moment.selector, moment.place
    FROM needed JOIN moment_node USING (node) JOIN part ON part.parent = needed.node
    JOIN moment ON moment.q = needed.q AND moment.node = part.child
    WHERE op IN ('earliest', 'latest') AND depth = getvariable('depth')),
extreme AS (
    SELECT *, CASE WHEN op = 'earliest' THEN min(day) FILTER (state = 2) OVER all_of
                   ELSE max(day) FILTER (state = 2) OVER all_of END AS edge,
           min(state) OVER all_of AS lowest, max(state) OVER all_of AS highest
    FROM option WINDOW all_of AS (PARTITION BY q, node)),
front AS (
    SELECT *, first_value(exact) OVER (PARTITION BY q, node ORDER BY part) AS first_exact
    FROM extreme WHERE state = 2 AND day = edge),
best AS (
    SELECT * FROM front WHERE first_exact IS NOT DISTINCT FROM exact
    QUALIFY row_number() OVER (PARTITION BY q, node ORDER BY
        CASE WHEN NOT first_exact THEN 0 WHEN op = 'earliest' THEN instant ELSE -instant END, part) = 1)
SELECT DISTINCT extreme.q, extreme.node,
       CASE WHEN extreme.op = 'earliest' THEN extreme.highest ELSE extreme.lowest END,
       CASE WHEN extreme.op = 'earliest' OR extreme.lowest = 2 THEN best.day END,
       best.instant, best.exact, best.selector, best.place
FROM extreme LEFT JOIN best USING (q, node);

INSERT INTO moment
WITH shifted AS (
    SELECT needed.q, needed.node, moment.state, moment.day, moment.instant, moment.exact, moment.selector, moment.place,
           told.amount, told.unit, told.more
    FROM needed JOIN moment_node USING (node)
    JOIN moment ON moment.q = needed.q AND moment.node = moment_node.base
    LEFT JOIN told ON told.q = needed.q AND told.node = moment_node.shift
    WHERE op = 'shifted' AND needed.depth = getvariable('depth')),
moved AS (
    SELECT *, CASE WHEN stays(exact, amount, unit, more) THEN day
                   WHEN by_clock(unit) THEN day_of(instant_plus(instant, amount, unit))
                   ELSE day_plus(day, amount, unit, more) END AS new_day
    FROM shifted)
SELECT q, node, CASE WHEN state < 2 THEN state WHEN amount IS NULL THEN 1 ELSE 2 END, new_day,
       CASE WHEN by_clock(unit) THEN instant_plus(instant, amount, unit) ELSE start_of(new_day) END,
       by_clock(unit), selector, place
FROM moved;

-- A window at t: both ends inclusive and cut at t.
INSERT INTO bounds
WITH edge AS (
    SELECT needed.q, needed.node, t_day, t_at, time_window.*, starts.state AS start_state, starts.day AS start_day, starts.instant AS start_at,
           starts.exact AS start_exact, ends.state AS end_state, ends.day AS end_day, ends.instant AS end_at,
           ends.exact AS end_exact, told.amount, told.unit, told.more,
           back.amount AS back_amount, back.unit AS back_unit, back.more AS back_more
    FROM needed JOIN time_window USING (node)
    LEFT JOIN moment AS starts ON starts.q = needed.q AND starts.node = time_window.starts
    LEFT JOIN moment AS ends ON ends.q = needed.q AND ends.node = time_window.ends
    LEFT JOIN told ON told.q = needed.q AND told.node = time_window.length
    LEFT JOIN told AS back ON back.q = needed.q AND back.node = time_window.back
    WHERE depth = getvariable('depth')),
open AS (
    SELECT q, node, t_day, t_at, by_instant, back, length, starts, back_amount, back_unit, back_more, amount, unit, more,
           CASE WHEN back IS NOT NULL THEN CASE WHEN back_amount IS NULL THEN 1 ELSE 2 END
                WHEN start_state = 0 OR end_state = 0 THEN 0
                WHEN start_state = 1 OR end_state = 1 THEN 1
                WHEN length IS NOT NULL AND amount IS NULL THEN 1 ELSE 2 END AS state,
           CASE WHEN starts IS NULL THEN 1 ELSE start_day END AS low_day,
           CASE WHEN starts IS NULL THEN -4611686018427387904 ELSE start_at END AS low_at,
           CASE WHEN ends IS NULL THEN t_day ELSE end_day END AS high_day,
           CASE WHEN ends IS NULL THEN t_at ELSE end_at END AS high_at,
           CASE WHEN ends IS NULL THEN true ELSE end_exact END AS high_exact,
           CASE WHEN starts IS NULL THEN true ELSE start_exact END AS low_exact
    FROM edge),
measured AS (
    SELECT *, CASE WHEN back IS NOT NULL THEN t_day WHEN starts IS NOT NULL THEN low_day ELSE high_day END AS from_day,
           CASE WHEN back IS NOT NULL THEN t_at WHEN starts IS NOT NULL THEN low_at ELSE high_at END AS from_at,
           CASE WHEN back IS NOT NULL THEN true WHEN starts IS NOT NULL THEN low_exact ELSE high_exact END AS from_exact,
           coalesce(back_amount, amount) AS n, coalesce(back_unit, unit) AS u, coalesce(back_more, more) AS m
    FROM open),
other AS (
    SELECT *, CASE WHEN stays(from_exact, n, u, m) THEN from_day WHEN by_clock(u) THEN day_of(instant_plus(from_at, n, u))
                   ELSE day_plus(from_day, n, u, m) END AS other_day
    FROM measured),
timed AS (
    SELECT *, CASE WHEN by_clock(u) THEN instant_plus(from_at, n, u) ELSE start_of(other_day) END AS other_at,
           coalesce(by_clock(u), false) AS other_exact
    FROM other),
final AS (
    SELECT q, node, state, by_instant, t_day, t_at,
           CASE WHEN back IS NOT NULL OR (length IS NOT NULL AND starts IS NULL) THEN other_day ELSE low_day END AS first_day,
           CASE WHEN back IS NOT NULL OR (length IS NOT NULL AND starts IS NULL) THEN other_at ELSE low_at END AS first_at,
           CASE WHEN back IS NOT NULL THEN t_day WHEN length IS NOT NULL AND starts IS NOT NULL THEN other_day ELSE high_day END AS final_day,
           CASE WHEN back IS NOT NULL THEN t_at WHEN length IS NOT NULL AND starts IS NOT NULL THEN other_at ELSE high_at END AS final_at,
           CASE WHEN back IS NOT NULL THEN true WHEN length IS NOT NULL AND starts IS NOT NULL THEN other_exact ELSE high_exact END AS final_exact
    FROM timed)
SELECT q, node, state, by_instant,
       CASE WHEN by_instant THEN first_at ELSE first_day END,
       CASE WHEN by_instant THEN least(CASE WHEN final_exact THEN final_at ELSE start_of(final_day + 1) - 1 END, t_at)
            ELSE least(final_day, t_day) END
FROM final;
"""

_LOOKING = """
CREATE OR REPLACE MACRO lies_inside(state, by_instant, first, final, lo, hi, day, last_day) AS
    state = 2 AND final >= first
    AND CASE WHEN by_instant THEN lo ELSE day END >= first
    AND CASE WHEN by_instant THEN hi ELSE last_day END <= final;
CREATE OR REPLACE MACRO only_overlaps(state, by_instant, first, final, lo, hi, day, last_day) AS
    state = 2 AND final >= first
    AND CASE WHEN by_instant THEN hi ELSE last_day END >= first
    AND CASE WHEN by_instant THEN lo ELSE day END <= final
    AND NOT (CASE WHEN by_instant THEN lo ELSE day END >= first
             AND CASE WHEN by_instant THEN hi ELSE last_day END <= final);
-- True where a sided selector has facts from a day on that name no side.
CREATE OR REPLACE MACRO sideless(asked_view, of_selector, since) AS (
    SELECT count(*) > 0 FROM known
    WHERE known.view = asked_view AND known.selector = of_selector AND known.sided
      AND known.asked_side IS NOT NULL AND known.side IS NULL AND known.last_day >= since);
"""


def answer_moments(con: DuckDBPyConnection) -> None:
    """Every setting, moment and window under what is asked."""
    con.execute(MACROS)
    con.execute(_LOOKING)
    con.execute(_NEEDED)
    (deepest,) = con.execute("SELECT coalesce(max(depth), 0) FROM needed").fetchone() or (0,)
    statements = [one for one in _PLAIN.split(";\n") if one.strip()]
    for depth in range(deepest + 1):
        con.execute("SET VARIABLE depth = CAST(? AS INTEGER)", [depth])
        for statement in statements:
            con.execute(statement)
