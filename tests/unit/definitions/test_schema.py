"""The JSON Schemas for editors are made of the reader's keyword tables, and committed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import generate_schema
from vardforlopp.definitions.read_criteria import HEADS
from vardforlopp.definitions.read_steps import STEP_SHAPE
from vardforlopp.definitions.schema import FILES, schema

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_committed_schema_says_what_the_reader_reads(name: str):
    """A stale one is written anew by `python scripts/generate_schema.py`."""
    path = f"{generate_schema.FOLDER}/{name}.json"

    assert (ROOT / path).read_text("utf-8") == generate_schema.PAGES[path](ROOT)


def test_no_other_schema_is_committed():
    """A kind of file that is gone takes its schema along; `plan-1` is the schema of plan.json."""
    assert {path.stem for path in (ROOT / generate_schema.FOLDER).glob("*.json")} == {*FILES, "plan-1"}


@pytest.mark.parametrize("name", sorted(FILES))
def test_every_reference_within_a_schema_is_defined(name: str):
    """No dangling `$ref`."""
    made = schema(name)
    text = json.dumps(made)
    used = {part.split('"')[0] for part in text.split('"#/$defs/')[1:]}

    assert used <= set(made["$defs"])


def test_the_schema_has_every_keyword_of_a_step_and_every_head_of_criteria():
    """One table, two readers."""
    made = schema("steps")

    assert set(made["additionalProperties"]["else"]["properties"]) == set(STEP_SHAPE.keys)
    assert [next(iter(one["properties"])) for one in made["$defs"]["criterion"]["anyOf"]] == list(HEADS)
