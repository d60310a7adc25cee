"""What people said of occurrences: attested, deviated, declined (rule 10), and how that moves a due date."""

from __future__ import annotations

from duckdb import DuckDBPyConnection

SCHEMA = """
-- The acts that concern each occurrence, a word on the whole pathway before one on the step itself.
CREATE OR REPLACE TEMP TABLE concern (o INTEGER, act INTEGER, turn INTEGER);
-- The word that counts: attested, else skipped.
CREATE OR REPLACE TEMP TABLE word (o INTEGER, attested INTEGER, skipped INTEGER);
"""

#: `speaking` holds the occurrences; `owned_from` and `owned_to` NULL = without limit, `nominal` NULL = none.
#: An act that names no occurrence concerns the one that owns its day; a decline all that are not over then.
_SAY = """
CREATE OR REPLACE TEMP TABLE concerning AS
SELECT o, said.*, closes, row_number() OVER (PARTITION BY o ORDER BY said.step IS NULL, said.place) AS turn
FROM speaking JOIN stay USING (stay) JOIN said USING (stay)
LEFT JOIN used ON used.stay = speaking.stay AND used.step = speaking.step AND used.act = said.act
WHERE said.instant <= now.instant AND used.act IS NULL
  AND CASE WHEN said.step = speaking.step THEN kind IN ('deviation', 'decline', 'attestation', 'credit')
           WHEN said.step IS NULL THEN kind IN ('deviation', 'decline') ELSE false END
  AND CASE WHEN nominal IS NULL THEN occurrence IS NULL
           WHEN occurrence IS NOT NULL THEN occurrence = nominal.day
           WHEN kind = 'decline' THEN coalesce(said.day < owned_to.day, true)
           ELSE coalesce(coalesce(done_day, said.day) >= owned_from.day, true)
                AND coalesce(coalesce(done_day, said.day) < owned_to.day, true) END;
INSERT INTO concern (o, act, turn) SELECT o, act, turn FROM concerning;
-- A decline holds until its re-offer, and for good if the occurrence was over by then.
INSERT INTO word (o, attested, skipped)
WITH judged AS (
    SELECT concerning.*, kind = 'deviation' OR (kind = 'decline' AND (
               until_day IS NULL OR now.day < until_day OR coalesce(closes.day <= until_day, false))) AS holds
    FROM concerning JOIN stay USING (stay))
SELECT o, arg_max(act, turn) FILTER (kind IN ('attestation', 'credit')),
       coalesce(arg_max(act, turn) FILTER (holds AND judged.step IS NOT NULL), arg_max(act,
           turn) FILTER (holds))
FROM speaking LEFT JOIN judged USING (o) GROUP BY o;
"""


def say(con: DuckDBPyConnection) -> None:
    """The words on the occurrences in `speaking`."""
    con.execute(_SAY)
