"""Evidence: what proves each claim, node by node of its tree (rule 7), and what a claim without proof lacks.

A claim is one occurrence's tree with its times: evidence counts from `begins` (the opening, or `fresh` before
it) up to but not including `ends`; a running state counts from `opens`, unless `running` is false.
"""

from __future__ import annotations

from duckdb import DuckDBPyConnection

from vardforlopp.population.calendar import MOMENT
from vardforlopp.population.facts import listen

SCHEMA = f"""
CREATE OR REPLACE TEMP TABLE claim (
    c INTEGER, stay INTEGER, q INTEGER, tree INTEGER, by_instant BOOLEAN, begins {MOMENT}, opens {MOMENT},
    ends {MOMENT}, running BOOLEAN);
CREATE OR REPLACE TEMP TABLE proof (c INTEGER, node INTEGER, m {MOMENT}, facts INTEGER[], acts INTEGER[]);

CREATE OR REPLACE MACRO from_then(by_instant, instant, day, m) AS
    CASE WHEN by_instant THEN instant >= m.instant ELSE day >= m.day END;
CREATE OR REPLACE MACRO runs_at(by_instant, lo, until, day, until_day, m) AS
    CASE WHEN by_instant THEN lo <= m.instant AND coalesce(until > m.instant, true)
         ELSE day <= m.day AND coalesce(until_day > m.day, true) END;
"""

#: Leaves first. `proving` holds the claims to be proved now.
_LEAVES = """
INSERT INTO claim (c, stay, q, tree, by_instant, begins, opens, ends, running)
SELECT c, stay, q, tree, by_instant, begins, opens, ends, running FROM proving;
CREATE OR REPLACE TEMP TABLE leaf AS
SELECT proving.* EXCLUDE (begins, opens), evidence.node, op, selector, test AS test_node, n, words, name,
    view, now,
       CASE WHEN m IS NOT NULL AND before(begins, m) THEN m ELSE begins END AS begins,
       CASE WHEN m IS NOT NULL AND before(proving.opens, m) THEN m ELSE proving.opens END AS opens
FROM proving JOIN grown USING (tree) JOIN evidence USING (node) JOIN stay USING (stay)
LEFT JOIN moment ON moment.q = proving.q AND moment.node = evidence.starts
WHERE op <> 'node' AND (evidence.starts IS NULL OR moment.state = 2);

-- The facts that count, each with its place among them.
CREATE OR REPLACE TEMP TABLE counted AS
WITH near AS (
    SELECT leaf.* EXCLUDE (words, name, view, selector), seen.* EXCLUDE (view, selector),
           from_then(leaf.by_instant, seen.lo, seen.day, begins) AS begun
    FROM leaf
    JOIN seen ON seen.view = leaf.view AND seen.selector = leaf.selector AND seen.lo <= now.instant
    WHERE CASE WHEN leaf.op = 'state' THEN
            (reached(opens, now) OR reached(begins, now))
            AND (begun OR (running AND (
                runs_at(leaf.by_instant, seen.lo, seen.until, seen.day, seen.until_day, opens)
                OR runs_at(leaf.by_instant, seen.lo, seen.until, seen.day, seen.until_day, begins))))
          ELSE begun END),
edged AS (
    SELECT near.*, test, high.number AS high, edge_of(near, test, low.number, goal.size, goal.unit) AS edge
    FROM near
    LEFT JOIN test ON test.node = near.test_node
    LEFT JOIN told AS low ON low.q = near.q AND low.node = test.lo
    LEFT JOIN told AS high ON high.q = near.q AND high.node = test.hi
    LEFT JOIN goal ON goal.q = near.q AND goal.node = test.node)
SELECT c, node, op, n, by_instant, opens, begins, ends, now, fact, lo, hi, day, until, until_day, begun,
       row_number() OVER (PARTITION BY c, node ORDER BY place) AS turn
FROM edged WHERE tested(edged, test, edge, high) = 2;

INSERT INTO proof (c, node, m, facts, acts)
WITH first AS (
    SELECT *, CASE
        WHEN begun THEN moment_of(day, lo, hi)
        WHEN NOT runs_at(by_instant, lo, until, day, until_day, opens) THEN begins
        WHEN reached(opens, now) THEN opens END AS m,
        NOT begun OR ends IS NULL OR CASE WHEN by_instant THEN lo < ends.instant
            ELSE day < ends.day END AS own
    FROM counted WHERE turn = CASE WHEN op = 'times' THEN n ELSE 1 END)
SELECT first.c, first.node, m, CASE WHEN op = 'times' THEN of.facts ELSE [fact] END, []
FROM first
LEFT JOIN (SELECT c, node, list(fact ORDER BY turn) AS facts FROM counted
           WHERE op = 'times' AND turn <= n GROUP BY c, node) AS of USING (c, node)
WHERE own AND m IS NOT NULL;

INSERT INTO proof (c, node, m, facts, acts)
WITH first AS (
    SELECT c, leaf.node, leaf.by_instant, ends, said.act, said.day, said.instant
    FROM leaf JOIN said ON said.stay = leaf.stay AND said.kind = 'decision' AND said.step = leaf.name
        AND said.instant <= now.instant AND (len(words) = 0 OR coalesce(list_contains(words, said.value),
            false))
    WHERE op = 'decided' AND from_then(leaf.by_instant, said.instant, said.day, begins)
    QUALIFY row_number() OVER (PARTITION BY c, leaf.node ORDER BY said.place) = 1)
SELECT c, node, {'day': day, 'instant': instant, 'exact': by_instant}, [], [act]
FROM first
WHERE ends IS NULL OR before({'day': day, 'instant': instant, 'exact': true}, ends);
"""

