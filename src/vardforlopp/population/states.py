"""The state of each occurrence: the first rule that matches, in the fixed order of rule 10."""

from __future__ import annotations

from duckdb import DuckDBPyConnection

from vardforlopp.population.asking import ask
from vardforlopp.population.calendar import MOMENT
from vardforlopp.population.evidence import name_lacking
from vardforlopp.population.spoken import say

SCHEMA = f"""
-- The answer: one row an occurrence, or one a step without any (`number` 0). Facts and acts by id.
CREATE OR REPLACE TEMP TABLE state (
    s INTEGER, stay INTEGER, def INTEGER, step VARCHAR, number INTEGER, state VARCHAR, nominal {MOMENT},
    opens {MOMENT}, due {MOMENT}, completed {MOMENT}, facts INTEGER[], act INTEGER, proposal BOOLEAN);
CREATE OR REPLACE TEMP TABLE lack (s INTEGER, what VARCHAR, id VARCHAR, why VARCHAR, since INTEGER);
"""

#: When each occurrence is judged: its times as they stood when it was done, its guard by rule 6.
_THEN = """
CREATE OR REPLACE TEMP TABLE proved AS
SELECT occurrence.*, proof.m AS done, proof.facts, proof.acts,
       due_now.* EXCLUDE (stay, def, step, view, opens, before, first), due_now.before AS before_node,
       CASE WHEN proof.m IS NULL OR (before IS NULL AND NOT within_varying) THEN now
            ELSE asked_at(proof.m, now) END AS due_t,
       CASE WHEN guard IS NULL THEN now
            WHEN guard_now THEN CASE WHEN proof.m IS NULL THEN now ELSE asked_at(proof.m, now) END
            WHEN reached(nominal, now)
                THEN asked_at(CASE WHEN by_instant THEN nominal ELSE civil(nominal.day) END, now)
            ELSE now END AS guard_t
FROM occurrence JOIN due_now USING (stay, step)
LEFT JOIN proof ON proof.c = occurrence.c AND proof.node = tree;
-- A guard judged now, of what is done: as it stood on that day; of what a person said was done: now.
CREATE OR REPLACE TEMP TABLE asked_then AS
WITH distinct_t AS (
    SELECT q, due_t AS t FROM proved WHERE due_t <> now
    UNION SELECT q, guard_t FROM proved WHERE guard_t <> now)
SELECT *, CAST((SELECT max(q) FROM question) + row_number() OVER () AS INTEGER) AS new_q FROM distinct_t;
DELETE FROM asked;
INSERT INTO question (q, stay, t, trigger, trigger_fact)
SELECT new_q, stay, asked_then.t, trigger, trigger_fact FROM asked_then JOIN question USING (q);
INSERT INTO asked (q, root)
SELECT new_q, unnest([within, before_node]) FROM proved
    JOIN asked_then ON asked_then.q = proved.q AND t = due_t
UNION
SELECT new_q, guard FROM proved JOIN asked_then ON asked_then.q = proved.q AND t = guard_t;
DELETE FROM asked WHERE root IS NULL;
"""

_SPEAKING = """
CREATE OR REPLACE TEMP TABLE speaking AS
SELECT o, stay, step, nominal, CASE WHEN NOT first THEN opens END AS owned_from, closes AS owned_to,
       CASE WHEN done IS NULL THEN closes END AS closes
FROM proved WHERE kind <> 'rolling';
"""

#: The due date: as the definition has it, then moved by pauses and re-offers.
_DUE = """
CREATE OR REPLACE TEMP TABLE timed AS
WITH limited AS (
    SELECT proved.*, plus(nominal, told.length) AS due, CASE WHEN moment.state = 2 THEN moment.m END AS final,
           coalesce(judged_due.new_q, proved.q) AS due_q, coalesce(judged.new_q, proved.q) AS guard_q
    FROM proved
    LEFT JOIN asked_then AS judged_due ON judged_due.q = proved.q AND judged_due.t = due_t
    LEFT JOIN asked_then AS judged ON judged.q = proved.q AND judged.t = guard_t
    LEFT JOIN told ON told.q = coalesce(judged_due.new_q, proved.q) AND told.node = within
    LEFT JOIN moment ON moment.q = coalesce(judged_due.new_q, proved.q) AND moment.node = before_node),
sooner_one AS (SELECT * REPLACE (sooner(due, final) AS due) FROM limited),
in_season AS (
    SELECT * REPLACE (CASE WHEN season_end IS NULL THEN due ELSE sooner(due, season_end) END AS due)
    FROM sooner_one),
-- A paused day moves the date, which may reach the next pause.
paused AS (
    SELECT o, pause.last - greatest(pause.first, opens.day) + 1 AS days, due.day AS due_day,
           greatest(pause.first, opens.day) AS from_day, pause.first
    FROM in_season JOIN pause USING (stay)
    WHERE due IS NOT NULL AND NOT maintenance AND NOT by_instant AND pause.last >= opens.day),
reaching AS (
    SELECT *, coalesce(sum(days) OVER (PARTITION BY o ORDER BY first
                                       ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS moved
    FROM paused),
longer AS (SELECT o, CAST(sum(days) AS INTEGER) AS days FROM reaching
    WHERE from_day <= due_day + moved GROUP BY o),
moved AS (
    SELECT * REPLACE (CASE WHEN days > 0 THEN civil(due.day + days) ELSE due END AS due)
    FROM in_season LEFT JOIN longer USING (o)),
-- A declined step is asked for anew on the day of its re-offer, never late before it (S19).
offered AS (
    SELECT concern.o, max(until_day) AS day FROM concern JOIN moved USING (o) JOIN act USING (act)
    WHERE act.kind = 'decline' AND until_day <= now.day GROUP BY concern.o)
SELECT moved.* EXCLUDE (days)
       REPLACE (CASE WHEN due.day < offered.day THEN civil(offered.day) ELSE due END AS due)
FROM moved LEFT JOIN offered USING (o);
"""

