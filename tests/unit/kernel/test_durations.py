"""Durations: how they are written, and what they add to a moment."""

from __future__ import annotations

from fractions import Fraction

import pytest

from vardforlopp.kernel.civil import HOUR, MAX_DAY, civil, day_from_iso, exact, iso, iso_instant, parse_time
from vardforlopp.kernel.durations import NOTHING, Duration, add, parse_duration
from vardforlopp.kernel.workdays import swedish

nth = swedish().nth


@pytest.mark.parametrize(
    ("text", "amount", "unit", "written"),
    [
        ("20 minutes", 20, "minutes", "20 minutes"),
        ("1 hour", 1, "hours", "1 hour"),
        ("4.5 hours", 270, "minutes", "270 minutes"),
        ("3 working days", 3, "working days", "3 working days"),
        ("1 working day", 1, "working days", "1 working day"),
        ("-3 days", -3, "days", "-3 days"),
        (" 6 weeks ", 6, "weeks", "6 weeks"),
        ("12 months", 12, "months", "12 months"),
        ("1 years", 1, "years", "1 year"),
        ("0 days", 0, "days", "0 days"),
    ],
)
def test_a_duration_is_read_and_written(text: str, amount: int, unit: str, written: str):
    """A whole number of one unit; half hours become minutes."""
    duration = parse_duration(text)

    assert (duration.amount, duration.unit, str(duration)) == (amount, unit, written)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "days",
        "3",
        "3d",
        "P3D",
        "1.5 days",
        "0.001 hours",
        "3 working weeks",
        "+3 days",
        "3  days",
        "٣ days",
        "1e3 days",
    ],
)
def test_what_is_no_duration_is_refused(text: str):
    """So is a part of a day, a month or a working week."""
    with pytest.raises(ValueError):
        parse_duration(text)


@pytest.mark.parametrize(
    ("start", "text", "then"),
    [
        ("2026-01-31", "1 month", "2026-02-28"),
        ("2024-02-29", "1 year", "2025-02-28"),
        ("2026-03-30", "-4 weeks", "2026-03-02"),
        ("2026-04-02", "1 working day", "2026-04-07"),
        ("2026-04-07", "-1 working day", "2026-04-02"),
        ("2026-04-03", "0 working days", "2026-04-03"),
        ("2026-03-02", "0 days", "2026-03-02"),
        ("9999-12-30", "1 year", "9999-12-30"),
        ("9999-12-30", "900 working days", "9999-12-30"),
        ("0001-01-01", "-1 week", "0001-01-01"),
    ],
)
def test_days_and_longer_give_a_civil_day(start: str, text: str, then: str):
    """Months clamp, working days pass over Easter, and the calendar ends where it ends."""
    moment = add(civil(day_from_iso(start)), parse_duration(text), nth)

    assert moment == civil(day_from_iso(then))


def test_hours_are_real_hours_when_the_clock_changes():
    """24 hours from noon before the change in spring is one in the afternoon."""
    noon = exact(parse_time("2026-03-28T12:00:00").lo)
    then = add(noon, Duration(24, "hours"), nth)

    assert then.at - noon.at == 24 * HOUR
    assert iso_instant(then.at) == "2026-03-29T13:00:00+02:00"
    assert then.exact


def test_nothing_added_leaves_an_hour_as_it_is_and_makes_a_day_of_the_rest():
    """`0 hours` keeps the instant, `0 days` keeps the day."""
    noon = exact(parse_time("2026-03-28T12:00:00").lo)

    assert add(noon, Duration(0, "hours"), nth) == noon
    assert add(noon, NOTHING, nth) == civil(noon.day)


@pytest.mark.parametrize("amount", [10**12, -(10**12)])
@pytest.mark.parametrize("unit", ["minutes", "hours", "days", "weeks", "months", "years", "working days"])
def test_no_duration_leads_out_of_the_calendar(amount: int, unit: str):
    """The day that comes out can always be written."""
    then = add(civil(day_from_iso("2026-03-02")), Duration(amount, unit), nth)  # type: ignore[arg-type]

    assert 1 <= then.day < MAX_DAY
    assert iso(then.day)


def test_durations_are_ordered_by_their_rough_length():
    """For ranges, and for "may only be made shorter"."""
    ordered = ["30 minutes", "2 hours", "1 day", "3 working days", "1 week", "1 month", "1 year"]
    lengths = [parse_duration(text).rough_days for text in ordered]

    assert lengths == sorted(lengths)
    assert parse_duration("12 months").rough_days == parse_duration("1 year").rough_days == Fraction(365)


def test_minutes_and_hours_compare_instants_and_the_rest_days():
    """The unit decides."""
    assert [parse_duration(f"2 {unit}").by_instant for unit in ("minutes", "hours", "days")] == [
        True,
        True,
        False,
    ]
    assert str(-parse_duration("2 days")) == "-2 days"
