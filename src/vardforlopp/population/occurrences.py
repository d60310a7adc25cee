"""Proofs of occurrences: singles as their opening stood, slots a fact each, rolling steps one by one."""

from __future__ import annotations

from duckdb import DuckDBPyConnection

from vardforlopp.engine.occurrences import MOST_OCCURRENCES
from vardforlopp.population.asking import ask
from vardforlopp.population.calendar import MOMENT
from vardforlopp.population.evidence import prove
from vardforlopp.population.questions import fit
from vardforlopp.population.spoken import say

_CLAIMS = """
CREATE OR REPLACE TEMP TABLE proving AS
SELECT c, occurrence.stay, q, tree, by_instant, begins, occurrence.opens, closes AS ends, true AS running
FROM occurrence JOIN due_now USING (stay, step);
"""

#: One fact closes one slot: evidence of the next counts from the day after. Claims that this moves are proved
#: anew, under new numbers, until none is.
_MOVED = """
CREATE OR REPLACE TEMP TABLE moved AS
WITH proved AS (
    SELECT occurrence.*, by_instant, tree,
           last_value(m IGNORE NULLS) OVER (PARTITION BY stay, step ORDER BY number
               ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS taken
    FROM occurrence JOIN due_now USING (stay, step)
    LEFT JOIN proof ON proof.c = occurrence.c AND proof.node = tree
    WHERE kind = 'slots'),
wanted AS (
    SELECT proved.*, slot_begins, CASE WHEN slot_begins.day <= taken.day THEN civil(taken.day + 1)
                                       ELSE slot_begins END AS new_begins
    FROM proved JOIN (SELECT o, begins AS slot_begins FROM slot_begin) USING (o)
    WHERE NOT by_instant)
SELECT *, CAST(row_number() OVER () - 1 + (SELECT count(*) FROM claim) AS INTEGER) AS new_c
FROM wanted WHERE new_begins IS DISTINCT FROM begins;
UPDATE occurrence SET c = moved.new_c, begins = moved.new_begins FROM moved WHERE moved.o = occurrence.o;
CREATE OR REPLACE TEMP TABLE proving AS
SELECT new_c AS c, stay, q, tree, by_instant, new_begins AS begins, opens, closes AS ends, true AS running
FROM moved;
"""

#: A completion stands by the opening that the table gave when it was done (S16): each row's opening is tried.
_ROWS = """
CREATE OR REPLACE TEMP TABLE alternative AS
SELECT o, length_row.place, occurrence.stay, occurrence.q, nominal, fresh, view, now, tree, by_instant,
       due_now.opens AS table_node, plus(nominal, told.length) AS opens
FROM occurrence JOIN due_now USING (stay, step)
JOIN length_row ON length_row.node = due_now.opens
LEFT JOIN told ON told.q = occurrence.q AND told.node = length_row.length
LEFT JOIN proof ON proof.c = occurrence.c AND proof.node = tree
WHERE kind = 'single' AND opens_by_table AND proof.c IS NULL;
DELETE FROM alternative WHERE opens IS NULL;
"""
_ROW_OPENINGS = "SELECT view, opens.day AS day, fresh AS node FROM alternative"
_ROW_CLAIMS = """
CREATE OR REPLACE TEMP TABLE tried AS
SELECT alternative.*, coalesce(plus(opens, length), opens) AS begins,
       CAST(row_number() OVER () - 1 + (SELECT count(*) FROM claim) AS INTEGER) AS c
FROM alternative
LEFT JOIN fitted ON fitted.view = alternative.view AND fitted.day = opens.day AND fitted.node = fresh;
CREATE OR REPLACE TEMP TABLE proving AS
SELECT c, stay, q, tree, by_instant, begins, opens, CAST(NULL AS MOMENT) AS ends, true AS running FROM tried;
""".replace("MOMENT", MOMENT)
_ROW_ASKED = """
CREATE OR REPLACE TEMP TABLE answered AS
SELECT tried.*, asked_at(proof.m, now) AS judged,
       CAST((SELECT max(q) FROM question) + row_number() OVER () AS INTEGER) AS new_q
FROM tried JOIN proof ON proof.c = tried.c AND proof.node = tree;
DELETE FROM asked;
INSERT INTO question (q, stay, t, trigger, trigger_fact)
SELECT new_q, answered.stay, judged, trigger, trigger_fact FROM answered
    JOIN question ON question.q = answered.q;
INSERT INTO asked (q, root) SELECT new_q, table_node FROM answered;
"""
_ROW_CHOSEN = """
CREATE OR REPLACE TEMP TABLE stood AS
SELECT answered.* FROM answered JOIN told ON told.q = new_q AND told.node = table_node
WHERE plus(nominal, told.length) = opens
QUALIFY row_number() OVER (PARTITION BY o ORDER BY place) = 1;
UPDATE occurrence SET c = stood.c, opens = stood.opens, begins = stood.begins
FROM stood WHERE stood.o = occurrence.o;
"""

