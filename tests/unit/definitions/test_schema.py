"""The JSON Schemas for editors are made of the reader's keyword tables, and committed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import generate_schema
from vardforlopp.definitions.read_criteria import HEADS
from vardforlopp.definitions.read_steps import STEP_SHAPE
from vardforlopp.definitions.reading import Json, Kind
from vardforlopp.definitions.schema import FILES, schema

ROOT = Path(__file__).parents[3]


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


@pytest.mark.parametrize("name", sorted(FILES))
def test_kinds_of_one_name_are_the_same_to_an_editor(name: str):
    """The schema holds one definition a name: a second kind of that name would be given the first one's."""
    found: dict[tuple[str, int], Json] = {}

    def use(kind: Kind[Any]) -> Json:
        if (kind.name, id(kind)) not in found:
            found[kind.name, id(kind)] = {}  # holds its place while it refers to itself
            found[kind.name, id(kind)] = kind.schema(use)
        return {"$ref": kind.name}

    FILES[name][1](use)
    told = {(kind, json.dumps(each)) for (kind, _), each in found.items()}

    assert len(told) == len({kind for kind, _ in told})


def test_the_schema_has_every_keyword_of_a_step_and_every_head_of_criteria():
    """One table, two readers."""
    made = schema("steps")

    assert set(made["additionalProperties"]["else"]["properties"]) == set(STEP_SHAPE.keys)
    assert [next(iter(one["properties"])) for one in made["$defs"]["criterion"]["anyOf"]] == list(HEADS)
