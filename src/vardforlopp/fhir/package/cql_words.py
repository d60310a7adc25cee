"""CQL as text: literals, names, and what no expression can carry."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from vardforlopp.definitions.model import Texts
from vardforlopp.fhir.package.texts import said

#: The entry that moments of entries, exits and indicators look from: none.
NO_ENTRY = "V.NoMoment"


class NotCarriedError(Exception):
    """A rule that CQL does not carry; `said` tells what of it, in every language."""

    def __init__(self, reason: str, what: str = "") -> None:
        self.said: Texts = said(f"lost.{reason}", what=what)
        super().__init__(self.said["en"])


def text(value: str) -> str:
    """A string literal."""
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def name(value: str) -> str:
    """A quoted identifier."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def texts(values: Iterable[str]) -> str:
    """A list of strings; the empty list has its type."""
    inside = ", ".join(text(value) for value in values)
    return f"{{ {inside} }}" if inside else "List<String>{}"


def decimal(value: Fraction) -> str:
    """A decimal literal, to the eight places that CQL has."""
    scaled = round(value * 10**8)
    whole, rest = divmod(abs(scaled), 10**8)
    sign = "-" if scaled < 0 else ""
    return f"{sign}{whole}.{f'{rest:08d}'.rstrip('0') or '0'}"


def ratio(value: Fraction) -> tuple[str, str]:
    """A factor as two literals, so that nothing of it is lost: what multiplies, and what divides."""
    if (value * 10**8).denominator == 1:
        return decimal(value), "1.0"
    return decimal(Fraction(value.numerator)), decimal(Fraction(value.denominator))


def decimals(values: Iterable[Fraction]) -> str:
    """A list of decimals."""
    inside = ", ".join(decimal(value) for value in values)
    return f"{{ {inside} }}" if inside else "List<Decimal>{}"


def joined(parts: list[str], word: str, empty: str) -> str:
    """Parts joined by `and` or `or`, the whole in parentheses; one part alone as it is, none as `empty`."""
    return f"({f' {word} '.join(parts)})" if len(parts) > 1 else (parts[0] if parts else empty)
