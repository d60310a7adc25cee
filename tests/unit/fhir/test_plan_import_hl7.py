"""HL7's own examples of R4 plans (CC0, trimmed): what becomes of them, to the number."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from made.foreign_plans import imported, leaves, loaded, pathway

HL7 = Path(__file__).parents[2] / "made" / "hl7"


def example(name: str) -> dict[str, Any]:
    made: dict[str, Any] = json.loads((HL7 / f"PlanDefinition-{name}.json").read_text("utf-8"))
    return made


@pytest.mark.parametrize(
    ("name", "steps", "reasons"),
    [
        (
            "protocol-example",
            ["measure-bmi"],
            {
                "goal-part": 5,
                "population": 1,
                "head-text": 1,
                "artifact": 1,
                "text": 1,
                "goal-of-step": 1,
                "cql": 1,
                "behaviour": 1,
                "participant": 1,
                "language-unsaid": 1,
                "version": 1,
                "evidence-code": 1,
            },
        ),
        (
            "options-example",
            ["medication-action-1", "medication-action-2"],
            {"activity": 2, "evidence-none": 2, "language-unsaid": 1, "version": 1},
        ),
        (
            "zika-virus-intervention-initial",
            ["atgard", "atgard-2"],
            {
                "artifact": 1,
                "library": 1,
                "trigger": 1,
                "cql": 3,
                "definition-missing": 2,
                "evidence-none": 2,
                "language-unsaid": 1,
            },
        ),
    ],
)
def test_an_example_of_hl7_becomes_a_draft(name: str, steps: list[str], reasons: dict[str, int]) -> None:
    """Every element accounted for, the draft readable, each reason as often as it should be."""
    found = imported(example(name))
    account = found.account

    assert loaded(found).errors == []
    assert list(pathway(found).steps) == steps
    assert account.total == leaves(example(name))
    assert Counter(entry.why for entry in account.entries) == Counter(reasons)


def test_the_goal_of_the_protocol_is_an_indicator() -> None:
    """A body mass index of at most 24.9 within a year."""
    made = imported(example("protocol-example")).draft.indicators["reduce-bmi-ratio"].keys

    assert (made["follow_up"], made["met"]["is"]) == ("1 year", "<= 24.9 kg/m2")


def test_the_second_medication_waits_an_hour_for_the_first() -> None:
    """As the example's related action says."""
    found = imported(example("options-example"))
    step = found.draft.phases[0].items["medication-action-2"].keys

    assert step["after"] == {"done": "medication-action-1", "plus": "1 hour"}
