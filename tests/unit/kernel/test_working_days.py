"""Working days in Sweden, and the days of the care guarantee."""

from __future__ import annotations

import pytest

import generate_holidays
from vardforlopp.kernel import _holidays
from vardforlopp.kernel.civil import day_from_iso, iso
from vardforlopp.kernel.workdays import EVES, WorkCalendar, swedish


def day(text: str) -> int:
    return day_from_iso(text)


def test_the_committed_table_is_what_the_library_says_today():
    """`_holidays.py` is generated; a new law or a new library is seen here."""
    assert generate_holidays.TARGET.read_text("utf-8") == generate_holidays.render()


def test_the_table_has_every_year_once():
    """From the year in which Midsummer got its day, to 2100."""
    assert [year for year, _, _ in _holidays.YEARS] == list(range(1953, 2101))


HOLIDAYS_2026 = [
    "2026-01-01", "2026-01-06", "2026-04-03", "2026-04-05", "2026-04-06", "2026-05-01", "2026-05-14",
    "2026-05-24", "2026-06-06", "2026-06-20", "2026-10-31", "2026-12-25", "2026-12-26",
]  # fmt: skip


@pytest.mark.parametrize("holiday", HOLIDAYS_2026)
def test_the_public_holidays_of_2026_are_no_working_days(holiday: str):
    """Thirteen of them."""
    assert day(holiday) in swedish(()).holidays


@pytest.mark.parametrize(
    ("text", "working"),
    [
        ("2026-03-02", True),
        ("2026-03-07", False),
        ("2026-03-08", False),
        ("2026-04-02", True),
        ("2026-05-25", True),
        ("2004-05-31", False),
        ("2005-06-06", False),
        ("2003-06-06", True),
    ],
)
def test_working_days_are_the_weekdays_that_are_no_holiday(text: str, working: bool):
    """Maundy Thursday is one; Whit Monday since 2005, when 6 June became a holiday instead."""
    assert swedish().is_working(day(text)) is working


@pytest.mark.parametrize(
    ("eve", "text"), [("midsummer", "2026-06-19"), ("christmas", "2026-12-24"), ("new-year", "2026-12-31")]
)
def test_each_eve_counts_only_where_the_setting_says_so(eve: str, text: str):
    """All three by default."""
    assert not swedish().is_working(day(text))
    assert not swedish((eve,)).is_working(day(text))
    assert swedish([other for other in EVES if other != eve]).is_working(day(text))


def test_an_eve_that_does_not_exist_is_refused():
    """The message says which there are."""
    with pytest.raises(ValueError, match="midsummer, christmas, new-year"):
        swedish(("easter",))


def test_the_calendar_is_made_once():
    """In whatever order the eves are written."""
    assert swedish(("christmas", "midsummer")) is swedish(["midsummer", "christmas"])


@pytest.mark.parametrize(
    ("start", "n", "then"),
    [
        ("2026-03-02", 3, "2026-03-05"),
        ("2026-03-06", 1, "2026-03-09"),
        ("2026-04-02", 1, "2026-04-07"),
        ("2026-04-04", 1, "2026-04-07"),
        ("2026-04-04", -1, "2026-04-02"),
        ("2026-04-07", -1, "2026-04-02"),
        ("2026-04-04", 0, "2026-04-04"),
        ("2026-12-23", 1, "2026-12-28"),
        ("2026-12-30", 1, "2027-01-04"),
    ],
)
def test_the_nth_working_day_passes_over_weekends_holidays_and_eves(start: str, n: int, then: str):
    """Counted from the day after; backwards from the day before; 0 is the day itself."""
    assert iso(swedish().nth(day(start), n)) == then


def test_outside_the_table_only_weekends_are_free():
    """The calendar is total: years 1 and 9999 have working days too."""
    calendar = swedish()

    assert calendar.is_working(day("2101-01-03"))
    assert calendar.nth(1, 5) == 8
    assert iso(calendar.nth(day("9999-12-24"), 1)) == "9999-12-27"


def test_a_calendar_of_ones_own_counts_the_same_way():
    """Any set of holidays makes a calendar; those on a weekend change nothing."""
    monday, saturday = day("2026-03-02"), day("2026-03-07")
    calendar = WorkCalendar(frozenset({monday, saturday}))

    assert calendar.nth(monday - 1, 1) == monday + 1
    assert calendar.index(saturday) == calendar.index(saturday - 1)
    assert calendar == WorkCalendar(frozenset({saturday, monday}))
