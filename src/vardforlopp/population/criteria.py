"""Criteria of the questions asked: first the heads, then what joins them, deepest first. 0 no, 1 unknown, 2 yes."""

from __future__ import annotations

from duckdb import DuckDBPyConnection

MACROS = """
-- One value against one limit; a value known only within limits may be undecided.
CREATE OR REPLACE MACRO compared(op, kind, least, most, least_open, most_open, lim) AS CASE
    WHEN lim IS NULL OR kind IS NULL OR kind NOT IN ('number', 'span') THEN 1
    WHEN op IN ('<', '<=') THEN CASE
        WHEN coalesce(most < lim OR (most = lim AND (op = '<=' OR most_open)), false) THEN 2
        WHEN coalesce(least > lim OR (least = lim AND (op = '<' OR least_open)), false) THEN 0 ELSE 1 END
    ELSE CASE
        WHEN coalesce(least > lim OR (least = lim AND (op = '>=' OR least_open)), false) THEN 2
        WHEN coalesce(most < lim OR (most = lim AND (op = '>' OR most_open)), false) THEN 0 ELSE 1 END END;
CREATE OR REPLACE MACRO number_test(test_kind, op, n, lo, hi) AS
    CASE WHEN test_kind = 'between'
         THEN CASE WHEN lo IS NULL OR hi IS NULL THEN 1 WHEN n BETWEEN lo AND hi THEN 2 ELSE 0 END
         ELSE compared(op, 'number', n, n, false, false, lo) END;
"""

SCHEMA = """
CREATE OR REPLACE TEMP TABLE truth (q INTEGER, node INTEGER, truth INTEGER);
CREATE OR REPLACE TEMP TABLE branch (view INTEGER, choice VARCHAR, taken VARCHAR);
"""

#: The facts that a head looks at: whether inside its window or only overlapping, and its test on each.
_FACTS = """
CREATE OR REPLACE TEMP TABLE looked AS
WITH question AS (
    SELECT needed.q, needed.view, needed.node, needed.t_day, needed.t_at, criterion.op, criterion.selector,
           criterion.win, criterion.pick, criterion.test AS test_node, criterion.held, 'own' AS part
    FROM needed JOIN criterion USING (node)
    WHERE op IN ('has', 'value', 'count', 'rise', 'fall')
    UNION ALL
    SELECT needed.q, needed.view, needed.node, needed.t_day, needed.t_at, criterion.op, criterion.base_selector,
           criterion.base_win, criterion.base_pick, NULL, NULL, 'base'
    FROM needed JOIN criterion USING (node) WHERE op IN ('rise', 'fall')),
placed AS (
    SELECT question.*, bounds.state AS edges, seen.* EXCLUDE (view, selector),
           CASE WHEN win IS NULL THEN seen.last_day <= t_day
                ELSE lies_inside(bounds.state, by_instant, bounds.lo, bounds.hi, seen.lo, seen.hi, seen.day, seen.last_day)
           END AS inside,
           CASE WHEN win IS NULL THEN seen.last_day > t_day
                ELSE only_overlaps(bounds.state, by_instant, bounds.lo, bounds.hi, seen.lo, seen.hi, seen.day, seen.last_day)
           END AS overlapping
    FROM question
    LEFT JOIN bounds ON bounds.q = question.q AND bounds.node = question.win
    JOIN seen ON seen.view = question.view AND seen.selector = question.selector AND seen.lo <= t_at),
goal AS (
    SELECT question.q, test.node, seen.kind, seen.least, seen.unit
    FROM question JOIN test ON test.node = question.test_node AND test.kind = 'own'
    JOIN seen ON seen.view = question.view AND seen.selector = test.own AND seen.lo <= t_at AND seen.kind IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY question.q, test.node ORDER BY seen.place DESC) = 1)
SELECT placed.*,
       CASE WHEN test.kind IS NULL THEN 2
            WHEN test.kind = 'word' THEN CASE WHEN said IS NULL THEN 1 WHEN list_contains(test.words, said) THEN 2 ELSE 0 END
            WHEN test.kind = 'between' THEN CASE WHEN low.number IS NULL OR high.number IS NULL THEN 1 ELSE least(
                compared('>=', placed.kind, placed.least, most, least_open, most_open, low.number),
                compared('<=', placed.kind, placed.least, most, least_open, most_open, high.number)) END
            ELSE compared(test.op, placed.kind, placed.least, most, least_open, most_open, CASE test.kind
                WHEN 'compare' THEN low.number
                WHEN 'ref-high' THEN test.factor * ref_high
                WHEN 'ref-low' THEN test.factor * ref_low
                ELSE CASE WHEN goal.kind = 'number' AND goal.unit IS NOT DISTINCT FROM placed.unit THEN goal.least END END)
       END AS passes
FROM placed
LEFT JOIN test ON test.node = placed.test_node
LEFT JOIN told AS low ON low.q = placed.q AND low.node = test.lo
LEFT JOIN told AS high ON high.q = placed.q AND high.node = test.hi
LEFT JOIN goal ON goal.q = placed.q AND goal.node = test.node
WHERE inside OR overlapping;

-- What the absence of a selector is worth.
CREATE OR REPLACE TEMP TABLE absence AS
SELECT needed.q, needed.node,
       CASE WHEN closed.closed AND NOT sideless(needed.view, criterion.selector, coalesce(entry_day, 1))
            THEN 0 ELSE 1 END AS truth
FROM needed JOIN criterion USING (node)
JOIN closed ON closed.q = needed.q AND closed.selector = criterion.selector;
"""

