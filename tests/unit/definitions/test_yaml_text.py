"""Values written as definition text and read again by the strict reader."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vardforlopp.definitions.tree import parse_tree, plain
from vardforlopp.definitions.yaml_text import block, comment, flow

#: All that Unicode text may hold but halves of characters, which no file can.
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
VALUES = st.recursive(
    TEXTS | st.booleans() | st.integers() | st.none(),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(TEXTS, below, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(TEXTS, VALUES, min_size=1, max_size=4), TEXTS)
def test_what_is_written_is_read_back(values: dict[str, object], told: str) -> None:
    """Any value below any key, and a comment is never more than a comment."""
    assert plain(parse_tree(comment([told]) + block(values), "file")) == values


@pytest.mark.parametrize(
    "word", ["yes", "No", "null", "~", "1.10", "007", "a: b", "#a", "- a", "{", "[x", "a\tb", ""]
)
def test_what_looks_like_something_else_stands_in_quotes(word: str) -> None:
    """A text means what it looks like."""
    assert flow(word).startswith('"')


@pytest.mark.parametrize("word", ["entry", "3 months", "primary care", "http-x/y", "2 working days"])
def test_what_is_plain_is_written_plainly(word: str) -> None:
    """As people write it."""
    assert flow(word) == word
