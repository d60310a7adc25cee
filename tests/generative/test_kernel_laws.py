"""The laws of the kernel, on generated values."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from personnummer import personnummer

from vardforlopp.kernel._unit_factors import FACTORS
from vardforlopp.kernel.civil import (
    add_months,
    civil,
    day_of,
    end_of_day,
    instant,
    iso_instant,
    parse_time,
    start_of_day,
)
from vardforlopp.kernel.durations import UNITS, Duration, add, parse_duration
from vardforlopp.kernel.identifiers import (
    IdentifierError,
    Personnummer,
    Samordningsnummer,
    luhn_digit,
    parse_person_number,
)
from vardforlopp.kernel.quantities import UnitError, convert, normalise_unit, parse_number
from vardforlopp.kernel.workdays import EVES, swedish

STOCKHOLM = ZoneInfo("Europe/Stockholm")
CALENDAR = swedish()

days = st.integers(date(1900, 1, 2).toordinal(), date(2100, 12, 31).toordinal())
moments = st.datetimes(datetime(1900, 1, 2), datetime(2100, 12, 31), timezones=st.just(UTC))
values = st.fractions(min_value=-(10**6), max_value=10**6, max_denominator=1000)
units = st.sampled_from(sorted(FACTORS))
masses = st.fractions(min_value=1, max_value=200_000, max_denominator=1000)


@given(days)
def test_a_day_is_the_day_of_all_its_instants(day: int):
    """The first, the last, and no other day's."""
    assert day_of(start_of_day(day)) == day_of(end_of_day(day)) == day
    assert day_of(start_of_day(day) - 1) == day - 1


@given(moments)
def test_the_civil_day_agrees_with_zoneinfo(moment: datetime):
    """On every instant of two centuries."""
    local = moment.astimezone(STOCKHOLM)

    assert day_of(instant(moment)) == local.toordinal()
    assert iso_instant(instant(moment)) == local.isoformat(timespec="seconds")


@given(st.datetimes(datetime(1900, 1, 2), datetime(2100, 12, 31)))
def test_a_local_clock_reading_agrees_with_zoneinfo(moment: datetime):
    """Also in the hours that come twice, or not at all."""
    assert parse_time(moment.isoformat()).lo == instant(moment.replace(tzinfo=STOCKHOLM))


@given(moments)
def test_an_instant_is_read_as_it_is_written(moment: datetime):
    """To the second, which is what we write."""
    at = instant(moment.replace(microsecond=0))

    assert parse_time(iso_instant(at)).lo == at


@given(days, st.integers(-1200, 1200))
def test_months_keep_the_day_or_clamp_it(day: int, months: int):
    """The month is the right one; the day is the same, or the last of a shorter month."""
    start, then = date.fromordinal(day), date.fromordinal(add_months(day, months))

    assert (then.year * 12 + then.month) - (start.year * 12 + start.month) == months
    assert then.day == start.day or (then.day < start.day and (then + timedelta(days=1)).day == 1)


@given(days, st.integers(0, 400), st.sampled_from(UNITS))
def test_a_longer_duration_never_ends_earlier(day: int, amount: int, unit: str):
    """Adding is monotone, and a duration is read as it is written."""
    duration, longer = Duration(amount, unit), Duration(amount + 1, unit)  # type: ignore[arg-type]
    then = add(civil(day), duration, CALENDAR.nth)

    assert then.day >= day
    assert add(civil(day), longer, CALENDAR.nth).at > then.at
    assert parse_duration(str(duration)) == duration


@given(days, st.integers(-500, 500).filter(bool), st.sets(st.sampled_from(EVES)))
def test_the_nth_working_day_is_n_working_days_away(day: int, n: int, eves: set[str]):
    """Counted one day at a time, and as a difference of indexes."""
    calendar = swedish(eves)
    then = calendar.nth(day, n)
    passed = range(day + 1, then + 1) if n > 0 else range(then, day)

    assert calendar.is_working(then)
    assert sum(calendar.is_working(other) for other in passed) == abs(n)
    if calendar.is_working(day):
        assert calendar.index(then) - calendar.index(day) == n
        assert calendar.nth(then, -n) == day