#: What lateness rests on: the source's own start, what a longer row would allow, what is lacking.
_LATENESS = """
CREATE OR REPLACE TEMP TABLE unproved AS
SELECT c FROM timed JOIN word USING (o) WHERE done IS NULL AND attested IS NULL AND skipped IS NULL;
"""

_WEIGHED = """
CREATE OR REPLACE TEMP TABLE weighed AS
WITH carried_from AS (
    SELECT due_now.stay, due_now.step, max(source.since) AS day
    FROM due_now JOIN step_kind USING (def, step) JOIN view USING (view)
    JOIN source ON source.person = view.person AND source.kind = step_kind.kind
    GROUP BY due_now.stay, due_now.step),
row AS (
    SELECT o, length_row.place, coalesce(truth.truth, 2) AS holds, plus(nominal, told.length) AS due, now
    FROM timed JOIN length_row ON length_row.node = within
    LEFT JOIN truth ON truth.q = timed.q AND truth.node = length_row.holds
    LEFT JOIN told ON told.q = timed.q AND told.node = length_row.length
    WHERE done IS NULL),
possible AS (
    SELECT *, coalesce(bool_or(holds = 2) OVER (PARTITION BY o ORDER BY place
                       ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), false) AS settled
    FROM row),
allowed AS (
    SELECT o, bool_or(NOT passed(due, now)) AS longer FROM possible
    WHERE NOT settled AND holds > 0 AND due IS NOT NULL GROUP BY o),
unseen AS (SELECT c, bool_or(why <> 'no-data' OR what = 'side') AS unseen FROM lacking GROUP BY c),
doubted AS (
    SELECT q, root, bool_or(why IN ('not-connected', 'silent', 'no-code', 'open') OR what = 'side') AS doubt
    FROM gap GROUP BY q, root)
SELECT timed.*, attested, word.skipped, standing.dead, standing.ended, standing.focus,
       greatest(standing.seen_from, coalesce(carried_from.day, 1)) AS seen_from_day,
       coalesce((due.exact AND due.instant < standing.seen_at)
                OR due.day < greatest(standing.seen_from, coalesce(carried_from.day, 1)), false) AS early,
       coalesce(truth.truth, 2) AS guard_truth, until_truth.truth AS until_truth,
       CASE WHEN until_truth.truth = 1 THEN coalesce(doubt, false)
            ELSE coalesce(until.state = 1, false) END AS doubt,
       until.state = 2 AND before(until.m, nominal) AS is_over,
       binding_from <= timed.now.day AS binding,
       CASE WHEN binding_from > timed.now.day OR coalesce(longer, false) THEN 'due'
            WHEN coalesce(carried_from.day, 1) > timed.opens.day OR coalesce(unseen, false) THEN 'unseen'
            ELSE 'missed' END AS late
FROM timed JOIN word USING (o) JOIN standing USING (stay)
LEFT JOIN truth ON truth.q = guard_q AND truth.node = guard
LEFT JOIN truth AS until_truth ON until_truth.q = timed.q AND until_truth.node = until_when
LEFT JOIN doubted ON doubted.q = timed.q AND doubted.root = until_when
LEFT JOIN moment AS until ON until.q = timed.q AND until.node = until_moment
LEFT JOIN carried_from ON carried_from.stay = timed.stay AND carried_from.step = timed.step
LEFT JOIN allowed USING (o) LEFT JOIN unseen ON unseen.c = timed.c;
"""

