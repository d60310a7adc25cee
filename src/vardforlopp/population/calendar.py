"""Civil time in SQL: days, instants, working days and durations, as the kernel counts them."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from duckdb import DuckDBPyConnection

from vardforlopp.kernel.civil import start_of_day
from vardforlopp.kernel.workdays import WorkCalendar

#: The days of the table. Facts and deadlines lie within; beyond it no day has a start.
FIRST, LAST = date(1800, 1, 1).toordinal(), date(2300, 1, 1).toordinal()

_MACROS = """
CREATE OR REPLACE MACRO ordinal(d) AS CAST(date_diff('day', DATE '0001-01-01', d) + 1 AS INTEGER);
CREATE OR REPLACE MACRO as_date(o) AS DATE '0001-01-01' + CAST(o - 1 AS INTEGER);
-- The same day of the month, clamped at the end of a shorter one.
CREATE OR REPLACE MACRO months_later(o, n) AS ordinal(CAST(as_date(o) + to_months(CAST(n AS INTEGER)) AS DATE));
CREATE OR REPLACE MACRO start_of(o) AS (SELECT begins FROM calendar WHERE calendar.day = o);
CREATE OR REPLACE MACRO day_of(instant) AS (
    SELECT max(day) FROM calendar WHERE calendar.begins <= instant AND instant < calendar.ends);
-- The n-th working day after a day, before it for a negative n; the day itself for 0.
CREATE OR REPLACE MACRO nth_working_day(o, n) AS CASE WHEN n = 0 THEN o ELSE (
    SELECT min(later.day) FROM calendar AS later WHERE later.working AND later.work =
        (SELECT work FROM calendar AS this WHERE this.day = CASE WHEN n > 0 THEN o ELSE o - 1 END)
        + CASE WHEN n > 0 THEN n ELSE n + 1 END) END;
-- Whole years, and months, lived on a day; a birthday on 29 February falls on 1 March.
CREATE OR REPLACE MACRO years_lived(born, o) AS
    year(as_date(o)) - year(as_date(born))
    - CASE WHEN (month(as_date(o)), day(as_date(o))) < (month(as_date(born)), day(as_date(born)))
      THEN 1 ELSE 0 END;
CREATE OR REPLACE MACRO months_between(born, o) AS
    12 * (year(as_date(o)) - year(as_date(born))) + month(as_date(o)) - month(as_date(born));
CREATE OR REPLACE MACRO months_lived(born, o) AS greatest(0, months_between(born, o)
    - CASE WHEN months_later(born, greatest(0, months_between(born, o))) > o THEN 1 ELSE 0 END);
"""


def create_calendar(con: DuckDBPyConnection, calendar: WorkCalendar) -> None:
    """The table of days, and the macros that count with it. `begins`: the day's first instant."""
    days, begins, work, working = _days(calendar)
    con.execute(
        """
        CREATE OR REPLACE TABLE calendar AS
        SELECT day, begins, lead(begins, 1, begins + 86400000000) OVER (ORDER BY day) AS ends, work, working
        FROM (SELECT unnest(?::INTEGER[]) AS day, unnest(?::BIGINT[]) AS begins,
                     unnest(?::INTEGER[]) AS work, unnest(?::BOOLEAN[]) AS working)
        """,
        [days, begins, work, working],
    )
    con.execute(_MACROS)


@lru_cache(maxsize=2)
def _days(calendar: WorkCalendar) -> tuple[list[int], list[int], list[int], list[bool]]:
    days = list(range(FIRST, LAST))
    return (
        days,
        [start_of_day(day) for day in days],
        [calendar.index(day) for day in days],
        [calendar.is_working(day) for day in days],
    )
