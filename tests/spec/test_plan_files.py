"""Where plans are written: never over what the call reads."""

from __future__ import annotations

import json
import os
import resource
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from made.calls import call

RECORDS = Path(__file__).parents[2] / "examples" / "records"
BOTH = next(RECORDS.glob("*-hjartsvikt-och-kol.json"))
COPD = RECORDS / "kol-ed63ba13.json.gz"
AS_OF = ("--as-of", "2026-03-10", "--format", "json")


@pytest.fixture
def record(tmp_path: Path) -> Path:
    """A record with its sources beside it, in a folder of its own."""
    (tmp_path / "in").mkdir()
    beside = BOTH.with_name(f"{BOTH.stem}.sources.yaml")
    (tmp_path / "in" / "nils.sources.yaml").write_bytes(beside.read_bytes())
    return Path(shutil.copy(BOTH, tmp_path / "in" / "nils.json"))


def test_a_plan_is_never_written_over_its_record(record: Path) -> None:
    """The folder of the records is named as --out: refused with the file and what to do."""
    done = call("plan", record, *AS_OF, "--out", record.parent)

    assert done.code == 2
    assert f"VF-CLI-010 {record}  " in done.err
    assert "--out" in done.err
    assert record.read_bytes() == BOTH.read_bytes()


@pytest.mark.parametrize("link", [os.symlink, os.link])
def test_a_link_to_what_is_read_is_not_written_through(
    record: Path, tmp_path: Path, link: Callable[[Path, Path], None]
) -> None:
    """Symbolic and hard links to the record, or to the sources beside it, count as the file itself."""
    sources = record.with_name("nils.sources.yaml")
    for read in (record, sources):
        before = read.read_bytes()
        out = tmp_path / f"out-{read.suffix[1:]}"
        out.mkdir()
        link(read, out / "nils.json")
        done = call("plan", record, *AS_OF, "--out", out)

        assert (done.code, "VF-CLI-010" in done.err) == (2, True)
        assert read.read_bytes() == before


def test_a_record_that_comes_later_in_the_call_is_kept_too(record: Path) -> None:
    """All inputs are known before the first plan is written; the other plans are written."""
    packed = Path(shutil.copy(COPD, record.parent / "nils.ndjson.gz"))
    other = Path(shutil.copy(COPD, record.parent / "kol.json.gz"))
    done = call("plan", packed, other, record, *AS_OF, "--out", record.parent)

    assert done.code == 2
    assert record.read_bytes() == BOTH.read_bytes()
    assert "plan" in json.loads((record.parent / "kol.json").read_bytes())


def test_a_plan_of_an_earlier_call_is_written_anew(record: Path, tmp_path: Path) -> None:
    """Only what is read is kept from being written over."""
    for _ in range(2):
        assert call("plan", record, *AS_OF, "--out", tmp_path / "plans").code == 0

    assert [path.name for path in (tmp_path / "plans").iterdir()] == ["nils.json"]


def test_a_folder_among_the_records_is_told_and_the_rest_is_planned(record: Path, tmp_path: Path) -> None:
    """A path without a name of its own has no sources beside it either."""
    done = call("plan", Path(), record, *AS_OF, "--out", tmp_path / "plans")

    assert (done.code, "VF-REC-014" in done.err) == (2, True)
    assert [path.name for path in (tmp_path / "plans").iterdir()] == ["nils.json"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only where a disk is always full")
def test_a_file_that_cannot_be_written_is_told_with_its_cause(record: Path, tmp_path: Path) -> None:
    """A full disk is no matter of permissions, and a folder in the way is neither."""
    out = tmp_path / "plans"
    (out / "kol-ed63ba13.json").mkdir(parents=True)
    (out / "nils.json").symlink_to("/dev/full")
    done = call("plan", record, COPD, *AS_OF, "--out", out)

    assert done.code == 2
    assert "No space left on device. Make room on the disk" in done.err
    assert "Is a directory. Move the folder of that name away." in done.err
    assert "permissions" not in done.err


def test_a_plan_is_written_whole_or_not_at_all(record: Path, tmp_path: Path) -> None:
    """When the disk ends in the middle of a plan, the one of the call before is as it was."""
    out = tmp_path / "plans"
    assert call("plan", record, *AS_OF, "--out", out).code == 0
    before = (out / "nils.json").read_bytes()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) // 2, limits[1]))
        done = call("plan", record, "--as-of", "2026-03-11", "--format", "json", "--out", out)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)

    assert (done.code, "VF-CLI-008" in done.err) == (2, True)
    assert [path.name for path in out.iterdir()] == ["nils.json"]
    assert (out / "nils.json").read_bytes() == before
