"""Civil time and durations, as the definitions count them."""

from vardforlopp.kernel.civil import civil, day_from_iso, day_of, iso, parse_time, start_of_day
from vardforlopp.kernel.durations import add, parse_duration


def _calendar_day(day: int, n: int) -> int:
    return day + n


def test_a_day_begins_at_midnight_in_stockholm_also_when_the_clock_changes():
    """29 March 2026 has 23 hours: the next day still begins at its own midnight."""
    day = day_from_iso("2026-03-29")

    assert start_of_day(day + 1) - start_of_day(day) == 23 * 3_600_000_000
    assert day_of(start_of_day(day)) == day
    assert day_of(start_of_day(day) - 1) == day - 1


def test_a_month_from_the_last_of_january_is_the_last_of_february():
    """Months clamp at the end of a shorter month."""
    start = civil(day_from_iso("2026-01-31"))

    assert iso(add(start, parse_duration("1 month"), _calendar_day).day) == "2026-02-28"


def test_a_written_month_covers_all_its_days():
    """A partial date is an interval, never a guess."""
    march = parse_time("2026-03")

    assert (iso(march.day), iso(march.last_day)) == ("2026-03-01", "2026-03-31")
    assert not march.precise
