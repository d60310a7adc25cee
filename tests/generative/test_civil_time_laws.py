"""Laws of civil time, on generated days, instants and durations."""

from hypothesis import given
from hypothesis import strategies as st

from vardforlopp.kernel.civil import add_months, day_from_iso, day_of, end_of_day, start_of_day
from vardforlopp.kernel.durations import Duration, parse_duration

DAYS = st.integers(day_from_iso("1950-01-01"), day_from_iso("2100-12-31"))


@given(DAYS)
def test_every_instant_of_a_day_falls_on_that_day(day: int):
    """Days tile time: no gap and no overlap, whatever the clocks do."""
    assert day_of(start_of_day(day)) == day
    assert day_of(end_of_day(day)) == day
    assert end_of_day(day) + 1 == start_of_day(day + 1)


@given(DAYS, DAYS)
def test_time_keeps_the_order_of_days(a: int, b: int):
    """A later day begins later."""
    assert (a < b) == (start_of_day(a) < start_of_day(b))


@given(DAYS, st.integers(0, 600))
def test_adding_months_never_skips_a_month(day: int, months: int):
    """One month more is at most 31 days more, and never fewer than 28 but by clamping to month end."""
    step = add_months(day, months + 1) - add_months(day, months)

    assert 28 <= step <= 31


@given(
    st.integers(-5000, 5000), st.sampled_from(["minutes", "hours", "days", "working days", "weeks", "months"])
)
def test_a_duration_is_read_back_as_it_was_written(amount: int, unit: str):
    """Writing and reading are each other's inverse."""
    duration = Duration(amount, unit)  # type: ignore[arg-type]

    assert parse_duration(str(duration)) == duration
