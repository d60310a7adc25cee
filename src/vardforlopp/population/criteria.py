"""Criteria of the questions asked: the heads, then what joins them, deepest first. 0 no, 1 unknown, 2 yes.

Each answer of 1 says in a word why (`why`): what is missing is worked out from it only where it is shown
(`gaps.py`).
"""

from __future__ import annotations

from duckdb import DuckDBPyConnection

from vardforlopp.population.looking import COMPARING, GOAL, LOOKED
from vardforlopp.population.measured import CHANGE, HELD, VALUE
from vardforlopp.population.moments import LOOKING
from vardforlopp.population.questions import Depths

MACROS = LOOKING + COMPARING

SCHEMA = """
CREATE OR REPLACE TEMP TABLE truth (q INTEGER, node INTEGER, truth INTEGER, why VARCHAR);
-- The patient's own goal for a test, as it stands at t.
CREATE OR REPLACE TEMP TABLE goal (q INTEGER, node INTEGER, size DOUBLE, unit VARCHAR);
"""

#: What the absence of a selector is worth to each presence test: from the day of the entry on.
_ABSENCE = """
CREATE OR REPLACE TEMP TABLE absence AS
SELECT needed.q, needed.node,
       CASE WHEN silent_why(silence, coalesce(entry.day, 1)) IS NULL THEN 0 ELSE 1 END AS truth
FROM needed JOIN criterion USING (node)
JOIN silence ON silence.view = needed.view AND silence.day = t.day AND silence.selector = criterion.selector
    AND NOT strict
WHERE needed.op IN ('has', 'active', 'count');
"""

_HAS = """
INSERT INTO truth (q, node, truth, why)
WITH found AS (
    SELECT q, node, bool_or(inside AND passes = 2) AS sure,
           bool_or((inside AND passes = 1) OR (overlapping AND passes > 0)) AS maybe
    FROM looked WHERE op = 'has' GROUP BY q, node),
answer AS (
    SELECT needed.q, needed.node, CASE WHEN bounds.state = 1 THEN 'undetermined' WHEN sure THEN 'found'
           WHEN maybe THEN 'imprecise' WHEN absence.truth = 1 THEN 'absent' END AS why
    FROM needed JOIN criterion USING (node)
    JOIN absence ON absence.q = needed.q AND absence.node = needed.node
    LEFT JOIN bounds ON bounds.q = needed.q AND bounds.node = win
    LEFT JOIN found ON found.q = needed.q AND found.node = needed.node
    WHERE needed.op = 'has')
SELECT q, node, CASE WHEN why = 'found' THEN 2 WHEN why IS NULL THEN 0 ELSE 1 END, why FROM answer;
"""

#: A state that holds at t, has held for a while, or has a time in common with a window.
_ACTIVE = """
INSERT INTO truth (q, node, truth, why)
WITH place AS (
    SELECT needed.*, selector, win, held, bounds.state AS edges, by_instant, bounds.lo AS first,
           bounds.hi AS final, plus(t, length) AS since
    FROM needed JOIN criterion USING (node)
    LEFT JOIN bounds ON bounds.q = needed.q AND bounds.node = win
    LEFT JOIN told ON told.q = needed.q AND told.node = held
    WHERE needed.op = 'active'),
running AS (
    SELECT place.q, place.node, bool_or(CASE WHEN win IS NULL THEN until IS NULL OR t.instant < until
               ELSE CASE WHEN by_instant THEN seen.lo ELSE seen.day END <= final
                    AND (until IS NULL OR until > CASE WHEN by_instant THEN first ELSE start_of(first) END
                         OR CASE WHEN by_instant THEN seen.lo ELSE seen.day END >= first)
               END) AS any_one,
           arg_min(CASE WHEN since.exact THEN seen.lo <= since.instant ELSE seen.day <= since.day END,
                   seen.place) FILTER (until IS NULL OR t.instant < until) AS long_enough
    FROM place
    JOIN seen ON seen.view = place.view AND seen.selector = place.selector AND seen.lo <= t.instant
    GROUP BY place.q, place.node),
answer AS (
    SELECT q, node, CASE
        WHEN win IS NOT NULL AND edges = 1 THEN 'undetermined'
        WHEN win IS NOT NULL AND edges = 2 AND final >= first AND any_one THEN 'found'
        WHEN win IS NULL AND any_one AND (held IS NULL OR coalesce(long_enough, false)) THEN 'found'
        WHEN win IS NULL AND any_one AND since IS NULL THEN 'undetermined'
        WHEN absence.truth = 1 THEN 'absent' END AS why
    FROM place JOIN absence USING (q, node) LEFT JOIN running USING (q, node))
SELECT q, node, CASE WHEN why = 'found' THEN 2 WHEN why IS NULL THEN 0 ELSE 1 END, why FROM answer;
"""

