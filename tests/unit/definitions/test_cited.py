"""Which sources a pathway's rules rest on, and which were only read."""

from __future__ import annotations

import pytest

from made.small_content import HEAD, INTERACTIONS, STEPS, TEXTS, spoilt
from vardforlopp.definitions.cited import Sources, sources_of
from vardforlopp.definitions.load import load

LISTED = "  S2: {title: Regional text, level: regional, checked: 2026-11}\n"
OTHER = "    alternatives: [{is: 6 mmol/L, source: S3}]\n"
THIRD = LISTED + "  S3: {title: Tredje text, level: regional, checked: 2026-11}\n"


def sources(texts: dict[str, str]) -> Sources:
    loaded = load(texts)
    assert loaded.definitions is not None, loaded.errors
    return sources_of(
        loaded.definitions.pathways["exempel"], loaded.definitions.catalogue.interactions.values()
    )


def ids(texts: dict[str, str]) -> tuple[list[str], list[str]]:
    found = sources(texts)
    return [each.id for each in found.cited], [each.id for each in found.only_read]


def test_every_source_of_the_small_content_is_cited() -> None:
    """Nothing is told twice, nothing is lost."""
    assert ids(TEXTS) == (["S1", "S2"], [])


def test_a_source_that_nothing_names_was_only_read() -> None:
    """It stands apart, so that nobody takes the pathway to build on it."""
    assert ids(spoilt(HEAD, LISTED, THIRD)) == (["S1", "S2"], ["S3"])


@pytest.mark.parametrize(
    "path, old, new",
    [
        (STEPS, "source: {step: S1, within: default}", "source: {step: S1, within: S3}"),
        (HEAD, "IN2: {event: [svar], title: {sv: Annan ingång, en: Other entry}, source: S2",
         "IN2: {event: [svar], title: {sv: Annan ingång, en: Other entry}, source: [S2, S3]"),
        (HEAD, "    source: S1\n    title", f"    source: S1\n{OTHER}    title"),
        (HEAD, "en: What the sample shows., source: S1", "en: What the sample shows., source: S3"),
        (INTERACTIONS, "source: {exempel: S2}", "source: {exempel: S3}"),
    ],
    ids=["part of a step", "entry", "another value of a parameter", "line for the person", "interaction"],
)  # fmt: skip
def test_whatever_names_a_source_cites_it(path: str, old: str, new: str) -> None:
    """Rules, values, what the person is told, and collisions with other pathways."""
    texts = spoilt(HEAD, LISTED, THIRD)
    assert old in texts[path]
    texts[path] = texts[path].replace(old, new, 1)

    assert ids(texts)[1] == []
