"""Write `kernel/_holidays.py`: Sweden's public holidays and the three eves, year by year.

Run it when the law or the `holidays` library changes: `python scripts/generate_holidays.py`.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import holidays

TARGET = Path(__file__).resolve().parents[1] / "src" / "vardforlopp" / "kernel" / "_holidays.py"

# Where the library's knowledge begins: Midsummer got its present day then.
FIRST, LAST = 1953, 2100

EVES = ("Midsummer Eve", "Christmas Eve", "New Year's Eve")

HEAD = '''"""Sweden's public holidays and the three eves: (year, holidays, eves), days as MMDD.

The eves stand in the order midsummer, christmas, new-year. Written by
scripts/generate_holidays.py, and checked against it; do not edit by hand.
"""

from __future__ import annotations

from typing import Final

YEARS: Final[tuple[tuple[int, str, str], ...]] = (
'''


def public(year: int) -> list[date]:
    """The public holidays of a year; ordinary Sundays are not among them."""
    return sorted(holidays.country_holidays("SE", years=year, language="en_US", categories=("public",)))


def eves(year: int) -> list[date]:
    """Midsummer Eve, Christmas Eve and New Year's Eve."""
    closed = holidays.country_holidays("SE", years=year, language="en_US", categories=("de_facto",))
    found = [day for eve in EVES for day, name in closed.items() if name == eve]
    if len(found) != len(EVES):
        raise ValueError(f"{year}: the library names its eves otherwise")
    return found


def render() -> str:
    """The module's text."""
    lines = []
    for year in range(FIRST, LAST + 1):
        free, closed = (" ".join(f"{day:%m%d}" for day in days) for days in (public(year), eves(year)))
        lines.append(f'    ({year}, "{free}", "{closed}"),\n')
    return HEAD + "".join(lines) + ")\n"


if __name__ == "__main__":
    TARGET.write_text(render(), encoding="utf-8")
    print(f"wrote {TARGET.name}")