#: How many, one a civil day, chains as one; what is only possible may make more, or join two.
_COUNT = """
INSERT INTO truth (q, node, truth, why)
WITH place AS (
    SELECT needed.q, needed.node, held, coalesce(bounds.state, 2) AS edges, test.kind AS test_kind,
           test.op AS compare_op, low.number AS low, high.number AS high, gap.length,
           absence.truth AS absent
    FROM needed JOIN criterion USING (node)
    JOIN test ON test.node = criterion.moment
    JOIN absence ON absence.q = needed.q AND absence.node = needed.node
    LEFT JOIN bounds ON bounds.q = needed.q AND bounds.node = win
    LEFT JOIN told AS low ON low.q = needed.q AND low.node = test.lo
    LEFT JOIN told AS high ON high.q = needed.q AND high.node = test.hi
    LEFT JOIN told AS gap ON gap.q = needed.q AND gap.node = held
    WHERE criterion.op = 'count'),
reach AS (
    SELECT looked.q, looked.node, place, day, inside AND passes = 2 AS sure,
           greatest(day, coalesce(plus(moment_of(day, lo, lo + 1), length).day, day)) AS edge
    FROM looked JOIN place USING (q, node) WHERE passes > 0),
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
    SELECT place.*, coalesce(number.least, 0) AS n, coalesce(doubtful, 0) AS doubtful,
           CASE WHEN coalesce(doubtful, 0) = 0 THEN coalesce(number.least, 0)
                ELSE least(number.least, all_as_one) END AS fewest
    FROM place LEFT JOIN number USING (q, node)),
possible AS (
    SELECT *, unnest(list_concat(
        range(fewest, n + doubtful + 1),
        CASE WHEN absent = 0 THEN [] ELSE list_concat(range(n, n + 32), [1000000]) END)) AS more_of
    FROM numbered),
answer AS (
    SELECT q, node, CASE WHEN any_value(edges) = 1 THEN 1
        WHEN bool_and(number_test(test_kind, compare_op, more_of, low, high)
                      = number_test(test_kind, compare_op, n, low, high))
        THEN any_value(number_test(test_kind, compare_op, n, low, high)) ELSE 1 END AS truth,
        CASE WHEN any_value(edges) = 1 THEN 'undetermined' WHEN any_value(absent) = 1 THEN 'absent'
             ELSE 'imprecise' END AS why
    FROM possible GROUP BY q, node)
SELECT q, node, truth, CASE WHEN truth = 1 THEN why END FROM answer;
"""

_OF_THE_PERSON = (
    "age-years", "age-months", "sex", "dead", "entered", "setting", "decided", "branch", "reached",
)  # fmt: skip
#: The patient, the way in, what was decided and done, and what the region has set.
_PLAIN = """
INSERT INTO truth (q, node, truth, why)
WITH place AS (
    SELECT needed.*, words, flag, name, test, moment AS moment_node
    FROM needed JOIN criterion USING (node)
    WHERE needed.op IN ('age-years', 'age-months', 'sex', 'dead', 'entered', 'setting', 'decided', 'branch',
                 'reached')),
lived AS (
    SELECT place.*, birth_lo, birth_hi, sex, died,
           CASE op WHEN 'age-years' THEN years_lived(birth_lo, t.day)
                   WHEN 'age-months' THEN months_lived(birth_lo, t.day) END AS first_age,
           CASE op WHEN 'age-years' THEN years_lived(birth_hi, t.day)
                   WHEN 'age-months' THEN months_lived(birth_hi, t.day) END AS last_age
    FROM place JOIN view USING (view) JOIN person USING (person)),
decision AS (
    SELECT place.q, place.node, arg_max(coalesce(said.value, ''), said.place) AS value
    FROM place JOIN said ON said.stay = place.stay AND said.kind = 'decision' AND said.step = place.name
        AND said.instant <= t.instant
    WHERE op = 'decided' GROUP BY place.q, place.node),
aged AS (
    SELECT lived.*, number_test(test.kind, test.op, first_age, low.number, high.number) AS at_most,
           number_test(test.kind, test.op, last_age, low.number, high.number) AS at_least
    FROM lived
    LEFT JOIN test ON test.node = lived.test
    LEFT JOIN told AS low ON low.q = lived.q AND low.node = test.lo
    LEFT JOIN told AS high ON high.q = lived.q AND high.node = test.hi),
answer AS (
    SELECT lived.q, lived.node, CASE
        WHEN lived.op LIKE 'age-%' THEN CASE
            WHEN birth_lo IS NULL OR birth_hi IS NULL OR birth_hi > t.day THEN 1
            WHEN at_most <> at_least THEN 1 ELSE at_most END
        WHEN lived.op = 'sex' THEN CASE
            WHEN lived.sex IS NULL THEN 1 WHEN list_contains(lived.words, lived.sex) THEN 2 ELSE 0 END
        WHEN lived.op = 'dead' THEN CASE WHEN flag = coalesce(reached(died, t), false) THEN 2 ELSE 0 END
        WHEN lived.op = 'entered' THEN CASE
            WHEN coalesce(list_contains(lived.words, entry_id), false) THEN 2 ELSE 0 END
        WHEN lived.op = 'setting' THEN CASE WHEN flag THEN 2 ELSE 0 END
        WHEN lived.op = 'decided' THEN CASE
            WHEN decision.value IS NULL THEN 1 WHEN list_contains(lived.words, decision.value) THEN 2
            ELSE 0 END
        WHEN lived.op = 'branch' THEN CASE
            WHEN taken IS NULL THEN 1 WHEN list_contains(lived.words, taken) THEN 2 ELSE 0 END
        ELSE CASE WHEN moment.state < 2 THEN moment.state WHEN reached(m, t) THEN 2 ELSE 0 END END AS truth,
        CASE WHEN lived.op LIKE 'age-%' THEN 'birth' WHEN lived.op = 'reached' AND moment.fact IS NOT NULL
             THEN 'has-fact' ELSE lived.op END AS why
    FROM aged AS lived
    LEFT JOIN decision ON decision.q = lived.q AND decision.node = lived.node
    LEFT JOIN branch ON branch.stay = lived.stay AND branch.choice = lived.name
    LEFT JOIN moment ON moment.q = lived.q AND moment.node = lived.moment_node)
SELECT q, node, truth, CASE WHEN truth = 1 THEN why END FROM answer;
"""

