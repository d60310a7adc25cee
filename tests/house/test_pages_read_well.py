"""What every generated page keeps, whatever it is about."""

from __future__ import annotations

import re

import pytest
from repository import ROOT, texts

import generate_docs

TEXTS = sorted(name for name in generate_docs.PAGES if name.endswith(".md"))


@pytest.mark.parametrize("name", TEXTS)
def test_a_condition_with_parts_is_a_list_below_it(name: str):
    """Parts run into one line lose what belongs to what."""
    assert ":;" not in (ROOT / name).read_text("utf-8")


@pytest.mark.parametrize("name", TEXTS)
def test_a_heading_stands_apart(name: str):
    """An empty line before it; without one, some readers show no heading."""
    assert not re.search(r"[^\n]\n#{1,6} ", _prose((ROOT / name).read_text("utf-8")))


def _prose(page: str) -> str:
    """A page without its examples of code, where `#` begins a remark."""
    return re.sub(r"^```.*?^```", "", page, flags=re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("name", sorted(str(path) for path, _ in texts(".md", under="docs/")))
def test_no_table_is_empty(name: str):
    """A table says something; what there is nothing of is said in words."""
    assert not re.search(r"^\|(-{3}\|)+\n(?!\|)", (ROOT / name).read_text("utf-8"), re.MULTILINE)


def test_every_reference_page_is_found_from_the_index():
    """A page that nothing leads to is read by nobody."""
    index = (ROOT / "docs/README.md").read_text("utf-8")
    pages = [path.name for path, _ in texts(".md", under="docs/reference/") if len(path.parts) == 3]

    assert [page for page in pages if f"(reference/{page})" not in index] == []
