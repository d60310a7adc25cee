"""Ways in and out: which stays in a pathway the record shows (rule 4), and how each stands at the time asked.

The events of all ways are judged at once; then the stays of a person are found in rounds, one a round, until
none is new.
"""

from __future__ import annotations

from duckdb import DuckDBPyConnection

from vardforlopp.population.asking import ask
from vardforlopp.population.calendar import MOMENT
from vardforlopp.population.questions import fit

SCHEMA = f"""
-- An enrolment asked about. `ways` is the stay without an entry in which its way out is judged.
CREATE OR REPLACE TEMP TABLE enrolment (
    stay INTEGER, ways INTEGER, started {MOMENT}, followed_from INTEGER, ended_day INTEGER, ended_by VARCHAR);
"""

_ARRIVALS = """
CREATE OR REPLACE TEMP TABLE candidate AS
SELECT stay.stay, stay.view, stay.now, way.* EXCLUDE (def), way_selector.place AS selector_place,
       seen.fact, seen.place AS fact_place, seen.day, seen.lo, seen.hi, fact.ref
FROM stay JOIN way USING (def) JOIN way_selector USING (def, way)
JOIN seen ON seen.view = stay.view AND seen.selector = way_selector.selector AND seen.lo <= stay.now.instant
JOIN fact ON fact.fact = seen.fact
WHERE stay.entry IS NULL;
"""
_LENGTHS = "SELECT view, now.day AS day, unnest([plus, apart]) AS node FROM candidate"

#: The events that have come, each with when its guard is judged: at the end of its day, or now.
_EVENTS = """
CREATE OR REPLACE TEMP TABLE event AS
WITH dated AS (
    SELECT candidate.*, plus(moment_of(candidate.day, lo, lo + 1), reach.length).day AS chained_to,
           CASE WHEN plus IS NULL THEN moment_of(candidate.day, lo, hi)
                ELSE plus(moment_of(candidate.day, lo, hi), shift.length) END AS m
    FROM candidate
    LEFT JOIN fitted AS shift
        ON shift.view = candidate.view AND shift.day = now.day AND shift.node = plus
    LEFT JOIN fitted AS reach
        ON reach.view = candidate.view AND reach.day = now.day AND reach.node = apart)
SELECT *, CAST(row_number() OVER () AS INTEGER) - 1 AS event,
       asked_at({'day': m.day, 'instant': CAST(0 AS BIGINT), 'exact': false}, now) AS asked,
       row_number() OVER (PARTITION BY stay, inward ORDER BY
           m.day, CASE WHEN m.exact THEN m.instant ELSE 0 END, ref, place, selector_place, fact_place) AS turn
FROM dated WHERE reached(m, now);
DELETE FROM question;
DELETE FROM asked;
INSERT INTO question (q, stay, t, trigger, trigger_fact)
SELECT event, stay, asked, m, fact FROM event WHERE guard IS NOT NULL;
INSERT INTO asked (q, root) SELECT event, guard FROM event WHERE guard IS NOT NULL;
"""

_JUDGED = """
CREATE OR REPLACE TEMP TABLE judged AS
SELECT event.*, coalesce(truth.truth, 2) AS truth
FROM event LEFT JOIN truth ON truth.q = event.event AND truth.node = event.guard;
-- Events of one entry within `apart` of each other are one chain.
CREATE OR REPLACE TEMP TABLE arrival AS
WITH linked AS (
    SELECT *, day <= lag(chained_to) OVER (PARTITION BY stay, way ORDER BY turn) AS chained
    FROM judged WHERE inward AND NOT opportunity)
SELECT *, sum(CASE WHEN coalesce(chained, false) THEN 0 ELSE 1 END) OVER (
    PARTITION BY stay, way ORDER BY turn) AS chain
FROM linked;
-- The first way out of a stay that would start at a moment: its fact is at or after it.
CREATE OR REPLACE TEMP TABLE departure AS
WITH start AS (
    SELECT DISTINCT stay, m FROM arrival
    UNION SELECT ways, started FROM enrolment)
SELECT start.stay, start.m AS started, arg_min(judged.m, turn) AS m, arg_min(way, turn) AS way
FROM start JOIN judged ON judged.stay = start.stay
WHERE NOT inward AND truth = 2
  AND CASE WHEN start.m.exact AND lo = hi THEN lo >= start.m.instant ELSE day >= start.m.day END
GROUP BY start.stay, start.m;
CREATE OR REPLACE TEMP TABLE instance AS
SELECT stay, turn, arrival.way, chain, arrival.m, departure.m AS ended, departure.way AS ended_by
FROM arrival LEFT JOIN departure USING (stay) WHERE false;
"""