#: The first rule that matches, for each occurrence that has come or that somebody spoke of.
_JUDGED = """
CREATE OR REPLACE TEMP TABLE judged_now AS
WITH lapsed AS (
    SELECT *, CASE WHEN early AND (kind = 'rolling' OR maintenance) THEN civil(seen_from_day)
        ELSE due END AS asked_due,
           coalesce(reached(closes, now), false) AS closed
    FROM weighed),
ruled AS (
    SELECT *, CASE
        WHEN done IS NOT NULL THEN CASE
            WHEN skipped IS NOT NULL OR due IS NULL OR NOT passed(due, done) OR NOT binding OR early
                 OR guard_truth = 0 THEN 'done' ELSE 'done-late' END
        WHEN attested IS NOT NULL THEN 'attested'
        WHEN skipped IS NOT NULL THEN 'skipped'
        WHEN guard_truth = 0 THEN 'not-applicable'
        WHEN preventive AND focus IS NOT NULL THEN 'refrained'
        WHEN dead THEN 'ended'
        WHEN ended IS NOT NULL AND NOT maintenance THEN CASE
            WHEN NOT retrospective OR guard_truth = 1 OR due IS NULL OR NOT passed(due, ended) OR early
                 OR late = 'due' THEN 'ended' ELSE late END
        WHEN early AND kind <> 'rolling' AND NOT maintenance THEN 'before-start'
        WHEN guard_truth = 1 THEN 'unknown'
        WHEN doubt THEN 'unknown'
        WHEN closed THEN CASE
            WHEN coalesce(passed(asked_due, closes), false) AND late = 'missed' THEN 'missed'
                ELSE 'superseded' END
        WHEN NOT reached(opens, now) THEN 'upcoming'
        WHEN asked_due IS NULL OR NOT passed(asked_due, now) OR retrospective THEN 'due'
        WHEN late = 'missed' THEN 'overdue' ELSE late END AS state
    FROM lapsed)
SELECT *, CAST(row_number() OVER (ORDER BY o) AS INTEGER) + (SELECT count(*) FROM state) AS s,
       state = 'unknown' OR state IN ('upcoming', 'due', 'overdue')
       OR (state = 'unseen' AND (ended IS NULL OR maintenance)) AS shows_asked_due
FROM ruled
WHERE NOT (done IS NULL AND kind <> 'single' AND state NOT IN ('attested', 'skipped', 'refrained')
           AND (coalesce(until_truth = 2, false) OR coalesce(is_over, false)));
"""

#: What is answered of each: `refrained` is said as skipped, by the word that set it aside.
_ANSWERED = """
INSERT INTO state (s, stay, def, step, number, state, nominal, opens, due, completed, facts, act,
    proposal)
SELECT s, judged_now.stay, judged_now.def, judged_now.step, number,
       CASE state WHEN 'refrained' THEN 'skipped' ELSE state END, nominal, opens,
       CASE WHEN shows_asked_due THEN asked_due ELSE due END,
       CASE WHEN done IS NOT NULL THEN done
            WHEN state = 'attested' THEN civil(coalesce(act.done_day, act.day)) END,
       coalesce(facts, []),
       CASE WHEN done IS NOT NULL THEN coalesce(skipped, acts[1])
            WHEN state = 'attested' THEN attested WHEN state = 'skipped' THEN skipped
            WHEN state = 'refrained' THEN focus END,
       state IN ('due', 'unseen', 'overdue') AND NOT binding AND NOT retrospective
       AND coalesce(passed(asked_due, now), false)
FROM judged_now LEFT JOIN act ON act.act = attested;
"""

#: What keeps it open or unknown: the evidence, what a table asks of the patient, the guard, the end.
_LACKING = """
INSERT INTO lack (s, what, id, why, since)
SELECT s, what, id, why, since FROM judged_now JOIN lacking USING (c)
WHERE done IS NULL AND state IN ('superseded', 'missed', 'due', 'overdue', 'unseen')
UNION
SELECT s, what, id, why, since FROM judged_now JOIN stay USING (stay) JOIN view ON view.view = stay.view
JOIN patient_gap USING (person)
WHERE state = 'due' AND asked_due IS NULL AND within IS NOT NULL
UNION
SELECT s, what, id, why, since FROM judged_now JOIN gap ON gap.q = guard_q AND gap.root = guard
WHERE state = 'unknown' AND guard_truth = 1
UNION
SELECT s, what, id, why, since FROM judged_now JOIN gap ON gap.q = judged_now.q AND gap.root = until_when
WHERE state = 'unknown' AND guard_truth <> 1 AND until_truth = 1
  AND (why IN ('not-connected', 'silent', 'no-code', 'open') OR what = 'side')
UNION
SELECT s, 'selector', selector, 'open', NULL FROM judged_now JOIN until_selector USING (def, step)
WHERE state = 'unknown' AND guard_truth <> 1 AND until_truth IS DISTINCT FROM 1;
"""


def judge_steps(con: DuckDBPyConnection) -> None:
    """`state` and `lack` of this layer's occurrences."""
    con.execute(_THEN)
    ask(con)
    con.execute(_SPEAKING)
    say(con)
    con.execute(_DUE)
    con.execute(_LATENESS)
    name_lacking(con)
    con.execute(_WEIGHED)
    con.execute(_JUDGED)
    con.execute(_ANSWERED)
    con.execute(_LACKING)