#: A rolling step's chain of completions; `last` NULL = none yet. `used`: words that closed an earlier one.
_CHAINS = f"""
CREATE OR REPLACE TEMP TABLE chain AS
SELECT anchored.* EXCLUDE (opens), m AS begins, m AS opens, NULL::{MOMENT} AS last, 0 AS found
FROM anchored WHERE kind = 'rolling' AND state = 2;
CREATE OR REPLACE TEMP TABLE used (stay INTEGER, step VARCHAR, act INTEGER);
"""
_CHAIN_OPENINGS = "SELECT view, m.day AS day, fresh AS node FROM chain"
_CHAIN_BEGINS = """
UPDATE chain SET begins = plus(m, length)
FROM fitted WHERE fitted.view = chain.view AND fitted.day = m.day AND fitted.node = fresh;
"""

_LINK = f"""
CREATE OR REPLACE TEMP TABLE proving AS
SELECT CAST(row_number() OVER () - 1 + (SELECT count(*) FROM claim) AS INTEGER) AS c, stay, stay AS q, tree,
       by_instant, begins, opens, NULL::{MOMENT} AS ends, last IS NULL AS running
FROM chain;
"""
#: When each interval is judged: as it stood when the occurrence was done, else now.
_LINK_ASKED = """
CREATE OR REPLACE TEMP TABLE link AS
SELECT chain.*, proving.c, proof.m AS done, CASE WHEN last IS NULL THEN chain.m ELSE last END AS base,
       CASE WHEN last IS NULL THEN first ELSE every END AS length_node,
       CASE WHEN proof.m IS NULL OR NOT every_varying THEN stay
            ELSE CAST((SELECT max(q) FROM question) + row_number() OVER () AS INTEGER) END AS judged_q
FROM chain JOIN proving USING (stay, tree) LEFT JOIN proof ON proof.c = proving.c AND proof.node = tree;
DELETE FROM asked;
INSERT INTO question (q, stay, t, trigger, trigger_fact)
SELECT judged_q, stay, asked_at(done, now), NULL, NULL FROM link WHERE judged_q <> stay;
INSERT INTO asked (q, root) SELECT judged_q, length_node FROM link WHERE judged_q <> stay;
"""
_LINK_DATED = """
CREATE OR REPLACE TEMP TABLE linked AS
SELECT link.*, plus(base, told.length) AS nominal
FROM link LEFT JOIN told ON told.q = judged_q AND told.node = length_node;
"""
_LINK_NOMINALS = """
SELECT linked.view, nominal.day AS day, due_now.opens AS node FROM linked JOIN due_now USING (stay, step)
WHERE linked.opens_varying AND nominal IS NOT NULL
"""
_LINK_OPENED = """
CREATE OR REPLACE TEMP TABLE opened AS
SELECT linked.*, plus(nominal, CASE WHEN linked.opens_varying THEN fitted.length
    ELSE told.length END) AS own_opens
FROM linked JOIN due_now USING (stay, step)
LEFT JOIN told ON told.q = linked.stay AND told.node = due_now.opens
LEFT JOIN fitted ON fitted.view = linked.view AND fitted.day = nominal.day AND fitted.node = due_now.opens;
-- What was done after the moment of `until`, for an occurrence after it, makes none, and ends the chain.
DELETE FROM opened USING moment AS until
WHERE until.q = opened.stay AND until.node = until_moment AND until.state = 2 AND own_opens IS NOT NULL
  AND before(until.m, nominal) AND before(until.m, done);
INSERT INTO dateless (stay, def, step, number, q, untold, stopped, nominal)
SELECT stay, def, step, found + 1, stay, true, false, nominal FROM opened WHERE own_opens IS NULL;
INSERT INTO occurrence (o, stay, def, step, number, q, c, nominal, opens, begins, closes,
    season_end, trigger_fact, first)
SELECT CAST(row_number() OVER () - 1 + (SELECT count(*)
    FROM occurrence) AS INTEGER), stay, def, step, found + 1,
       stay, c, nominal, own_opens, begins, NULL, NULL, NULL, last IS NULL
FROM opened WHERE own_opens IS NOT NULL;
CREATE OR REPLACE TEMP TABLE speaking AS
SELECT o, occurrence.stay, occurrence.step, occurrence.nominal,
       CASE WHEN NOT occurrence.first THEN occurrence.begins END AS owned_from,
       CASE WHEN done IS NOT NULL THEN civil(done.day + 1) END AS owned_to, NULL::MOMENT AS closes
FROM occurrence JOIN opened USING (stay, c);
""".replace("MOMENT", MOMENT)
#: The next interval counts from the completion, an attested day, or the nominal date of a deviation.
_LINK_NEXT = f"""
CREATE OR REPLACE TEMP TABLE next AS
SELECT opened.*, attested, skipped, CASE
           WHEN done IS NOT NULL THEN done
           WHEN attested IS NOT NULL THEN civil(coalesce(said.done_day, said.day))
           WHEN deviating.kind = 'deviation' THEN opened.nominal END AS settled
FROM opened JOIN occurrence USING (stay, c) JOIN word USING (o)
LEFT JOIN said ON said.stay = opened.stay AND said.act = attested
LEFT JOIN said AS deviating ON deviating.stay = opened.stay AND deviating.act = skipped;
INSERT INTO used (stay, step, act)
SELECT stay, step, CASE WHEN done IS NULL AND attested IS NOT NULL THEN attested ELSE skipped END FROM next
WHERE skipped IS NOT NULL OR (done IS NULL AND attested IS NOT NULL);
CREATE OR REPLACE TEMP TABLE chain AS
WITH begun AS (
    SELECT next.* EXCLUDE (c, done, base, length_node, judged_q, nominal, own_opens, attested, skipped, last,
                           begins, opens, found, settled),
           CASE WHEN by_instant
                THEN {{'day': settled.day, 'instant': settled.instant + 1, 'exact': true}}
                ELSE civil(settled.day + 1) END AS begins, settled AS last, found + 1 AS found
    FROM next WHERE settled IS NOT NULL)
SELECT *, begins AS opens FROM begun WHERE found < coalesce(times, {MOST_OCCURRENCES});
"""


