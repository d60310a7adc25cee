"""From a record to a plan: one step, one record, one page."""

from datetime import date
from pathlib import Path

import pytest

from vardforlopp.cli.plan import plan
from vardforlopp.kernel.errors import InputError

RECORD = Path(__file__).parents[2] / "examples" / "records" / "astrid-hjartsvikt.json"


def test_a_high_ntprobnp_suggests_the_pathway_and_asks_for_an_echocardiography_referral(tmp_path: Path):
    """2,450 ng/L on 2 March is at least 400 ng/L: the referral is to be done, with a goal of a week."""
    said = plan((RECORD,), day=date(2026, 3, 4), out=tmp_path)

    assert "Hjärtsvikt: förslag till vårdpersonal" in said
    assert "Remiss för ekokardiografi: att göra, brukar ske till och med 2026-03-09 (mål" in said
    assert "Om jag blir sämre" in (tmp_path / "astrid-hjartsvikt.html").read_text("utf-8")


def test_nothing_is_suggested_before_the_sample_was_taken():
    """A plan rests only on what had happened and was known on the day asked about."""
    assert "Inget vårdförlopp föreslås" in plan((RECORD,), day=date(2026, 3, 1), out=None)


def test_a_time_that_no_region_has_adopted_is_never_called_late():
    """S04: past its goal, a step at level default stays a proposal, in words without a promise."""
    said = plan((RECORD,), day=date(2026, 6, 1), out=None)

    assert "ännu inte sedd" in said
    for word in ("försenad", "senast", "garanti", "rätt till"):
        assert word not in said.lower()


@pytest.mark.parametrize("data", [b"", b"[", b"[]", b'{"resourceType": "Bundle"}'])
def test_a_file_that_holds_no_record_gives_a_clear_error(data: bytes, tmp_path: Path):
    """The error says where and what to do, and is of the one family."""
    file = tmp_path / "broken.json"
    file.write_bytes(data)

    with pytest.raises(InputError, match=r"^VF-INP-\d{3} broken\.json  .+\. .+\.$"):
        plan((file,), day=date(2026, 3, 4), out=None)
