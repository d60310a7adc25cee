"""Civil time in SQL: days, instants, moments, working days and durations, as the kernel counts them.

A day is an ordinal, an instant microseconds (`kernel/civil.py`). A moment is a struct of `day`, `instant`
and `exact`, as `kernel.civil.Moment`; a length a struct of `amount`, `unit` and `more`, as
`kernel.durations.Duration`. The macros are the one place here where time is added.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from duckdb import DuckDBPyConnection

from vardforlopp.kernel.civil import DAY, EPOCH_DAY, HOUR, MAX_DAY, MINUTE, end_of_day, start_of_day
from vardforlopp.kernel.workdays import WorkCalendar

MOMENT = "STRUCT(day INTEGER, instant BIGINT, exact BOOLEAN)"
LENGTH = "STRUCT(amount INTEGER, unit VARCHAR, more INTEGER)"

#: The days whose summer time and holidays are listed; outside there is neither.
FIRST, LAST = date(1900, 1, 1).toordinal(), date(2101, 1, 1).toordinal()

_DAYS = f"""
CREATE OR REPLACE MACRO as_date(o) AS DATE '0001-01-01' + CAST(o - 1 AS INTEGER);
CREATE OR REPLACE MACRO ordinal(d) AS CAST(date_diff('day', DATE '0001-01-01', d) + 1 AS INTEGER);
-- The same day of the month, clamped at the end of a shorter one.
CREATE OR REPLACE MACRO months_later(o, n) AS
    ordinal(CAST(as_date(o) + to_months(CAST(n AS INTEGER)) AS DATE));
-- Stockholm is an hour ahead of UTC, and two on a day that begins in summer time.
CREATE OR REPLACE MACRO in_summer(o) AS
    get_bit(getvariable('summer'), CAST(greatest(0, least(o, {LAST}) - {FIRST}) AS INTEGER));
CREATE OR REPLACE MACRO start_of(o) AS CAST(o - {EPOCH_DAY} AS BIGINT) * {DAY} - {HOUR} * (1 + in_summer(o));
CREATE OR REPLACE MACRO end_of(o) AS start_of(o + 1) - 1;
-- Counted from the year 1: `//` cuts towards zero, and instants before 1970 are negative.
CREATE OR REPLACE MACRO day_in_winter(i) AS (i + {EPOCH_DAY * DAY + HOUR}) // {DAY};
CREATE OR REPLACE MACRO day_of(i) AS
    CAST(day_in_winter(i + {HOUR} * in_summer(day_in_winter(i) + 1)) AS INTEGER);
-- The n-th working day after a day, before it for a negative n; the day itself for 0. Twice as many days hold
-- them, and a fortnight more: the longest run of days off.
CREATE OR REPLACE MACRO is_working(o) AS (o - 1) % 7 < 5 AND
    get_bit(getvariable('holidays'), CAST(greatest(0, least(o, {LAST}) - {FIRST}) AS INTEGER)) = 0;
CREATE OR REPLACE MACRO nth_working_day(o, n) AS CAST(o + sign(n) * coalesce(list_filter(
    range(1, 2 * abs(n) + 15), lambda k: is_working(o + sign(n) * k))[abs(n)], 0) AS INTEGER);
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

_MOMENTS = f"""
CREATE OR REPLACE MACRO civil(o) AS
    {{'day': CAST(o AS INTEGER), 'instant': CAST(start_of(o) AS BIGINT), 'exact': false}};
CREATE OR REPLACE MACRO exact_at(i) AS
    {{'day': CAST(day_of(i) AS INTEGER), 'instant': CAST(i AS BIGINT), 'exact': true}};
CREATE OR REPLACE MACRO moment_of(fact_day, lo, hi) AS
    {{'day': CAST(fact_day AS INTEGER), 'instant': CAST(lo AS BIGINT), 'exact': lo = hi}};
-- By instant when both are exact, else by civil day.
CREATE OR REPLACE MACRO before(a, b) AS
    CASE WHEN a.exact AND b.exact THEN a.instant < b.instant ELSE a.day < b.day END;
CREATE OR REPLACE MACRO reached(m, t) AS
    CASE WHEN m.exact THEN t.instant >= m.instant ELSE t.day >= m.day END;
-- From the next civil day (or instant) after `due`, which is inclusive.
CREATE OR REPLACE MACRO passed(due, t) AS
    CASE WHEN due.exact THEN t.instant > due.instant ELSE t.day > due.day END;
CREATE OR REPLACE MACRO sooner(a, b) AS
    CASE WHEN a IS NULL THEN b WHEN b IS NULL THEN a WHEN before(a, b) THEN a ELSE b END;
-- A moment as a time asked about: a civil day means its end; never after now.
CREATE OR REPLACE MACRO asked_at(m, now) AS CASE
    WHEN (CASE WHEN m.exact THEN m.instant ELSE end_of(m.day) END) >= now.instant THEN now
    ELSE {{'day': m.day, 'exact': true,
           'instant': CASE WHEN m.exact THEN m.instant ELSE CAST(end_of(m.day) AS BIGINT) END}} END;

CREATE OR REPLACE MACRO by_clock(length) AS length.unit IN ('minutes', 'hours');
CREATE OR REPLACE MACRO day_plus(o, length) AS CAST(least(greatest(length.more + CASE
    WHEN length.unit = 'working days' THEN nth_working_day(o, length.amount)
    WHEN length.unit IN ('months', 'years')
    THEN months_later(o, length.amount * CASE length.unit WHEN 'years' THEN 12 ELSE 1 END)
    ELSE o + length.amount * CASE length.unit WHEN 'weeks' THEN 7 ELSE 1 END
    END, 1), {MAX_DAY - 1}) AS INTEGER);
CREATE OR REPLACE MACRO instant_plus(i, length) AS least(greatest(
    i + length.amount * CASE length.unit WHEN 'minutes' THEN {MINUTE} ELSE {HOUR} END,
    {start_of_day(1)}), {end_of_day(MAX_DAY - 1)});
-- Minutes and hours keep the instant; all other units give a civil day. What is added is worked out once: a
-- macro repeats the text of what it is given, and a plan grows with it.
CREATE OR REPLACE MACRO plus(m, length) AS CASE
    WHEN m IS NULL OR length IS NULL THEN NULL
    WHEN by_clock(length) THEN list_transform([instant_plus(m.instant, length)], lambda i: exact_at(i))[1]
    WHEN length.amount = 0 AND length.more = 0 AND length.unit = 'days' AND NOT m.exact THEN m
    ELSE list_transform([day_plus(m.day, length)], lambda o: civil(o))[1] END;
"""


def create_calendar(con: DuckDBPyConnection, calendar: WorkCalendar) -> None:
    """The macros of civil time, and what they look at: a bit a day for summer time, and one for holidays."""
    for name, bits in zip(("summer", "holidays"), _bits(calendar), strict=True):
        con.execute(f"SET VARIABLE {name} = CAST(? AS BIT)", [bits])
    con.execute(_DAYS)
    con.execute(_MOMENTS)


@lru_cache(maxsize=2)
def _bits(calendar: WorkCalendar) -> tuple[str, str]:
    days = range(FIRST, LAST + 1)
    winter = -HOUR % DAY  # when a day begins in UTC
    return (
        "".join("0" if start_of_day(day) % DAY == winter else "1" for day in days),
        "".join("1" if day in calendar.holidays else "0" for day in days),
    )
