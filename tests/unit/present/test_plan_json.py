"""The plan as data: by its schema, with nothing lost and nothing that depends on order or clock."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from made.everything import HF, KOL, everything
from vardforlopp.contract.person import PersonPlan
from vardforlopp.present.plan_json import plan_json
from vardforlopp.present.plan_schema import plan_schema
from vardforlopp.present.voice import Voice

ROOT = Path(__file__).parents[3]


def written(made: PersonPlan | None = None, lang: str = "sv") -> dict[str, Any]:
    known_person, known = everything()
    voice = Voice(known, lang)  # type: ignore[arg-type]
    value = plan_json(made or known_person, voice, pathways=(KOL, HF), version="0.1.0")
    return json.loads(json.dumps(value))  # as another program reads it


def faults(value: Any, schema: dict[str, Any], where: str = "$") -> list[str]:
    """Where a value breaks the parts of JSON Schema that ours uses."""
    if "$ref" in schema:
        schema = plan_schema()["$defs"][schema["$ref"].removeprefix("#/$defs/")]
    if "anyOf" in schema:
        tried = [faults(value, each, where) for each in schema["anyOf"]]
        return [] if not all(tried) else min(tried, key=len)
    if "const" in schema:
        return [] if value == schema["const"] else [f"{where}: {value!r}"]
    types = {
        "string": str, "object": dict, "array": list, "integer": int, "number": (int, float),
        "boolean": bool, "null": type(None),
    }  # fmt: skip
    kind = schema["type"]
    if not isinstance(value, types[kind]) or (isinstance(value, bool) and kind != "boolean"):
        return [f"{where}: {value!r} is no {kind}"]
    if "enum" in schema and value not in schema["enum"]:
        return [f"{where}: {value!r} is not one of {schema['enum']}"]
    if "pattern" in schema and not re.search(schema["pattern"], value):
        return [f"{where}: {value!r} is not written so"]
    if kind == "array":
        return [
            fault for n, each in enumerate(value) for fault in faults(each, schema["items"], f"{where}[{n}]")
        ]
    if kind == "object":
        return _faults_of_object(value, schema, where)
    return []


def _faults_of_object(value: dict[str, Any], schema: dict[str, Any], where: str) -> list[str]:
    found = [f"{where}: {name} is missing" for name in schema["required"] if name not in value]
    for name, each in value.items():
        own = schema["properties"].get(name)
        found += faults(each, own, f"{where}.{name}") if own else [f"{where}: {name} is unknown"]
    return found


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_the_plan_keeps_its_schema(lang: str) -> None:
    """Exactly the properties of the schema, each of its kind."""
    assert faults(written(lang=lang), plan_schema()) == []


def test_the_checker_of_schemas_checks() -> None:
    """A wrong state, a missing part and an unknown part are all seen."""
    wrong = written()
    wrong["steps"][0]["state"] = "ready"
    del wrong["sheet"]
    wrong["extra"] = 1

    assert len(faults(wrong, plan_schema())) == 3


def test_the_committed_schema_is_fresh() -> None:
    """`docs/reference/schema/plan-1.json` is what `plan_schema` says; `make docs` writes it."""
    committed = json.loads((ROOT / "docs/reference/schema/plan-1.json").read_text("utf-8"))

    assert committed == plan_schema()


def test_S03_each_unknown_step_keeps_its_missing_data() -> None:
    """As many unknown steps come out as went in, each with what is missing."""
    made, _ = everything()
    value = written()
    unknown = [step for step in value["steps"] if step["state"] == "unknown"]

    assert len(unknown) == sum(state.state == "unknown" for course in made.courses for state in course.steps)
    assert sorted(step["id"] for step in unknown) == value["plan"]["unknown"]
    assert all(step["missing"] for step in unknown)


def test_every_open_step_is_in_the_plan_by_its_id() -> None:
    """Origins, conflicts and unknown steps name steps of the same document."""
    value = written()
    ids = {step["id"] for step in value["steps"]}
    origins = [origin for item in value["plan"]["items"] for origin in item["origins"]]

    assert set(origins) <= ids
    assert len(origins) == len(set(origins))


def test_every_resource_is_accounted_for() -> None:
    """resources = read + what was not read."""
    quality = written()["quality"]

    assert quality["resources"] == quality["read"] + sum(each["count"] for each in quality["not_read"])


def test_the_order_of_the_input_does_not_matter() -> None:
    """Courses, suggestions, sources, mentions and findings may come in any order."""
    made, _ = everything()
    turned = replace(
        made,
        followed=made.followed[::-1],
        suggestions=made.suggestions[::-1],
        record=replace(made.record, sources=made.record.sources[::-1], mentions=made.record.mentions[::-1]),
    )

    assert written(turned) == written(made)


def test_S09_suggestions_and_conflicts_carry_their_disclosure() -> None:
    """Whoever reads the data on can keep staff-only things with staff."""
    value = written()

    assert {each["disclosure"] for each in value["suggestions"]} == {"staff-only"}
    assert all("disclosure" in each for each in (*value["plan"]["items"], *value["plan"]["conflicts"]))


def test_S09_the_sheet_carries_nothing_of_what_only_staff_may_see() -> None:
    """The same fields as the paper."""
    sheet = written()["sheet"]

    assert "Hemligt" not in json.dumps(sheet, ensure_ascii=False)
    assert sheet["matters_to_me"] == ["Jag vill <b>gå</b> till sjön & bada."]
