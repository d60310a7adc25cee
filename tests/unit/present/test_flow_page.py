"""The page of flowcharts: where a person is, as picture and as list, for staff."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Literal

import pytest

from made.calls import call
from made.pages import Page
from vardforlopp.definitions.explain import Item
from vardforlopp.present.flow_html import Branch, outline

Lang = Literal["sv", "en"]
MILAN = Path(__file__).parents[3] / "examples/records/milan-hjartsvikt-och-kol.json"


@cache
def html(lang: Lang = "sv") -> str:
    """The page of a person in heart failure and COPD, of whom the hip is only suspected."""
    asked = ("--as-of", "2026-03-04", "--region", "region-exempel", "--lang", lang)
    return call("plan", MILAN, "--format", "flow", *asked).out


@pytest.fixture(params=["sv", "en"])
def page(request: pytest.FixtureRequest) -> Page:
    return Page(html(request.param))


def test_the_page_is_well_formed_and_asks_for_nothing(page: Page) -> None:
    """Every element is closed, no id is used twice, and there is no script."""
    ids = [attrs["id"] for _, attrs in page.elements if "id" in attrs]

    assert page.faults == []
    assert len(ids) == len(set(ids))
    assert not {tag for tag, _ in page.elements} & {"script", "link", "img", "iframe"}


def test_every_link_leads_somewhere_on_the_page(page: Page) -> None:
    """Above all the one to where the person is: the box in the picture."""
    ids = {attrs["id"] for _, attrs in page.elements if "id" in attrs}
    targets = {str(attrs["href"]).removeprefix("#") for attrs in page.all("a")}

    assert "flow-1-here" in targets
    assert targets <= ids


def test_each_picture_has_a_role_a_title_and_a_description(page: Page) -> None:
    """And can be scrolled by keyboard in a region with a name."""
    pictures = page.all("svg")
    regions = [attrs for attrs in page.all("div") if attrs.get("role") == "region"]

    assert len(pictures) == len(regions) >= 2
    assert all(each["role"] == "img" and each["aria-labelledby"] for each in pictures)
    assert all(each["tabindex"] == "0" and each["aria-labelledby"] for each in regions)


def test_headings_go_down_one_level_at_a_time(page: Page) -> None:
    """One main heading; picture and list stand side by side under each pathway."""
    assert page.headings() == [1, *([2, 3, 3] * len(page.all("svg")))]


def test_the_list_says_every_step_and_every_condition(page: Page) -> None:
    """Equal in rank to the picture: what the picture folds stands in the list, and the state of each."""
    lists = [attrs for attrs in page.all("ol") if attrs.get("class") == "flow-list"]
    said = page.said("li")

    assert [each["start"] for each in lists] == ["0"] * len(page.all("svg"))
    assert len(re.findall(r"Vägval|Choice", said)) >= 4
    assert re.search(r"Gäller om|Applies if", said)


def test_a_condition_with_parts_is_a_list_in_the_list(page: Page) -> None:
    """What is asked together stands together, as deep as it is written."""
    assert ":;" not in page.said()
    assert page.deepest("ul") >= 3


def test_lines_with_a_depth_become_a_tree() -> None:
    """A line holds the deeper ones that follow it."""
    lines = (Item(0, "a:"), Item(1, "b:"), Item(2, "c"), Item(1, "d"), Item(0, "e"))

    assert outline(lines) == (
        Branch("a:", (Branch("b:", (Branch("c", ()),)), Branch("d", ()))),
        Branch("e", ()),
    )


def test_it_is_for_staff_and_says_so(page: Page) -> None:
    """Steps that the person has not been told of stand here (S09)."""
    assert re.search(r"Bara för personal|Staff only", page.said("span"))
