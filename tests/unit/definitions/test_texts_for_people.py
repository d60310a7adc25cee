"""Texts for the person: how hard they are to read, and where a step's words come from."""

from __future__ import annotations

import pytest

from made.small_content import SWEDISH, TEXTS
from vardforlopp.definitions import load
from vardforlopp.definitions.lay import Lay, lay_of_step, load_lay
from vardforlopp.definitions.readability import lix


@pytest.mark.parametrize(
    ("text", "hard"),
    [
        ("", 0),
        ("Du får ett prov.", 4),  # four words, one sentence, none long
        ("Du får ett prov. Det går fort.", 4),  # 7 words, 2 sentences: 3.5
        ("Sjuksköterskan ringer.", 52),  # 2 + 100 x 1 / 2: `ringer` has six letters
        (
            "Ring kl. 8.30 om det blöder",
            6,
        ),  # `kl.` ends a sentence, 8.30 does not
    ],
)
def test_lix_counts_words_sentences_and_long_words(text: str, hard: int) -> None:
    """Words per sentence and the percentage of words longer than six letters."""
    assert lix(text) == hard


def read() -> tuple[Lay, Lay]:
    definitions = load(TEXTS).definitions
    assert definitions is not None
    texts = load_lay(TEXTS, definitions.pathways).texts["exempel", "sv"]
    steps = definitions.pathways["exempel"].steps
    first, second = (
        lay_of_step(steps[name], texts, catalogue=definitions.catalogue, language="sv")
        for name in ("prov", "omprov")
    )
    return first, second


def test_what_a_step_does_not_say_its_activity_says() -> None:
    """Why is always the step's own; whom to ask is the pathway's; the place is where to write."""
    first, second = read()

    assert (second.what, second.why) == ("Vi tar ett prov.", "Vi vill se om det är bra nu.")
    assert (second.prepare, second.own_part, second.ask) == ("Ät som du brukar.", "Kom hit.", "Ring oss.")
    assert first.whole == "Vi tar ett prov. Vi vill veta. Ät som du brukar. Kom hit. Ring oss."
    assert second.place.file == f"content/{SWEDISH}"