_HEADS = """
INSERT INTO truth
WITH found AS (
    SELECT q, node, bool_or(inside AND passes = 2) AS sure,
           bool_or((inside AND passes = 1) OR (overlapping AND passes > 0)) AS maybe
    FROM looked WHERE op = 'has' GROUP BY q, node)
SELECT needed.q, needed.node,
       CASE WHEN bounds.state = 1 THEN 1 WHEN found.sure THEN 2 WHEN found.maybe THEN 1 ELSE absence.truth END
FROM needed JOIN criterion USING (node)
LEFT JOIN bounds ON bounds.q = needed.q AND bounds.node = criterion.win
LEFT JOIN found ON found.q = needed.q AND found.node = needed.node
JOIN absence ON absence.q = needed.q AND absence.node = needed.node
WHERE op = 'has';

-- A state that holds at t, has held for a while, or has a time in common with a window.
INSERT INTO truth
WITH question AS (
    SELECT needed.*, criterion.selector, criterion.win, criterion.held, bounds.state AS edges, bounds.by_instant,
           bounds.lo AS first, bounds.hi AS final,
           CASE WHEN by_clock(told.unit) THEN day_of(instant_plus(t_at, told.amount, told.unit))
                ELSE day_plus(t_day, told.amount, told.unit, told.more) END AS since_day,
           CASE WHEN by_clock(told.unit) THEN instant_plus(t_at, told.amount, told.unit) END AS since_at,
           criterion.held IS NOT NULL AND told.amount IS NULL AS no_length
    FROM needed JOIN criterion USING (node)
    LEFT JOIN bounds ON bounds.q = needed.q AND bounds.node = criterion.win
    LEFT JOIN told ON told.q = needed.q AND told.node = criterion.held
    WHERE op = 'active'),
running AS (
    SELECT question.q, question.node, bool_or(CASE WHEN win IS NULL
               THEN until IS NULL OR t_at < until
               ELSE CASE WHEN by_instant THEN seen.lo ELSE seen.day END <= final
                    AND (until IS NULL OR until > CASE WHEN by_instant THEN first ELSE start_of(first) END
                         OR CASE WHEN by_instant THEN seen.lo ELSE seen.day END >= first)
               END) AS any_one,
           arg_min(CASE WHEN since_at IS NOT NULL THEN seen.lo <= since_at ELSE seen.day <= since_day END, seen.place)
               FILTER (until IS NULL OR t_at < until) AS long_enough
    FROM question JOIN seen ON seen.view = question.view AND seen.selector = question.selector AND seen.lo <= t_at
    GROUP BY question.q, question.node)
SELECT question.q, question.node,
       CASE WHEN win IS NOT NULL THEN CASE WHEN edges = 1 THEN 1
                WHEN edges = 2 AND final >= first AND any_one THEN 2 ELSE absence.truth END
            WHEN NOT coalesce(any_one, false) THEN absence.truth
            WHEN held IS NULL THEN 2 WHEN no_length THEN 1
            WHEN long_enough THEN 2 ELSE absence.truth END
FROM question JOIN absence USING (q, node)
LEFT JOIN running ON running.q = question.q AND running.node = question.node;

-- The picked value passes.
INSERT INTO truth
WITH question AS (
    SELECT needed.q, needed.node, criterion.pick, criterion.win, coalesce(bounds.state, 2) AS edges
    FROM needed JOIN criterion USING (node)
    LEFT JOIN bounds ON bounds.q = needed.q AND bounds.node = criterion.win
    WHERE op = 'value' AND held IS NULL),
candidate AS (
    SELECT looked.*, CASE WHEN looked.kind IN ('number', 'span')
                          THEN coalesce(looked.least, most, 0) ELSE 0 END AS size
    FROM looked WHERE op = 'value' AND part = 'own'),
best AS (
    SELECT q, node, count(*) AS facts, max(least(passes, CASE WHEN inside THEN 2 ELSE 1 END)) AS truth
    FROM candidate WHERE pick = 'any' GROUP BY q, node),
picked AS (
    SELECT * FROM candidate WHERE usable AND pick <> 'any'
    QUALIFY row_number() OVER (PARTITION BY q, node ORDER BY CASE pick WHEN 'highest' THEN -size WHEN 'lowest' THEN size ELSE 0 END,
        CASE WHEN pick = 'latest' THEN -place ELSE place END) = 1),
rivalled AS (
    SELECT picked.q, picked.node, bool_or(CASE WHEN picked.pick = 'highest'
        THEN other.most IS NULL OR picked.least IS NULL OR other.most > picked.least
        ELSE other.least IS NULL OR picked.most IS NULL OR other.least < picked.most END) AS by_another
    FROM picked JOIN candidate AS other USING (q, node)
    WHERE picked.pick IN ('highest', 'lowest') AND other.place <> picked.place AND other.kind IS NOT NULL AND other.kind <> 'number'
    GROUP BY picked.q, picked.node)
SELECT question.q, question.node,
       CASE WHEN question.edges = 1 THEN 1
            WHEN question.pick = 'any' THEN coalesce(best.truth, 1)
            WHEN picked.place IS NULL OR picked.overlapping OR coalesce(by_another, false) THEN 1
            ELSE picked.passes END
FROM question
LEFT JOIN best USING (q, node) LEFT JOIN picked USING (q, node) LEFT JOIN rivalled USING (q, node);

-- The latest value that early, and every later one, pass.
INSERT INTO truth
WITH question AS (
    SELECT needed.q, needed.node, needed.t_day, needed.t_at, coalesce(bounds.state, 2) AS edges,
           CASE WHEN by_clock(told.unit) THEN day_of(instant_plus(t_at, told.amount, told.unit))
                ELSE day_plus(t_day, told.amount, told.unit, told.more) END AS since_day,
           CASE WHEN by_clock(told.unit) THEN instant_plus(t_at, told.amount, told.unit) END AS since_at,
           told.amount IS NOT NULL AS known
    FROM needed JOIN criterion USING (node)
    LEFT JOIN bounds ON bounds.q = needed.q AND bounds.node = criterion.win
    LEFT JOIN told ON told.q = needed.q AND told.node = criterion.held
    WHERE op = 'value' AND held IS NOT NULL),
candidate AS (
    SELECT question.*, looked.place, looked.passes, looked.inside, looked.overlapping, looked.usable,
           looked.inside AND looked.usable
           AND CASE WHEN since_at IS NOT NULL THEN looked.lo <= since_at ELSE looked.day <= since_day END AS early
    FROM question JOIN looked USING (q, node) WHERE known),
stretch AS (
    SELECT *, max(place) FILTER (early) OVER (PARTITION BY q, node) AS from_place FROM candidate),
judged AS (
    SELECT q, node, coalesce(min(passes) FILTER (inside AND usable AND (from_place IS NULL OR place >= from_place)), 1) AS lowest,
           bool_and(from_place IS NOT NULL) AND NOT coalesce(bool_or(overlapping AND passes <> 2), false) AS sure
    FROM stretch GROUP BY q, node)
SELECT question.q, question.node,
       CASE WHEN judged.q IS NULL OR question.edges = 1 THEN 1 WHEN sure THEN lowest ELSE least(lowest, 1) END
FROM question LEFT JOIN judged USING (q, node);

-- The picked value against one before it in the order.
INSERT INTO truth
WITH question AS (
    SELECT needed.q, needed.node, criterion.*, coalesce(own.state, 2) AS edges, coalesce(base.state, 2) AS base_edges,
           test.op AS compare_op, told.number AS lim
    FROM needed JOIN criterion USING (node)
    LEFT JOIN bounds AS own ON own.q = needed.q AND own.node = criterion.win
    LEFT JOIN bounds AS base ON base.q = needed.q AND base.node = criterion.base_win
    JOIN test ON test.node = criterion.test
    LEFT JOIN told ON told.q = needed.q AND told.node = test.lo
    WHERE criterion.op IN ('rise', 'fall')),
candidate AS (
    SELECT looked.*, CASE WHEN kind IN ('number', 'span') THEN coalesce(least, most, 0) ELSE 0 END AS size
    FROM looked WHERE op IN ('rise', 'fall') AND usable AND inside),
picked AS (
    SELECT * FROM candidate WHERE part = 'own'
    QUALIFY row_number() OVER (PARTITION BY q, node ORDER BY CASE pick WHEN 'highest' THEN -size WHEN 'lowest' THEN size ELSE 0 END,
        CASE WHEN pick = 'latest' THEN -place ELSE place END) = 1),
base AS (
    SELECT candidate.* FROM candidate JOIN picked USING (q, node) JOIN question USING (q, node)
    WHERE candidate.part = 'base'
      AND CASE WHEN question.base_selector = question.selector THEN candidate.place < picked.place
               ELSE (candidate.lo, candidate.hi) <= (picked.lo, picked.hi) END
    QUALIFY row_number() OVER (PARTITION BY candidate.q, candidate.node ORDER BY
        CASE candidate.pick WHEN 'highest' THEN -candidate.size WHEN 'lowest' THEN candidate.size ELSE 0 END,
        CASE WHEN candidate.pick = 'latest' THEN -candidate.place ELSE candidate.place END) = 1),
changed AS (
    SELECT question.q, question.node, question.percent, compare_op, lim, question.edges, base_edges,
           CASE WHEN picked.kind = 'number' AND base.kind = 'number'
                THEN CASE WHEN question.op = 'rise' THEN 1 ELSE -1 END * (picked.least - base.least) END AS change,
           base.least AS base_value
    FROM question LEFT JOIN picked USING (q, node) LEFT JOIN base USING (q, node))
SELECT q, node, CASE WHEN edges = 1 OR base_edges = 1 OR change IS NULL OR (percent AND base_value = 0) THEN 1
    ELSE compared(compare_op, 'number', CASE WHEN percent THEN change * 100 / abs(base_value) ELSE change END,
                  CASE WHEN percent THEN change * 100 / abs(base_value) ELSE change END, false, false, lim) END
FROM changed;

-- How many, one a civil day, chains as one; what is only possible may make more, or join two.
INSERT INTO truth
WITH question AS (
    SELECT needed.q, needed.node, criterion.held, coalesce(bounds.state, 2) AS edges, test.kind AS test_kind, test.op AS compare_op,
           low.number AS low, high.number AS high, gap.amount, gap.unit, gap.more, absence.truth AS absent
    FROM needed JOIN criterion USING (node)
    JOIN test ON test.node = criterion.moment
    JOIN absence ON absence.q = needed.q AND absence.node = needed.node
    LEFT JOIN bounds ON bounds.q = needed.q AND bounds.node = criterion.win
    LEFT JOIN told AS low ON low.q = needed.q AND low.node = test.lo
    LEFT JOIN told AS high ON high.q = needed.q AND high.node = test.hi
    LEFT JOIN told AS gap ON gap.q = needed.q AND gap.node = criterion.held
    WHERE criterion.op = 'count'),
counted AS (
    SELECT looked.q, looked.node, looked.place, looked.day, looked.lo, question.amount, question.unit, question.more,
           looked.inside AND passes = 2 AS sure
    FROM looked JOIN question USING (q, node)
    WHERE (looked.inside AND passes > 0) OR (looked.overlapping AND passes > 0)),
reach AS (
    SELECT *, CASE WHEN amount IS NULL THEN day WHEN by_clock(unit) THEN day_of(instant_plus(lo, amount, unit))
                   ELSE greatest(day, day_plus(day, amount, unit, more)) END AS edge
    FROM counted),
links AS (
    SELECT *, lag(edge) OVER (PARTITION BY q, node ORDER BY place) AS before_any,
           CASE WHEN sure THEN lag(edge) OVER (PARTITION BY q, node, sure ORDER BY place) END AS before_sure
    FROM reach),
number AS (
    SELECT q, node, count(*) FILTER (sure AND (before_sure IS NULL OR day > before_sure)) AS least,
           count(*) FILTER (before_any IS NULL OR day > before_any) AS all_as_one,
           count(*) FILTER (NOT sure) AS doubtful
    FROM links GROUP BY q, node),
numbered AS (
    SELECT question.*, coalesce(number.least, 0) AS n, coalesce(number.doubtful, 0) AS doubtful,
           CASE WHEN coalesce(number.doubtful, 0) = 0 THEN coalesce(number.least, 0)
                ELSE least(number.least, number.all_as_one) END AS fewest
    FROM question LEFT JOIN number USING (q, node)),
possible AS (
    SELECT *, unnest(list_concat(range(fewest, n + doubtful + 1),
                                 CASE WHEN absent = 0 THEN [] ELSE list_concat(range(n, n + 32), [1000000]) END)) AS more_of
    FROM numbered)
SELECT q, node, CASE WHEN any_value(edges) = 1 THEN 1
    WHEN bool_and(number_test(test_kind, compare_op, more_of, low, high) = number_test(test_kind, compare_op, n, low, high))
    THEN any_value(number_test(test_kind, compare_op, n, low, high)) ELSE 1 END
FROM possible GROUP BY q, node;

-- The patient, the way in, what was decided, and what the region has set.
INSERT INTO truth
WITH question AS (
    SELECT needed.*, criterion.op, criterion.words, criterion.flag, criterion.name, criterion.test, criterion.win, criterion.moment
    FROM needed JOIN criterion USING (node)
    WHERE op IN ('age-years', 'age-months', 'sex', 'dead', 'entered', 'setting', 'decided', 'branch', 'reached')),
lived AS (
    SELECT question.*, person.birth_lo, person.birth_hi, person.sex, person.died_day, person.died_at, person.died_exact,
           CASE WHEN op = 'age-years' THEN years_lived(birth_lo, t_day) WHEN op = 'age-months' THEN months_lived(birth_lo, t_day) END AS first_age,
           CASE WHEN op = 'age-years' THEN years_lived(birth_hi, t_day) WHEN op = 'age-months' THEN months_lived(birth_hi, t_day) END AS last_age
    FROM question JOIN view USING (view) JOIN person USING (person)),
decision AS (
    SELECT question.q, question.node, arg_max(said.value, (said.instant, said.known_from, said.ref)) AS value, count(*) AS n
    FROM question JOIN said ON said.view = question.view AND said.kind = 'decision' AND said.step = question.name AND said.instant <= question.t_at
    WHERE op = 'decided' GROUP BY question.q, question.node)
SELECT lived.q, lived.node, CASE
    WHEN lived.op LIKE 'age-%' THEN CASE
        WHEN birth_lo IS NULL OR birth_hi IS NULL OR birth_hi > t_day THEN 1
        WHEN number_test(test.kind, test.op, first_age, low.number, high.number)
             <> number_test(test.kind, test.op, last_age, low.number, high.number) THEN 1
        ELSE number_test(test.kind, test.op, first_age, low.number, high.number) END
    WHEN lived.op = 'sex' THEN CASE WHEN lived.sex IS NULL THEN 1 WHEN list_contains(lived.words, lived.sex) THEN 2 ELSE 0 END
    WHEN lived.op = 'dead' THEN CASE WHEN flag = coalesce(CASE WHEN died_exact THEN died_at <= t_at ELSE died_day <= t_day END, false)
                                     THEN 2 ELSE 0 END
    WHEN lived.op = 'entered' THEN CASE WHEN coalesce(list_contains(lived.words, entry_id), false) THEN 2 ELSE 0 END
    WHEN lived.op = 'setting' THEN CASE WHEN flag THEN 2 ELSE 0 END
    WHEN lived.op = 'decided' THEN CASE WHEN decision.n IS NULL THEN 1 WHEN coalesce(list_contains(lived.words, decision.value), false) THEN 2 ELSE 0 END
    WHEN lived.op = 'branch' THEN CASE WHEN branch.taken IS NULL THEN 1 WHEN list_contains(lived.words, branch.taken) THEN 2 ELSE 0 END
    ELSE CASE WHEN moment.state < 2 THEN moment.state
              WHEN CASE WHEN moment.exact THEN t_at >= moment.instant ELSE t_day >= moment.day END THEN 2 ELSE 0 END END
FROM lived
LEFT JOIN test ON test.node = lived.test
LEFT JOIN told AS low ON low.q = lived.q AND low.node = test.lo
LEFT JOIN told AS high ON high.q = lived.q AND high.node = test.hi
LEFT JOIN decision ON decision.q = lived.q AND decision.node = lived.node
LEFT JOIN branch ON branch.view = lived.view AND branch.choice = lived.name
LEFT JOIN moment ON moment.q = lived.q AND moment.node = lived.moment;
"""