_DONE = """
INSERT INTO truth (q, node, truth, why)
WITH place AS (
    SELECT needed.q, needed.node, needed.stay, t, name, bounds.state, by_instant, bounds.lo, bounds.hi
    FROM needed JOIN criterion USING (node)
    LEFT JOIN bounds ON bounds.q = needed.q AND bounds.node = win
    WHERE needed.op = 'done'),
found AS (
    SELECT place.q, place.node, bool_or(state IS NULL OR state = 1
               OR (state = 2 AND CASE WHEN by_instant THEN m.instant
                   ELSE m.day END BETWEEN lo AND hi)) AS done
    FROM place JOIN completion ON completion.stay = place.stay AND completion.step = name AND what = 'done'
    WHERE reached(m, t) GROUP BY place.q, place.node),
answer AS (
    SELECT q, node, CASE WHEN coalesce(found.done, false) THEN CASE WHEN state = 1 THEN 1 ELSE 2 END
                         WHEN unsure THEN 1 ELSE 0 END AS truth
    FROM place LEFT JOIN found USING (q, node)
    LEFT JOIN settled ON settled.stay = place.stay AND settled.step = place.name)
SELECT q, node, truth, CASE WHEN truth = 1 THEN 'done' END FROM answer;
"""

_JOINED = """
INSERT INTO truth (q, node, truth, why)
WITH found AS (
    SELECT needed.q, needed.node, criterion.op, criterion.n, min(truth.truth) AS lowest,
           max(truth.truth) AS highest, count(*) FILTER (truth.truth = 2) AS yes,
           count(*) FILTER (truth.truth = 1) AS maybe
    FROM needed JOIN criterion USING (node)
    LEFT JOIN part ON part.parent = needed.node
    LEFT JOIN truth ON truth.q = needed.q AND truth.node = part.child
    WHERE needed.op IN ('all', 'any', 'none', 'at-least') AND depth = getvariable('depth')
    GROUP BY needed.q, needed.node, criterion.op, criterion.n)
SELECT q, node, CASE op WHEN 'all' THEN coalesce(lowest, 2) WHEN 'any' THEN coalesce(highest, 0)
    WHEN 'none' THEN 2 - coalesce(highest, 0)
    ELSE CASE WHEN yes >= n THEN 2 WHEN yes + maybe < n THEN 0 ELSE 1 END END, NULL
FROM found;
"""

#: A table's row is the first that holds.
_LENGTHS = """
INSERT INTO told (q, node, number, length)
WITH row AS (
    SELECT needed.q, needed.node, length_row.place, told.length, coalesce(truth.truth, 2) AS holds
    FROM needed JOIN length_row USING (node)
    LEFT JOIN truth ON truth.q = needed.q AND truth.node = length_row.holds
    LEFT JOIN told ON told.q = needed.q AND told.node = length_row.length)
SELECT q, node, NULL, length FROM row WHERE holds = 2
QUALIFY row_number() OVER (PARTITION BY q, node ORDER BY place) = 1;
"""


#: By the heads that each answers.
_BY_HEAD = (
    (("has", "active", "count"), _ABSENCE),
    (("has", "value", "count", "rise", "fall"), LOOKED),
    (("has",), _HAS),
    (("active",), _ACTIVE),
    (("count",), _COUNT),
    (("value",), VALUE),
    (("value",), HELD),
    (("rise", "fall"), CHANGE),
    (_OF_THE_PERSON, _PLAIN),
    (("done",), _DONE),
)
_JOINING = ("all", "any", "none", "at-least")


def answer_criteria(con: DuckDBPyConnection, depths: Depths) -> None:
    """The truth of every criterion under what is asked, and the tables of times that rest on them."""
    if "test" in depths:
        con.execute(GOAL)
    for heads, query in _BY_HEAD:
        if any(head in depths for head in heads):
            con.execute(query)
    for depth in sorted(set[int]().union(*(depths.get(head, set()) for head in _JOINING))):
        con.execute("SET VARIABLE depth = CAST(? AS INTEGER)", [depth])
        con.execute(_JOINED)
    if "table" in depths:
        con.execute(_LENGTHS)
