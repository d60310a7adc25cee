"""Whether the knowledge that pathways rest on is current: when it was read, and when to read it again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from vardforlopp.definitions.model import Level, Pathway, SourceText
from vardforlopp.kernel.civil import add_months, iso, parse_time

#: Months after which a source is read again when it does not say itself: our editorial rule.
REVIEW_MONTHS: Final[dict[Level, int]] = {
    "national": 24, "guideline": 24, "regional": 12, "international": 12, "default": 12,
}  # fmt: skip


class Currency(NamedTuple):
    """A source and the day by which it is to be read again; None when it was never read."""

    source: SourceText
    review_by: int | None

    def stale(self, on: int) -> bool:
        """Whether a civil day is past the review, or the source was never read."""
        return self.review_by is None or on > self.review_by


def currency(pathway: Pathway) -> Iterator[Currency]:
    """Every source of a pathway with its review date."""
    for source in pathway.sources.values():
        yield Currency(source, _review_by(source))


def stale_sources(pathway: Pathway, *, on: int) -> list[str]:
    """A line a source whose review date has passed by a civil day."""
    return [
        f"{pathway.id}: source {each.source.id} ({each.source.title}) was to be read again"
        f" by {iso(each.review_by) if each.review_by is not None else 'now: it was never read'}."
        for each in currency(pathway)
        if each.stale(on)
    ]


def _review_by(source: SourceText) -> int | None:
    if source.review_by:
        return parse_time(source.review_by).last_day
    if source.checked is None:
        return None
    return add_months(parse_time(source.checked).last_day, REVIEW_MONTHS[source.level])
