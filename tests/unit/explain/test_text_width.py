"""Text broken into lines for drawings."""

from __future__ import annotations

import pytest

from vardforlopp.present.text_width import width, wrap


def test_lines_fit_the_room() -> None:
    """Measured with the same widths."""
    text = "Ta ställning till vätskedrivande i väntan på ultraljud av hjärtat"

    assert all(width(line, 12, bold=True) <= 130 for line in wrap(text, 130, size=12, bold=True))
    assert text == " ".join(wrap(text, 130, size=12, bold=True))


@pytest.mark.parametrize(
    "word, lines",
    [
        ("Läkemedelsgenomgång", ("Läkemedels-", "genomgång")),
        ("hjärtsviktsmottagning", ("hjärtsvikts-", "mottagning")),
        ("ambulanssjukvård", ("ambulans-", "sjukvård")),
        ("långtidsuppföljning", ("långtids-", "uppföljning")),
        ("läkemedelsprover", ("läkemedels-", "prover")),
        ("kärlbedömningen", ("kärlbedöm-", "ningen")),
        ("ultra\u00adljuds\u00adundersökning", ("ultraljuds-", "undersökning")),
        ("alfa-1-antitrypsinbrist", ("alfa-1-", "antitrypsinbrist")),
    ],
)
def test_a_long_word_is_broken_where_its_parts_meet(word: str, lines: tuple[str, ...]) -> None:
    """At a soft hyphen or a hyphen, after a linking s, else between syllables."""
    assert lines == wrap(word, 100, size=12)


def test_too_many_lines_end_in_an_ellipsis() -> None:
    """And the last line still fits."""
    lines = wrap("ett två tre fyra fem sex sju åtta nio tio", 60, size=12, most=2)

    assert len(lines) == 2
    assert lines[-1].endswith("…")
    assert width(lines[-1], 12) <= 60