#: `all` is proved by the latest of its parts, `any` by the earliest, `at_least n` by the n-th.
_NODES = """
INSERT INTO proof (c, node, m, facts, acts)
WITH ranked AS (
    SELECT proving.c, evidence.node, evidence.n, proof.m, facts, acts, row_number() OVER (
        PARTITION BY proving.c, evidence.node ORDER BY proof.m.day, proof.m.instant, part.place) AS turn
    FROM proving JOIN grown USING (tree) JOIN evidence USING (node)
    JOIN part ON part.parent = evidence.node
    JOIN proof ON proof.c = proving.c AND proof.node = part.child
    WHERE op = 'node' AND depth = getvariable('depth'))
SELECT c, node, arg_max(m, turn), flatten(list(facts ORDER BY turn)), flatten(list(acts ORDER BY turn))
FROM ranked WHERE turn <= n GROUP BY c, node HAVING count(*) = any_value(n);
"""

#: What the trees of `unproved` (c) lack: of a tree where one would do, every part; else what has no proof.
_LACKING = """
CREATE OR REPLACE TEMP TABLE lacking AS
WITH RECURSIVE walk AS (
    SELECT c, tree AS node FROM unproved JOIN claim USING (c)
    UNION
    SELECT walk.c, part.child
    FROM walk JOIN evidence USING (node) JOIN part ON part.parent = walk.node
    LEFT JOIN proof ON proof.c = walk.c AND proof.node = part.child
    WHERE evidence.op = 'node' AND (evidence.n = 1 OR proof.c IS NULL)),
leaf AS (
    SELECT walk.c, claim.*, evidence.*, view, now, moment.state AS start_state
    FROM walk JOIN claim USING (c) JOIN stay USING (stay) JOIN evidence USING (node)
    LEFT JOIN moment ON moment.q = claim.q AND moment.node = evidence.starts
    WHERE op <> 'node'),
inexact AS (
    SELECT DISTINCT leaf.c, leaf.node FROM leaf
    JOIN seen ON seen.view = leaf.view AND seen.selector = leaf.selector
    WHERE CASE WHEN by_instant THEN lo < begins.instant AND begins.instant <= hi
               ELSE day < begins.day AND begins.day <= last_day END)
SELECT leaf.c, CASE WHEN start_state IS NOT DISTINCT FROM 1 THEN 'selector'
                    ELSE silent_what(silence, begins.day) END AS what,
       leaf.selector AS id,
       CASE WHEN start_state IS NOT DISTINCT FROM 1 THEN 'undetermined' ELSE coalesce(
           silent_why(silence, begins.day), CASE WHEN inexact.c IS NOT NULL THEN 'imprecise'
               ELSE 'no-data' END)
       END AS why,
       CASE WHEN start_state IS DISTINCT FROM 1 THEN silent_since(silence, begins.day) END AS since
FROM leaf
JOIN silence ON silence.view = leaf.view AND silence.day = now.day AND silence.selector = leaf.selector
    AND strict
LEFT JOIN inexact USING (c, node)
WHERE op <> 'decided'
UNION
SELECT leaf.c, 'decision', leaf.name,
       CASE WHEN bool_or(source.kind IS NOT NULL
                AND NOT (connected AND coalesce(now.day >= since, true)
                         AND coalesce(now.day <= last_seen + limit_days, true)))
            THEN 'not-connected' ELSE 'no-data' END, NULL
FROM leaf JOIN view USING (view)
LEFT JOIN source ON source.person = view.person AND source.kind = 'decisions'
WHERE op = 'decided' GROUP BY leaf.c, leaf.name;
"""

_LISTENED = """
SELECT view, now.day AS day, selector, true AS strict
FROM unproved JOIN claim USING (c) JOIN stay USING (stay) JOIN grown USING (tree) JOIN evidence USING (node)
WHERE selector IS NOT NULL
"""


_DEPTHS = """
SELECT DISTINCT depth FROM proving JOIN grown USING (tree) JOIN evidence USING (node)
WHERE op = 'node' ORDER BY depth
"""


def prove(con: DuckDBPyConnection) -> None:
    """The proofs of every node of the claims in `proving`."""
    con.execute(_LEAVES)
    for (depth,) in con.execute(_DEPTHS).fetchall():
        con.execute("SET VARIABLE depth = CAST(? AS INTEGER)", [depth])
        con.execute(_NODES)


def name_lacking(con: DuckDBPyConnection) -> None:
    """`lacking`: what each claim in `unproved` lacks."""
    listen(con, _LISTENED)
    con.execute(_LACKING)
