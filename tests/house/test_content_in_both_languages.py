"""What is said of a pathway is said in Swedish and English: no reader gets the other's words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml
from repository import CONTENT, listing

BOTH = {"sv", "en"}
#: A number with a limit and a unit is the same in both.
PLAIN = re.compile(r"[<>]?=?\s*[\d.,]+ ?(%|kg|mm\[Hg\])?")


def written(pattern: str) -> Iterator[tuple[str, Any]]:
    """Every file of the content that fits, with where it stands."""
    for path in sorted(CONTENT.glob(pattern)):
        yield str(path.relative_to(CONTENT)), yaml.safe_load(path.read_text("utf-8"))


def test_every_row_left_out_says_why_in_both_languages():
    """The reason is shown to whoever reviews the pathway."""
    found = [
        f"{where} {left['row']}"
        for where, rows in written("pathways/*/*/omitted.yaml")
        for left in rows
        if not isinstance(left["why"], dict) or set(left["why"]) != BOTH
    ]

    assert not found, "write `why: {sv: ..., en: ...}`:" + listing(found)


def test_a_target_in_words_is_in_both_languages():
    """`lågt` says nothing to an English reader; a bare number does."""
    found = [
        f"{where} {id_}: {target}"
        for where, indicators in written("pathways/*/*/indicators.yaml")
        for id_, keys in indicators.items()
        for target in [keys.get("target")]
        if target is not None and not _in_both(target)
    ]

    assert not found, "write `target: {sv: ..., en: ...}`:" + listing(found)


def _in_both(target: Any) -> bool:
    if isinstance(target, dict):
        return set(target) == BOTH
    return PLAIN.fullmatch(str(target)) is not None