@given(values, units, units, st.none() | masses)
def test_a_conversion_there_and_back_changes_nothing(value: Fraction, a: str, b: str, mass: Fraction | None):
    """Exactly; and what cannot go there cannot come back."""
    try:
        there = convert(value, a, b, mass)
    except UnitError:
        with pytest.raises(UnitError):
            convert(value, b, a, mass)
        return
    assert convert(there, b, a, mass) == value


@given(
    values, values, st.sampled_from([("mg/dL", "g/L"), ("mmHg", "kPa"), ("Cel", "[degF]"), ("U/L", "ukat/L")])
)
def test_a_conversion_keeps_the_order_of_values(a: Fraction, b: Fraction, pair: tuple[str, str]):
    """What is higher in one unit is higher in the other; equal stays equal."""
    assert (a < b) == (convert(a, *pair) < convert(b, *pair))
    assert (a == b) == (convert(a, *pair) == convert(b, *pair))


@given(st.text(max_size=80))
def test_any_text_normalises_once(text: str):
    """A normal form is normal; nothing breaks."""
    once = normalise_unit(text)

    assert normalise_unit(once) == once


@given(st.text(alphabet="mgLudkPal/.*^()[]{}HgiU%1023-+ ", max_size=16))
def test_any_text_is_a_unit_or_is_not(text: str):
    """What looks like a unit either converts, or is refused; nothing else happens."""
    with suppress(UnitError):
        assert isinstance(convert(Fraction(1), text, "mg/L"), Fraction)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_float_is_read_as_the_decimal_that_it_prints_as(number: float):
    """Exactly what Python prints, and nearest to that float."""
    assert parse_number(number) == Fraction(repr(number))
    assert float(parse_number(number)) == number
    assert parse_number(repr(number)) == parse_number(number)


@st.composite
def person_numbers(draw: st.DrawFn) -> str:
    """Twelve digits: a date, mostly real, some with 60 added, and a check digit, mostly right."""
    day = date.fromordinal(draw(st.integers(date(1850, 1, 1).toordinal(), date(2025, 12, 31).toordinal())))
    shown = draw(st.sampled_from([day.day, day.day, day.day + 60, 30, 91, 0]))
    digits = f"{day:%m}{shown:02}{draw(st.integers(1, 999)):03}"
    last = luhn_digit(f"{day.year % 100:02}{digits}")
    return f"{day.year}{digits}{draw(st.sampled_from([last, last, last, (last + 1) % 10]))}"


@given(person_numbers())
def test_our_checks_agree_with_the_personnummer_library(number: str):
    """On form, date and check digit of twelve digits, where the library's clock plays no part."""
    if not personnummer.valid(number):
        with pytest.raises(IdentifierError) as raised:
            parse_person_number(number)
        assert number not in str(raised.value)
        return
    ours = parse_person_number(number)
    theirs = personnummer.parse(number)

    assert str(ours) == number == theirs.format(long_format=True)
    assert isinstance(ours, Samordningsnummer) == theirs.is_coordination_number()
    assert ours.born == theirs.get_date().toordinal()


@given(person_numbers(), st.integers(0, 99))
def test_ten_digits_and_the_day_of_writing_give_the_century(number: str, age: int):
    """Under a hundred years `-`, then `+` for the next hundred."""
    try:
        value = parse_person_number(number)
    except IdentifierError:
        return
    assert isinstance(value, Personnummer | Samordningsnummer)
    born = date.fromordinal(value.born)
    for sign, years in (("-", age), ("+", age + 100)):
        written = date(born.year + years, 12, 31).toordinal()
        assert type(value).parse(f"{number[2:8]}{sign}{number[8:]}", on=written) == value


@given(st.integers(0, 11), st.integers(1, 9))
def test_one_wrong_digit_is_always_found(place: int, change: int):
    """What a check digit is for; the first two, the century, are not part of it."""
    right = "196101182803"
    wrong = f"{right[:place]}{(int(right[place]) + change) % 10}{right[place + 1 :]}"
    if place < 2:
        return
    try:
        found = parse_person_number(wrong)
    except IdentifierError:
        return
    raise AssertionError(f"taken for a {type(found).__name__}")
