"""What every generated page keeps, whatever it is about."""

from __future__ import annotations

import pytest
from repository import ROOT

import generate_docs

TEXTS = sorted(name for name in generate_docs.PAGES if name.endswith(".md"))


@pytest.mark.parametrize("name", TEXTS)
def test_a_condition_with_parts_is_a_list_below_it(name: str):
    """Parts run into one line lose what belongs to what."""
    assert ":;" not in (ROOT / name).read_text("utf-8")
