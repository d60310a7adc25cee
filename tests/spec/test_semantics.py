"""The chapters on semantics: each example is a small definition, a record, and what follows.

The same files print the manual's page (`docs/reference/semantics.md`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from chapters_as_content import EXAMPLES, Example

from vardforlopp.definitions.load import load
from vardforlopp.definitions.read_cases import parse_case
from vardforlopp.engine.casework import run_case
from vardforlopp.engine.compile import compile_pathway
from vardforlopp.kernel.workdays import swedish

HERE = Path(__file__).parent


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: f"{example.chapter}: {example.title}")
def test_the_chapters_hold(example: Example) -> None:
    """What the manual says of an example is what the engine answers."""
    loaded = load(example.content())
    assert loaded.definitions is not None, "\n".join(map(str, loaded.errors))
    definitions = loaded.definitions
    pathway = definitions.pathways["exempel"]
    case, errors = parse_case(example.case_text(), "case.yaml", definitions=definitions, pathway=pathway)
    assert case is not None, "\n".join(map(str, errors))
    compiled = compile_pathway(pathway, definitions.catalogue, calendar=swedish())
    wrong: list[Any] = [
        f"{answer.subject}: expected {answer.expected}, got {answer.actual}"
        for answer in run_case(case, compiled)
        if not answer.right
    ]
    assert not wrong, "\n".join(wrong)
