"""Numbers, quantities, durations and dates in the form that a language writes them.

Parts that belong together are joined by no-break spaces; ranges by an en dash that does not break.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from fractions import Fraction

from vardforlopp.definitions.criteria import Quantity
from vardforlopp.definitions.phrasebook import Phrasebook
from vardforlopp.kernel.durations import Duration

NBSP = "\u00a0"
JOINER = "\u2060"
DASH = f"{JOINER}\u2013{JOINER}"

_ANNOTATION = re.compile(r"\{[^}]*\}")
_CAPITALISED = re.compile(r"[A-ZÅÄÖÉ][a-zåäöé]+(?:[-/][a-zåäöé]+)*[,.;:]?")
_MAX_DECIMALS = 6


def number(value: Fraction | int, book: Phrasebook) -> str:
    """A number with the language's decimal mark and grouped thousands, exact up to six decimals."""
    rounded = round(Fraction(value), _MAX_DECIMALS)
    sign = "\u2212" if rounded < 0 else ""
    whole, part = divmod(abs(rounded), 1)
    digits = f"{whole:,}".replace(",", book.group_mark)
    if not part:
        return sign + digits
    decimals = str(int(part * 10**_MAX_DECIMALS)).zfill(_MAX_DECIMALS).rstrip("0")
    return f"{sign}{digits}{book.decimal_mark}{decimals}"


def unit(code: str, book: Phrasebook) -> str:
    """A UCUM unit as people write it; the empty text for a bare number."""
    if code in book.measures:
        return book.measures[code]
    plain = _ANNOTATION.sub("", code).strip("./")
    if plain in book.measures:
        return book.measures[plain]
    if plain in ("", "1"):
        return ""
    plain = plain.replace("10*", "10^").replace("m2", "m²").replace("[Hg]", "Hg")
    plain = re.sub(r"10\^(\d+)", lambda m: "× 10" + m[1].translate(_RAISED), plain)
    return re.sub(r"\bu(?=[a-zA-Z]+)", "µ", plain)


_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def with_unit(text: str, code: str, *, book: Phrasebook) -> str:
    """A written number with its unit behind it."""
    if code == "%":
        return text + book.percent
    shown = unit(code, book)
    return f"{text}{NBSP}{shown.replace(' ', NBSP)}" if shown else text


def quantity(value: Quantity, book: Phrasebook) -> str:
    """`2 450 ng/L`."""
    return with_unit(number(value.value, book), value.unit, book=book)


def between(lo: Quantity, hi: Quantity, *, book: Phrasebook) -> str:
    """`125–399 ng/L`, or both with their units where these differ."""
    if lo == hi:
        return quantity(lo, book)
    if lo.unit == hi.unit:
        return with_unit(f"{number(lo.value, book)}{DASH}{number(hi.value, book)}", hi.unit, book=book)
    return f"{quantity(lo, book)}{DASH}{quantity(hi, book)}"


def duration(value: Duration, book: Phrasebook) -> str:
    """`14 dagar`, `1 vecka`; the length only, whichever way it points."""
    amount, forms = Fraction(abs(value.amount)), book.units[value.unit]
    if value.unit == "minutes" and amount > 60 and amount % 30 == 0:
        amount, forms = amount / 60, book.units["hours"]
    return f"{number(amount, book)}{NBSP}{forms.one if amount == 1 else forms.many}"


def last(value: Duration, book: Phrasebook) -> str:
    """`de senaste 3 månaderna`."""
    forms = book.units[value.unit]
    if value.amount == 1:
        return forms.last_one
    return forms.last_many.format(n=f"{number(value.amount, book)}{NBSP}")


def every(value: Duration, book: Phrasebook) -> str:
    """`varje vecka`, `varannan vecka`, `var tredje månad`."""
    forms = book.units[value.unit]
    if value.amount == 1:
        return forms.each
    if value.amount == 2:
        return forms.each_other
    nth = book.ordinals.get(value.amount, _ordinal(value.amount))
    return forms.each_nth.format(nth=nth, n=f"{value.amount}{NBSP}")


def _ordinal(n: int) -> str:
    """Swedish figures as ordinals: 21:a, 22:a, 14:e (11 and 12 end in :e)."""
    return f"{n}:a" if n % 10 in (1, 2) and n % 100 not in (11, 12) else f"{n}:e"


def day(ordinal: int, book: Phrasebook) -> str:
    """`2 mars 2026`."""
    d = date.fromordinal(ordinal)
    return f"{d.day}{NBSP}{book.months[d.month - 1]}{NBSP}{d.year}"


def day_of_year(month_day: str, book: Phrasebook) -> str:
    """`10-15` as `15 oktober`."""
    month, _, number_of_day = month_day.partition("-")
    return f"{int(number_of_day)}{NBSP}{book.months[int(month) - 1]}"


def joined(items: Sequence[str], word: str) -> str:
    """`a, b och c`."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {word} {items[-1]}"


def inner(title: str, book: Phrasebook) -> str:
    """A title inside a sentence: small first letter, unless it is an abbreviation or a name."""
    first = title.split(" ", 1)[0]
    if _CAPITALISED.fullmatch(first) and first.rstrip(",.;:") not in book.proper_names:
        return title[0].lower() + title[1:]
    return title


def sentence(text: str) -> str:
    """A clause as a sentence: capital letter and full stop."""
    if not text:
        return text
    first = text.split(" ", 1)[0]
    start = text[0].upper() + text[1:] if first == first.lower() else text
    return start if start.endswith((".", "?", "!", ":", "\u201d.")) else start + "."
