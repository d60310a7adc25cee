"""The plan as JSON, of bundled records: every answer carries its words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from made.calls import call

RECORDS = Path(__file__).parents[2] / "examples" / "records"
BOTH = next(RECORDS.glob("*-hjartsvikt-och-kol.json"))
KNOWN = RECORDS / "hjartsvikt-83a7c2b3.json.gz"
DEAD = RECORDS / "avliden-027c9395.json.gz"


def planned(path: Path, *arguments: object) -> dict[str, Any]:
    done = call("plan", path, "--as-of", "2026-03-10", "--format", "json", *arguments)
    assert done.code == 0, done.err
    return json.loads(done.out)


@pytest.mark.parametrize("lang", ["sv", "en"])
@pytest.mark.parametrize("record", [BOTH, KNOWN])
def test_every_reason_of_the_json_says_something(record: Path, lang: str) -> None:
    """Only a step or a choice whose parts say it all is without a sentence of its own."""
    value = planned(record, "--lang", lang)
    left = [step["because"] for step in value["steps"]] + [each["because"] for each in value["suggestions"]]
    told = 0
    while left:
        reason = left.pop()
        left += reason["of"]
        told += 1
        assert reason["text"] or (reason["op"] in ("Step", "Choice") and reason["of"]), reason["rule"]

    assert told > len(value["steps"])


def test_findings_speak_the_language_of_the_answer() -> None:
    """What is wrong with the data, and what to do, in Swedish or in English as asked."""
    swedish, english = (planned(DEAD, "--lang", lang)["quality"]["findings"] for lang in ("sv", "en"))

    assert [each["code"] for each in swedish] == [each["code"] for each in english]
    assert {each["what"] for each in swedish if each["code"] == "VF-QUA-004"} == {"daterat efter dödsfallet"}
    assert {each["what"] for each in english if each["code"] == "VF-QUA-004"} == {"dated after death"}
