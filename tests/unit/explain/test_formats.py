"""Numbers, units, times and titles as each language writes them."""

from __future__ import annotations

from fractions import Fraction

import pytest

from vardforlopp.definitions import formats
from vardforlopp.definitions.criteria import Quantity
from vardforlopp.definitions.words_en import ENGLISH
from vardforlopp.definitions.words_sv import SWEDISH
from vardforlopp.kernel.civil import day_from_iso
from vardforlopp.kernel.durations import parse_duration


def test_numbers_have_a_comma_in_swedish_and_a_point_in_english() -> None:
    """Thousands are grouped by a no-break space, or a comma."""
    value = Fraction("12345.75")

    assert formats.number(value, SWEDISH) == "12\u00a0345,75"
    assert formats.number(value, ENGLISH) == "12,345.75"
    assert formats.number(Fraction(-1, 2), SWEDISH) == "\u22120,5"
    assert formats.number(Fraction(1, 3), SWEDISH) == "0,333333"


@pytest.mark.parametrize(
    "unit, swedish, english",
    [
        ("ng/L", "5\u00a0ng/L", "5\u00a0ng/L"),
        ("mm[Hg]", "5\u00a0mmHg", "5\u00a0mmHg"),
        ("%", "5\u00a0%", "5%"),
        ("%-points", "5\u00a0procentenheter", "5\u00a0percentage\u00a0points"),
        ("1", "5", "5"),
        ("{score}", "5", "5"),
        ("10*9/L", "5\u00a0×\u00a010⁹/L", "5\u00a0×\u00a010⁹/L"),
        ("kg/m2", "5\u00a0kg/m²", "5\u00a0kg/m²"),
        ("umol/L", "5\u00a0µmol/L", "5\u00a0µmol/L"),
        ("[IU]/L", "5\u00a0IE/L", "5\u00a0IU/L"),
        ("mL/min/{1.73_m2}", "5\u00a0mL/min/1,73\u00a0m²", "5\u00a0mL/min/1.73\u00a0m²"),
        ("Cel", "5\u00a0°C", "5\u00a0°C"),
    ],
)
def test_a_unit_is_written_as_people_write_it(unit: str, swedish: str, english: str) -> None:
    """Number and unit never part at the end of a line."""
    quantity = Quantity(Fraction(5), unit)

    assert swedish == formats.quantity(quantity, SWEDISH)
    assert english == formats.quantity(quantity, ENGLISH)


@pytest.mark.parametrize(
    "written, length, repeated",
    [
        ("1 day", "1\u00a0dag", "varje dag"),
        ("2 weeks", "2\u00a0veckor", "varannan vecka"),
        ("3 months", "3\u00a0månader", "var tredje månad"),
        ("14 days", "14\u00a0dagar", "var 14:e dag"),
        ("21 days", "21\u00a0dagar", "var 21:a dag"),
        ("1 year", "1\u00a0år", "varje år"),
        ("5 years", "5\u00a0år", "vart femte år"),
        ("3 working days", "3\u00a0arbetsdagar", "var tredje arbetsdag"),
    ],
)
def test_a_swedish_duration_has_its_plural_and_its_way_to_repeat(
    written: str, length: str, repeated: str
) -> None:
    """`varannan`, `var tredje`, `vart femte`."""
    duration = parse_duration(written)

    assert length == formats.duration(duration, SWEDISH)
    assert repeated == formats.every(duration, SWEDISH)


def test_half_hours_are_said_as_hours_and_a_way_back_by_its_length() -> None:
    """`4.5 hours` is kept as 270 minutes; before or after is said by the words around it."""
    assert formats.duration(parse_duration("4.5 hours"), SWEDISH) == "4,5\u00a0timmar"
    assert formats.duration(parse_duration("-3 days"), SWEDISH) == "3\u00a0dagar"


def test_an_english_duration_repeats_every_so_often() -> None:
    """`every month`, `every other week`, `every 3 months`."""
    said = [formats.every(parse_duration(text), ENGLISH) for text in ("1 month", "2 weeks", "3 months")]

    assert said == ["every month", "every other week", "every 3\u00a0months"]


def test_a_date_has_the_name_of_its_month() -> None:
    """Never 08/12."""
    day = day_from_iso("2026-03-02")

    assert formats.day(day, SWEDISH) == "2\u00a0mars\u00a02026"
    assert formats.day(day, ENGLISH) == "2\u00a0March\u00a02026"
    assert formats.day_of_year("10-15", SWEDISH) == "15\u00a0oktober"


@pytest.mark.parametrize(
    "title, inside",
    [
        ("Spirometri", "spirometri"),
        ("NT-proBNP", "NT-proBNP"),
        ("EKG", "EKG"),
        ("P-Kalium", "P-Kalium"),
        ("HbA1c", "HbA1c"),
        ("eGFR", "eGFR"),
        ("Ålder vid debut", "ålder vid debut"),
        ("Borg-skala", "borg-skala"),
        ("Borg CR10", "Borg CR10"),
        ("D-vitamin", "D-vitamin"),
        ("Läkare/sjuksköterska", "läkare/sjuksköterska"),
    ],
)
def test_a_title_inside_a_sentence_begins_small_unless_it_is_a_name(title: str, inside: str) -> None:
    """Abbreviations and names keep their capital."""
    assert inside == formats.inner(title, SWEDISH)


def test_a_sentence_begins_with_a_capital_and_ends_with_a_stop() -> None:
    """Unless it begins with an abbreviation that must not change."""
    assert formats.sentence("journalen visar KOL") == "Journalen visar KOL."
    assert formats.sentence("eGFR 40 är lågt") == "eGFR 40 är lågt."
    assert formats.sentence("gäller om:") == "Gäller om:"


def test_items_are_listed_with_one_last_word() -> None:
    """`a, b och c`."""
    assert [formats.joined(items, "och") for items in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == [
        "",
        "a",
        "a och b",
        "a, b och c",
    ]