#: The next stay: at the first event that is not inside the last one, or that starts anew.
_ROUND = """
INSERT INTO instance (stay, turn, way, chain, m, ended, ended_by)
WITH last AS (SELECT * FROM instance QUALIFY row_number() OVER (PARTITION BY stay ORDER BY turn DESC) = 1)
SELECT arrival.stay, arrival.turn, arrival.way, arrival.chain, arrival.m, departure.m, departure.way
FROM arrival LEFT JOIN last ON last.stay = arrival.stay
LEFT JOIN departure ON departure.stay = arrival.stay AND departure.started = arrival.m
WHERE truth = 2
  AND (last.turn IS NULL
       OR (arrival.turn > last.turn AND (restart OR coalesce(before(last.ended, arrival.m), false))))
  AND NOT EXISTS (FROM instance WHERE instance.stay = arrival.stay AND instance.m.day = arrival.m.day)
  AND NOT EXISTS (FROM instance WHERE instance.stay = arrival.stay AND instance.way = arrival.way
                  AND instance.chain = arrival.chain)
QUALIFY row_number() OVER (PARTITION BY arrival.stay ORDER BY arrival.turn) = 1;
"""

#: What is the same for all steps of one enrolment: dead, ended, seen from, refraining, pauses as whole days.
_STANDING = """
CREATE OR REPLACE TEMP TABLE standing AS
WITH ending AS (
    SELECT stay.*, enrolment.started, followed_from, died, coalesce(reached(died, now), false) AS dead,
           CASE WHEN ended_day <= now.day THEN civil(ended_day) ELSE departure.m END AS ended,
           CASE WHEN ended_day <= now.day THEN ended_by ELSE departure.way END AS ended_by
    FROM enrolment JOIN stay USING (stay) JOIN view USING (view) JOIN person USING (person)
    LEFT JOIN departure ON departure.stay = ways AND departure.started = enrolment.started),
focus AS (
    SELECT stay, arg_max(CASE WHEN value <> '' THEN act ELSE -1 END, said.place) AS act
    FROM said JOIN stay USING (stay) WHERE kind = 'care-focus' AND instant <= now.instant GROUP BY stay)
SELECT stay, view, def, now, dead,
       CASE WHEN dead AND NOT coalesce(ended.day <= died.day, false)
            THEN civil(greatest(died.day, started.day)) ELSE ended END AS ended,
       CASE WHEN dead AND NOT coalesce(ended.day <= died.day, false) THEN 'death'
           ELSE ended_by END AS ended_by,
       greatest(started.day, followed_from) AS seen_from,
       CASE WHEN started.exact AND started.day >= followed_from THEN started.instant ELSE 0 END AS seen_at,
       CASE WHEN focus.act >= 0 THEN focus.act END AS focus
FROM ending LEFT JOIN focus USING (stay);
-- A paused day counts once; a pause that is open runs until now.
CREATE OR REPLACE TEMP TABLE pause AS
WITH spoken AS (
    SELECT stay, said.place, said.day AS first, coalesce(until_day, now.day) AS last
    FROM said JOIN stay USING (stay) WHERE kind = 'pause' AND instant <= now.instant),
reaching AS (
    SELECT *, max(last) OVER (PARTITION BY stay ORDER BY first, place
                              ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reached_day
    FROM spoken)
SELECT stay, greatest(first, coalesce(reached_day + 1, first)) AS first, last
FROM reaching WHERE last >= greatest(first, coalesce(reached_day + 1, first));
"""


def find_stays(con: DuckDBPyConnection) -> None:
    """`instance`: the stays that the records show; `standing`: how each enrolment stands."""
    con.execute(_ARRIVALS)
    fit(con, _LENGTHS)
    con.execute(_EVENTS)
    ask(con)
    con.execute(_JUDGED)
    found, counted = -1, 0
    while counted != found:
        found = counted
        con.execute(_ROUND)
        (counted,) = con.execute("SELECT count(*) FROM instance").fetchone() or (0,)
    con.execute(_STANDING)
