"""Record files and the sources beside them (S01)."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from made.fhir_bundles import EXAMPLES, as_bytes, bundle, day, observation, patient, reader
from vardforlopp.adapters.definitions import load_content
from vardforlopp.adapters.record_files import read_records, sources_beside
from vardforlopp.kernel.errors import InputError
from vardforlopp.record.sources import KINDS

DECLARED = """
- kind: laboratory
  provider: Regionlab (påhittat)
  last_seen: 2026-02-27
  limit_days: 14
- {kind: medications, provider: Läkemedelslistan, connected: false}
- {kind: diagnoses, since: 2020-01-01}
"""


def beside(folder: Path, text: str, name: str = "anna.json") -> Path:
    path = folder / name
    path.write_bytes(gzip.compress(as_bytes(bundle(patient(), observation()))))
    (folder / "anna.sources.yaml").write_text(text, "utf-8")
    return path


@pytest.mark.parametrize("name", ["anna.json", "anna.json.gz", "anna.ndjson.gz", "anna"])
def test_S01_the_sources_beside_a_record_are_its_sources(tmp_path: Path, name: str):
    """`NAME.sources.yaml`, whatever the endings of the record; kinds left out are not connected."""
    (record,) = read_records(beside(tmp_path, DECLARED, name), reader())
    sources = {each.kind: each for each in record.sources}

    assert (sources["laboratory"].last_seen, sources["laboratory"].limit_days) == (day("2026-02-27"), 14)
    assert [kind for kind in KINDS if sources[kind].connected] == ["diagnoses", "laboratory"]
    assert sources["diagnoses"].since == day("2020-01-01")
    assert not any(each.assumed for each in record.sources)


def test_without_a_sources_file_there_are_none_declared(tmp_path: Path):
    """Assumed sources are the reader's; the file says nothing."""
    assert sources_beside(tmp_path / "anna.json") is None


@pytest.mark.parametrize(
    "text",
    [
        "kind: laboratory",
        "- laboratory",
        "- {kind: blod}",
        "- {provider: Lab}",
        "- {kind: laboratory, limit_days: snart}",
        "- {kind: laboratory, limit_days: -1}",
        "- {kind: laboratory, last_seen: 2026-02-30}",
        "- {kind: laboratory, connected: kanske}",
        "- {kind: laboratory, hemlig: 191212121212}",
        "- {kind: laboratory, kind: diagnoses}",
        "- [",
        "- &a {kind: laboratory}\n- *a",
        "",
    ],
)
def test_sources_that_cannot_be_understood_are_refused(tmp_path: Path, text: str):
    """A record must not be judged on sources that were misread; the message names the file."""
    with pytest.raises(InputError) as refused:
        read_records(beside(tmp_path, text), reader())

    assert refused.value.code == "VF-REC-016"
    assert "anna.sources.yaml" in refused.value.where
    assert "191212121212" not in str(refused.value)


def test_a_sources_file_that_is_not_text_is_refused(tmp_path: Path):
    """Latin-1 is not UTF-8."""
    path = beside(tmp_path, "")
    (tmp_path / "anna.sources.yaml").write_bytes("- {kind: diagnoses, provider: Läkare}".encode("latin-1"))

    with pytest.raises(InputError):
        read_records(path, reader())


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.*json*")), ids=lambda path: path.name)
def test_every_bundled_record_is_read_and_accounted_for(path: Path):
    """With the packaged definitions: nothing misshapen, every reference of the report resolves."""
    (record,) = read_records(path, load_content().reader())
    quality = record.quality

    assert quality.resources == quality.read + sum(each.count for each in quality.not_read)
    assert not {"VF-QUA-020", "VF-QUA-021"} & {each.code for each in quality.findings}
    assert record.facts
