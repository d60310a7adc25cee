"""What HL7 publishes as examples comes back as it was sent, or is refused with its reason."""

from __future__ import annotations

import json
import os
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from made.serving import Client
from vardforlopp.fhir.json_splice import members
from vardforlopp.fhir.search.served import ACTS, SERVED

EXAMPLES = Path(os.environ.get("HL7_PACKAGES", "/nowhere")) / "hl7.fhir.r4.examples-4.0.1.tgz"
REFUSED = Path(__file__).parent / "refused-examples.yaml"

pytestmark = pytest.mark.skipif(not EXAMPLES.exists(), reason="run by `make test-conformity`")


def examples() -> Iterator[tuple[str, bytes, Any]]:
    """The examples of served types: their names, their bytes, and what they say."""
    with tarfile.open(EXAMPLES) as archive:
        for member in sorted(archive.getmembers(), key=lambda one: one.name):
            found = archive.extractfile(member) if member.name.endswith(".json") else None
            text = found.read() if found is not None else b"{}"
            resource = json.loads(text)
            if resource.get("resourceType") in (*SERVED, ACTS):
                yield Path(member.name).stem, text, resource


def otherwise(sent: bytes, told: bytes) -> list[str]:
    """The members that came back otherwise than byte for byte; of `meta` what is not the server's to say."""
    before, after = members(sent), members(told)
    changed = [
        name
        for name in {**before, **after}.keys() - {"meta"}
        if name not in before
        or name not in after
        or sent[before[name].value : before[name].end] != told[after[name].value : after[name].end]
    ]
    metas = [json.loads(text).get("meta", {}) for text in (sent, told)]
    said, kept = ({k: v for k, v in each.items() if k not in ("versionId", "lastUpdated")} for each in metas)
    return changed if said == kept else [*changed, "meta"]


def test_every_example_comes_back_byte_for_byte_or_is_refused_for_its_reason(client: Client) -> None:
    listed = yaml.safe_load(REFUSED.read_text("utf-8"))
    expected = {one["name"]: (one["status"], *([one["at"]] if "at" in one else ())) for one in listed}
    refused, changed, kept = {}, {}, 0
    for name, text, resource in examples():
        address = f"{resource['resourceType']}/{resource['id']}"
        reply = client.ask("PUT", address, text)
        if reply.status in (200, 201):
            kept += 1
            if wrong := otherwise(text, client.ask("GET", address).body):
                changed[name] = wrong
        else:
            refused[name] = (reply.status, *json.loads(reply.body)["issue"][0].get("expression", ()))

    assert changed == {}
    assert refused == expected
    assert kept > 2_800
