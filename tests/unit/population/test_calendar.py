"""Civil time in SQL is the kernel's, to the day and to the microsecond."""

from __future__ import annotations

import pytest

from vardforlopp import population
from vardforlopp.kernel.civil import HOUR, MAX_DAY, civil, day_from_iso, exact, start_of_day
from vardforlopp.kernel.durations import UNITS, Duration, add
from vardforlopp.kernel.workdays import swedish
from vardforlopp.population.calendar import LENGTH, MOMENT
from vardforlopp.population.tables import insert, moment_of, struct

CALENDAR = swedish()
#: Ends of months, leap days, changes of the clock, Christmas, and the ends of what is listed.
DAYS = [
    day_from_iso(text)
    for text in (
        "1899-12-31", "1900-01-01", "1945-10-07", "1980-04-06", "2023-12-22", "2024-01-31", "2024-02-29",
        "2026-03-28", "2026-03-29", "2026-04-02", "2026-10-24", "2026-10-25", "2026-12-23", "2026-12-31",
        "2100-12-30", "2100-12-31", "2101-01-01", "2101-07-01", "9999-12-20",
    )
]  # fmt: skip
MOMENTS = [civil(day) for day in DAYS] + [
    exact(start_of_day(day) + hour * HOUR) for day in DAYS for hour in (0, 1, 23)
]
LENGTHS = [Duration(amount, unit) for unit in UNITS for amount in (-40, -3, -1, 0, 1, 2, 13, 700)]


def test_adding_is_the_kernels() -> None:
    """Every unit, forwards and back, from civil days and from instants."""
    con = population.connect(CALENDAR)
    con.execute(f"CREATE TABLE sum (n INTEGER, m {MOMENT}, length {LENGTH})")
    sums = [(moment, length) for moment in MOMENTS for length in LENGTHS]
    rows = [
        (n, struct(moment), {"amount": length.amount, "unit": length.unit, "more": length.more})
        for n, (moment, length) in enumerate(sums)
    ]
    insert(con, {"sum": rows})

    found = con.execute("SELECT plus(m, length) FROM sum ORDER BY n").fetchall()

    assert [moment_of(m) for (m,) in found] == [add(*one, CALENDAR.nth) for one in sums]


@pytest.mark.parametrize("first", [1, DAYS[0] - 40, DAYS[-4] - 40, MAX_DAY - 80])
def test_a_day_begins_when_the_kernel_says(first: int) -> None:
    """Also outside the days that are listed."""
    con = population.connect(CALENDAR)
    query = (
        "SELECT start_of(o), day_of(start_of(o)), day_of(start_of(o) - 1) FROM range(?, ?) t(o) ORDER BY o"
    )

    found = con.execute(query, [first, first + 79]).fetchall()

    assert found == [(start_of_day(day), day, day - 1) for day in range(first, first + 79)]
