"""Whether what a pathway rests on has been read lately."""

from __future__ import annotations

import pytest

from made.small_content import HEAD, TEXTS
from vardforlopp.definitions import load
from vardforlopp.definitions.currency import stale_sources
from vardforlopp.kernel.civil import day_from_iso


def stale(source: str, day: str) -> list[str]:
    text = TEXTS[HEAD].replace(
        "S1: {title: Nationell text, level: national, checked: 2026-11}", f"S1: {{{source}}}"
    )
    assert text != TEXTS[HEAD]
    definitions = load({**TEXTS, HEAD: text}).definitions
    assert definitions is not None
    told = stale_sources(definitions.pathways["exempel"], on=day_from_iso(day))
    return [line for line in told if "source S1 " in line]


@pytest.mark.parametrize(
    ("source", "last_day", "next_day"),
    [
        ("title: x, level: national, checked: 2026-11", "2028-11-30", "2028-12-01"),
        ("title: x, level: regional, checked: 2026-11-10", "2027-11-10", "2027-11-11"),
        ("title: x, level: national, checked: 2026-11, review_by: 2027", "2027-12-31", "2028-01-01"),
    ],
)
def test_a_source_is_stale_from_the_day_after_its_review_date(
    source: str, last_day: str, next_day: str
) -> None:
    """Its own date, else two years for national texts and guidelines, one year for others."""
    assert stale(source, last_day) == []
    assert len(stale(source, next_day)) == 1


def test_a_source_that_was_never_read_is_stale() -> None:
    """Whatever the day."""
    assert "never read" in stale("title: x, level: national", "2026-01-01")[0]
