"""Civil time in Stockholm: days, instants, partial dates."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from vardforlopp.kernel.civil import (
    DAY,
    HOUR,
    MAX_DAY,
    MINUTE,
    STOCKHOLM,
    Moment,
    add_months,
    as_of_day,
    civil,
    day_from_iso,
    day_of,
    end_of_day,
    exact,
    instant,
    iso,
    iso_instant,
    parse_time,
    reached,
    start_of_day,
    years_between,
)


def at(text: str) -> int:
    return parse_time(text).lo


@pytest.mark.parametrize(
    ("day", "hours"), [("2026-03-29", 23), ("2026-03-28", 24), ("2026-10-25", 25), ("2026-10-26", 24)]
)
def test_a_day_has_23_hours_in_spring_and_25_in_autumn(day: str, hours: int):
    """The day begins at its own midnight, whatever the clock does later."""
    ordinal = day_from_iso(day)

    assert start_of_day(ordinal + 1) - start_of_day(ordinal) == hours * HOUR
    assert end_of_day(ordinal) - start_of_day(ordinal) == hours * HOUR - 1


def test_each_day_from_1900_to_2100_begins_with_its_own_first_instant():
    """`day_of(start_of_day(d)) == d`, and the microsecond before is the day before."""
    first, last = date(1900, 1, 2).toordinal(), date(2100, 12, 31).toordinal()
    wrong = [
        iso(day)
        for day in range(first, last + 1)
        if day_of(start_of_day(day)) != day or day_of(start_of_day(day) - 1) != day - 1
    ]

    assert wrong == []


def test_the_offset_changes_exactly_when_the_time_zone_says_so():
    """Each change from 1900 to 2100 is found, and to the second: zoneinfo is asked before and after."""
    hour = timedelta(hours=1)
    moment, end = datetime(1900, 1, 2, tzinfo=UTC), datetime(2100, 12, 31, tzinfo=UTC)
    while moment < end:
        later = moment + 24 * hour
        for asked in (moment, *_around_changes(moment, later)):
            assert iso_instant(instant(asked)) == asked.astimezone(STOCKHOLM).isoformat(timespec="seconds")
        moment = later


def _around_changes(start: datetime, end: datetime) -> list[datetime]:
    """Each hour of a day on which the clock changes, and the second before it."""
    if start.astimezone(STOCKHOLM).utcoffset() == end.astimezone(STOCKHOLM).utcoffset():
        return []
    hours = [start + timedelta(hours=n) for n in range(25)]
    return [*hours, *(hour - timedelta(seconds=1) for hour in hours)]


def test_the_hour_that_comes_twice_is_read_as_its_first():
    """A Swedish clock reading without offset, 25 October at 02:30: still summer time."""
    assert at("2026-10-25T02:30:00") == at("2026-10-25T02:30:00+02:00")
    assert at("2026-10-25T03:00:00") == at("2026-10-25T03:00:00+01:00")


def test_the_hour_that_does_not_come_is_read_as_if_the_clock_had_stood():
    """29 March at 02:30 does not exist; it is half an hour after 02:00 winter time."""
    assert at("2026-03-29T02:30:00") == at("2026-03-29T02:30:00+01:00")


def test_a_time_without_offset_is_swedish_local_time():
    """The convention of the Swedish service platform."""
    assert at("2026-07-01T10:15:00") == at("2026-07-01T08:15:00Z")
    assert at("2026-01-01T10:15:00") == at("2026-01-01T09:15:00Z")


def test_an_instant_near_midnight_falls_on_the_swedish_day():
    """23:30 in UTC is the next day in Stockholm."""
    assert iso(parse_time("2026-06-30T23:30:00Z").day) == "2026-07-01"
    assert iso(parse_time("2026-06-30T20:30:00-05:00").day) == "2026-07-01"


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026", "2026-01-01", "2026-12-31"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2026-02", "2026-02-01", "2026-02-28"),
        ("2026-12", "2026-12-01", "2026-12-31"),
        ("2024-02-29", "2024-02-29", "2024-02-29"),
        ("0001", "0001-01-01", "0001-12-31"),
        ("9999", "9999-01-01", "9999-12-31"),
        ("9999-12", "9999-12-01", "9999-12-31"),
    ],
)
def test_a_partial_date_is_the_interval_that_it_may_mean(text: str, first: str, last: str):
    """Never its first day by guess; `lo..hi` are the first and last instant of those days."""
    span = parse_time(text)

    assert (iso(span.day), iso(span.last_day)) == (first, last)
    assert (span.lo, span.hi) == (start_of_day(span.day), end_of_day(span.last_day))


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-30", "2023-02-29", "2026-13", "2026-00-01", "0000", "10000", "", "26-03-02", "20260302",
        "2026-W10-1", "2026-W10", "2026/03/02", "2026-3-2", "٢٠٢٦", "2026-03-02 10:15",
        "2026-03-02T25:00:00Z", "2026-02-30T10:00:00Z", "20260302T101500Z",
        "2026-W10-1T10:00:00", "idag", "9999-12-31T23:59:59Z",
        "0001-01-01T00:00:00+14:00",
    ],
)  # fmt: skip
def test_a_time_that_does_not_exist_is_refused(text: str):
    """30 February, week dates, other ways of writing, and what lies outside years 1 to 9999."""
    with pytest.raises(ValueError):
        parse_time(text)


@pytest.mark.parametrize("text", ["2026-W10-1", "20260302", "2026-3-02", "2026-02-30"])
def test_a_day_is_written_in_one_way(text: str):
    """Year, month and day with dashes."""
    with pytest.raises(ValueError):
        day_from_iso(text)


def test_the_first_and_the_last_day_of_the_calendar_can_be_told():
    """Year 1 begins in UTC's year 0, year 9999 ends before UTC's does: neither breaks."""
    assert iso_instant(start_of_day(1)) == "0001-01-01T00:00:00+01:00"
    assert iso_instant(end_of_day(MAX_DAY)) == "9999-12-31T23:59:59+01:00"
    assert parse_time("0001-01-01T00:00:00").day == 1
    assert parse_time("9999-12-31T23:59:59").day == MAX_DAY
    assert (day_of(start_of_day(1)), day_of(end_of_day(MAX_DAY))) == (1, MAX_DAY)


@pytest.mark.parametrize(
    ("start", "months", "then"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2026-03-31", -1, "2026-02-28"),
        ("2026-12-15", 1, "2027-01-15"),
        ("2026-01-15", -1, "2025-12-15"),
        ("0001-01-31", -1, "0001-01-01"),
        ("9999-12-01", 1, "9999-12-31"),
    ],
)
def test_months_clamp_at_the_end_of_a_shorter_month(start: str, months: int, then: str):
    """And at the two ends of the calendar."""
    assert iso(add_months(day_from_iso(start), months)) == then


@pytest.mark.parametrize(
    ("day", "years"), [("2022-02-27", 17), ("2022-02-28", 17), ("2022-03-01", 18), ("2024-02-29", 20)]
)
def test_a_person_born_on_a_leap_day_comes_of_age_on_the_first_of_march(day: str, years: int):
    """In a common year; in a leap year on the day itself."""
    assert years_between(day_from_iso("2004-02-29"), day_from_iso(day)) == years


def test_a_date_as_the_time_asked_about_is_the_end_of_that_day():
    """So that all of that day's facts are seen."""
    day = day_from_iso("2026-03-02")

    assert as_of_day(day) == Moment(day, start_of_day(day + 1) - 1, True)


def test_a_civil_moment_is_reached_by_its_day_and_an_exact_one_by_its_instant():
    """A date is reached in its first minute; an instant when it comes."""
    noon = at("2026-03-02T12:00:00")
    before, after = exact(noon - MINUTE), exact(noon + MINUTE)

    assert reached(civil(before.day), before)
    assert not reached(exact(noon), before)
    assert reached(exact(noon), after)
    assert not reached(civil(before.day + 1), after)
    assert exact(noon + DAY).day == before.day + 1
