"""Times of ours as FHIR text, and back to the very same value."""

from __future__ import annotations

from datetime import UTC, date, datetime

from vardforlopp.fhir.times import written
from vardforlopp.kernel.civil import SECOND, Moment, civil, exact


def date_text(day: int) -> str:
    """A civil day as a FHIR date."""
    return date.fromordinal(day).isoformat()


def stamp_text(at: int) -> str:
    """An instant as a FHIR instant in UTC, with as many decimals as it has."""
    seconds, rest = divmod(at, SECOND)
    text = datetime.fromtimestamp(seconds, UTC).isoformat()[:19]
    return f"{text}.{rest:06d}Z" if rest else f"{text}Z"


def moment_text(moment: Moment) -> str:
    """A moment: with its time of day only if that is meant."""
    return stamp_text(moment.at) if moment.exact else date_text(moment.day)


def moment_of(text: object) -> Moment | None:
    """A FHIR date or dateTime as a moment; a partial date stands for its first day."""
    span = written(text)
    if span is None:
        return None
    return exact(span.lo) if span.lo == span.hi else civil(span.day)