_JOINED = """
INSERT INTO truth
WITH found AS (
    SELECT needed.q, needed.node, criterion.op, criterion.n, min(truth.truth) AS lowest, max(truth.truth) AS highest,
           count(*) FILTER (truth.truth = 2) AS yes, count(*) FILTER (truth.truth = 1) AS maybe
    FROM needed JOIN criterion USING (node)
    LEFT JOIN part ON part.parent = needed.node
    LEFT JOIN truth ON truth.q = needed.q AND truth.node = part.child
    WHERE op IN ('all', 'any', 'none', 'instant-least') AND depth = getvariable('depth')
    GROUP BY needed.q, needed.node, criterion.op, criterion.n)
SELECT q, node, CASE op WHEN 'all' THEN coalesce(lowest, 2) WHEN 'any' THEN coalesce(highest, 0)
    WHEN 'none' THEN 2 - coalesce(highest, 0)
    ELSE CASE WHEN yes >= n THEN 2 WHEN yes + maybe < n THEN 0 ELSE 1 END END
FROM found;
"""


def answer_criteria(con: DuckDBPyConnection) -> None:
    """The truth of every criterion under what is asked."""
    con.execute(MACROS)
    for statement in (_FACTS + _HEADS).split(";\n"):
        if statement.strip():
            con.execute(statement)
    (deepest,) = con.execute("SELECT coalesce(max(depth), 0) FROM needed").fetchone() or (0,)
    for depth in range(deepest + 1):
        con.execute("SET VARIABLE depth = CAST(? AS INTEGER)", [depth])
        con.execute(_JOINED)