def prove_steps(con: DuckDBPyConnection) -> None:
    """Claims and proofs of this layer's occurrences; the occurrences of rolling steps."""
    con.execute(_CLAIMS)
    prove(con)
    _slots(con)
    _as_they_stood(con)
    _rolling(con)


def _any(con: DuckDBPyConnection, table: str) -> bool:
    return con.execute(f"SELECT count(*) > 0 FROM {table}").fetchone() == (True,)


def _slots(con: DuckDBPyConnection) -> None:
    con.execute("CREATE OR REPLACE TEMP TABLE slot_begin AS SELECT o, begins FROM occurrence")
    con.execute(_MOVED)
    while _any(con, "proving"):
        prove(con)
        con.execute(_MOVED)


def _as_they_stood(con: DuckDBPyConnection) -> None:
    con.execute(_ROWS)
    if _any(con, "alternative"):
        fit(con, _ROW_OPENINGS)
        con.execute(_ROW_CLAIMS)
        prove(con)
        con.execute(_ROW_ASKED)
        ask(con)
        con.execute(_ROW_CHOSEN)


def _rolling(con: DuckDBPyConnection) -> None:
    con.execute(_CHAINS)
    fit(con, _CHAIN_OPENINGS)
    con.execute(_CHAIN_BEGINS)
    while _any(con, "chain"):
        con.execute(_LINK)
        prove(con)
        con.execute(_LINK_ASKED)
        if _any(con, "asked"):
            ask(con)
        con.execute(_LINK_DATED)
        fit(con, _LINK_NOMINALS)
        con.execute(_LINK_OPENED)
        say(con)
        con.execute(_LINK_NEXT)
